#include <stdio.h>
#include <string.h>

#include "poller/config/profiles_internal.h"
#include "poller/model/expression.h"
#include "poller/model/label.h"
#include "poller/model/pattern.h"

#define COLUMNS_MAX 128 /* its own, and the profile's */

struct checked_reading {
    struct complaints *c;
    const struct yaml *y;
    const struct profile_reading *r;
    const struct meaning *meaning; /* NULL: unknown */
    const char *const *words;      /* labels may name these too */
    size_t groups;                 /* and {1}... so many */
    size_t own;                    /* columns it says itself; what follows is shared */
    const char *names[COLUMNS_MAX + 1];
    bool used[COLUMNS_MAX];
};

static void check_meaning(struct checked_reading *k, const struct profile_set *set)
{
    if (!k->r->meaning)
        return;
    k->meaning = profile_meaning(set, k->r->meaning);
    if (k->meaning)
        return;
    struct nearest near = nearest_to(k->r->meaning);
    for (size_t i = 0; i < set->meanings_count; i++)
        nearest_offer(&near, set->meanings[i].name);
    complain(k->c, piece_of(k->y, "meaning")->at, "no meaning is called '%.80s'" NEAREST_FORMAT, k->r->meaning,
             NEAREST_ARGS(near));
}

static void check_columns(struct checked_reading *k)
{
    const struct yaml *with = yaml_get(k->y, "with");
    k->own = bind_count(with);
    for (size_t i = 0; i < k->r->with_count && i < COLUMNS_MAX; i++) {
        k->names[i] = k->r->with[i].name ? k->r->with[i].name : "";
        if (i < k->own)
            piece_check_column(k->c, piece_at(with, i), &k->r->with[i]);
    }
}

/* The word at p, for "did you mean". */
static void offer_names(const struct checked_reading *k, const char *const *words, struct nearest *near)
{
    for (size_t i = 0; k->names[i]; i++)
        nearest_offer(near, k->names[i]);
    for (size_t i = 0; words[i]; i++)
        nearest_offer(near, words[i]);
}

static void complain_inside(struct checked_reading *k, const struct yaml *y, const char *text, size_t at,
                            const char *error, const char *const *words)
{
    char word[EXPRESSION_NAME_MAX + 1];
    size_t len = strspn(text + at, "abcdefghijklmnopqrstuvwxyz0123456789_");
    snprintf(word, sizeof word, "%.*s", (int)len, text + at);
    struct nearest near = nearest_to(word);
    if (strncmp(error, "unknown name", 12) == 0)
        offer_names(k, words, &near);
    complain(k->c, yaml_place_inside(y, at), "%s: %s" NEAREST_FORMAT, y->key, error, NEAREST_ARGS(near));
}

static void check_expression(struct checked_reading *k, const char *key, const char *text, bool wants_number)
{
    char error[EXPRESSION_ERROR_MAX];
    size_t at;
    if (!text)
        return;
    const struct yaml *y = piece_of(k->y, key);
    struct expression *e = expression_compile(text, k->names, &at, error);
    if (!e)
        complain_inside(k, y, text, at, error, expression_words);
    else if (wants_number && expression_gives_text(e))
        complain(k->c, y->at, "%s: expected a condition, this gives a text", key);
    for (size_t i = 0; i < k->r->with_count && i < COLUMNS_MAX; i++)
        k->used[i] = k->used[i] || !e || expression_uses(e, i + 1); /* a broken one may mean any */
    expression_destroy(e);
}

static bool known_in_label(void *ctx, const char *name, size_t len)
{
    struct checked_reading *k = ctx;
    if (len == 1 && *name >= '1' && *name <= '9')
        return (size_t)(*name - '0') <= k->groups;
    for (size_t i = 0; k->words[i]; i++)
        if (strlen(k->words[i]) == len && memcmp(k->words[i], name, len) == 0)
            return true;
    for (size_t i = 0; k->names[i]; i++)
        if (strlen(k->names[i]) == len && memcmp(k->names[i], name, len) == 0) {
            k->used[i] = true;
            return true;
        }
    return false;
}

static void check_label(struct checked_reading *k, const char *key, const char *text)
{
    char error[LABEL_ERROR_MAX];
    size_t at;
    if (text && !label_check(text, known_in_label, k, &at, error))
        complain_inside(k, piece_of(k->y, key), text, at, error, k->words);
}

static bool is_reserved(const char *object)
{
    /* objects of the ports and of other kinds of checks begin so */
    static const char *const first[] = {"if", "ping", "internet", "tcp", "dns", "http", "arp", "exec", "job",
                                        "guest", NULL};
    size_t len = strcspn(object, "-{");
    for (size_t i = 0; first[i]; i++)
        if (strlen(first[i]) == len && memcmp(first[i], object, len) == 0)
            return true;
    return false;
}

/* The object becomes a file's name: what is fixed of it is kept plain, places are percent-encoded there. */
static void check_object(struct checked_reading *k)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const char *object = k->r->object;
    struct label_part part;
    if (!object)
        return;
    const struct yaml *y = piece_of(k->y, "object");
    if (*object < 'a' || *object > 'z')
        complain(k->c, y->at, "object: the name begins with a small letter, as radio-{index}");
    else if (is_reserved(object))
        complain(k->c, y->at, "object: names as '%.*s' belong to ports and other checks", (int)strcspn(object, "{"),
                 object);
    for (const char *p = object; label_next(&p, &part);)
        if (!part.name && strspn(part.text, plain) < part.len) {
            complain(k->c, y->at, "object: only letters, digits, '-', '_', '.' and {places} may stand in it");
            break;
        }
}

static void check_source(struct checked_reading *k)
{
    const char *source = k->r->source;
    size_t len = source ? strlen(source) : 0;
    if (!source)
        return;
    const struct yaml *y = piece_of(k->y, "source");
    if (len == 0 || len > PROFILE_SOURCE_MAX ||
        len != strspn(source, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))
        complain(k->c, y->at, "source: a data source's name is letters, digits and '_', 1 to %d of them",
                 PROFILE_SOURCE_MAX);
    if (!k->r->object)
        complain(k->c, y->at, "source: without an object there is no series");
}

static const char *class_of(const struct checked_reading *k)
{
    return k->r->class_ ? k->r->class_ : k->meaning ? k->meaning->class_ : NULL;
}

static void check_states(struct checked_reading *k)
{
    const struct yaml *states = yaml_get(k->y, "states");
    const char *class_ = class_of(k);
    enum reading_level level;
    const char *word;
    for (size_t i = 0; i < k->r->states_count; i++)
        if (k->r->states[i].word && !profile_state(k->r->states[i].word, &level, &word))
            complain(k->c, piece_of(piece_at(states, i), "word")->at,
                     "a state is written as `good normal`: good, warn, bad or unjudged, and its word");
    if (k->r->states_count && class_ && strcmp(class_, "state") != 0)
        complain(k->c, states->key_at, "states are for readings of class state, this is of class %s", class_);
}

static void check_whose(struct checked_reading *k)
{
    const char *whose = k->r->whose;
    size_t i = 0;
    if (!whose)
        return;
    while (k->names[i] && strcmp(k->names[i], whose) != 0)
        i++;
    if (k->names[i]) {
        k->used[i] = true;
        return;
    }
    struct nearest near = nearest_to(whose);
    for (i = 0; k->names[i]; i++)
        nearest_offer(&near, k->names[i]);
    complain(k->c, piece_of(k->y, "whose")->at, "whose: no column of with is called '%.80s'" NEAREST_FORMAT, whose,
             NEAREST_ARGS(near));
}

static void complain_of_unused(struct checked_reading *k)
{
    for (size_t i = 0; i < k->own && i < k->r->with_count; i++)
        if (!k->used[i] && expression_name_is_fine(k->names[i]))
            complain(k->c, piece_at(yaml_get(k->y, "with"), i)->key_at,
                     "column '%.80s' is used nowhere: not in value, when, label or object", k->names[i]);
}

static void check_words(struct checked_reading *k)
{
    check_expression(k, "value", k->r->value, false);
    check_expression(k, "when", k->r->when, true);
    check_label(k, "label", k->r->label);
    check_label(k, "object", k->r->object);
    check_object(k);
    check_source(k);
    check_whose(k);
    check_states(k);
    piece_check_limits(k->c, k->y, &k->r->limits);
    complain_of_unused(k);
}

void profile_reading_check(struct complaints *c, const struct profile_set *set, const struct yaml *y,
                           const struct profile_reading *r)
{
    struct checked_reading k = {.c = c, .y = y, .r = r, .words = piece_label_words};
    check_meaning(&k, set);
    check_columns(&k);
    piece_check_oid(c, piece_of(y, "oid"), r->oid);
    k.groups = piece_check_pattern(c, piece_of(y, "rows"), r->rows);
    check_words(&k);
}

void profile_reading_check_rest(struct complaints *c, const struct profile_set *set, const struct yaml *y,
                                const struct profile_reading *r, const char *const *words, size_t groups)
{
    struct checked_reading k = {.c = c, .y = y, .r = r, .words = words, .groups = groups};
    const struct yaml *with = yaml_get(y, "with");
    check_meaning(&k, set);
    k.own = bind_count(with);
    for (size_t i = 0; i < r->with_count && i < COLUMNS_MAX; i++) {
        k.names[i] = r->with[i].name ? r->with[i].name : "";
        piece_check_name(c, piece_at(with, i), words);
    }
    check_words(&k);
}
