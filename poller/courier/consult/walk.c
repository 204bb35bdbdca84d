#include "poller/courier/consult/walk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A place in a list: digits without a leading zero. */
static const cJSON *element_at(const cJSON *list, const char *segment)
{
    size_t digits = strspn(segment, "0123456789");
    if (!digits || digits > 6 || segment[digits] || (digits > 1 && *segment == '0'))
        return NULL;
    return cJSON_GetArrayItem(list, (int)strtol(segment, NULL, 10));
}

static const cJSON *child_of(const cJSON *element, const char *segment)
{
    return cJSON_IsArray(element) ? element_at(element, segment) : json_member(element, segment);
}

const cJSON *walk_to(const cJSON *document, const char *pointer)
{
    char segment[POINTER_MAX_BYTES];
    const cJSON *element = document;
    for (const char *at = pointer ? pointer : ""; element && pointer_next(&at, segment);)
        element = child_of(element, segment);
    return element;
}

struct walking {
    size_t found, most;
    walk_fn fn;
    void *ctx;
    struct walk_keys keys;
};

static bool walk(struct walking *w, const cJSON *element, const char *at);

static bool walk_children(struct walking *w, const cJSON *element, const char *at)
{
    size_t place = w->keys.count, index = 0;
    if (place == WALK_STARS_MAX)
        return true;
    w->keys.count++;
    for (const cJSON *child = element->child; child; child = child->next, index++) {
        if (cJSON_IsObject(element))
            snprintf(w->keys.keys[place], WALK_KEY_MAX, "%s", child->string);
        else
            snprintf(w->keys.keys[place], WALK_KEY_MAX, "%zu", index);
        if (!walk(w, child, at))
            return false;
    }
    w->keys.count--;
    return true;
}

static bool walk(struct walking *w, const cJSON *element, const char *at)
{
    char segment[POINTER_MAX_BYTES];
    while (element && pointer_next(&at, segment)) {
        if (pointer_is_every(segment))
            return !(cJSON_IsArray(element) || cJSON_IsObject(element)) ||
                   walk_children(w, element, at);
        element = child_of(element, segment);
    }
    if (!element)
        return true;
    return w->found++ < w->most && w->fn(w->ctx, element, &w->keys);
}

size_t walk_each(const cJSON *document, const char *pointer, size_t most, walk_fn fn, void *ctx)
{
    struct walking w = {.most = most, .fn = fn, .ctx = ctx};
    walk(&w, document, pointer ? pointer : "");
    return w.found < most ? w.found : most;
}

struct expression_value walk_value(const cJSON *element)
{
    struct expression_value v = {0};
    if (cJSON_IsNumber(element))
        return expression_of_number(element->valuedouble);
    if (cJSON_IsString(element))
        return expression_of_text(element->valuestring, strlen(element->valuestring));
    if (!cJSON_IsBool(element))
        return v;
    v = expression_of_number(cJSON_IsTrue(element) ? 1 : 0);
    v.has_text = true;
    v.text = (const uint8_t *)(cJSON_IsTrue(element) ? "true" : "false");
    v.len = cJSON_IsTrue(element) ? 4 : 5;
    return v;
}

const char *walk_text(const cJSON *element, char scratch[static WALK_TEXT_MAX])
{
    if (cJSON_IsString(element))
        return element->valuestring;
    if (cJSON_IsBool(element))
        return cJSON_IsTrue(element) ? "true" : "false";
    if (!cJSON_IsNumber(element) || !isfinite(element->valuedouble))
        return NULL;
    snprintf(scratch, WALK_TEXT_MAX, "%.15g", element->valuedouble);
    return scratch;
}
