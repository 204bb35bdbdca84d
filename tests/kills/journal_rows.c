/* journal_rows STATE: every sample in the journal of a stopped daemon, one line a row:
 *
 *   BOOT NODE OBJECT AT_NS WRITTEN_NS VALUE...
 *
 * BOOT tells one life of the engine from another. The names are given as in the journal's own file of names.
 * Nothing is changed. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/arena.h"
#include "poller/base/cursor.h"
#include "poller/message/engine_store.h"
#include "poller/store/journal.h"

#define NAMES_MAX 4096

struct name {
    char *node, *object;
};

struct rows {
    struct name names[NAMES_MAX];
    bool nonsense;
};

static void on_name(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct rows *all = ctx;
    struct reader in = reader_over(r->payload, r->len);
    struct arena *arena = arena_create(0);
    struct es_object o;
    if (arena && field_unpack(&es_object_record, &in, NULL, arena, &o) && o.object < NAMES_MAX)
        all->names[o.object] = (struct name){strdup(o.node), strdup(o.name)};
    arena_destroy(arena);
}

static bool print_row(const struct rows *all, struct reader *in, uint64_t mark, uint64_t written_ns)
{
    uint32_t id;
    uint64_t at_ns, bits;
    uint16_t count;
    double value;
    if (!rd_u32(in, &id) || !rd_u64(in, &at_ns) || !rd_u16(in, &count) || id >= NAMES_MAX || !all->names[id].node)
        return false;
    printf("%" PRIx64 " %s %s %" PRIu64 " %" PRIu64, mark, all->names[id].node, all->names[id].object, at_ns,
           written_ns);
    while (count-- && rd_u64(in, &bits)) {
        memcpy(&value, &bits, sizeof value);
        printf(" %.9g", value);
    }
    putchar('\n');
    return true;
}

static void on_record(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct rows *all = ctx;
    struct reader in = reader_over(r->payload, r->len);
    uint64_t mark = 0, sequence, written_ns = 0;
    if (r->type != JOURNAL_SAMPLES)
        return;
    bool good = rd_u64(&in, &mark) && rd_u64(&in, &sequence) && rd_u64(&in, &written_ns);
    while (good && rd_left(&in))
        good = print_row(all, &in, mark, written_ns);
    all->nonsense |= !good;
}

int main(int argc, char **argv)
{
    static struct rows all;
    char folder[PATH_MAX];
    if (argc != 2) {
        fputs("usage: journal_rows STATE\n", stderr);
        return 1;
    }
    snprintf(folder, sizeof folder, "%s/journal", argv[1]);
    struct journal *j = journal_open(&(struct journal_settings){.folder = folder}, on_name, NULL, &all);
    bool good = j && journal_replay(j, (struct journal_position){0}, on_record, &all) && !all.nonsense;
    journal_close(j);
    if (!good)
        fprintf(stderr, "journal_rows: %s cannot be read whole\n", folder);
    return good ? 0 : 1;
}
