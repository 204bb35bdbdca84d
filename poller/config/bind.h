/* Binds a tree to a struct through its record table: defaults first, then every key. Whatever does not
 * fit is a complaint at its place, with what was expected and the nearest known word; binding goes on, so
 * that one run tells all. */
#ifndef HAYLOFT_CONFIG_BIND_H
#define HAYLOFT_CONFIG_BIND_H

#include "poller/base/field.h"
#include "poller/config/nearest.h"
#include "poller/config/yaml.h"

/* A value taken from secrets.yaml: print-back shows its name instead. */
struct secret_use {
    const char *value, *name; /* value: the bound text itself, found by its address */
    struct secret_use *next;
};

struct binder {
    struct arena *arena;
    struct complaints *complaints;
    const struct yaml *secrets;  /* a map of texts, or NULL */
    const char *secrets_file;    /* its name for people */
    struct secret_use *uses;
    bool lenient;                /* what is required may be missing: these are defaults for others */
    bool secrets_failed;         /* the file itself was complained of: say nothing of what it lacks */
};

/* Keys of a map that its owner reads himself, asked before the record's own. */
struct bind_others {
    bool (*take)(void *ctx, const struct yaml *value);    /* true: taken */
    void (*offer)(void *ctx, struct nearest *near);       /* its keys, for "did you mean" */
    void *ctx;
};

/* One entry of {NAME: ..., ...} into its struct. */
typedef void (*bind_entry_fn)(void *ctx, struct binder *b, const struct yaml *entry, void *item);

/* Sets every member to its default. */
void bind_standards(struct binder *b, const struct record *r, void *out);
/* y: a map, or a bare value where the record has a FIELD_SHORT member; empty or NULL: only the defaults.
 * at: where to complain of what is missing. others: NULL when there are none. */
void bind_record(struct binder *b, const struct record *r, const struct yaml *y, struct place at,
                 const struct bind_others *others, void *out);
/* A member of the struct at out from its value. */
void bind_field(struct binder *b, const struct field *f, const struct yaml *y, void *out);
/* A member that is a map of named records, each read by entry_fn; the name is bound here. */
void bind_map(struct binder *b, const struct field *f, const struct yaml *y, bind_entry_fn entry_fn,
              void *ctx, void *out);
/* The member of that name; it is there. */
const struct field *bind_member(const struct record *r, const char *name);
/* The member a bare value stands for; NULL when there is none. */
const struct field *bind_short(const struct record *r);
/* The text behind a value, after `!secret`; NULL after a complaint. */
const char *bind_text(struct binder *b, const struct yaml *y);
/* How many values stand in y when read as a list: a bare value is one, nothing is none. */
size_t bind_count(const struct yaml *y);
/* May an entry be called so? Complains at `at` when not. */
bool bind_name(struct binder *b, const char *name, struct place at);

#endif
