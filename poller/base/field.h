/* Members of a struct described as data. One table serves packing into messages, unpacking, comparing,
 * and - with the words for people - the configuration's binder, its print-back and its manual.
 *
 * Lists are two members: a pointer "things" and a size_t "things_count". A text may be NULL; NULL and ""
 * are told apart. Values that unpacking makes live in the caller's arena. */
#ifndef HAYLOFT_BASE_FIELD_H
#define HAYLOFT_BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/arena.h"
#include "poller/base/buf.h"
#include "poller/base/cursor.h"

enum field_type {
    FIELD_BOOL,     /* bool */
    FIELD_INT,      /* int64_t */
    FIELD_U32,      /* uint32_t */
    FIELD_U64,      /* uint64_t */
    FIELD_REAL,     /* double */
    FIELD_TEXT,     /* char * */
    FIELD_SECRET,   /* char *; never printed, logged or dumped */
    FIELD_BYTES,    /* struct bytes */
    FIELD_ENUM,     /* int-sized enum, see words */
    FIELD_DURATION, /* int64_t nanoseconds; written "90 s", "5m", "2h" */
    FIELD_SIZE,     /* int64_t bytes; written "64 MiB" */
    FIELD_WALL,     /* struct wall */
    FIELD_MONO,     /* struct mono */
    FIELD_ADDR,     /* struct addr */
    FIELD_PREFIX,   /* struct prefix */
    FIELD_MAC,      /* struct mac */
    FIELD_RECORD,   /* a struct described by record, inline */
    FIELD_VARIANT   /* struct variant: a struct whose description is found by its kind's name */
};

struct bytes {
    uint8_t *data;
    size_t len;
};

struct variant {
    char *kind;  /* a name the resolver knows */
    void *value; /* the struct of that kind */
};

enum field_flags {
    FIELD_LIST = 1,      /* the member is a pointer to elements, a count stands at count_offset */
    FIELD_REQUIRED = 2,  /* the configuration must give it */
    FIELD_KEY = 4,       /* name of an entry in a map of records: {NAME: {...}} */
    FIELD_SHORT = 8,     /* the member a bare scalar stands for: {tcp: 443} is {tcp: {port: 443}} */
    FIELD_HIDDEN = 16,   /* carried in slices, not a configuration key */
    FIELD_ANY_KEY = 32   /* with FIELD_KEY: any text will do, it names nothing of ours */
};

struct record;

struct field {
    const char *name;         /* configuration key and message field */
    enum field_type type;
    unsigned flags;
    size_t offset, count_offset;
    const struct record *record;
    const char *const *words; /* FIELD_ENUM: NULL-terminated, index is the value */
    /* for the configuration only */
    const char *standard;     /* default as the user would write it; NULL: unset / zero; of a REAL "none" is NaN */
    int64_t min, max;         /* of INT, DURATION (ns), SIZE, list length; both 0: no limit */
    const char *help;         /* one line */
};

/* Says what is wrong, at a member's place; never what stands in a secret. */
typedef void (*field_complain)(void *ctx, const char *member, const char *text);

struct record {
    const char *name;
    size_t size;
    const struct field *fields;
    size_t field_count;
    /* for the configuration: do the members fit together? NULL: always */
    void (*check)(const void *value, field_complain complain, void *ctx);
};

#define FIELD(T, member, TYPE) .name = #member, .type = (TYPE), .offset = offsetof(T, member)
#define FIELD_MANY(T, member, TYPE)                                                                \
    FIELD(T, member, TYPE), .flags = FIELD_LIST, .count_offset = offsetof(T, member##_count)
#define RECORD(T, table) {.name = #T, .size = sizeof(struct T), .fields = (table),                 \
                          .field_count = sizeof(table) / sizeof((table)[0])}

/* Finds the description of a variant's kind; NULL when unknown. */
typedef const struct record *(*field_resolver)(const char *kind);

size_t field_size(const struct field *f); /* of one element */

/* Appends the packed form. */
void field_pack(const struct record *r, const void *value, field_resolver resolve, struct buf *out);
/* Fills *value (zeroed first) from the reader. False on anything that does not fit: short bytes, counts
 * larger than what is left, unknown words, NUL inside text, an arena at its ceiling. */
bool field_unpack(const struct record *r, struct reader *in, field_resolver resolve,
                  struct arena *arena, void *value);
bool field_equal(const struct record *r, const void *a, const void *b, field_resolver resolve);
/* A deep copy whose texts and lists live in arena. */
bool field_copy(const struct record *r, const void *from, field_resolver resolve, struct arena *arena,
                void *to);

int field_word_index(const char *const *words, const char *word); /* -1 when absent */

#endif
