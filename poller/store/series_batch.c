#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "poller/base/log.h"
#include "poller/store/at_work.h"
#include "poller/store/heads.h"
#include "poller/store/series_internal.h"

#define PATH_MAX_BYTES 4096
#define RETRY_NS SECONDS(60)
#define FILE_AHEAD_S 3600

struct item {
    uint32_t id;
    bool is_first; /* since the last sync */
    struct rows rows;
    const struct object *object;
    struct archive_outcome outcome;
    char aside[SERIES_ASIDE_MAX];
};

struct series_batch {
    struct layout_span spans[LAYOUT_SPANS_MAX]; /* a copy: a reload may come while we write */
    size_t span_count;
    struct wall now;
    struct at_work *at_work;
    struct heads *heads;
    size_t count;
    struct item items[SERIES_BATCH];
};

static int by_path(const void *a, const void *b, void *ctx)
{
    const struct series *s = ctx;
    return strcmp(s->objects[*(const uint32_t *)a]->path, s->objects[*(const uint32_t *)b]->path);
}

static void put_in_order(struct series *s)
{
    if (s->ordered)
        return;
    for (uint32_t i = 0; i < s->count; i++)
        s->order[i] = i;
    qsort_r(s->order, s->count, sizeof *s->order, by_path, s);
    s->ordered = true;
}

static bool is_due(const struct series *s, const struct object *o, int64_t age_ns)
{
    return o->waiting.count >= SERIES_ROWS_DUE * s->patience || age_ns >= SECONDS(SERIES_AGE_DUE_S) * s->patience ||
           age_ns < -STAMP_AHEAD_NS;
}

static bool is_chosen(const struct series *s, const struct object *o, const struct series_choice *c, struct wall now)
{
    if (o->waiting.count == 0 || (c->vantage && strcmp(o->key, c->vantage) != 0) ||
        (c->node && strcmp(o->node, c->node) != 0) || (c->object && strcmp(o->name, c->object) != 0))
        return false;
    if (!c->only_due)
        return true;
    /* a clock that stepped back must not hold rows for ever */
    bool waits = o->not_before.ns > now.ns && o->not_before.ns <= now.ns + RETRY_NS;
    int64_t age_ns = now.ns - row_at(o, &o->waiting, 0);
    return !waits && is_due(s, o, age_ns);
}

struct series_batch *series_take(struct series *s, const struct series_choice *choice, struct wall now)
{
    struct series_batch *b = NULL;
    put_in_order(s);
    s->crowded = false;
    for (uint32_t i = 0; i < s->count && (!b || b->count < SERIES_BATCH); i++) {
        struct object *o = s->objects[s->order[i]];
        if (!is_chosen(s, o, choice, now))
            continue;
        if (!b && !(b = calloc(1, sizeof *b)))
            fatalx("no memory for a batch of files");
        memcpy(b->spans, s->spans, sizeof b->spans);
        b->span_count = s->span_count;
        b->now = now;
        b->at_work = s->at_work;
        b->heads = s->heads;
        b->items[b->count++] = (struct item){
            .id = s->order[i], .is_first = !o->unsynced, .rows = o->waiting, .object = o};
        o->taken = o->waiting.first;
        o->waiting = (struct rows){0};
    }
    return b;
}

void series_set_aside(const char *path, struct wall now, char aside[static SERIES_ASIDE_MAX])
{
    char name[PATH_MAX_BYTES];
    time_t seconds = (time_t)wall_seconds(now);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(aside, SERIES_ASIDE_MAX, ".bad-%Y%m%dT%H%M%S", &utc);
    int n = snprintf(name, sizeof name, "%s%s", path, aside);
    if (n < 0 || (size_t)n >= sizeof name || rename(path, name) != 0)
        aside[0] = '\0';
}

static void write_item(const struct series_batch *b, struct item *item, const struct archive_row *rows)
{
    const struct object *o = item->object;
    struct archive_shape shape = {
        .layout = o->layout, .step_s = o->step_s, .sources = o->sources,
        .source_count = o->source_count, .spans = b->span_count ? b->spans : NULL,
        .span_count = b->span_count};
    int64_t newest_ns = rows[item->rows.count - 1].at_ns; /* a board without clock wakes up in 1970 */
    int64_t latest_s = (newest_ns > b->now.ns ? newest_ns : b->now.ns) / NS_PER_S + FILE_AHEAD_S;
    archive_write(o->path, &shape, rows, item->rows.count, latest_s, &item->outcome);
    if (item->outcome.result != ARCHIVE_DAMAGED)
        return;
    char why[ARCHIVE_WHY_MAX];
    snprintf(why, sizeof why, "%s", item->outcome.why);
    series_set_aside(o->path, b->now, item->aside);
    if (item->aside[0])
        archive_write(o->path, &shape, rows, item->rows.count, latest_s, &item->outcome);
    if (item->outcome.result == ARCHIVE_OK)
        snprintf(item->outcome.why, sizeof item->outcome.why, "%s", why);
}

static void keep_heads(const struct series_batch *b)
{
    bool kept = true;
    for (size_t i = 0; i < b->count && b->heads && kept; i++)
        kept = !b->items[i].is_first || heads_keep(b->heads, b->items[i].object->path);
    if (b->heads && (!kept || !heads_sync(b->heads)))
        log_warn("files", "heads cannot be kept: a power cut now may tear what is being written");
}

void series_batch_write(struct series_batch *b)
{
    keep_heads(b);
    for (size_t i = 0; i < b->count; i++) {
        struct item *item = &b->items[i];
        struct archive_row rows[SERIES_ROWS_MAX];
        for (size_t r = 0; r < item->rows.count; r++) {
            rows[r].at_ns = row_at(item->object, &item->rows, r);
            rows[r].values = &item->rows.cells[r * stride(item->object) + 1].value;
        }
        if (!item->object->written_before)
            archive_sweep(item->object->path);
        at_work_begin(b->at_work, item->object->path);
        write_item(b, item, rows);
        at_work_end(b->at_work);
    }
}

/* Rows that came meanwhile go behind those that could not be written. */
static void put_back(struct series *s, struct object *o, struct rows *failed, struct wall now)
{
    struct rows newer = o->waiting;
    o->waiting = *failed;
    *failed = newer;
    o->not_before = wall_after(now, RETRY_NS);
    for (size_t i = 0; i < newer.count; i++) {
        const double *values = &newer.cells[i * stride(o) + 1].value;
        s->figures.waiting--;
        series_insert(s, o, row_at(o, &newer, i), values);
    }
}

bool series_is_crowded(const struct series *s)
{
    return s->crowded;
}

enum archive_result series_give_back(struct series *s, struct series_batch *b, struct wall now,
                                     series_fault_fn fn, void *ctx)
{
    enum archive_result worst = ARCHIVE_OK;
    for (size_t i = 0; i < b->count; i++) {
        struct item *item = &b->items[i];
        struct object *o = s->objects[item->id];
        struct archive_outcome *out = &item->outcome;
        o->taken = (struct journal_position){0};
        o->written_before = true;
        o->unsynced |= out->written > 0;
        s->figures.written += out->written;
        s->figures.skipped += out->skipped;
        if (out->result == ARCHIVE_OK)
            s->figures.waiting -= item->rows.count;
        else if (o->retired)
            series_hand_over(s, o, &item->rows);
        else
            put_back(s, o, &item->rows, now);
        if (out->result != ARCHIVE_OK || item->aside[0])
            fn(ctx, &(struct series_fault){o->path, out->result, out->why, item->aside});
        if (out->result > worst)
            worst = out->result;
        free(item->rows.cells);
    }
    free(b);
    return worst;
}
