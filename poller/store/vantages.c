#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/refuge.h"
#include "poller/store/reported.h"
#include "poller/store/store_internal.h"

/* The house's end of poller/message/vantage.h: makes a report durable, tells the engine, answers.
 *
 *   samples into series and journal, a chunk at a time: files are written in between when rows pile up
 *   --> the journal is synced --> what was decided into the database, in one transaction --> answered
 *
 * Any step that fails answers "busy": the vantage sends it again, and what is there already changes nothing. One report
 * of each vantage at a time. */

#define AHEAD_MOST_NS MINUTES(10)  /* stamps beyond that would not be stored */
#define HEARD_APART_NS MINUTES(5)  /* that it reports is written down so often */
#define TOLD_BACK_NS (8 * MINUTES(24 * 60)) /* an engine that starts is told of so much */

struct taking {
    struct taking *next;
    struct vantages *vantages;
    struct arena *arena;       /* holds this */
    const char *vantage;       /* as configured */
    uint64_t client;
    uint32_t request;
    struct vantage_report report;
    uint32_t *ids;             /* series of each object */
    size_t piece;              /* of rows, the one being taken */
    struct reader rows;        /* what is left of it */
    struct wall heard;
    int64_t skew_ns;
    bool ok, in_memory, changed_before;
};

struct heard {
    char name[64];
    struct wall written;       /* when the database was told last */
};

struct vantages {
    struct store *store;
    struct taking *running;
    struct heard heard[STORE_VANTAGES_MAX];
    size_t jobs;
    bool stopping;
    uint8_t *payload;          /* scratch for one journal record */
};

struct vantages *vantages_create(struct store *s)
{
    struct vantages *v = calloc(1, sizeof *v);
    if (!v || !(v->payload = malloc(JOURNAL_PAYLOAD_MAX)))
        fatalx("no memory for vantages");
    v->store = s;
    return v;
}

static const char *configured(const struct vantages *v, const char *name)
{
    const char *const *known = v->store->settings.vantages;
    for (size_t i = 0; name && known && known[i]; i++)
        if (strcmp(known[i], name) == 0)
            return known[i];
    return NULL;
}

static bool is_running(const struct vantages *v, const char *vantage)
{
    for (const struct taking *t = v->running; t; t = t->next)
        if (strcmp(t->vantage, vantage) == 0)
            return true;
    return false;
}

static void answer(struct vantages *v, uint64_t client, uint32_t request, enum vantage_taken taken, int64_t skew_ns,
                   const char *text)
{
    struct sw_report m = {request, taken, skew_ns, (char *)(uintptr_t)text};
    if (v->store->desk)
        desk_answer(v->store->desk, client, SW_REPORT, &sw_report_record, &m);
}

static void finish(struct taking *t, enum vantage_taken taken, const char *text)
{
    struct taking **place = &t->vantages->running;
    while (*place != t)
        place = &(*place)->next;
    *place = t->next;
    answer(t->vantages, t->client, t->request, taken, t->skew_ns, text);
    arena_destroy(t->arena);
}

/* --- telling the engine --- */

struct telling {
    struct vantages *vantages;
    struct arena *arena;
    const char *vantage;
    struct wall since;
    struct se_vantage *parts;
    size_t count;
};

static void run_tell(void *arg)
{
    struct telling *t = arg;
    if (!reported_load(t->vantages->store->database, t->vantage, t->since, t->arena, &t->parts, &t->count))
        log_warnx("database", "what vantage %s reported cannot be read whole", t->vantage);
}

static void after_tell(void *arg)
{
    struct telling *t = arg;
    t->vantages->jobs--;
    for (size_t i = 0; i < t->count; i++)
        intake_send(t->vantages->store->intake, SE_VANTAGE, &se_vantage_record, &t->parts[i]);
    arena_destroy(t->arena); /* t lives in it */
}

static void tell_stored(struct vantages *v, const char *name)
{
    struct arena *arena = arena_create(0);
    struct telling *t = arena ? arena_take(arena, sizeof *t) : NULL;
    char *copy = t ? arena_text(arena, name, strlen(name)) : NULL;
    if (!copy)
        fatalx("no memory for vantages");
    *t = (struct telling){.vantages = v, .arena = arena, .vantage = copy,
                          .since = wall_after(clock_wall(), -TOLD_BACK_NS)};
    v->jobs++;
    lane_add(v->store->database_lane, run_tell, after_tell, t);
}

void vantages_tell_all(struct vantages *v)
{
    for (size_t i = 0; v && v->store->settings.vantages && v->store->settings.vantages[i]; i++)
        tell_stored(v, v->store->settings.vantages[i]);
}

static bool gather_changes(const struct taking *t, struct se_vantage *out)
{
    const struct vantage_report *r = &t->report;
    size_t count = 0;
    for (size_t i = 0; i < r->decided_count; i++)
        count += r->decided[i].changes_count;
    out->changes = arena_take(t->arena, count * sizeof *out->changes);
    for (size_t i = 0; out->changes && i < r->decided_count; i++)
        for (size_t k = 0; k < r->decided[i].changes_count; k++)
            out->changes[out->changes_count++] = r->decided[i].changes[k];
    return out->changes;
}

static void tell_engine(const struct taking *t)
{
    const struct vantage_report *r = &t->report;
    const struct vantage_head *h = &r->head;
    struct se_vantage m = {.vantage = (char *)(uintptr_t)t->vantage, .reported = true, .heard = t->heard,
                           .skew_ns = t->skew_ns, .clock_set = h->clock_set, .whole = h->whole, .behind = h->behind,
                           .every_ns = h->every_ns, .view = r->view, .view_count = r->view ? 1 : 0,
                           .runs = r->runs, .runs_count = r->runs_count, .lost = r->lost,
                           .lost_count = r->lost_count};
    if (t->changed_before)
        tell_stored(t->vantages, t->vantage);
    else if (!gather_changes(t, &m))
        fatalx("no memory for vantages");
    intake_send(t->vantages->store->intake, SE_VANTAGE, &se_vantage_record, &m);
}

/* --- what was decided --- */

static struct heard *heard_of(struct vantages *v, const char *vantage)
{
    struct heard *h = v->heard;
    while (h < v->heard + STORE_VANTAGES_MAX - 1 && h->name[0] && strcmp(h->name, vantage) != 0)
        h++;
    snprintf(h->name, sizeof h->name, "%s", vantage);
    return h;
}

static void run_take(void *arg)
{
    struct taking *t = arg;
    struct database *d = t->vantages->store->database;
    do {
        t->ok = reported_take(d, t->vantage, &t->report, t->heard, &t->changed_before);
    } while (!t->ok && refuge_helps(d));
    t->in_memory = database_in_memory(d);
}

/* What is in memory only is not the house's yet. */
static void after_take(void *arg)
{
    struct taking *t = arg;
    struct vantages *v = t->vantages;
    v->jobs--;
    homing_look(v->store->homing);
    if (t->ok) {
        heard_of(v, t->vantage)->written = t->heard;
        tell_engine(t);
    }
    if (t->ok && !t->in_memory)
        finish(t, VANTAGE_TAKEN, NULL);
    else
        finish(t, VANTAGE_BUSY, "the database takes nothing at the moment");
}

static void take_decided(struct taking *t)
{
    struct vantages *v = t->vantages;
    int64_t since_ns = t->heard.ns - heard_of(v, t->vantage)->written.ns;
    if (!reported_is_needed(&t->report) && since_ns >= 0 && since_ns < HEARD_APART_NS) {
        tell_engine(t);
        finish(t, VANTAGE_TAKEN, NULL);
        return;
    }
    v->jobs++;
    lane_add(v->store->database_lane, run_take, after_take, t);
}

/* --- samples --- */

static void after_sync(void *ctx, bool ok)
{
    struct taking *t = ctx;
    if (t->vantages->stopping || !ok)
        finish(t, VANTAGE_BUSY, "the disk takes nothing at the moment");
    else
        take_decided(t);
}

static size_t object_index(const struct taking *t, uint32_t number)
{
    size_t i = 0;
    while (t->report.objects[i].object != number) /* it is there: the report was read whole */
        i++;
    return i;
}

static void add_row(struct taking *t, uint32_t id, const struct sample_row *row, struct journal_position position)
{
    double values[LAYOUT_SOURCES_MAX];
    for (size_t i = 0; i < row->count; i++)
        values[i] = sample_row_value(row, i);
    series_add(t->vantages->store->series, id, row->at_ns, values, t->heard, position);
}

/* Rows until one finds its object crowded. False: it did. */
static bool take_rows(struct taking *t, struct writer *w, struct journal_position position)
{
    struct sample_row row;
    const struct series *series = t->vantages->store->series;
    for (;;) {
        while (!rd_left(&t->rows) && t->piece < t->report.rows_count) {
            const struct bytes *b = &t->report.rows[t->piece++];
            t->rows = reader_over(b->data, b->len);
        }
        struct reader before = t->rows;
        if (!rd_left(&t->rows) || !sample_row_read(&t->rows, &row))
            return true;
        uint32_t id = t->ids[object_index(t, row.object)];
        if (id == SERIES_NONE)
            continue; /* more objects than we may have */
        if (!series_has_room(series, id)) {
            t->rows = before;
            return false;
        }
        row.object = id;
        sample_row_write(w, &row);
        add_row(t, id, &row, position);
    }
}

static void take_chunk(struct taking *t, bool again);

static void after_fresh(void *ctx, bool ok)
{
    struct taking *t = ctx;
    if (t->vantages->stopping || !ok)
        finish(t, VANTAGE_BUSY, "files cannot be written at the moment");
    else
        take_chunk(t, true);
}

/* again: files were written to make room. */
static void take_chunk(struct taking *t, bool again)
{
    struct vantages *v = t->vantages;
    struct store *s = v->store;
    struct writer w = writer_over(v->payload, JOURNAL_PAYLOAD_MAX);
    struct journal_position position = journal_end(s->journal);
    wr_u64(&w, 0);
    wr_u64(&w, 0);
    wr_u64(&w, (uint64_t)t->heard.ns);
    bool all = take_rows(t, &w, position), some = wr_len(&w) > JOURNAL_STAMP_BYTES;
    if (some && !journal_append(s->journal, JOURNAL_REPORTED, v->payload, wr_len(&w), &position))
        finish(t, VANTAGE_BUSY, "the journal takes nothing at the moment");
    else if (!all && !some && again)
        finish(t, VANTAGE_BUSY, "files cannot be written at the moment");
    else if (!all)
        files_fresh(s->files, t->vantage, NULL, NULL, after_fresh, t);
    else if (t->report.sample_count)
        syncing_barrier(s->syncing, after_sync, t);
    else
        take_decided(t);
}

static bool define_objects(struct taking *t)
{
    const struct vantage_report *r = &t->report;
    t->ids = arena_take(t->arena, r->objects_count * sizeof *t->ids);
    for (size_t i = 0; t->ids && i < r->objects_count; i++) {
        const struct vantage_object *o = &r->objects[i];
        int layout = field_word_index(layout_words, o->layout);
        struct es_object named = {.vantage = (char *)(uintptr_t)t->vantage, .node = o->node, .name = o->name,
                                  .layout = (enum layout)layout, .step_ns = o->step_ns, .sources = o->sources,
                                  .sources_count = o->sources_count};
        t->ids[i] = layout < 0 ? SERIES_NONE : intake_define(t->vantages->store->intake, &named);
    }
    return t->ids;
}

/* --- a report comes --- */

/* NULL: nothing against it. */
static const char *clock_trouble(const struct taking *t, char text[static 128])
{
    char span[CLOCK_TEXT_MAX];
    if (!clock_is_set())
        return "the clock of this machine, at the house, is not set";
    if (!t->report.head.clock_set || t->skew_ns <= AHEAD_MOST_NS)
        return NULL;
    snprintf(text, 128, "its clock is %s ahead of the house's", span_text(t->skew_ns, span));
    return text;
}

static void take(struct taking *t)
{
    char text[128];
    const char *trouble = clock_trouble(t, text);
    t->next = t->vantages->running;
    t->vantages->running = t;
    if (trouble)
        finish(t, VANTAGE_CLOCK, trouble);
    else if (!define_objects(t))
        fatalx("no memory for a report");
    else
        take_chunk(t, false);
}

/* The message's bytes are gone when the rest is done. */
static bool read_report(struct taking *t, const struct ws_report *m)
{
    uint8_t *bytes = arena_copy(t->arena, m->body.len ? m->body.data : (const uint8_t *)"", m->body.len);
    return bytes && vantage_read(bytes, m->body.len, t->arena, &t->report) &&
           strcmp(t->report.head.vantage, t->vantage) == 0;
}

static struct taking *begin(struct vantages *v, uint64_t client, const struct ws_report *m, const char *vantage)
{
    struct arena *arena = arena_create(VANTAGE_MEMORY_MAX);
    struct taking *t = arena ? arena_take(arena, sizeof *t) : NULL;
    char *name = t ? arena_text(arena, vantage, strlen(vantage)) : NULL;
    if (!name)
        fatalx("no memory for a report");
    *t = (struct taking){.vantages = v, .arena = arena, .vantage = name, .client = client, .request = m->request,
                         .heard = clock_wall()};
    return t;
}

void vantages_take(struct vantages *v, uint64_t client, const struct ws_report *m)
{
    const char *vantage = configured(v, m->vantage);
    if (!vantage) {
        answer(v, client, m->request, VANTAGE_UNKNOWN, 0, "there is no vantage of that name");
        return;
    }
    if (is_running(v, vantage) || v->stopping) {
        answer(v, client, m->request, VANTAGE_BUSY, 0, "another report of it is being taken");
        return;
    }
    struct taking *t = begin(v, client, m, vantage);
    if (!read_report(t, m)) {
        answer(v, client, m->request, VANTAGE_MALFORMED, 0, "this is no report of that vantage");
        arena_destroy(t->arena);
        return;
    }
    t->skew_ns = t->report.head.sent.ns - t->heard.ns;
    take(t);
}

void vantages_destroy(struct vantages *v)
{
    if (!v)
        return;
    v->stopping = true;
    while (v->running || v->jobs)
        uv_run(v->store->loop, UV_RUN_ONCE);
    free(v->payload);
    free(v);
}
