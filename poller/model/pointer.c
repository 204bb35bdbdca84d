#include "poller/model/pointer.h"

#include <string.h>

bool pointer_next(const char **at, char out[static POINTER_MAX_BYTES])
{
    const char *p = *at;
    size_t len = 0;
    if (*p != '/')
        return false;
    for (p++; *p && *p != '/' && len < POINTER_MAX_BYTES - 1; p++) {
        bool escape = *p == '~' && (p[1] == '0' || p[1] == '1');
        out[len++] = !escape ? *p : *++p == '0' ? '~' : '/';
    }
    out[len] = '\0';
    *at = p;
    return true;
}

bool pointer_is_every(const char *segment)
{
    return strcmp(segment, "*") == 0;
}

static const char *check_escapes(const char *text)
{
    for (const char *tilde = text; (tilde = strchr(tilde, '~')); tilde++)
        if (tilde[1] != '0' && tilde[1] != '1')
            return "'~' is written ~0 in a pointer, '/' within a name ~1";
    return NULL;
}

const char *pointer_check(const char *text, size_t *stars)
{
    char segment[POINTER_MAX_BYTES];
    size_t segments = 0, every = 0;
    if (*text && *text != '/')
        return "a pointer begins with '/', as /list/0/name";
    if (strlen(text) >= POINTER_MAX_BYTES)
        return "a pointer has 255 bytes at most";
    for (const char *at = text; pointer_next(&at, segment); segments++)
        every += pointer_is_every(segment);
    if (stars)
        *stars = every;
    else if (every)
        return "'*' stands for many: it belongs into `rows`";
    return segments > POINTER_SEGMENTS_MAX ? "a pointer has 16 segments at most"
                                           : check_escapes(text);
}
