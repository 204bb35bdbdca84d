/* One row of a profile's column, as its label sees it: the index in the way the profile reads it, the port
 * it belongs to, the other columns. Pure. */
#ifndef HAYLOFT_COLLECTORS_SNMP_ROW_H
#define HAYLOFT_COLLECTORS_SNMP_ROW_H

#include "collectors/snmp/port.h"
#include "poller/model/expression.h"
#include "poller/model/pattern.h"
#include "poller/model/profile.h"

#define ROW_INDEX_MAX 256

struct row {
    struct snmp_oid_view index;
    char index_text[ROW_INDEX_MAX];                   /* as the reading's `index` reads it */
    struct pattern_span groups[PATTERN_GROUPS_MAX + 1]; /* of `rows` over index_text */
    const struct profile_reading *reading;
    const struct expression_value *values;            /* 0: x, then those of `with` */
    const struct port_table *ports;                   /* NULL: not known */
};

/* Sets index and index_text; groups are empty. */
void row_init(struct row *r, const struct profile_reading *reading, struct snmp_oid_view index);
/* The template filled, cut at size. Returns out. */
char *row_label(const struct row *r, const char *template, char *out, size_t size);

#endif
