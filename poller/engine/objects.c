#include "poller/engine/objects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

static void free_object(struct object *o)
{
    for (size_t i = 0; i < o->source_count; i++)
        free(o->sources[i]);
    free(o->sources);
    free(o->units);
    free(o->values);
    free((char *)(uintptr_t)o->name);
    free(o);
}

void objects_forget(struct node *n)
{
    for (size_t i = 0; i < n->object_count; i++)
        free_object(n->objects[i]);
    free(n->objects);
}

/* Where it is, or source_count. The sources of a round come in the order of the round before. */
static size_t place_of(const struct object *o, const char *source, size_t likely)
{
    if (likely < o->source_count && strcmp(o->sources[likely], source) == 0)
        return likely;
    size_t i = 0;
    while (i < o->source_count && strcmp(o->sources[i], source) != 0)
        i++;
    return i;
}

static size_t unknown_sources(const struct object *o, const struct object_measures *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->measure_count; i++)
        count += place_of(o, m->measures[i].source, i) == o->source_count;
    return count;
}

static bool same_sources(const struct object *o, const struct object_measures *m)
{
    if (o->source_count != m->measure_count)
        return false;
    for (size_t i = 0; i < o->source_count; i++)
        if (strcmp(o->sources[i], m->measures[i].source) != 0)
            return false;
    return true;
}

static bool grows(const struct object *o)
{
    return o->layout == LAYOUT_READINGS;
}

static bool fits(const struct object *o, const struct check *c, const struct object_measures *m)
{
    return o->step_ns == c->shedding.configured_ns && o->layout == m->layout &&
           (grows(o) ? unknown_sources(o, m) == 0 : same_sources(o, m));
}

static void add_source(struct object *o, const char *source, enum value_unit unit)
{
    char *copy = strdup(source);
    if (!copy)
        fatal("no memory for series");
    o->sources[o->source_count] = copy;
    o->units[o->source_count++] = unit;
}

/* With the sources it had, as far as there is room for all. */
static struct object *make_object(struct engine *e, struct check *c, const struct object *before,
                                  const struct object_measures *m)
{
    size_t kept = before && grows(before) && m->layout == before->layout ? before->source_count : 0;
    size_t count = kept ? kept + unknown_sources(before, m) : m->measure_count;
    if (count > OBJECT_SOURCES_MAX)
        kept = 0, count = m->measure_count;
    struct object *o = calloc(1, sizeof *o);
    if (!o)
        fatal("no memory for series");
    *o = (struct object){.id = ++e->last_object, .node = c->node->name, .name = strdup(m->object),
                         .layout = m->layout, .step_ns = c->shedding.configured_ns,
                         .sources = calloc(count + 1, sizeof(char *)),
                         .units = calloc(count + 1, sizeof *o->units),
                         .values = calloc(count + 1, sizeof *o->values),
                         .alive = before && before->alive};
    if (!o->name || !o->sources || !o->units || !o->values)
        fatal("no memory for series");
    for (size_t i = 0; i < kept; i++)
        add_source(o, before->sources[i], before->units[i]);
    for (size_t i = 0; i < m->measure_count; i++)
        if (!kept || place_of(o, m->measures[i].source, i) == o->source_count)
            add_source(o, m->measures[i].source, m->measures[i].unit);
    return o;
}

static size_t object_position(const struct node *n, const char *name)
{
    if (n->object_next < n->object_count && strcmp(n->objects[n->object_next]->name, name) == 0)
        return n->object_next;
    size_t i = 0;
    while (i < n->object_count && strcmp(n->objects[i]->name, name) != 0)
        i++;
    return i;
}

static void make_room(struct node *n)
{
    struct object **objects = reallocarray(n->objects, n->object_count + 1, sizeof *objects);
    if (!objects)
        fatal("no memory for series");
    n->objects = objects;
    n->objects[n->object_count++] = NULL;
}

struct object *object_for(struct engine *e, struct check *c, const struct object_measures *m)
{
    struct node *n = c->node;
    size_t i = object_position(n, m->object);
    n->object_next = i + 1;
    if (i == n->object_count && i == OBJECTS_PER_NODE_MAX)
        return NULL;
    if (i == n->object_count)
        make_room(n);
    struct object *before = n->objects[i];
    if (before && fits(before, c, m))
        return before;
    n->objects[i] = make_object(e, c, before, m);
    if (before)
        free_object(before);
    return n->objects[i];
}

void object_fill(struct object *o, const struct object_measures *m)
{
    for (size_t i = 0; i < o->source_count && m->measure_count != o->source_count; i++)
        o->values[i] = NAN;
    for (size_t i = 0; i < m->measure_count; i++) {
        size_t place = place_of(o, m->measures[i].source, i);
        if (place < o->source_count)
            o->values[place] = m->measures[i].value;
    }
}
