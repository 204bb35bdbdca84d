/* A report of a vantage: bytes from outside, behind a token. What was taken must be sound through and through, and
 * written anew it must be taken again. */
#include <stdlib.h>
#include <string.h>

#include "poller/message/engine_store.h"

static size_t walk(const struct vantage_report *r)
{
    size_t samples = 0;
    struct sample_row row;
    for (size_t i = 0; i < r->rows_count; i++) {
        struct reader in = reader_over(r->rows[i].data, r->rows[i].len);
        while (rd_left(&in)) {
            if (!sample_row_read(&in, &row))
                abort();
            for (size_t v = 0; v < row.count; v++)
                (void)sample_row_value(&row, v);
            samples++;
        }
    }
    return samples;
}

static void write_again(const struct vantage_report *r, struct buf *out)
{
    vantage_begin(out, &r->head);
    if (r->view)
        vantage_put(out, VANTAGE_VIEW, r->view);
    for (size_t i = 0; i < r->runs_count; i++)
        vantage_put(out, VANTAGE_RUN, &r->runs[i]);
    for (size_t i = 0; i < r->decided_count; i++)
        vantage_put(out, VANTAGE_DECIDED, &r->decided[i]);
    for (size_t i = 0; i < r->lost_count; i++)
        vantage_put(out, VANTAGE_LOST, &r->lost[i]);
    for (size_t i = 0; i < r->objects_count; i++)
        vantage_put(out, VANTAGE_OBJECT, &r->objects[i]);
    for (size_t i = 0; i < r->rows_count; i++)
        vantage_put_packed(out, VANTAGE_ROWS, r->rows[i].data, r->rows[i].len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create(VANTAGE_MEMORY_MAX), *other = arena_create(2 * VANTAGE_MEMORY_MAX);
    struct vantage_report report, again;
    struct buf out = {0};
    if (arena && other && vantage_read(data, size, arena, &report)) {
        if (walk(&report) != report.sample_count)
            abort();
        write_again(&report, &out);
        if (!vantage_read(out.data, out.len, other, &again) || again.sample_count != report.sample_count ||
            again.decided_count != report.decided_count)
            abort();
    }
    buf_fini(&out);
    arena_destroy(arena);
    arena_destroy(other);
    return 0;
}
