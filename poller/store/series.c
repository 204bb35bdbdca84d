#include "poller/store/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs/path.h"
#include "poller/base/arena.h"
#include "poller/base/log.h"
#include "poller/config/config.h"
#include "poller/store/series_internal.h"

#define PATH_MAX_BYTES 1024
#define STAMP_FLOOR_NS (INT64_C(1704067200) * NS_PER_S) /* 2024: before it no clock was right */
#define FIRST_ROWS 4

/* --- objects --- */

static uint64_t hash_key(const char *vantage, const char *node, const char *name)
{
    const char *parts[3] = {vantage, node, name};
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a, the NULs included */
    for (int i = 0; i < 3; i++)
        for (const char *p = parts[i];; p++) {
            h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
            if (!*p)
                break;
        }
    return h;
}

static bool is_object(const struct object *o, const char *vantage, const char *node, const char *name)
{
    return strcmp(o->key, vantage) == 0 && strcmp(o->node, node) == 0 && strcmp(o->name, name) == 0;
}

uint32_t series_find(const struct series *s, const char *vantage, const char *node, const char *name)
{
    uint32_t mask = s->table_size - 1;
    for (uint32_t i = (uint32_t)hash_key(vantage, node, name) & mask; s->table[i]; i = (i + 1) & mask)
        if (is_object(s->objects[s->table[i] - 1], vantage, node, name))
            return s->table[i] - 1;
    return SERIES_NONE;
}

/* Points the key's place at id: a redefined object's old id stays valid for replay, but is not found. */
static void put_in_table(struct series *s, uint32_t id)
{
    const struct object *o = s->objects[id];
    uint32_t mask = s->table_size - 1, i = (uint32_t)hash_key(o->key, o->node, o->name) & mask;
    while (s->table[i] && !is_object(s->objects[s->table[i] - 1], o->key, o->node, o->name))
        i = (i + 1) & mask;
    s->table[i] = id + 1;
}

static void grow(struct series *s)
{
    uint32_t room = s->room ? s->room * 2 : 64;
    s->objects = realloc(s->objects, room * sizeof *s->objects);
    s->order = realloc(s->order, room * sizeof *s->order);
    free(s->table);
    s->table = calloc(room * 2, sizeof *s->table);
    if (!s->objects || !s->order || !s->table)
        fatalx("no memory for %u objects", room);
    s->room = room;
    s->table_size = room * 2;
    for (uint32_t id = 0; id < s->count; id++)
        if (s->objects[id]->source_count)
            put_in_table(s, id);
}

void series_configure(struct series *s, const struct series_settings *settings)
{
    s->span_count = settings->span_count < LAYOUT_SPANS_MAX ? settings->span_count : LAYOUT_SPANS_MAX;
    for (size_t i = 0; i < s->span_count; i++)
        s->spans[i] = settings->spans[i];
    s->ceiling = settings->ceiling ? settings->ceiling : SERIES_CEILING;
    s->patience = settings->sparing ? SERIES_SPARING : 1;
}

struct series *series_create(const struct series_settings *settings)
{
    struct series *s = calloc(1, sizeof *s);
    if (!s || !(s->folder = strdup(settings->state_folder)))
        fatalx("no memory for series");
    series_configure(s, settings);
    s->at_work = settings->at_work;
    s->heads = settings->heads;
    grow(s);
    return s;
}

void series_destroy(struct series *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->count; i++) {
        free(s->objects[i]->waiting.cells);
        arena_destroy(s->objects[i]->arena);
    }
    free(s->objects);
    free(s->order);
    free(s->table);
    free(s->folder);
    free(s);
}

static char *make_path(const struct series *s, const struct es_object *o, struct arena *arena)
{
    char relative[PATH_MAX_BYTES], path[2 * PATH_MAX_BYTES];
    if (!path_object(o->vantage, o->node, o->name, relative, sizeof relative))
        return NULL;
    int n = snprintf(path, sizeof path, "%s/%s", s->folder, relative);
    return n > 0 && (size_t)n < sizeof path ? arena_text(arena, path, (size_t)n) : NULL;
}

static char *make_key(const struct es_object *o, struct arena *arena)
{
    size_t v = strlen(o->vantage) + 1, n = strlen(o->node) + 1, m = strlen(o->name) + 1;
    char *key = arena_take(arena, v + n + m);
    if (key) {
        memcpy(key, o->vantage, v);
        memcpy(key + v, o->node, n);
        memcpy(key + v + n, o->name, m);
    }
    return key;
}

static bool is_sound(const struct es_object *o)
{
    if (!o->vantage || !o->node || !o->name || o->step_ns < NS_PER_S ||
        o->step_ns > 86400 * NS_PER_S || o->sources_count < 1 ||
        o->sources_count > LAYOUT_SOURCES_MAX)
        return false;
    for (size_t i = 0; i < o->sources_count; i++)
        if (!o->sources[i] || !layout_source_name_valid(o->sources[i]))
            return false;
    return true;
}

static bool same_shape(const struct object *have, const struct es_object *o)
{
    if (have->layout != o->layout || have->step_s != o->step_ns / NS_PER_S ||
        have->source_count != o->sources_count)
        return false;
    for (size_t i = 0; i < have->source_count; i++)
        if (strcmp(have->sources[i], o->sources[i]) != 0)
            return false;
    return true;
}

static struct object *make_object(const struct series *s, const struct es_object *from)
{
    struct arena *arena = arena_create(0);
    struct object *o = arena ? arena_take(arena, sizeof *o) : NULL;
    if (!o || !(o->sources = arena_take(arena, from->sources_count * sizeof *o->sources)))
        goto fail;
    o->arena = arena;
    o->key = make_key(from, arena);
    o->path = make_path(s, from, arena);
    if (!o->key || !o->path)
        goto fail;
    o->node = o->key + strlen(o->key) + 1;
    o->name = o->node + strlen(o->node) + 1;
    o->layout = from->layout;
    o->step_s = from->step_ns / NS_PER_S;
    o->source_count = from->sources_count;
    o->heir = SERIES_NONE;
    o->own = strcmp(o->key, CONFIG_OWN_VANTAGE) == 0;
    for (size_t i = 0; i < from->sources_count; i++)
        if (!(o->sources[i] = arena_text(arena, from->sources[i], strlen(from->sources[i]))))
            goto fail;
    return o;
fail:
    arena_destroy(arena);
    return NULL;
}

static struct object *heir_of(const struct series *s, const struct object *o)
{
    while (o->retired && o->heir != SERIES_NONE)
        o = s->objects[o->heir];
    return o->retired ? NULL : (struct object *)(uintptr_t)o;
}

static double value_of(const struct object *o, const double *values, const char *source)
{
    for (size_t i = 0; i < o->source_count; i++)
        if (strcmp(o->sources[i], source) == 0)
            return values[i];
    return NAN;
}

static void values_for(const struct object *heir, const struct object *from, const double *values,
                       double out[static LAYOUT_SOURCES_MAX])
{
    for (size_t i = 0; i < heir->source_count; i++)
        out[i] = value_of(from, values, heir->sources[i]);
}

void series_hand_over(struct series *s, const struct object *from, struct rows *rows)
{
    struct object *heir = heir_of(s, from);
    double values[LAYOUT_SOURCES_MAX];
    s->figures.waiting -= rows->count;
    if (!heir)
        s->figures.overflowed += rows->count;
    else if (rows->count && (heir->waiting.count == 0 || rows->first.at < heir->waiting.first.at))
        heir->waiting.first = rows->first;
    for (size_t i = 0; heir && i < rows->count; i++) {
        values_for(heir, from, &rows->cells[i * stride(from) + 1].value, values);
        series_insert(s, heir, row_at(from, rows, i), values);
    }
    rows->count = 0;
}

static void retire(struct series *s, uint32_t id, uint32_t heir)
{
    struct object *o = s->objects[id];
    o->retired = true;
    o->heir = heir;
    series_hand_over(s, o, &o->waiting);
}

static uint32_t add_object(struct series *s, struct object *o)
{
    if (s->count == s->room)
        grow(s);
    s->objects[s->count] = o;
    s->ordered = false;
    return s->count++;
}

void series_skip_ids(struct series *s, uint32_t upto)
{
    while (s->count < upto) {
        struct arena *arena = arena_create(0);
        struct object *o = arena ? arena_take(arena, sizeof *o) : NULL;
        if (!o)
            fatalx("no memory for objects");
        *o = (struct object){.key = "", .node = "", .name = "", .path = "", .arena = arena,
                             .retired = true, .heir = SERIES_NONE};
        add_object(s, o);
    }
}

uint32_t series_define(struct series *s, const struct es_object *from, bool *is_new)
{
    *is_new = false;
    uint32_t id = SERIES_NONE;
    if (is_sound(from))
        id = series_find(s, from->vantage, from->node, from->name);
    if (id != SERIES_NONE && same_shape(s->objects[id], from))
        return id;
    struct object *o = is_sound(from) && s->count < s->ceiling ? make_object(s, from) : NULL;
    if (!o) {
        s->figures.refused++;
        return SERIES_NONE;
    }
    uint32_t before = id;
    id = add_object(s, o);
    if (before != SERIES_NONE)
        retire(s, before, id);
    put_in_table(s, id);
    s->figures.objects = s->count;
    *is_new = true;
    return id;
}

static char *text(const char *ours)
{
    return (char *)(uintptr_t)ours; /* a message's texts are not const */
}

bool series_describe(const struct series *s, uint32_t id, struct es_object *out)
{
    if (id >= s->count)
        return false;
    const struct object *o = s->objects[id];
    *out = (struct es_object){.object = id, .vantage = text(o->key), .node = text(o->node),
                              .name = text(o->name), .layout = o->layout,
                              .step_ns = o->step_s * NS_PER_S, .sources = (char **)(uintptr_t)o->sources,
                              .sources_count = o->source_count};
    return true;
}

size_t series_value_count(const struct series *s, uint32_t id)
{
    return id < s->count ? s->objects[id]->source_count : 0;
}

bool series_has_room(const struct series *s, uint32_t id)
{
    const struct object *o = id < s->count ? heir_of(s, s->objects[id]) : NULL;
    return !o || o->waiting.count < SERIES_ROWS_MAX / 2;
}

/* --- rows --- */

static void drop_oldest(struct series *s, struct object *o, size_t n)
{
    struct rows *r = &o->waiting;
    r->count -= n;
    memmove(r->cells, r->cells + n * stride(o), r->count * stride(o) * sizeof *r->cells);
    s->figures.overflowed += n;
    s->figures.waiting -= n;
}

static void make_room(struct series *s, struct object *o)
{
    struct rows *r = &o->waiting;
    if (r->count >= SERIES_ROWS_MAX)
        drop_oldest(s, o, 1);
    if (r->count < r->room)
        return;
    r->room = r->room ? r->room * 2 : FIRST_ROWS;
    r->cells = realloc(r->cells, r->room * stride(o) * sizeof *r->cells);
    if (!r->cells)
        fatalx("no memory for samples");
}

void series_insert(struct series *s, struct object *o, int64_t at_ns, const double *values)
{
    make_room(s, o);
    struct rows *r = &o->waiting;
    size_t i = r->count, n = stride(o);
    while (i > 0 && row_at(o, r, i - 1) > at_ns)
        i--;
    if (i > 0 && row_at(o, r, i - 1) == at_ns) {
        s->figures.skipped++;
        return;
    }
    memmove(r->cells + (i + 1) * n, r->cells + i * n, (r->count - i) * n * sizeof *r->cells);
    r->cells[i * n].at_ns = at_ns;
    for (size_t v = 0; v < o->source_count; v++)
        r->cells[i * n + 1 + v].value = values[v];
    r->count++;
    s->crowded |= r->count >= SERIES_ROWS_MAX - 1;
    s->figures.waiting++;
}

void series_add(struct series *s, uint32_t id, int64_t at_ns, const double *values, struct wall now,
                struct journal_position position)
{
    const struct object *from = s->objects[id];
    struct object *o = heir_of(s, from);
    double carried[LAYOUT_SOURCES_MAX];
    if (!o)
        return;
    if (o != from) {
        values_for(o, from, values, carried);
        values = carried;
    }
    if (at_ns < STAMP_FLOOR_NS || at_ns - STAMP_AHEAD_NS > now.ns) {
        s->figures.insane++;
        return;
    }
    if (o->waiting.count == 0 || position.at < o->waiting.first.at)
        o->waiting.first = position;
    series_insert(s, o, at_ns, values);
    if (!o->own)
        return;
    /* a clock that stood ahead and was corrected must not bind the next start */
    bool corrected = now.ns < s->newest.ns - STAMP_AHEAD_NS;
    if (at_ns > s->newest.ns || corrected)
        s->newest.ns = at_ns;
}

struct journal_position series_passed(const struct series *s, struct journal_position end)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const struct object *o = s->objects[i];
        if (o->taken.at && o->taken.at < end.at)
            end = o->taken;
        if (o->waiting.count && o->waiting.first.at < end.at)
            end = o->waiting.first;
    }
    return end;
}

void series_sync_begin(struct series *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        s->objects[i]->syncing = s->objects[i]->unsynced;
        s->objects[i]->unsynced = false;
    }
}

void series_sync_end(struct series *s, bool ok)
{
    for (uint32_t i = 0; i < s->count; i++) {
        s->objects[i]->unsynced |= s->objects[i]->syncing && !ok;
        s->objects[i]->syncing = false;
    }
}

const char **series_unsynced(const struct series *s)
{
    size_t n = 0;
    const char **paths = calloc(s->count + 1, sizeof(char *));
    if (!paths)
        fatalx("no memory for a list of files");
    for (uint32_t i = 0; i < s->count; i++)
        if (s->objects[i]->unsynced)
            paths[n++] = s->objects[i]->path;
    return paths;
}

struct wall series_newest(const struct series *s)
{
    return s->newest;
}

const struct series_figures *series_figures(const struct series *s)
{
    return &s->figures;
}

