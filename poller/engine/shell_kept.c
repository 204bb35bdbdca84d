#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"

#define KEPT_MAX 65536 /* texts in all; what is over is not kept */

struct kept_text {
    char *node, *key, *value;
};

struct shell_kept {
    struct kept_text *texts; /* sorted by node, key */
    size_t count, capacity;
};

struct shell_kept *shell_kept_create(void)
{
    struct shell_kept *k = calloc(1, sizeof *k);
    if (!k)
        fatal("no memory for what is kept");
    return k;
}

/* Where it is, or would be. */
static size_t position(const struct shell_kept *k, const char *node, const char *key, bool *found)
{
    size_t low = 0, high = k->count;
    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(node, k->texts[middle].node);
        if (order == 0)
            order = strcmp(key, k->texts[middle].key);
        if (order == 0) {
            *found = true;
            low = middle;
        } else if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

const char *shell_kept_find(const struct shell_kept *k, const char *node, const char *key)
{
    bool found;
    size_t i = position(k, node, key, &found);
    return found ? k->texts[i].value : NULL;
}

static bool make_room(struct shell_kept *k)
{
    if (k->count == KEPT_MAX)
        return false;
    if (k->count < k->capacity)
        return true;
    size_t capacity = k->capacity ? k->capacity * 2 : 32;
    struct kept_text *texts = reallocarray(k->texts, capacity, sizeof *texts);
    if (!texts)
        return false;
    k->texts = texts;
    k->capacity = capacity;
    return true;
}

static void release(struct kept_text *t)
{
    free(t->node);
    free(t->key);
    free(t->value);
}

static bool take_out(struct shell_kept *k, size_t i)
{
    release(&k->texts[i]);
    memmove(k->texts + i, k->texts + i + 1, (--k->count - i) * sizeof *k->texts);
    return true;
}

bool shell_kept_put(struct shell_kept *k, const char *node, const char *key, const char *value)
{
    bool found;
    size_t i = position(k, node, key, &found);
    if (found && value && strcmp(k->texts[i].value, value) == 0)
        return false;
    if (!value)
        return found && take_out(k, i);
    struct kept_text t = {strdup(node), strdup(key), strdup(value)};
    bool whole = t.node && t.key && t.value && (found || make_room(k));
    if (!whole) {
        release(&t);
        return false;
    }
    if (found) {
        release(&k->texts[i]);
    } else {
        memmove(k->texts + i + 1, k->texts + i, (k->count - i) * sizeof *k->texts);
        k->count++;
    }
    k->texts[i] = t;
    return true;
}

void shell_kept_destroy(struct shell_kept *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->count; i++)
        release(&k->texts[i]);
    free(k->texts);
    free(k);
}
