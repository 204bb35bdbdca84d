/* Every value a template may name is made once, when the document is read: messages are few and small,
 * and what is rendered later cannot fail any more. */
#include "poller/courier/document.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/courier/compose.h"
#include "poller/model/template.h"

#define VALUES_MAX 32
#define ENTRIES_MAX 256 /* of one list; the rest is counted */

struct entries {
    const char *name;
    char **texts;
    size_t count;
};

enum { AFFECTED, EVIDENCE, ALSO_POSSIBLE, LISTS };

struct document {
    enum message_kind kind;
    struct wall created;
    bool clock_set;
    struct entries lists[LISTS];
    char *values[VALUES_MAX]; /* by position in template_message_names */
};

static int value_index(const char *name)
{
    for (int i = 0; i < VALUES_MAX && template_message_names[i]; i++)
        if (strcmp(template_message_names[i], name) == 0)
            return i;
    return -1;
}

const char *document_value(const struct document *d, const char *name)
{
    int i = value_index(name);
    return i < 0 ? NULL : d->values[i];
}

enum message_kind document_kind(const struct document *d)
{
    return d->kind;
}

struct wall document_created(const struct document *d)
{
    return d->created;
}

bool document_times_are_true(const struct document *d)
{
    return d->clock_set;
}

const char *document_entry(const struct document *d, const char *name, size_t index)
{
    for (int i = 0; i < LISTS; i++)
        if (strcmp(d->lists[i].name, name) == 0)
            return index < d->lists[i].count ? d->lists[i].texts[index] : NULL;
    return NULL;
}

static void set_value(struct document *d, const char *name, const char *text)
{
    int i = value_index(name);
    if (i < 0 || !text)
        return;
    free(d->values[i]);
    d->values[i] = strdup(text);
}

static const cJSON *find(const cJSON *root, const char *dotted)
{
    char part[64];
    const cJSON *at = root;
    while (at && *dotted) {
        size_t len = strcspn(dotted, ".");
        if (len >= sizeof part)
            return NULL;
        memcpy(part, dotted, len);
        part[len] = 0;
        at = json_member(at, part);
        dotted += len + (dotted[len] == '.');
    }
    return at;
}

static void read_values(struct document *d, const cJSON *root)
{
    for (int i = 0; i < VALUES_MAX && template_message_names[i]; i++) {
        const cJSON *v = find(root, template_message_names[i]);
        if (cJSON_IsString(v))
            d->values[i] = strdup(v->valuestring);
    }
}

/* "port 5 of lan-switch is down (snmp lan-switch)" */
static char *entry_text(const cJSON *item)
{
    if (cJSON_IsString(item))
        return strdup(item->valuestring);
    const char *fact = json_text(item, "fact"), *source = json_text(item, "source");
    struct buf b = {0};
    buf_text(&b, fact ? fact : json_text(item, "sentence") ? json_text(item, "sentence") : "");
    if (source && *source)
        buf_printf(&b, " (%s)", source);
    return buf_detach(&b);
}

static bool read_list(struct entries *e, const cJSON *root)
{
    const cJSON *list = json_member(root, e->name), *item;
    int size = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    if (size == 0)
        return true;
    e->texts = calloc(ENTRIES_MAX, sizeof *e->texts);
    if (!e->texts)
        return false;
    cJSON_ArrayForEach(item, list)
        if (e->count < ENTRIES_MAX && (e->texts[e->count] = entry_text(item)))
            e->count++;
    return true;
}

static void join(struct document *d, int list, const char *between)
{
    const struct entries *e = &d->lists[list];
    struct buf b = {0};
    for (size_t i = 0; i < e->count; i++)
        buf_printf(&b, "%s%s", i ? between : "", e->texts[i]);
    set_value(d, e->name, buf_string(&b));
    buf_fini(&b);
}

static void add_house(struct document *d, const struct house *house)
{
    set_value(d, "title", house->title);
    const char *id = document_value(d, "id");
    struct buf url = {0};
    if (house->base_url && id) {
        buf_printf(&url, "%s/incident/", house->base_url);
        template_put(TEMPLATE_URL, id, &url);
        set_value(d, "url", buf_string(&url));
    }
    buf_fini(&url);
}

static void add_composed(struct document *d, struct wall now)
{
    struct buf subject = {0}, text = {0};
    compose_subject(d, &subject);
    compose_text(d, now, &text);
    set_value(d, "subject", buf_string(&subject));
    set_value(d, "text", buf_string(&text));
    buf_fini(&subject);
    buf_fini(&text);
}

static void fill(struct document *d, const struct sc_deliver *m, const cJSON *root,
                 const struct house *house, struct wall now)
{
    char stamp[CLOCK_TEXT_MAX];
    read_values(d, root);
    set_value(d, "key", m->key);
    set_value(d, "message", message_kind_words[m->kind]);
    set_value(d, "created", wall_rfc3339(m->created, stamp));
    set_value(d, "document", m->document);
    join(d, AFFECTED, ", ");
    join(d, EVIDENCE, "\n");
    add_house(d, house);
    add_composed(d, now);
}

static cJSON *parse(const char *text)
{
    cJSON *root = text ? json_parse(text, strlen(text), NULL) : NULL;
    if (cJSON_IsObject(root))
        return root;
    cJSON_Delete(root);
    return NULL;
}

struct document *document_read(const struct sc_deliver *m, const struct house *house, struct wall now)
{
    cJSON *root = parse(m->document);
    struct document *d = root && m->key ? calloc(1, sizeof *d) : NULL;
    if (d) {
        static const char *const names[LISTS] = {"affected", "evidence", "also_possible"};
        d->kind = m->kind;
        d->created = m->created;
        d->clock_set = !cJSON_IsFalse(json_member(root, "clock_set"));
        for (int i = 0; i < LISTS; i++) {
            d->lists[i].name = names[i];
            read_list(&d->lists[i], root);
        }
        fill(d, m, root, house, now);
    }
    cJSON_Delete(root);
    return d;
}

void document_destroy(struct document *d)
{
    if (!d)
        return;
    for (int i = 0; i < VALUES_MAX; i++)
        free(d->values[i]);
    for (int i = 0; i < LISTS; i++) {
        for (size_t k = 0; k < d->lists[i].count; k++)
            free(d->lists[i].texts[k]);
        free(d->lists[i].texts);
    }
    free(d);
}
