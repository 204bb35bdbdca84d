/* The link to store. Every record that must outlive a crash is numbered, kept until store says it is
 * durable, and sent again to a store that comes back. The queue has a ceiling: then the oldest samples
 * go, and are counted; transitions never do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "poller/base/log.h"
#include "poller/engine/sample_rows.h"
#include "poller/engine/shell.h"

#define QUEUE_MAX_BYTES (16u << 20)
#define ROWS_MAX_BYTES (8u << 20) /* of samples whose time is not known yet */
#define SLICE_APART_MS 10000     /* store writes files as often, or a little less */
#define ROWS_DELAY_MS 300        /* samples are written within 1 s, journal included, also when store starts anew */
#define BOOT_ID_TEXT 33

struct queued {
    struct queued *next;
    struct arena *arena;
    uint16_t type;
    uint64_t sequence;
    size_t bytes;
    const struct record *record;
    void *value;
};

struct shell_store {
    struct shell *shell;
    struct channel *channel;
    char boot_id[BOOT_ID_TEXT];
    uint64_t next_sequence;
    struct queued *first, **last, *unsent; /* unsent: first one this connection has not seen */
    size_t bytes;
    uint64_t dropped, samples;
    struct sample_rows *rows;
    struct timer rows_timer;
    struct mono next_slice;                /* not before it; see sample_rows.h */
    struct instant now;                    /* best known time, of the last step */
    bool set, settled;                     /* see shell_store_time */
    struct es_object *objects;             /* by id: told again to each new connection */
    struct arena **object_arenas;
    size_t object_count;
    bool ready;                            /* store has told what it knows */
    struct mono last_durable;              /* ns 0: nothing yet */
    uint64_t skipped;                      /* by store, see se_durable */
};

static void flush_rows(void *arg)
{
    shell_store_flush(arg);
}

struct shell_store *shell_store_create(struct shell *s)
{
    struct shell_store *l = calloc(1, sizeof *l);
    uint8_t id[16];
    if (!l || getrandom(id, sizeof id, 0) != sizeof id)
        fatal("no random boot id");
    for (size_t i = 0; i < sizeof id; i++)
        snprintf(l->boot_id + 2 * i, 3, "%02x", id[i]);
    l->shell = s;
    l->rows = sample_rows_create(ROWS_MAX_BYTES);
    l->set = true;
    l->last = &l->first;
    l->next_sequence = 1;
    l->rows_timer = (struct timer){.ring = flush_rows, .arg = l};
    return l;
}

static void free_queued(struct queued *q)
{
    arena_destroy(q->arena);
    free(q);
}

static void pump(struct shell_store *l)
{
    while (l->ready && l->channel && l->unsent &&
           channel_send(l->channel, l->unsent->type, l->unsent->record, l->unsent->value))
        l->unsent = l->unsent->next;
}

static void drop_oldest_samples(struct shell_store *l)
{
    struct queued **at = &l->first;
    while (*at && (*at)->type != ES_SAMPLES)
        at = &(*at)->next;
    struct queued *q = *at;
    if (!q)
        return;
    *at = q->next;
    if (l->last == &q->next)
        l->last = at;
    if (l->unsent == q)
        l->unsent = q->next;
    l->bytes -= q->bytes;
    l->dropped++;
    free_queued(q);
}

static bool holds_samples(const struct shell_store *l)
{
    for (const struct queued *q = l->first; q; q = q->next)
        if (q->type == ES_SAMPLES)
            return true;
    return false;
}

/* The value is copied; its sequence is given by the caller. */
static void push(struct shell_store *l, uint16_t type, const struct record *record,
                 const void *value, uint64_t sequence)
{
    struct queued *q = calloc(1, sizeof *q);
    if (!q || !(q->arena = arena_create(0)) || !(q->value = arena_take(q->arena, record->size)) ||
        !field_copy(record, value, NULL, q->arena, q->value))
        fatal("no memory for a record");
    q->type = type;
    q->record = record;
    q->sequence = sequence;
    q->bytes = arena_used(q->arena);
    *l->last = q;
    l->last = &q->next;
    if (!l->unsent)
        l->unsent = q;
    l->bytes += q->bytes;
    while (l->bytes > QUEUE_MAX_BYTES && holds_samples(l))
        drop_oldest_samples(l);
    pump(l);
}

void shell_store_commit(struct shell_store *l, const struct es_commit *commit)
{
    struct es_commit c = *commit;
    shell_store_flush(l); /* in order: what was measured before stands before */
    c.sequence = l->next_sequence++;
    push(l, ES_COMMIT, &es_commit_record, &c, c.sequence);
}

void shell_store_keep(struct shell_store *l, const char *node, const char *key, const char *value)
{
    struct kept_item item = {(char *)(uintptr_t)node, (char *)(uintptr_t)key,
                             (char *)(uintptr_t)value};
    struct es_keep k = {l->next_sequence++, &item, 1};
    push(l, ES_KEEP, &es_keep_record, &k, k.sequence);
}

static void grow_objects(struct shell_store *l, uint32_t id)
{
    size_t count = l->object_count ? l->object_count * 2 : 64;
    while (count <= id)
        count *= 2;
    l->objects = reallocarray(l->objects, count, sizeof *l->objects);
    l->object_arenas = reallocarray(l->object_arenas, count, sizeof(struct arena *));
    if (!l->objects || !l->object_arenas)
        fatal("no memory for %zu series", count);
    memset(l->object_arenas + l->object_count, 0,
           (count - l->object_count) * sizeof(struct arena *));
    l->object_count = count;
}

static void name_object(struct shell_store *l, const struct object *o)
{
    if (o->id >= l->object_count)
        grow_objects(l, o->id);
    if (l->object_arenas[o->id])
        return;
    struct arena *a = arena_create(0);
    char **units = a ? arena_take(a, (o->source_count + 1) * sizeof(char *)) : NULL;
    if (!units)
        fatal("no memory for a series");
    for (size_t i = 0; i < o->source_count; i++)
        units[i] = (char *)(uintptr_t)value_unit_words[o->units[i]];
    struct es_object named = {.object = o->id, .vantage = (char *)(uintptr_t) "here",
                              .node = (char *)(uintptr_t)o->node,
                              .name = (char *)(uintptr_t)o->name, .layout = o->layout,
                              .step_ns = o->step_ns, .sources = o->sources,
                              .sources_count = o->source_count, .units = units,
                              .units_count = o->source_count};
    if (!field_copy(&es_object_record, &named, NULL, a, &l->objects[o->id]))
        fatal("no memory for a series");
    l->object_arenas[o->id] = a;
    if (l->ready && l->channel)
        channel_send(l->channel, ES_OBJECT, &es_object_record, &l->objects[o->id]);
}

void shell_store_sample(struct shell_store *l, const struct object *o)
{
    name_object(l, o);
    sample_rows_add(l->rows, o);
    l->samples += o->source_count;
    if (sample_rows_are_full(l->rows))
        shell_store_flush(l);
    else if (!l->rows_timer.link)
        shell_timer_set(l->shell, &l->rows_timer,
                        mono_after(clock_mono(), MILLISECONDS(ROWS_DELAY_MS)));
}

void shell_store_flush(struct shell_store *l)
{
    struct buf rows = {0};
    struct sample_slice slice = {.full = mono_before(clock_mono(), l->next_slice)};
    shell_timer_stop(l->shell, &l->rows_timer);
    while (l->settled && sample_rows_take(l->rows, l->now, &slice, &rows)) {
        struct es_samples s = {l->next_sequence++, {(uint8_t *)rows.data, rows.len}};
        push(l, ES_SAMPLES, &es_samples_record, &s, s.sequence);
        buf_clear(&rows);
    }
    buf_fini(&rows);
    if (!slice.full || !l->settled)
        return;
    if (!mono_before(clock_mono(), l->next_slice))
        l->next_slice = mono_after(clock_mono(), MILLISECONDS(SLICE_APART_MS));
    shell_timer_set(l->shell, &l->rows_timer, l->next_slice);
}

void shell_store_view(struct shell_store *l, const struct vantage_view *view)
{
    if (l->ready && l->channel)
        channel_send(l->channel, ES_VIEW, &vantage_view_record, view);
}

static void tell_clock(struct shell_store *l)
{
    struct es_clock c = {l->set, l->now.mono, l->now.wall};
    if (l->channel)
        channel_send(l->channel, ES_CLOCK, &es_clock_record, &c);
}

void shell_store_time(struct shell_store *l, struct instant now, bool set, bool settled)
{
    bool same = wall_at(l->now, now.mono).ns == now.wall.ns; /* a reckoned time runs on by itself */
    bool tell = set != l->set || (!set && !same), flush = settled && !l->settled;
    l->now = now;
    l->set = set;
    l->settled = settled;
    if (tell)
        tell_clock(l);
    if (flush)
        shell_store_flush(l);
}

static void begin_again(struct shell_store *l)
{
    l->ready = true;
    for (size_t i = 0; i < l->object_count; i++)
        if (l->object_arenas[i])
            channel_send(l->channel, ES_OBJECT, &es_object_record, &l->objects[i]);
    l->unsent = l->first;
    pump(l);
}

static void take_restored(struct shell_store *l, const struct frame *f, struct arena *a)
{
    struct se_restored r;
    if (!frame_unpack(f, &se_restored_record, a, &r))
        return;
    for (size_t i = 0; i < r.kept_count; i++)
        if (r.kept[i].node && r.kept[i].key && r.kept[i].value &&
            !shell_kept_find(l->shell->kept, r.kept[i].node, r.kept[i].key))
            shell_kept_put(l->shell->kept, r.kept[i].node, r.kept[i].key, r.kept[i].value);
    if (r.last)
        begin_again(l);
    shell_step(l->shell, &(struct input){.kind = INPUT_RESTORED, .restored = &r});
    shell_seen_recall(l->shell->seen, &r); /* after: these times are old already, and do not move */
    if (r.last)
        shell_upstream_changed(l->shell->upstream);
}

static void take_durable(struct shell_store *l, const struct frame *f, struct arena *a)
{
    struct se_durable d;
    if (!frame_unpack(f, &se_durable_record, a, &d))
        return;
    l->last_durable = clock_mono();
    l->skipped = d.skipped;
    while (l->first && l->first != l->unsent && l->first->sequence <= d.sequence) {
        struct queued *q = l->first;
        l->first = q->next;
        if (!l->first)
            l->last = &l->first;
        l->bytes -= q->bytes;
        free_queued(q);
    }
    pump(l);
}

static void on_message(void *ctx, struct channel *c, const struct frame *f)
{
    struct shell_store *l = ctx;
    struct arena *a = arena_create(0);
    struct se_delivery delivery;
    struct se_trouble trouble;
    struct se_vantage vantage;
    switch (a ? f->type : 0) {
    case SE_RESTORED:
        take_restored(l, f, a);
        break;
    case SE_DURABLE:
        take_durable(l, f, a);
        break;
    case SE_DELIVERY:
        if (frame_unpack(f, &se_delivery_record, a, &delivery))
            shell_step(l->shell, &(struct input){.kind = INPUT_DELIVERY, .delivery = &delivery});
        break;
    case SE_TROUBLE:
        if (frame_unpack(f, &se_trouble_record, a, &trouble))
            shell_step(l->shell, &(struct input){.kind = INPUT_TROUBLE, .trouble = &trouble});
        break;
    case SE_VANTAGE:
        if (frame_unpack(f, &se_vantage_record, a, &vantage))
            shell_step(l->shell, &(struct input){.kind = INPUT_VANTAGE, .vantage = &vantage});
        break;
    default:
        log_warnx("store", "message of unknown type %u ignored", f->type);
        break;
    }
    arena_destroy(a);
}

static void on_closed(void *ctx, struct channel *c)
{
    struct shell_store *l = ctx;
    if (l->channel == c)
        l->channel = NULL;
    l->ready = false;
    channel_destroy(c);
    log_info("store", "store is gone; records wait for its return");
}

void shell_store_connect(struct shell_store *l, int fd)
{
    channel_destroy(l->channel);
    l->ready = false;
    l->channel = channel_create(l->shell->loop, fd, on_message, on_closed, l);
    if (!l->channel)
        return;
    struct es_hello hello = {l->boot_id, l->first ? l->first->sequence : l->next_sequence};
    channel_send(l->channel, ES_HELLO, &es_hello_record, &hello);
    tell_clock(l);
}

void shell_store_describe(const struct shell_store *l, struct ew_status *out)
{
    out->queue_bytes = l->bytes + sample_rows_bytes(l->rows);
    out->queue_dropped = l->dropped + sample_rows_dropped(l->rows);
    out->samples = l->samples;
    out->samples_skipped = l->skipped;
    out->last_durable = l->last_durable.ns ? wall_at(l->now, l->last_durable) : (struct wall){0};
}

void shell_store_destroy(struct shell_store *l)
{
    if (!l)
        return;
    channel_destroy(l->channel);
    for (struct queued *q = l->first, *next; q; q = next) {
        next = q->next;
        free_queued(q);
    }
    for (size_t i = 0; i < l->object_count; i++)
        arena_destroy(l->object_arenas[i]);
    free(l->object_arenas);
    free(l->objects);
    sample_rows_destroy(l->rows);
    free(l);
}
