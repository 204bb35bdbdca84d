/* Any objects, given as lines of a recording, are scrubbed: what comes out is in order, every OID
 * is well formed, and no object is lost but those that are left out. What is shown of them, and how
 * it is written, goes along. */
#include <stdlib.h>

#include "poller/command/walk/hint.h"
#include "poller/command/walk/record.h"
#include "poller/command/walk/scrub.h"
#include "poller/command/walk/show.h"
#include "tests/poller/command/walk/recorded_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show_all(const struct walk_rows *rows)
{
    const struct mib_object hinted = {.hint = "*1x:,2d-1a", .syntax = MIB_OCTETS};
    struct buf text = {0};
    for (size_t i = 0; i < rows->count; i++) {
        const struct walk_row *row = &rows->items[i];
        if (!snmp_oid_valid(row->oid) || (i && snmp_oid_compare(row[-1].oid, row->oid) >= 0))
            abort();
        buf_clear(&text);
        show_value(&row->value, NULL, &text);
        show_value(&row->value, &hinted, &text);
        record_line(row, &text);
        cJSON_Delete(show_document(row, NULL));
    }
    buf_fini(&text);
}

/* The text before the first line end is a hint as well. */
static void follow_hint(const uint8_t *data, size_t size)
{
    char hint[64];
    struct buf out = {0};
    size_t len = 0;
    for (; len < size && len < sizeof hint - 1 && data[len] != '\n'; len++)
        hint[len] = (char)data[len];
    hint[len] = '\0';
    hint_octets(hint, data, size, &out);
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct walk_rows before, after;
    struct scrub *s = scrub_create(NULL, NULL, size % 2);
    bool ready = walk_rows_init(&before);
    bool fine = walk_rows_init(&after) && ready && s && recorded_rows(data, size, &before);
    follow_hint(data, size);
    if (fine && scrub_rows(s, &before, &after)) {
        struct scrub_counts counts = scrub_counts(s);
        if (after.count + counts.left_out > before.count)
            abort();
        show_all(&after);
    }
    scrub_destroy(s);
    walk_rows_fini(&before);
    walk_rows_fini(&after);
    return 0;
}
