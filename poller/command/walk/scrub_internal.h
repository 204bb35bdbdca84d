/* What the parts of scrubbing share. */
#ifndef HAYLOFT_COMMAND_WALK_SCRUB_INTERNAL_H
#define HAYLOFT_COMMAND_WALK_SCRUB_INTERNAL_H

#include "poller/command/walk/column.h"
#include "poller/command/walk/needles.h"
#include "poller/command/walk/pattern_text.h"
#include "poller/command/walk/scrub.h"
#include "poller/command/walk/standins.h"

struct scrub {
    struct columns *columns;
    struct standins *standins;
    struct standins *open;  /* words that may stay, noted as texts in small letters */
    struct standins *ports; /* names of ports, whole, in the same way */
    struct needles *needles;
    const struct profile_set *profiles; /* NULL: none */
    scrub_label_fn label;
    bool keep_texts;
    bool learning; /* note, change nothing */
    bool failed;   /* memory ended */
    struct scrub_counts counts;
};

enum column_kind scrub_kind(const struct scrub *s, struct snmp_oid_view oid);

/* ---- scrub_value.c ---- */

/* Learning, notes what is in *v; else *v becomes what stands in for it, in scratch or arena. */
void scrub_value(struct scrub *s, enum column_kind kind, struct snmp_value *v, struct buf *scratch,
                 struct arena *arena);

/* ---- scrub_open.c: words that may stay ---- */

void scrub_open_usual(struct scrub *s);
/* What the device says of its model and version, and what it calls its ports. */
void scrub_open_models(struct scrub *s, const struct walk_rows *rows);

/* Is it what a port of this device is called? */
bool scrub_is_port(const struct scrub *s, const uint8_t *text, size_t len);

/* ---- scrub_text.c ---- */

/* Learning, notes it; else writes its stand-in over it. */
void scrub_address(struct scrub *s, enum standin_kind kind, uint8_t *octets, size_t len);
/* Every word of it that is not open, in place. */
void scrub_words(struct scrub *s, uint8_t *text, size_t len);
/* A text that is to be looked for everywhere, and its words when they are of a name. */
void scrub_learn(struct scrub *s, const uint8_t *text, size_t len);
/* How much of a text goes beside addresses, places and what was learned. */
enum scrub_manner {
    SCRUB_PLAIN,     /* nothing */
    SCRUB_DESCRIBED, /* nothing, and four numbers with dots may be a version */
    SCRUB_MAKERS     /* longer words that are not everybody's */
};

/* False: nothing changed. */
bool scrub_text(struct scrub *s, struct span t, enum scrub_manner manner, struct buf *out);
/* Like scrub_text for what was learned only, in place. */
bool scrub_learned(struct scrub *s, uint8_t *octets, size_t len);
bool scrub_is_open(const struct scrub *s, const uint8_t *word, size_t len);
/* All words of it are everybody's. */
void scrub_open_words(struct scrub *s, const uint8_t *text, size_t len);

/* ---- scrub_oid.c ---- */

bool scrub_oid(struct scrub *s, struct snmp_oid_view oid, bool is_name, struct snmp_oid_view *out,
               struct arena *arena);
/* Six octets of which nothing is known. */
bool scrub_looks_like_mac(const uint8_t *octets);

#endif
