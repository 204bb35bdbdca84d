#include "poller/diagnose/sentence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/template.h"

struct values {
    const struct scene *scene;
    const struct finding *finding;
};

static const char *link_end(const struct values *v, bool far)
{
    const struct scene_link *l = v->finding->link;
    return l ? v->scene->nodes[far ? l->far : l->near].name : NULL;
}

static const char *parent_name(const struct values *v)
{
    if (v->finding->node == SCENE_NONE)
        return NULL;
    const struct scene_node *p = scene_parent(v->scene, v->finding->node);
    return p ? p->name : NULL;
}

static const char *value_of(void *ctx, const char *name)
{
    const struct values *v = ctx;
    const struct finding *f = v->finding;
    for (size_t i = 0; i < f->argument_count; i++)
        if (strcmp(f->arguments[i].name, name) == 0)
            return f->arguments[i].value;
    if (strcmp(name, "node") == 0)
        return f->node == SCENE_NONE ? NULL : v->scene->nodes[f->node].name;
    if (strcmp(name, "parent") == 0)
        return parent_name(v);
    if (strcmp(name, "site") == 0)
        return f->site;
    if (strcmp(name, "network") == 0)
        return f->network;
    if (strcmp(name, "port") == 0)
        return f->port;
    if (strcmp(name, "link") == 0)
        return f->link ? f->link->name : NULL;
    if (strcmp(name, "near") == 0 || strcmp(name, "far") == 0)
        return link_end(v, *name == 'f');
    if (strcmp(name, "kind") == 0)
        return cause_kind_words[f->kind];
    return NULL;
}

static bool any_name(void *unused, const char *name)
{
    return true;
}

static const char *find_text(const struct config *texts, const struct finding *f, const char *part)
{
    char key[128];
    const char *kind = cause_kind_words[f->kind];
    if (f->variant) {
        snprintf(key, sizeof key, "%s.%s.%s", kind, part, f->variant);
        const char *text = config_text_find(texts, key);
        if (text)
            return text;
    }
    snprintf(key, sizeof key, "%s.%s", kind, part);
    return config_text_find(texts, key);
}

static void render_plainly(const struct values *v, struct buf *out)
{
    const char *node = value_of((void *)(uintptr_t)v, "node");
    buf_text(out, cause_kind_words[v->finding->kind]);
    if (node)
        buf_printf(out, ": %s", node);
}

void sentence_render(const struct config *texts, const struct scene *s, const struct finding *f,
                     const char *part, struct buf *out)
{
    struct values v = {s, f};
    char *error = NULL;
    const char *text = find_text(texts, f, part);
    struct template *t = text ? template_parse(text, any_name, NULL, &error) : NULL;
    if (t)
        template_render(t, TEMPLATE_TEXT, value_of, &v, out);
    else if (strcmp(part, "sentence") == 0)
        render_plainly(&v, out);
    template_destroy(t);
    free(error);
}
