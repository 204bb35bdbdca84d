#include "poller/engine/alarms.h"

#include <stdlib.h>

#include "poller/base/log.h"

static void place(struct alarms *a, struct alarm *alarm, size_t position)
{
    a->heap[position] = alarm;
    alarm->position = position;
}

static void rise(struct alarms *a, struct alarm *alarm, size_t position)
{
    for (; position > 1 && alarm->at.ns < a->heap[position / 2]->at.ns; position /= 2)
        place(a, a->heap[position / 2], position);
    place(a, alarm, position);
}

static void sink(struct alarms *a, struct alarm *alarm, size_t position)
{
    for (size_t child; (child = position * 2) <= a->count; position = child) {
        if (child < a->count && a->heap[child + 1]->at.ns < a->heap[child]->at.ns)
            child++;
        if (alarm->at.ns <= a->heap[child]->at.ns)
            break;
        place(a, a->heap[child], position);
    }
    place(a, alarm, position);
}

static void settle(struct alarms *a, struct alarm *alarm, size_t position)
{
    if (position > 1 && alarm->at.ns < a->heap[position / 2]->at.ns)
        rise(a, alarm, position);
    else
        sink(a, alarm, position);
}

static void make_room(struct alarms *a)
{
    if (a->count + 1 < a->capacity)
        return;
    size_t capacity = a->capacity ? a->capacity * 2 : 64;
    struct alarm **heap = reallocarray(a->heap, capacity, sizeof *heap);
    if (!heap)
        fatal("no memory for %zu alarms", capacity);
    a->heap = heap;
    a->capacity = capacity;
}

void alarms_fini(struct alarms *a)
{
    free(a->heap);
    *a = (struct alarms){0};
}

void alarm_set(struct alarms *a, struct alarm *alarm, struct mono at)
{
    alarm->at = at;
    if (alarm->position) {
        settle(a, alarm, alarm->position);
        return;
    }
    make_room(a);
    rise(a, alarm, ++a->count);
}

void alarm_stop(struct alarms *a, struct alarm *alarm)
{
    size_t position = alarm->position;
    if (!position)
        return;
    alarm->position = 0;
    struct alarm *last = a->heap[a->count--];
    if (last != alarm)
        settle(a, last, position);
}

struct mono alarms_due(const struct alarms *a)
{
    return a->count ? a->heap[1]->at : MONO_NEVER;
}

struct alarm *alarms_take(struct alarms *a, struct mono now)
{
    if (!a->count || mono_before(now, a->heap[1]->at))
        return NULL;
    struct alarm *first = a->heap[1];
    alarm_stop(a, first);
    return first;
}
