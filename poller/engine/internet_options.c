/* The Internet is configured at the top of the file, its collector has an option struct like any other:
 * members of the same name and type go over. */
#include <string.h>

#include "poller/engine/shell.h"

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
    return field_copy(wanted, shallow, NULL, arena, options) ? options : NULL;
}
