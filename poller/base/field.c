/* The packed form is fixed: integers in network order, reals as their IEEE 754 bits, texts and lists
 * behind a 32-bit length where UINT32_MAX means NULL. */
#include "poller/base/field.h"

#include <assert.h>
#include <string.h>

#include "poller/base/addr.h"
#include "poller/base/clock.h"

#define ABSENT UINT32_MAX
#define DEPTH_MAX 16

static void put_u32(struct buf *out, uint32_t v)
{
    uint8_t b[4];
    struct writer w = writer_over(b, sizeof b);
    wr_u32(&w, v);
    buf_put(out, b, sizeof b);
}

static void put_u64(struct buf *out, uint64_t v)
{
    uint8_t b[8];
    struct writer w = writer_over(b, sizeof b);
    wr_u64(&w, v);
    buf_put(out, b, sizeof b);
}

size_t field_size(const struct field *f)
{
    switch (f->type) {
    case FIELD_BOOL: return sizeof(bool);
    case FIELD_INT: case FIELD_DURATION: case FIELD_SIZE: return sizeof(int64_t);
    case FIELD_U32: return sizeof(uint32_t);
    case FIELD_U64: return sizeof(uint64_t);
    case FIELD_REAL: return sizeof(double);
    case FIELD_TEXT: case FIELD_SECRET: return sizeof(char *);
    case FIELD_BYTES: return sizeof(struct bytes);
    case FIELD_ENUM: return sizeof(int);
    case FIELD_WALL: return sizeof(struct wall);
    case FIELD_MONO: return sizeof(struct mono);
    case FIELD_ADDR: return sizeof(struct addr);
    case FIELD_PREFIX: return sizeof(struct prefix);
    case FIELD_MAC: return sizeof(struct mac);
    case FIELD_RECORD: return f->record->size;
    case FIELD_VARIANT: return sizeof(struct variant);
    }
    assert(!"a field type without a size");
    return 0;
}

static void pack_text(const char *text, struct buf *out)
{
    if (!text) {
        put_u32(out, ABSENT);
        return;
    }
    size_t len = strlen(text);
    put_u32(out, (uint32_t)len);
    buf_put(out, text, len);
}

static void pack_addr(const struct addr *a, struct buf *out)
{
    buf_put(out, &a->family, 1);
    buf_put(out, a->bytes, sizeof a->bytes);
    put_u32(out, a->scope);
}

static void pack_variant(const struct variant *v, field_resolver resolve, struct buf *out)
{
    pack_text(v->kind, out);
    const struct record *r = v->kind && resolve ? resolve(v->kind) : NULL;
    if (r)
        field_pack(r, v->value, resolve, out);
}

static void pack_one(const struct field *f, const void *p, field_resolver resolve, struct buf *out)
{
    switch (f->type) {
    case FIELD_BOOL:
        buf_char(out, *(const bool *)p ? 1 : 0);
        break;
    case FIELD_ENUM: case FIELD_U32:
        put_u32(out, *(const uint32_t *)p);
        break;
    case FIELD_INT: case FIELD_DURATION: case FIELD_SIZE: case FIELD_U64: case FIELD_REAL:
    case FIELD_WALL: case FIELD_MONO: {
        uint64_t v;
        memcpy(&v, p, sizeof v);
        put_u64(out, v);
        break;
    }
    case FIELD_TEXT: case FIELD_SECRET:
        pack_text(*(char *const *)p, out);
        break;
    case FIELD_BYTES: {
        const struct bytes *b = p;
        put_u32(out, (uint32_t)b->len);
        buf_put(out, b->data, b->len);
        break;
    }
    case FIELD_ADDR:
        pack_addr(p, out);
        break;
    case FIELD_PREFIX:
        pack_addr(&((const struct prefix *)p)->addr, out);
        buf_put(out, &((const struct prefix *)p)->length, 1);
        break;
    case FIELD_MAC:
        buf_put(out, p, sizeof(struct mac));
        break;
    case FIELD_RECORD:
        field_pack(f->record, p, resolve, out);
        break;
    case FIELD_VARIANT:
        pack_variant(p, resolve, out);
        break;
    }
}

static size_t list_count(const struct field *f, const void *value)
{
    return *(const size_t *)((const char *)value + f->count_offset);
}

static void pack_list(const struct field *f, const void *value, field_resolver resolve,
                      struct buf *out)
{
    const char *items = *(const char *const *)((const char *)value + f->offset);
    size_t count = list_count(f, value);
    put_u32(out, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        pack_one(f, items + i * field_size(f), resolve, out);
}

void field_pack(const struct record *r, const void *value, field_resolver resolve, struct buf *out)
{
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *f = &r->fields[i];
        if (f->flags & FIELD_LIST)
            pack_list(f, value, resolve, out);
        else
            pack_one(f, (const char *)value + f->offset, resolve, out);
    }
}

struct unpacking {
    struct reader *in;
    field_resolver resolve;
    struct arena *arena;
    int depth;
};

static bool unpack_record(struct unpacking *u, const struct record *r, void *value);

static bool unpack_text(struct unpacking *u, char **out)
{
    uint32_t len;
    const uint8_t *bytes;
    *out = NULL;
    if (!rd_u32(u->in, &len))
        return false;
    if (len == ABSENT)
        return true;
    if (!rd_bytes(u->in, &bytes, len) || (len && memchr(bytes, 0, len)))
        return false;
    *out = arena_text(u->arena, (const char *)bytes, len);
    return *out != NULL;
}

static bool unpack_bytes(struct unpacking *u, struct bytes *out)
{
    uint32_t len;
    const uint8_t *bytes;
    if (!rd_u32(u->in, &len) || !rd_bytes(u->in, &bytes, len))
        return false;
    out->len = len;
    out->data = len ? arena_copy(u->arena, bytes, len) : NULL;
    return !len || out->data;
}

static bool unpack_addr(struct unpacking *u, struct addr *a)
{
    const uint8_t *bytes;
    if (!rd_u8(u->in, &a->family) || !rd_bytes(u->in, &bytes, sizeof a->bytes) ||
        !rd_u32(u->in, &a->scope))
        return false;
    memcpy(a->bytes, bytes, sizeof a->bytes);
    return a->family == 0 || a->family == AF_INET || a->family == AF_INET6;
}

static bool unpack_prefix(struct unpacking *u, struct prefix *p)
{
    return unpack_addr(u, &p->addr) && rd_u8(u->in, &p->length) &&
           p->length <= (p->addr.family == AF_INET6 ? 128 : 32);
}

static bool unpack_mac(struct unpacking *u, struct mac *m)
{
    const uint8_t *bytes;
    if (!rd_bytes(u->in, &bytes, sizeof m->bytes))
        return false;
    memcpy(m->bytes, bytes, sizeof m->bytes);
    return true;
}

static bool unpack_enum(struct unpacking *u, const struct field *f, void *p)
{
    uint32_t v;
    if (!rd_u32(u->in, &v))
        return false;
    for (uint32_t i = 0; f->words && i <= v; i++)
        if (!f->words[i])
            return false;
    memcpy(p, &v, sizeof v);
    return true;
}

static bool unpack_bool(struct unpacking *u, bool *out)
{
    uint8_t v;
    if (!rd_u8(u->in, &v) || v > 1)
        return false;
    *out = v;
    return true;
}

static bool unpack_variant(struct unpacking *u, struct variant *v)
{
    if (!unpack_text(u, &v->kind))
        return false;
    const struct record *r = v->kind && u->resolve ? u->resolve(v->kind) : NULL;
    if (!r)
        return !v->kind;
    v->value = arena_take(u->arena, r->size);
    return v->value && unpack_record(u, r, v->value);
}

static bool unpack_one(struct unpacking *u, const struct field *f, void *p)
{
    switch (f->type) {
    case FIELD_BOOL: return unpack_bool(u, p);
    case FIELD_ENUM: return unpack_enum(u, f, p);
    case FIELD_U32: return rd_u32(u->in, p);
    case FIELD_INT: case FIELD_DURATION: case FIELD_SIZE: case FIELD_U64: case FIELD_REAL:
    case FIELD_WALL: case FIELD_MONO: {
        uint64_t v;
        if (!rd_u64(u->in, &v))
            return false;
        memcpy(p, &v, sizeof v);
        return true;
    }
    case FIELD_TEXT: case FIELD_SECRET: return unpack_text(u, p);
    case FIELD_BYTES: return unpack_bytes(u, p);
    case FIELD_ADDR: return unpack_addr(u, p);
    case FIELD_PREFIX: return unpack_prefix(u, p);
    case FIELD_MAC: return unpack_mac(u, p);
    case FIELD_RECORD: return unpack_record(u, f->record, p);
    case FIELD_VARIANT: return unpack_variant(u, p);
    }
    return false;
}

static bool unpack_list(struct unpacking *u, const struct field *f, void *value)
{
    uint32_t count;
    if (!rd_u32(u->in, &count) || count > rd_left(u->in)) /* an element takes a byte at least */
        return false;
    char *items = count ? arena_take(u->arena, count * field_size(f)) : NULL;
    if (count && !items)
        return false;
    *(char **)((char *)value + f->offset) = items;
    *(size_t *)((char *)value + f->count_offset) = count;
    for (uint32_t i = 0; i < count; i++)
        if (!unpack_one(u, f, items + i * field_size(f)))
            return false;
    return true;
}

static bool unpack_record(struct unpacking *u, const struct record *r, void *value)
{
    if (++u->depth > DEPTH_MAX)
        return false;
    memset(value, 0, r->size);
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *f = &r->fields[i];
        bool ok = f->flags & FIELD_LIST ? unpack_list(u, f, value)
                                        : unpack_one(u, f, (char *)value + f->offset);
        if (!ok)
            return false;
    }
    u->depth--;
    return true;
}

bool field_unpack(const struct record *r, struct reader *in, field_resolver resolve,
                  struct arena *arena, void *value)
{
    struct unpacking u = {in, resolve, arena, 0};
    return unpack_record(&u, r, value);
}

bool field_equal(const struct record *r, const void *a, const void *b, field_resolver resolve)
{
    struct buf pa = {0}, pb = {0};
    field_pack(r, a, resolve, &pa);
    field_pack(r, b, resolve, &pb);
    bool same = !pa.failed && !pb.failed && pa.len == pb.len &&
                (pa.len == 0 || memcmp(pa.data, pb.data, pa.len) == 0);
    buf_fini(&pa);
    buf_fini(&pb);
    return same;
}

bool field_copy(const struct record *r, const void *from, field_resolver resolve, struct arena *arena,
                void *to)
{
    struct buf packed = {0};
    field_pack(r, from, resolve, &packed);
    struct reader in = reader_over(packed.data ? packed.data : "", packed.len);
    bool ok = !packed.failed && field_unpack(r, &in, resolve, arena, to);
    buf_fini(&packed);
    return ok;
}

int field_word_index(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}
