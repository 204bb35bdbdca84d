/* YAML as a small tree with places. Only what a configuration needs: maps with plain keys, lists, and
 * scalars that are all text until a field says what they mean (so `on`, `010` and `1:30` are whatever
 * the field says). Depth is capped; aliases, merge keys and second documents are refused.
 * Syntax: YAML 1.1 as libyaml reads it. */
#ifndef HAYLOFT_CONFIG_YAML_H
#define HAYLOFT_CONFIG_YAML_H

#include "poller/base/arena.h"
#include "poller/config/complaint.h"

#define YAML_DEPTH_MAX 32
#define YAML_FILE_MAX_BYTES (1u << 20)

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_kind kind;
    struct place at, until; /* until: of a text, what follows it */
    const char *text;   /* YAML_TEXT */
    bool plain;         /* YAML_TEXT without quotes */
    bool secret;        /* !secret NAME: text is the name */
    bool inherited;     /* from `defaults:`, its owner said nothing of it */
    const char *key;    /* in a map: its key, and where that stands */
    struct place key_at;
    struct yaml *first, *last, *next; /* children in order; next sibling */
};

/* NULL when the text is not one good document; why is in the complaints. An empty document is an error. */
struct yaml *yaml_parse(const struct source *source, struct arena *arena, struct complaints *complaints);

bool yaml_is_empty(const struct yaml *y); /* NULL, `key:` with nothing behind it, or `~` */
const struct yaml *yaml_get(const struct yaml *map, const char *key); /* NULL: no such key, not a map */
/* A map with what over has, and what only under has below it; maps inside are merged alike, anything
 * else is replaced. Either may be NULL. NULL when the arena ends. */
struct yaml *yaml_merge(struct arena *arena, const struct yaml *under, const struct yaml *over);
/* Complains of every key of a map that stands there twice: after several files were joined. */
void yaml_check_doubles(struct complaints *complaints, const struct yaml *map);
void yaml_append(struct yaml *parent, struct yaml *child); /* child belongs to no other parent */
/* Where byte `offset` of a scalar's text stands in its file, as far as quotes, escapes and line breaks can be
 * followed; block scalars (| and >) are told by their start. yaml_inside.c */
struct place yaml_place_inside(const struct yaml *y, size_t offset);
const char *yaml_kind_name(const struct yaml *y); /* "a text", "a list", "a map" */

#endif
