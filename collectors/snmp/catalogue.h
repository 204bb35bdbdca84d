/* The profiles, made ready to be used: object identifiers encoded, expressions and patterns compiled, each
 * once for all devices. A profile is compiled when the first device needs it.
 *
 * The configuration child has checked every file; what does not compile here all the same is left out and
 * said in the log, and the rest works. */
#ifndef HAYLOFT_COLLECTORS_SNMP_CATALOGUE_H
#define HAYLOFT_COLLECTORS_SNMP_CATALOGUE_H

#include "collectors/protocol/snmp_oid.h"
#include "poller/model/expression.h"
#include "poller/model/pattern.h"
#include "poller/model/profile.h"

#define RECIPE_COLUMNS_MAX 12 /* of `with` */

struct catalogue_column {
    struct snmp_oid oid; /* of a scalar: its instance */
    bool scalar, fixed, rate;
};

/* A reading, compiled. Columns are numbers into the book's columns. */
struct recipe {
    const struct profile_reading *reading;
    const struct meaning *meaning;
    unsigned column, with[RECIPE_COLUMNS_MAX];
    struct expression *value, *when; /* NULL: x; every row */
    struct pattern *rows;             /* NULL: all */
};

/* A text of the identity, compiled. */
struct inscription {
    const struct profile_text *text;
    int column; /* -1: not from the agent's columns */
    struct pattern *like; /* NULL: all of the text */
};

enum inscription_kind { INSCRIPTION_MODEL, INSCRIPTION_VERSION, INSCRIPTION_SERIAL, INSCRIPTION_KINDS };

/* A profile, compiled. */
struct book {
    const struct profile *profile;
    struct catalogue_column *columns;
    size_t column_count;
    struct recipe *recipes;
    size_t recipe_count;
    struct inscription *inscriptions[INSCRIPTION_KINDS];
    size_t inscription_counts[INSCRIPTION_KINDS];
};

struct catalogue;

/* The caller is its first user. set: NULL, or one that outlives the last use but release. NULL: no memory. */
struct catalogue *catalogue_create(const struct profile_set *set);
struct catalogue *catalogue_hold(struct catalogue *c); /* one more who uses it; returns c */
void catalogue_release(struct catalogue *c);           /* the last one ends it; NULL is fine */
const struct profile_set *catalogue_set(const struct catalogue *c);
/* NULL: no memory. */
const struct book *catalogue_book(struct catalogue *c, const struct profile *p);

#endif
