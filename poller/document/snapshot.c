/* Five shelves (nodes, links, networks, seen devices, vantages), each a list in order of arrival and the same things
 * sorted by key for finding. A thing has an arena of its own because it is replaced alone. */
#include "poller/document/snapshot.h"

#include <stdlib.h>
#include <string.h>

#define THING_MAX_BYTES (256u << 10)

struct thing {
    struct arena *arena;
    void *value;
    const char *key;
    uint32_t turn; /* of the subscription that last named it */
};

struct shelf {
    const struct record *record;
    struct thing **in_order, **by_key;
    size_t count, capacity;
};

struct snapshot {
    struct shelf nodes, links, networks, seen, vantages;
    struct thing *status;
    uint64_t version;
    uint32_t turn;
    bool whole, was_whole;
};

static void thing_destroy(struct thing *t)
{
    if (!t)
        return;
    arena_destroy(t->arena);
    free(t);
}

static struct thing *thing_unpack(const struct frame *frame, const struct record *record)
{
    struct thing *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->arena = arena_create(THING_MAX_BYTES);
    t->value = t->arena ? arena_take(t->arena, record->size) : NULL;
    struct reader in = reader_over(frame->payload, frame->len);
    if (t->value && field_unpack(record, &in, NULL, t->arena, t->value) && rd_left(&in) == 0)
        return t;
    thing_destroy(t);
    return NULL;
}

/* The place of key among the sorted; *found says whether it is taken. */
static size_t place_of(const struct shelf *shelf, const char *key, bool *found)
{
    size_t low = 0, high = shelf->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(shelf->by_key[middle]->key, key);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = false;
    return low;
}

static size_t order_of(const struct shelf *shelf, const struct thing *t)
{
    size_t i = 0;
    while (shelf->in_order[i] != t)
        i++;
    return i;
}

static bool shelf_grow(struct shelf *shelf)
{
    if (shelf->count < shelf->capacity)
        return true;
    if (shelf->count >= SNAPSHOT_THINGS_MAX)
        return false;
    size_t capacity = shelf->capacity ? 2 * shelf->capacity : 16;
    struct thing **in_order = realloc(shelf->in_order, capacity * sizeof *in_order);
    if (in_order)
        shelf->in_order = in_order;
    struct thing **by_key = realloc(shelf->by_key, capacity * sizeof *by_key);
    if (by_key)
        shelf->by_key = by_key;
    if (!in_order || !by_key)
        return false;
    shelf->capacity = capacity;
    return true;
}

/* Takes over t. */
static bool shelf_put(struct shelf *shelf, struct thing *t)
{
    bool found;
    size_t at = place_of(shelf, t->key, &found);
    if (found) {
        struct thing *old = shelf->by_key[at];
        shelf->in_order[order_of(shelf, old)] = t;
        shelf->by_key[at] = t;
        thing_destroy(old);
        return true;
    }
    if (!shelf_grow(shelf)) {
        thing_destroy(t);
        return false;
    }
    memmove(shelf->by_key + at + 1, shelf->by_key + at, (shelf->count - at) * sizeof *shelf->by_key);
    shelf->by_key[at] = t;
    shelf->in_order[shelf->count++] = t;
    return true;
}

static void shelf_remove(struct shelf *shelf, size_t at)
{
    struct thing *t = shelf->by_key[at];
    size_t order = order_of(shelf, t), after = shelf->count - 1;
    memmove(shelf->by_key + at, shelf->by_key + at + 1, (after - at) * sizeof *shelf->by_key);
    memmove(shelf->in_order + order, shelf->in_order + order + 1,
            (after - order) * sizeof *shelf->in_order);
    shelf->count--;
    thing_destroy(t);
}

static void shelf_sweep(struct shelf *shelf, uint32_t turn)
{
    for (size_t i = shelf->count; i-- > 0;)
        if (shelf->by_key[i]->turn != turn)
            shelf_remove(shelf, i);
}

static void shelf_fini(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++)
        thing_destroy(shelf->by_key[i]);
    free(shelf->by_key);
    free(shelf->in_order);
}

struct snapshot *snapshot_create(void)
{
    struct snapshot *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->nodes.record = &ew_node_record;
    s->links.record = &ew_link_record;
    s->networks.record = &ew_network_record;
    s->seen.record = &ew_seen_record;
    s->vantages.record = &ew_vantage_record;
    return s;
}

void snapshot_destroy(struct snapshot *s)
{
    if (!s)
        return;
    shelf_fini(&s->nodes);
    shelf_fini(&s->links);
    shelf_fini(&s->networks);
    shelf_fini(&s->seen);
    shelf_fini(&s->vantages);
    thing_destroy(s->status);
    free(s);
}

void snapshot_begin(struct snapshot *s)
{
    s->turn++;
    s->whole = false;
}

static bool take_status(struct snapshot *s, const struct frame *frame)
{
    struct thing *t = thing_unpack(frame, &ew_status_record);
    if (!t)
        return false;
    thing_destroy(s->status);
    s->status = t;
    return true;
}

/* The first member of nodes, links, networks and vantages is their name. */
static const char *key_by_name(const struct thing *t)
{
    const char *name;
    memcpy(&name, t->value, sizeof name);
    return name;
}

static const char *key_by_address(const struct thing *t)
{
    const struct ew_seen *seen = t->value;
    char *text = arena_take(t->arena, ADDR_TEXT_MAX + MAC_TEXT_MAX);
    if (!text)
        return NULL;
    addr_text(&seen->address, text);
    mac_text(&seen->mac, text + strlen(text));
    return text;
}

static bool take_thing(struct snapshot *s, struct shelf *shelf, const struct frame *frame,
                       const char *(*key)(const struct thing *t))
{
    struct thing *t = thing_unpack(frame, shelf->record);
    if (!t)
        return false;
    t->key = key(t);
    t->turn = s->turn;
    if (t->key)
        return shelf_put(shelf, t);
    thing_destroy(t);
    return false;
}

static bool forget_named(struct shelf *shelf, const struct frame *frame)
{
    struct thing *gone = thing_unpack(frame, &ew_name_record);
    const char *name = gone ? ((struct ew_name *)gone->value)->name : NULL;
    bool found = false;
    size_t at = name ? place_of(shelf, name, &found) : 0;
    if (found)
        shelf_remove(shelf, at);
    thing_destroy(gone);
    return found;
}

static bool forget_seen(struct snapshot *s, const struct frame *frame)
{
    struct thing *gone = thing_unpack(frame, &ew_seen_record);
    const char *key = gone ? key_by_address(gone) : NULL;
    bool found = false;
    size_t at = key ? place_of(&s->seen, key, &found) : 0;
    if (found)
        shelf_remove(&s->seen, at);
    thing_destroy(gone);
    return found;
}

static void finish_turn(struct snapshot *s)
{
    shelf_sweep(&s->nodes, s->turn);
    shelf_sweep(&s->links, s->turn);
    shelf_sweep(&s->networks, s->turn);
    shelf_sweep(&s->seen, s->turn);
    shelf_sweep(&s->vantages, s->turn);
    s->whole = s->was_whole = true;
}

static bool take(struct snapshot *s, const struct frame *frame)
{
    switch (frame->type) {
    case EW_STATUS: return take_status(s, frame);
    case EW_NODE: return take_thing(s, &s->nodes, frame, key_by_name);
    case EW_NODE_GONE: return forget_named(&s->nodes, frame);
    case EW_LINK: return take_thing(s, &s->links, frame, key_by_name);
    case EW_NETWORK: return take_thing(s, &s->networks, frame, key_by_name);
    case EW_NETWORK_GONE: return forget_named(&s->networks, frame);
    case EW_VANTAGE: return take_thing(s, &s->vantages, frame, key_by_name);
    case EW_SEEN: return take_thing(s, &s->seen, frame, key_by_address);
    case EW_SEEN_GONE: return forget_seen(s, frame);
    case EW_SNAPSHOT_END: finish_turn(s); return true;
    default: return false;
    }
}

bool snapshot_take(struct snapshot *s, const struct frame *frame)
{
    if (!take(s, frame))
        return false;
    s->version++;
    return true;
}

bool snapshot_is_whole(const struct snapshot *s)
{
    return s->whole;
}

bool snapshot_was_whole(const struct snapshot *s)
{
    return s->was_whole;
}

uint64_t snapshot_version(const struct snapshot *s)
{
    return s->version;
}

const struct ew_status *snapshot_status(const struct snapshot *s)
{
    return s->status ? s->status->value : NULL;
}

void snapshot_follow_clock(const struct snapshot *s)
{
    const struct ew_status *status = snapshot_status(s);
    if (status)
        clock_reckon(status->clock_unset ? &(struct instant){clock_mono(), status->now} : NULL);
}

static const void *value_at(const struct shelf *shelf, size_t i)
{
    return i < shelf->count ? shelf->in_order[i]->value : NULL;
}

size_t snapshot_node_count(const struct snapshot *s)
{
    return s->nodes.count;
}

const struct ew_node *snapshot_node_at(const struct snapshot *s, size_t i)
{
    return value_at(&s->nodes, i);
}

const struct ew_node *snapshot_node(const struct snapshot *s, const char *name)
{
    bool found;
    size_t at = place_of(&s->nodes, name, &found);
    return found ? s->nodes.by_key[at]->value : NULL;
}

size_t snapshot_link_count(const struct snapshot *s)
{
    return s->links.count;
}

const struct ew_link *snapshot_link_at(const struct snapshot *s, size_t i)
{
    return value_at(&s->links, i);
}

size_t snapshot_network_count(const struct snapshot *s)
{
    return s->networks.count;
}

const struct ew_network *snapshot_network_at(const struct snapshot *s, size_t i)
{
    return value_at(&s->networks, i);
}

size_t snapshot_seen_count(const struct snapshot *s)
{
    return s->seen.count;
}

const struct ew_seen *snapshot_seen_at(const struct snapshot *s, size_t i)
{
    return value_at(&s->seen, i);
}

size_t snapshot_vantage_count(const struct snapshot *s)
{
    return s->vantages.count;
}

const struct ew_vantage *snapshot_vantage_at(const struct snapshot *s, size_t i)
{
    return value_at(&s->vantages, i);
}
