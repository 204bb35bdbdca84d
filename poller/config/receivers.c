#include "poller/config/receivers.h"

#include <stdlib.h>
#include <string.h>

#include "poller/model/template.h"

struct receiver_keys {
    struct binder *binder;
    const struct service_door *services;
    struct config_receiver *receiver;
    const struct yaml *kind; /* the first key that names one */
};

static bool is_own_key(const struct record *r, const char *key)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (!(r->fields[i].flags & FIELD_HIDDEN) && strcmp(r->fields[i].name, key) == 0)
            return true;
    return false;
}

static bool holds_line_end(const char *text)
{
    return text && strpbrk(text, "\r\n");
}

/* A line end in a header would begin another header. */
static void check_headers(struct binder *b, const struct config_receiver *r, struct place at)
{
    for (size_t i = 0; i < r->headers_count; i++)
        if (holds_line_end(r->headers[i].name) || holds_line_end(r->headers[i].value))
            complain(b->complaints, at, "a header is one line");
}

static bool is_http(const char *url)
{
    return !url || strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

/* Binds the keys of one view over the receiver, which keeps what others set. */
static void bind_view(struct binder *b, enum receiver_kind kind, const struct yaml *y,
                      const struct bind_others *others, struct config_receiver *r)
{
    r->kind = kind;
    bind_record(b, receiver_kind_records[kind], y, y->key_at, others, r);
    r->kind = kind;
    check_headers(b, r, y->at);
    if (kind == RECEIVER_WEBHOOK && !is_http(r->url))
        complain(b->complaints, y->at, "url: expected an address that begins with http:// or https://");
}

/* Options of a service as the user wrote them, checked against its file. */
struct service_options {
    struct binder *binder;
    const struct yaml *described; /* the file's `options:` */
    struct config_header *list;
    size_t count;
};

static bool take_option(void *ctx, const struct yaml *value)
{
    struct service_options *o = ctx;
    if (!yaml_get(o->described, value->key))
        return false;
    if (yaml_is_empty(value))
        return true;
    static const struct field option_field = {.name = "option", .type = FIELD_SECRET};
    struct field f = option_field;
    struct config_header *slot = &o->list[o->count];
    f.name = value->key;
    f.offset = offsetof(struct config_header, value);
    *slot = (struct config_header){.name = (char *)value->key};
    bind_field(o->binder, &f, value, slot);
    o->count += slot->value != NULL;
    return true;
}

static void offer_options(void *ctx, struct nearest *near)
{
    struct service_options *o = ctx;
    for (const struct yaml *y = o->described ? o->described->first : NULL; y; y = y->next)
        nearest_offer(near, y->key);
}

static bool says_yes(const struct yaml *y)
{
    return y && y->kind == YAML_TEXT && (strcmp(y->text, "true") == 0 || strcmp(y->text, "yes") == 0);
}

static void complain_of_missing_options(struct service_options *o, const struct yaml *y)
{
    for (const struct yaml *d = o->described ? o->described->first : NULL; d; d = d->next) {
        bool given = false;
        for (size_t i = 0; i < o->count; i++)
            given = given || strcmp(o->list[i].name, d->key) == 0;
        if (!given && says_yes(yaml_get(d, "required")))
            complain(o->binder->complaints, y->key_at, "'%s' is missing: %s", d->key,
                     yaml_get(d, "help") ? yaml_get(d, "help")->text : "this service needs it");
    }
}

/* `ntfy: https://...` gives the first option the file describes. */
static const struct yaml *service_map(struct binder *b, const struct yaml *y, const struct yaml *described)
{
    if (y->kind != YAML_TEXT || yaml_is_empty(y) || !described || !described->first)
        return y;
    struct yaml *map = arena_copy(b->arena, y, sizeof *map), *only = arena_copy(b->arena, y, sizeof *only);
    if (!map || !only)
        return y;
    only->key = described->first->key;
    only->next = NULL;
    map->kind = YAML_MAP;
    map->first = map->last = only;
    return map;
}

static void copy_templates(struct binder *b, const struct yaml *service, const struct yaml *y,
                           struct config_receiver *r)
{
    static const char *const keys[] = {"url", "headers", "body", "content_type"};
    char **const texts[] = {&r->url, NULL, &r->template, &r->content_type};
    for (size_t i = 0; i < 4; i++) {
        const struct yaml *found = yaml_get(service, keys[i]);
        if (found && texts[i] && found->kind == YAML_TEXT)
            *texts[i] = (char *)found->text;
    }
    const struct yaml *headers = yaml_get(service, "headers");
    if (headers)
        bind_field(b, bind_member(receiver_kind_records[RECEIVER_WEBHOOK], "headers"), headers, r);
    if (!r->url)
        complain(b->complaints, y->key_at, "the data file of service '%s' has no url", y->key);
}

static void bind_service(struct binder *b, const struct yaml *service, const struct yaml *y,
                         struct config_receiver *r)
{
    struct service_options o = {b, yaml_get(service, "options"), NULL, 0};
    struct bind_others others = {take_option, offer_options, &o};
    const struct yaml *map = service_map(b, y, o.described);
    o.list = arena_take(b->arena, (bind_count(map) + 1) * sizeof *o.list);
    if (!o.list) {
        complain(b->complaints, y->at, "the configuration is too large");
        return;
    }
    bind_view(b, RECEIVER_TEMPLATE, map, &others, r);
    complain_of_missing_options(&o, y);
    r->service = (char *)y->key;
    r->options = o.list;
    r->options_count = o.count;
    copy_templates(b, service, y, r);
}

/* False: no kind and no service is called so. */
static bool bind_kind_key(struct receiver_keys *keys, const struct yaml *y)
{
    int kind = field_word_index(receiver_kind_words, y->key);
    if (kind >= 0 && kind != RECEIVER_TEMPLATE) {
        bind_view(keys->binder, (enum receiver_kind)kind, y, NULL, keys->receiver);
        return true;
    }
    const struct yaml *service =
        keys->services ? keys->services->open(keys->services->ctx, y->key) : NULL;
    if (service)
        bind_service(keys->binder, service, y, keys->receiver);
    return service != NULL;
}

static bool take_kind(void *ctx, const struct yaml *value)
{
    struct receiver_keys *keys = ctx;
    if (is_own_key(&config_receiver_record, value->key))
        return false;
    struct config_receiver policy = *keys->receiver;
    if (keys->kind) {
        complain(keys->binder->complaints, value->key_at,
                 "a receiver has one kind, and this one has '%s' already", keys->kind->key);
        return true;
    }
    if (!bind_kind_key(keys, value))
        return false;
    keys->kind = value;
    keys->receiver->least = policy.least;
    keys->receiver->remind_ns = policy.remind_ns;
    keys->receiver->local = policy.local;
    return true;
}

static void offer_kinds(void *ctx, struct nearest *near)
{
    struct receiver_keys *keys = ctx;
    for (int i = 0; i < RECEIVER_TEMPLATE; i++)
        nearest_offer(near, receiver_kind_words[i]);
    if (keys->services)
        keys->services->offer(keys->services->ctx, near);
}

static void check_body(struct binder *b, const struct yaml *kind, const struct config_receiver *r)
{
    char *error = NULL;
    if (r->kind != RECEIVER_WEBHOOK || !r->template)
        return;
    struct template *t = template_parse(r->template, template_message_known, NULL, &error);
    const struct yaml *at = yaml_get(kind, "template");
    if (!t)
        complain(b->complaints, at ? at->at : kind->at, "template: %s", error ? error : "out of memory");
    template_destroy(t);
    free(error);
}

void receiver_bind(struct binder *b, const struct service_door *services, const struct yaml *entry,
                   struct config_receiver *out)
{
    struct receiver_keys keys = {b, services, out, NULL};
    struct bind_others others = {take_kind, offer_kinds, &keys};
    size_t errors = complaints_errors(b->complaints);
    bind_record(b, &config_receiver_record, entry, entry->key_at, &others, out);
    if (keys.kind)
        check_body(b, keys.kind, out);
    else if (complaints_errors(b->complaints) == errors)
        complain(b->complaints, entry->key_at,
                 "this receiver has no kind: one of mail, webhook, exec, or a service as ntfy");
}
