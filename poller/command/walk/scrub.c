#include "poller/command/walk/scrub_internal.h"

#include <stdlib.h>
#include <string.h>

struct scrub *scrub_create(const struct profile_set *profiles, scrub_label_fn label,
                           bool keep_texts)
{
    struct scrub *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    *s = (struct scrub){.columns = columns_create(),
                        .standins = standins_create(),
                        .open = standins_create(),
                        .ports = standins_create(),
                        .needles = needles_create(),
                        .profiles = profiles,
                        .label = label,
                        .keep_texts = keep_texts,
                        .learning = true};
    if (s->columns && s->standins && s->open && s->ports && s->needles &&
        (!profiles || columns_know(s->columns, profiles))) {
        scrub_open_usual(s);
        if (!s->failed)
            return s;
    }
    scrub_destroy(s);
    return NULL;
}

void scrub_destroy(struct scrub *s)
{
    if (!s)
        return;
    columns_destroy(s->columns);
    standins_destroy(s->standins);
    standins_destroy(s->open);
    standins_destroy(s->ports);
    needles_destroy(s->needles);
    free(s);
}

bool scrub_secret(struct scrub *s, const char *text)
{
    if (text)
        scrub_learn(s, (const uint8_t *)text, strlen(text));
    return !s->failed;
}

struct scrub_counts scrub_counts(const struct scrub *s)
{
    struct scrub_counts c = s->counts;
    c.macs = standins_count(s->standins, STANDIN_MAC);
    c.addresses =
        standins_count(s->standins, STANDIN_IP4) + standins_count(s->standins, STANDIN_IP6);
    c.texts = standins_count(s->standins, STANDIN_TEXT);
    return c;
}

/* What texts mean in the others is known well enough. */
static bool is_outside_mib_2(struct snmp_oid_view oid)
{
    static const uint8_t mib_2[] = {0x2b, 6, 1, 2, 1};
    return oid.len < sizeof mib_2 || memcmp(oid.bytes, mib_2, sizeof mib_2) != 0;
}

enum column_kind scrub_kind(const struct scrub *s, struct snmp_oid_view oid)
{
    enum column_kind kind = columns_kind(s->columns, oid);
    const char *label = kind == COLUMN_UNKNOWN && s->label ? s->label(oid) : NULL;
    if (label)
        kind = columns_kind_of_label(label);
    return kind == COLUMN_UNKNOWN && is_outside_mib_2(oid) ? COLUMN_MAKERS : kind;
}

/* ---- all of them ---- */

/* Values and known tables first: by what they tell, addresses are found in the others. */
static void learn(struct scrub *s, const struct walk_rows *in)
{
    struct buf scratch = {0};
    struct snmp_oid_view unused;
    size_t index_at;
    scrub_open_models(s, in);
    for (size_t i = 0; i < in->count && !s->failed; i++) {
        struct walk_row row = in->items[i];
        enum column_kind kind = scrub_kind(s, row.oid);
        if (kind == COLUMN_DROPPED)
            continue;
        buf_clear(&scratch);
        scrub_value(s, kind, &row.value, &scratch, NULL);
        if (columns_index(s->columns, row.oid, &index_at))
            scrub_oid(s, row.oid, true, &unused, NULL);
    }
    for (size_t i = 0; i < in->count && !s->failed; i++)
        if (scrub_kind(s, in->items[i].oid) != COLUMN_DROPPED)
            scrub_oid(s, in->items[i].oid, true, &unused, NULL);
    buf_fini(&scratch);
    needles_seal(s->needles);
}

static void write(struct scrub *s, const struct walk_rows *in, struct walk_rows *out)
{
    struct buf scratch = {0};
    for (size_t i = 0; i < in->count && !s->failed; i++) {
        struct walk_row row = in->items[i];
        enum column_kind kind = scrub_kind(s, row.oid);
        struct snmp_oid_view oid;
        if (kind == COLUMN_DROPPED || !scrub_oid(s, row.oid, true, &oid, out->arena)) {
            s->counts.left_out++;
            continue;
        }
        buf_clear(&scratch);
        scrub_value(s, kind, &row.value, &scratch, out->arena);
        s->failed |= !walk_rows_add(out, oid, &row.value);
    }
    buf_fini(&scratch);
}

bool scrub_rows(struct scrub *s, const struct walk_rows *in, struct walk_rows *out)
{
    learn(s, in);
    s->learning = false;
    write(s, in, out);
    walk_rows_sort(out);
    return !s->failed;
}
