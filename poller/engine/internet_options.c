/* The Internet is configured at the top of the file, its collector has an option struct like any other:
 * members of the same name and type go over. */
#include <string.h>

#include "poller/engine/collect.h"

static const struct field *find(const struct record *r, const char *name)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (strcmp(r->fields[i].name, name) == 0)
            return &r->fields[i];
    return NULL;
}

static void carry(const struct field *from, const char *source, const struct field *to,
                  char *target)
{
    bool list = from->flags & FIELD_LIST;
    if (from->type != to->type || list != (bool)(to->flags & FIELD_LIST))
        return;
    memcpy(target + to->offset, source + from->offset, list ? sizeof(void *) : field_size(from));
    if (list)
        memcpy(target + to->count_offset, source + from->count_offset, sizeof(size_t));
}

/* The collector knows addresses only: a node's name becomes its first one. */
static void name_to_address(const struct config *config, const struct record *r, const char *member,
                            char *target, struct arena *arena)
{
    const struct field *f = find(r, member);
    char **text = f && f->type == FIELD_TEXT ? (char **)(target + f->offset) : NULL;
    const struct config_node *n = text && *text ? config_node_find(config, *text) : NULL;
    char number[ADDR_TEXT_MAX];
    if (n && n->addresses_count && addr_text(&n->addresses[0], number)[0])
        *text = arena_text(arena, number, strlen(number));
}

void *internet_options(const struct config *config, const struct record *wanted,
                       struct arena *arena)
{
    const struct field *internet = find(&config_record, "internet");
    char *shallow = arena_take(arena, wanted->size), *options = arena_take(arena, wanted->size);
    if (!internet || !internet->record || !shallow || !options)
        return NULL;
    const char *source = (const char *)config + internet->offset;
    for (size_t i = 0; i < internet->record->field_count; i++) {
        const struct field *from = &internet->record->fields[i];
        const struct field *to = find(wanted, from->name);
        if (to)
            carry(from, source, to, shallow);
    }
    name_to_address(config, wanted, "gateway", shallow, arena);
    name_to_address(config, wanted, "modem", shallow, arena);
    return field_copy(wanted, shallow, NULL, arena, options) ? options : NULL;
}
