/* Reading goes twice over the text: a strict scan by the grammar of RFC 8259 with the limits above, then
 * cJSON builds the tree, then members are compared for doubles. Only what all three accept comes out. */
#include "poller/base/json.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/utf8.h"

struct scan {
    const char *at, *end;
    const char *why;
};

static bool refuse(struct scan *s, const char *why)
{
    if (!s->why)
        s->why = why;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

static bool take(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool scan_hex4(struct scan *s, unsigned *out)
{
    unsigned v = 0;
    if (s->end - s->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = *s->at++;
        if (!isxdigit((unsigned char)c))
            return false;
        v = v << 4 | (unsigned)(isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    *out = v;
    return true;
}

static bool scan_unicode_escape(struct scan *s)
{
    unsigned high, low;
    if (!scan_hex4(s, &high))
        return refuse(s, "a broken \\u escape");
    if (high == 0)
        return refuse(s, "a NUL inside text");
    if (high < 0xd800 || high > 0xdfff)
        return true;
    if (high > 0xdbff || !take(s, '\\') || !take(s, 'u') || !scan_hex4(s, &low) || low < 0xdc00 ||
        low > 0xdfff)
        return refuse(s, "half of a surrogate pair");
    return true;
}

static bool scan_escape(struct scan *s)
{
    if (s->at == s->end)
        return refuse(s, "text without an end");
    char c = *s->at++;
    if (c == 'u')
        return scan_unicode_escape(s);
    return (c && strchr("\"\\/bfnrt", c)) || refuse(s, "an unknown escape");
}

static bool scan_text(struct scan *s)
{
    if (!take(s, '"'))
        return refuse(s, "a name or text was expected");
    while (s->at < s->end) {
        if (take(s, '"'))
            return true;
        if (take(s, '\\')) {
            if (!scan_escape(s))
                return false;
            continue;
        }
        if ((unsigned char)*s->at < 0x20)
            return refuse(s, "a control character inside text");
        size_t n = utf8_length(s->at, (size_t)(s->end - s->at));
        if (n == 0)
            return refuse(s, "text that is not UTF-8");
        s->at += n;
    }
    return refuse(s, "text without an end");
}

static bool scan_digits(struct scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && isdigit((unsigned char)*s->at))
        s->at++;
    return s->at > from;
}

static bool scan_number(struct scan *s)
{
    const char *from = s->at;
    take(s, '-');
    if (!take(s, '0') && !scan_digits(s))
        return refuse(s, "a value was expected");
    if (take(s, '.') && !scan_digits(s))
        return refuse(s, "a broken number");
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            take(s, '-');
        if (!scan_digits(s))
            return refuse(s, "a broken number");
    }
    return s->at - from <= JSON_NUMBER_MAX_CHARS || refuse(s, "a number that is too long");
}

static bool scan_word(struct scan *s, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
        return refuse(s, "a value was expected");
    s->at += len;
    return true;
}

static bool scan_value(struct scan *s, int depth);

static bool scan_list(struct scan *s, char close, bool named, int depth)
{
    s->at++;
    skip_space(s);
    if (take(s, close))
        return true;
    for (size_t count = 1;; count++) {
        if (named) {
            skip_space(s);
            if (count > JSON_MEMBERS_MAX)
                return refuse(s, "an object with too many members");
            if (!scan_text(s))
                return false;
            skip_space(s);
            if (!take(s, ':'))
                return refuse(s, "a colon was expected");
        }
        if (!scan_value(s, depth + 1))
            return false;
        skip_space(s);
        if (take(s, close))
            return true;
        if (!take(s, ','))
            return refuse(s, "a comma or the end was expected");
    }
}

static bool scan_value(struct scan *s, int depth)
{
    if (depth > JSON_DEPTH_MAX)
        return refuse(s, "nested too deep");
    skip_space(s);
    if (s->at == s->end)
        return refuse(s, "a value was expected");
    switch (*s->at) {
    case '{': return scan_list(s, '}', true, depth);
    case '[': return scan_list(s, ']', false, depth);
    case '"': return scan_text(s);
    case 't': return scan_word(s, "true");
    case 'f': return scan_word(s, "false");
    case 'n': return scan_word(s, "null");
    default: return scan_number(s);
    }
}

static bool has_doubles(const cJSON *item)
{
    if (cJSON_IsObject(item))
        for (const cJSON *a = item->child; a; a = a->next)
            for (const cJSON *b = a->next; b; b = b->next)
                if (strcmp(a->string, b->string) == 0)
                    return true;
    for (const cJSON *child = item->child; child; child = child->next)
        if (has_doubles(child))
            return true;
    return false;
}

static bool scan_document(struct scan *s, size_t len)
{
    if (len > JSON_TEXT_MAX_BYTES)
        return refuse(s, "too large");
    if (!scan_value(s, 1))
        return false;
    skip_space(s);
    return s->at == s->end || refuse(s, "bytes after the end");
}

cJSON *json_parse(const char *text, size_t len, const char **why)
{
    struct scan s = {.at = text, .end = text + len};
    cJSON *document = scan_document(&s, len) ? cJSON_ParseWithLength(text, len) : NULL;
    if (document && has_doubles(document)) {
        refuse(&s, "a member twice");
        cJSON_Delete(document);
        document = NULL;
    }
    if (!document)
        refuse(&s, "not understood");
    if (why)
        *why = s.why;
    return document;
}

void json_print(const cJSON *document, bool for_people, struct buf *out)
{
    char *text = for_people ? cJSON_Print(document) : cJSON_PrintUnformatted(document);
    if (text)
        buf_text(out, text);
    else
        out->failed = true;
    cJSON_free(text);
}

/* Outside texts these characters do not occur in JSON, so escaping each where it stands is right. */
void json_print_in_html(const cJSON *document, struct buf *out)
{
    struct buf plain = {0};
    json_print(document, false, &plain);
    for (const char *c = buf_string(&plain); *c; c++) {
        if (*c == '<' || *c == '>' || *c == '&') {
            buf_printf(out, "\\u%04x", (unsigned)*c);
        } else if (strncmp(c, "\xe2\x80\xa8", 3) == 0 || strncmp(c, "\xe2\x80\xa9", 3) == 0) {
            buf_text(out, c[2] == '\xa8' ? "\\u2028" : "\\u2029");
            c += 2;
        } else {
            buf_char(out, *c);
        }
    }
    if (plain.failed)
        out->failed = true;
    buf_fini(&plain);
}

const cJSON *json_member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *json_text(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(json_member(object, name));
}

double json_number(const cJSON *object, const char *name, double fallback)
{
    const cJSON *item = json_member(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : fallback;
}

/* What devices say is not always UTF-8; what we say is. */
static cJSON *clean_text(const char *text)
{
    if (!text)
        return cJSON_CreateNull();
    size_t len = strlen(text);
    if (utf8_is_valid(text, len))
        return cJSON_CreateString(text);
    struct buf clean = {0};
    utf8_clean(text, len, &clean);
    cJSON *item = cJSON_CreateString(buf_string(&clean));
    buf_fini(&clean);
    return item;
}

void json_put_text(cJSON *object, const char *name, const char *text)
{
    cJSON_AddItemToObject(object, name, clean_text(text));
}

void json_put_number(cJSON *object, const char *name, double value)
{
    cJSON_AddItemToObject(object, name, isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull());
}

void json_put_bool(cJSON *object, const char *name, bool value)
{
    cJSON_AddItemToObject(object, name, cJSON_CreateBool(value));
}

cJSON *json_put_array(cJSON *object, const char *name)
{
    return cJSON_AddArrayToObject(object, name);
}

cJSON *json_put_object(cJSON *object, const char *name)
{
    return cJSON_AddObjectToObject(object, name);
}

cJSON *json_add_object(cJSON *array)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    return object;
}

void json_add_text(cJSON *array, const char *text)
{
    cJSON_AddItemToArray(array, clean_text(text));
}
