#include "poller/store/kept.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

/* One allocation: the struct, then node NUL key NUL value NUL. */
struct item {
    const char *node, *key, *value; /* value NULL: forget */
};

struct kept {
    void *tree;
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int c = strcmp(x->node, y->node);
    return c ? c : strcmp(x->key, y->key);
}

static struct item *make_item(const struct kept_item *from)
{
    const char *node = from->node ? from->node : "";
    size_t n = strlen(node) + 1, k = strlen(from->key) + 1, v = from->value ? strlen(from->value) + 1 : 0;
    struct item *item = malloc(sizeof *item + n + k + v);
    if (!item)
        fatalx("no memory for learned facts");
    char *text = (char *)(item + 1);
    memcpy(text, node, n);
    memcpy(text + n, from->key, k);
    if (v)
        memcpy(text + n + k, from->value, v);
    *item = (struct item){text, text + n, v ? text + n + k : NULL};
    return item;
}

struct kept *kept_create(void)
{
    struct kept *k = calloc(1, sizeof *k);
    if (!k)
        fatalx("no memory for learned facts");
    return k;
}

void kept_destroy(struct kept *k)
{
    if (!k)
        return;
    tdestroy(k->tree, free);
    free(k);
}

void kept_merge(struct kept *k, const struct es_keep *record)
{
    for (size_t i = 0; i < record->items_count; i++) {
        if (!record->items[i].key)
            continue;
        struct item *item = make_item(&record->items[i]);
        struct item **place = tsearch(item, &k->tree, compare);
        if (!place)
            fatalx("no memory for learned facts");
        if (*place == item) {
            k->count++;
            continue;
        }
        free(*place); /* an equal key: the node of the tree stays, its item is replaced */
        *place = item;
    }
}

size_t kept_count(const struct kept *k)
{
    return k->count;
}

static void put_item(const void *node, VISIT visit, void *ctx)
{
    struct database *d = ctx;
    const struct item *item = *(struct item *const *)node;
    if (visit != postorder && visit != leaf)
        return;
    sqlite3_stmt *s = database_statement(
        d, item->value ? "INSERT OR REPLACE INTO kept (node, key, value) VALUES (?1, ?2, ?3)"
                       : "DELETE FROM kept WHERE node = ?1 AND key = ?2");
    bind_text(s, 1, item->node);
    bind_text(s, 2, item->key);
    if (item->value)
        bind_text(s, 3, item->value);
    database_run(d, s);
}

bool kept_flush(const struct kept *k, struct database *d)
{
    if (k->count == 0)
        return true;
    database_begin(d);
    twalk_r(k->tree, put_item, d);
    return database_end(d);
}
