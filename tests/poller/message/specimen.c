#include "tests/poller/message/specimen.h"

#include <string.h>

#include "poller/base/addr.h"

static void fill_record(const struct record *r, size_t items, struct arena *arena, void *out);

static void fill_one(const struct field *f, size_t items, struct arena *arena, void *out)
{
    switch (f->type) {
    case FIELD_BOOL:
        *(bool *)out = true;
        break;
    case FIELD_ENUM:
        *(uint32_t *)out = f->words && f->words[1] ? 1 : 0;
        break;
    case FIELD_U32:
        *(uint32_t *)out = 0x01020304;
        break;
    case FIELD_REAL:
        *(double *)out = -0.125;
        break;
    case FIELD_TEXT:
    case FIELD_SECRET:
        *(char **)out = arena_text(arena, f->name, strlen(f->name));
        break;
    case FIELD_BYTES:
        *(struct bytes *)out = (struct bytes){arena_copy(arena, "\0\1\377", 3), 3};
        break;
    case FIELD_ADDR:
        addr_parse("fe80::1", out);
        break;
    case FIELD_PREFIX:
        prefix_parse("192.0.2.0/24", out);
        break;
    case FIELD_MAC:
        mac_parse("02:00:5e:10:00:ff", out);
        break;
    case FIELD_RECORD:
        fill_record(f->record, items, arena, out);
        break;
    case FIELD_INT:
    case FIELD_U64:
    case FIELD_DURATION:
    case FIELD_SIZE:
    case FIELD_WALL:
    case FIELD_MONO:
        memcpy(out, &(int64_t){INT64_C(-0x0102030405060708)}, sizeof(int64_t));
        break;
    case FIELD_VARIANT: /* no message has one */
        break;
    }
}

static void fill_list(const struct field *f, size_t items, struct arena *arena, void *value)
{
    char *list = items ? arena_take(arena, items * field_size(f)) : NULL;
    for (size_t i = 0; i < items; i++)
        fill_one(f, items, arena, list + i * field_size(f));
    memcpy((char *)value + f->offset, &list, sizeof list);
    memcpy((char *)value + f->count_offset, &items, sizeof items);
}

static void fill_record(const struct record *r, size_t items, struct arena *arena, void *out)
{
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *f = &r->fields[i];
        if (f->flags & FIELD_LIST)
            fill_list(f, items, arena, out);
        else
            fill_one(f, items, arena, (char *)out + f->offset);
    }
}

void *specimen(const struct record *r, size_t items, struct arena *arena)
{
    void *value = arena_take(arena, r->size);
    fill_record(r, items, arena, value);
    return value;
}
