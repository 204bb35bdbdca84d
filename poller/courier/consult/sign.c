#include "poller/courier/consult/sign.h"

#include <string.h>

#include "poller/courier/consult/walk.h"
#include "poller/model/pattern.h"

static bool matches(const char *pattern, const char *text, size_t len)
{
    char error[PATTERN_ERROR_MAX];
    struct pattern *p = pattern_compile(pattern, error);
    bool found = p && pattern_match(p, text, len, NULL, 0);
    pattern_destroy(p);
    return found;
}

/* A pattern looks at a part of a text only: the beginning of a page is looked at piece by piece. */
static bool body_matches(const char *pattern, const struct dialogue_answer *a)
{
    size_t len = a->len < DIALOGUE_BODY_LOOK ? a->len : DIALOGUE_BODY_LOOK;
    for (size_t at = 0; at < len; at += PATTERN_TEXT_MAX / 2) {
        size_t left = len - at;
        if (matches(pattern, a->body + at, left < PATTERN_TEXT_MAX ? left : PATTERN_TEXT_MAX))
            return true;
    }
    return false;
}

static bool stands_there(const struct http_sign *s, const cJSON *document)
{
    char scratch[WALK_TEXT_MAX];
    const cJSON *found = document ? walk_to(document, s->pointer) : NULL;
    const char *text = found ? walk_text(found, scratch) : NULL;
    if (!found || !s->like)
        return found != NULL;
    return text && matches(s->like, text, strlen(text));
}

static bool holds(const struct http_sign *s, const struct dialogue_answer *a, const cJSON *document)
{
    return (!s->status || s->status == a->status) &&
           (!s->location ||
            (a->location && matches(s->location, a->location, strlen(a->location)))) &&
           (!s->body || body_matches(s->body, a)) && (!s->pointer || stands_there(s, document));
}

bool sign_any(const struct http_sign *signs, size_t count, const struct dialogue_answer *a,
              const cJSON *document)
{
    for (size_t i = 0; i < count; i++)
        if (holds(&signs[i], a, document))
            return true;
    return false;
}
