#include "poller/config/print.h"

#include <string.h>

#include "poller/config/checks.h"
#include "poller/config/scalar.h"

struct printing {
    const struct check_kinds *kinds;
    const struct secret_use *secrets;
    struct buf *out;
};

static void indent(struct printing *p, int depth)
{
    for (int i = 0; i < depth; i++)
        buf_text(p->out, "  ");
}

/* Double-quoted unless nothing in it could mean anything else. */
static bool is_plain(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && text[0] != '-' && text[0] != '.' && text[len - 1] != '.' &&
           len == strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");
}

static void put_quoted(struct printing *p, const char *text)
{
    if (is_plain(text)) {
        buf_text(p->out, text);
        return;
    }
    buf_char(p->out, '"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            buf_printf(p->out, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            buf_printf(p->out, "\\x%02x", *c);
        else if (c[0] == 0xc2 && (c[1] & 0xe0) == 0x80) /* C1 controls: not printable to YAML */
            buf_printf(p->out, "\\x%02x", *++c);
        else if (c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9)) { /* would fold */
            buf_text(p->out, c[2] == 0xa8 ? "\\L" : "\\P");
            c += 2;
        } else if (c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf) {
            buf_text(p->out, "\\uFEFF");
            c += 2;
        } else if (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe) { /* no characters: only as escapes */
            buf_text(p->out, c[2] == 0xbe ? "\\uFFFE" : "\\uFFFF");
            c += 2;
        } else
            buf_char(p->out, (char)*c);
    }
    buf_char(p->out, '"');
}

static const char *secret_name(const struct printing *p, const char *value)
{
    for (const struct secret_use *u = p->secrets; u; u = u->next)
        if (u->value == value)
            return u->name;
    return NULL;
}

/* False when the value is unset and nothing was written. */
static bool put_value(struct printing *p, const struct field *f, const void *value)
{
    bool is_text = f->type == FIELD_TEXT || f->type == FIELD_SECRET;
    const char *text = is_text ? *(char *const *)value : NULL;
    struct buf written = {0};
    bool set = scalar_write(f, value, &written);
    if (set && is_text && secret_name(p, text)) {
        buf_text(p->out, "!secret ");
        put_quoted(p, secret_name(p, text));
    } else if (set) {
        put_quoted(p, buf_string(&written));
    }
    buf_fini(&written);
    return set;
}

static bool is_set(const struct field *f, const void *value)
{
    struct buf written = {0};
    bool set = scalar_write(f, value, &written);
    buf_fini(&written);
    return set;
}

static void put_key(struct printing *p, int depth, const char *key)
{
    indent(p, depth);
    put_quoted(p, key);
    buf_char(p->out, ':');
}

static void print_fields(struct printing *p, int depth, const struct record *r, const void *value);

static const struct field *key_of(const struct record *r)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (r->fields[i].flags & FIELD_KEY)
            return &r->fields[i];
    return NULL;
}

static void print_record(struct printing *p, int depth, const char *key, const struct record *r,
                         const void *value)
{
    put_key(p, depth, key);
    buf_char(p->out, '\n');
    size_t before = p->out->len;
    print_fields(p, depth + 1, r, value);
    if (p->out->len == before) { /* nothing set below: say so, or the key would mean "not given" */
        p->out->len--;
        buf_text(p->out, " {}\n");
    }
}

static void print_records(struct printing *p, int depth, const struct field *f, const char *items,
                          size_t count)
{
    const struct field *key = key_of(f->record);
    put_key(p, depth, f->name);
    buf_char(p->out, '\n');
    for (size_t i = 0; i < count; i++) {
        const char *item = items + i * f->record->size;
        if (key) {
            print_record(p, depth + 1, *(char *const *)(item + key->offset), f->record, item);
        } else {
            indent(p, depth + 1);
            buf_text(p->out, "-\n");
            print_fields(p, depth + 2, f->record, item);
        }
    }
}

static void print_values(struct printing *p, int depth, const struct field *f, const char *items,
                         size_t count)
{
    put_key(p, depth, f->name);
    buf_text(p->out, " [");
    for (size_t i = 0; i < count; i++) {
        buf_text(p->out, i ? ", " : "");
        put_value(p, f, items + i * field_size(f));
    }
    buf_text(p->out, "]\n");
}

static void print_list(struct printing *p, int depth, const struct field *f, const void *value)
{
    const char *items = *(char *const *)((const char *)value + f->offset);
    size_t count = *(const size_t *)((const char *)value + f->count_offset);
    if (count == 0 && f->standard) { /* an empty list is not the default */
        put_key(p, depth, f->name);
        buf_text(p->out, " []\n");
    } else if (count && f->type == FIELD_RECORD) {
        print_records(p, depth, f, items, count);
    } else if (count) {
        print_values(p, depth, f, items, count);
    }
}

static void print_fields(struct printing *p, int depth, const struct record *r, const void *value)
{
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *f = &r->fields[i];
        const void *member = (const char *)value + f->offset;
        if (f->flags & (FIELD_HIDDEN | FIELD_KEY))
            continue;
        if (f->flags & FIELD_LIST) {
            print_list(p, depth, f, value);
        } else if (f->type == FIELD_RECORD) {
            print_record(p, depth, f->name, f->record, member);
        } else if (is_set(f, member)) {
            put_key(p, depth, f->name);
            buf_char(p->out, ' ');
            put_value(p, f, member);
            buf_char(p->out, '\n');
        }
    }
}

static void print_check(struct printing *p, int depth, const struct check_kind *kind,
                        const struct config_check *check, bool labelled)
{
    for (size_t i = 0; i < config_check_record.field_count; i++) {
        const struct field *f = &config_check_record.fields[i];
        if ((f->flags & FIELD_HIDDEN) || (f->type == FIELD_TEXT && !labelled))
            continue;
        put_key(p, depth, f->name);
        buf_char(p->out, ' ');
        put_value(p, f, (const char *)check + f->offset);
        buf_char(p->out, '\n');
    }
    print_fields(p, depth, kind->options, check->kind.value);
}

static void print_kind(struct printing *p, const struct check_kind *kind, const struct config_node *n)
{
    const struct config_check *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < n->checks_count; i++)
        if (strcmp(n->checks[i].kind.kind, kind->name) == 0) {
            first = first ? first : &n->checks[i];
            count++;
        }
    if (count == 0 && (!kind->automatic || n->written_count == 0))
        return;
    put_key(p, 2, kind->name);
    buf_text(p->out, count ? "\n" : " off\n");
    for (size_t i = 0; i < count; i++) {
        indent(p, count > 1 ? 3 : 0);
        buf_text(p->out, count > 1 ? "-\n" : "");
        print_check(p, count > 1 ? 4 : 3, kind, &first[i], count > 1 || first[i].label[0]);
    }
}

/* Groups stand in the order of their scopes, so each scope is headed once. */
static void print_groups(struct printing *p, const struct config *c)
{
    if (c->groups_count)
        buf_text(p->out, "defaults:\n");
    for (size_t i = 0; i < c->groups_count; i++) {
        const struct config_group *g = &c->groups[i];
        if (i == 0 || g[-1].scope != g->scope)
            buf_printf(p->out, "  %s:\n", config_scope_words[g->scope]);
        if (g->scope == SCOPE_ALL)
            print_fields(p, 2, &config_group_record, g);
        else
            print_record(p, 2, g->name, &config_group_record, g);
    }
}

static void print_nodes(struct printing *p, const struct config *c)
{
    if (c->nodes_count)
        buf_text(p->out, "nodes:\n");
    for (size_t i = 0; i < c->nodes_count; i++) {
        print_record(p, 1, c->nodes[i].name, &config_node_record, &c->nodes[i]);
        for (size_t k = 0; k < p->kinds->count; k++)
            print_kind(p, &p->kinds->list[k], &c->nodes[i]);
    }
}

static void print_links(struct printing *p, const struct config *c)
{
    static const struct field end = {.name = "ends", .type = FIELD_TEXT};
    if (c->links_count)
        buf_text(p->out, "links:\n");
    for (size_t i = 0; i < c->links_count; i++) {
        struct field f = end;
        f.name = link_kind_words[c->links[i].kind];
        put_key(p, 1, c->links[i].name);
        buf_char(p->out, '\n');
        print_values(p, 2, &f, (const char *)c->links[i].ends, c->links[i].ends_count);
        print_fields(p, 2, &config_link_record, &c->links[i]);
    }
}

static void print_service(struct printing *p, const struct config_receiver *r)
{
    static const struct field value = {.name = "value", .type = FIELD_SECRET};
    for (size_t i = 0; i < r->options_count; i++) {
        put_key(p, 3, r->options[i].name);
        buf_char(p->out, ' ');
        put_value(p, &value, &r->options[i].value);
        buf_char(p->out, '\n');
    }
}

static void print_receivers(struct printing *p, const struct config *c)
{
    if (c->receivers_count)
        buf_text(p->out, "receivers:\n");
    for (size_t i = 0; i < c->receivers_count; i++) {
        const struct config_receiver *r = &c->receivers[i];
        put_key(p, 1, r->name);
        buf_char(p->out, '\n');
        put_key(p, 2, r->kind == RECEIVER_TEMPLATE ? r->service : receiver_kind_words[r->kind]);
        buf_char(p->out, '\n');
        print_service(p, r);
        print_fields(p, 3, receiver_kind_records[r->kind], r);
        print_fields(p, 2, &config_receiver_record, r);
    }
}

void config_print(const struct config *c, const struct check_kinds *kinds,
                  const struct secret_use *secrets, struct buf *out)
{
    struct printing p = {kinds, secrets, out};
    for (size_t i = 0; i < config_record.field_count; i++) {
        struct record one = {config_record.name, config_record.size, &config_record.fields[i], 1};
        if (strcmp(one.fields->name, "nodes") == 0)
            print_nodes(&p, c);
        else if (strcmp(one.fields->name, "groups") == 0)
            print_groups(&p, c);
        else if (strcmp(one.fields->name, "links") == 0)
            print_links(&p, c);
        else if (strcmp(one.fields->name, "receivers") == 0)
            print_receivers(&p, c);
        else
            print_fields(&p, 0, &one, c);
    }
}

void print_as_written(const struct record *r, const void *value, struct buf *out)
{
    struct printing p = {NULL, NULL, out};
    print_fields(&p, 0, r, value);
}
