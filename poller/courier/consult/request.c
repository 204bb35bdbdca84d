#include "poller/courier/consult/request.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/base64.h"

static bool known(void *ctx, const char *name)
{
    const struct request_values *v = ctx;
    return http_profile_knows(v->profile, v->each != NULL, name);
}

static const char *basic(struct request_values *v)
{
    struct buf both = {0};
    buf_clear(&v->basic);
    buf_printf(&both, "%s:%s", v->user ? v->user : "", v->password ? v->password : "");
    base64_put(both.data, both.len, &v->basic);
    explicit_bzero(both.data, both.len);
    buf_fini(&both);
    return buf_string(&v->basic);
}

static const char *value_of(void *ctx, const char *name)
{
    struct request_values *v = ctx;
    if (strcmp(name, "user") == 0)
        return v->user;
    if (strcmp(name, "password") == 0)
        return v->password;
    if (strcmp(name, "basic") == 0)
        return basic(v);
    if (strcmp(name, "each") == 0)
        return v->each;
    for (size_t i = 0; i < v->session->kept_count; i++)
        if (strcmp(v->session->kept[i].name, name) == 0)
            return v->session->kept[i].value;
    return NULL;
}

static bool render(const char *text, enum template_escape where, struct request_values *v,
                   struct buf *out)
{
    char *error = NULL;
    struct template *t = template_parse(text, known, v, &error);
    if (t)
        template_render(t, where, value_of, v, out);
    template_destroy(t);
    free(error);
    return t && !out->failed;
}

static char *made(const char *text, enum template_escape where, struct request_values *v,
                  struct arena *arena)
{
    struct buf out = {0};
    char *kept =
        text && render(text, where, v, &out) ? arena_text(arena, buf_string(&out), out.len) : NULL;
    buf_fini(&out);
    return kept;
}

static char *made_form(const struct http_ask *ask, struct request_values *v, struct arena *arena)
{
    struct buf out = {0};
    bool good = true;
    for (size_t i = 0; i < ask->form_count; i++) {
        buf_text(&out, i ? "&" : "");
        template_put(TEMPLATE_URL, ask->form[i].name, &out);
        buf_char(&out, '=');
        good = good && render(ask->form[i].value, TEMPLATE_URL, v, &out);
    }
    char *kept = good ? arena_text(arena, buf_string(&out), out.len) : NULL;
    buf_fini(&out);
    return kept;
}

static bool make_parts(const struct http_ask *ask, struct request_values *v, struct arena *arena,
                       struct dialogue_request *out)
{
    out->parts = arena_take(arena, ask->multipart_count * sizeof *out->parts);
    for (size_t i = 0; out->parts && i < ask->multipart_count; i++) {
        char *value = made(ask->multipart[i].value, TEMPLATE_TEXT, v, arena);
        if (!value)
            return false;
        out->parts[out->part_count++] = (struct dialogue_pair){ask->multipart[i].name, value};
    }
    return out->parts != NULL;
}

static bool make_headers(const struct http_ask *ask, struct request_values *v, struct arena *arena,
                         struct dialogue_request *out)
{
    out->headers = arena_take(arena, (ask->headers_count + 1) * sizeof *out->headers);
    for (size_t i = 0; out->headers && i < ask->headers_count; i++) {
        struct buf line = {0};
        buf_printf(&line, "%s: ", ask->headers[i].name);
        bool good = render(ask->headers[i].value, TEMPLATE_HEADER, v, &line);
        out->headers[i] = good ? arena_text(arena, buf_string(&line), line.len) : NULL;
        buf_fini(&line);
        if (!out->headers[i])
            return false;
        out->header_count++;
    }
    return out->headers != NULL;
}

bool request_make(const struct http_ask *ask, struct request_values *v, struct arena *arena,
                  struct dialogue_request *out)
{
    *out = (struct dialogue_request){.path = made(ask->path, TEMPLATE_URL, v, arena)};
    if (!out->path || !make_headers(ask, v, arena, out))
        return false;
    if (ask->multipart_count)
        return make_parts(ask, v, arena, out);
    if (ask->json) {
        out->body = made(ask->json, TEMPLATE_JSON, v, arena);
        out->type = "application/json";
        return out->body != NULL;
    }
    if (ask->form_count) {
        out->body = made_form(ask, v, arena);
        out->type = "application/x-www-form-urlencoded";
        return out->body != NULL;
    }
    return true;
}
