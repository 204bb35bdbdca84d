#include "poller/model/pattern.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 6     /* of groups: the C library's work may double with each that is repeated */
#define SIZE_LIMIT 2000  /* pieces, when each repetition is laid out as often as it says */

struct pattern {
    regex_t regex;
};

static bool refuse(char *error, const char *why)
{
    snprintf(error, PATTERN_ERROR_MAX, "%s", why);
    return false;
}

/* How many times a repetition at p lays out what stands before it, in the C library's compiler: a+ becomes
 * aa*. 0: none stands here. *end: behind it. */
static unsigned long repeats_at(const char *p, const char **end)
{
    char *stop;
    *end = p + 1;
    if (*p == '+')
        return 2;
    if (*p == '*' || *p == '?')
        return 1;
    unsigned long n = *p == '{' ? strtoul(p + 1, &stop, 10) : 0, m = n;
    if (*p != '{' || (stop == p + 1 && *stop != ','))
        return 0;
    if (*stop == ',') {
        const char *second = stop + 1;
        m = strtoul(second, &stop, 10);
        m = stop == second ? n + 1 : m;
    }
    *end = stop + (*stop == '}');
    return n > SIZE_LIMIT || m > SIZE_LIMIT ? SIZE_LIMIT + 1 : m ? m : 1;
}

/* From behind '[' to behind its ']'; a ']' in front, and [:class:], [.x.], [=x=] belong to it. */
static const char *skip_bracket(const char *p)
{
    p += *p == '^';
    p += *p == ']';
    while (*p && *p != ']') {
        char kind = p[0] == '[' ? p[1] : '\0';
        const char close[] = {kind, ']', '\0'};
        const char *end = kind == ':' || kind == '.' || kind == '=' ? strstr(p + 2, close) : NULL;
        p = end ? end + 2 : p + 1;
    }
    return *p ? p + 1 : p;
}

/* The group being read, and what its last piece comes to when repetitions are laid out; 0 behind a repetition. */
struct group {
    unsigned long size, last;
};

static bool grow(struct group *g, unsigned long size)
{
    g->size += size;
    g->last = size;
    return g->size <= SIZE_LIMIT;
}

static bool close_group(struct group *groups, size_t *depth)
{
    unsigned long size = groups[*depth].size;
    return *depth > 0 ? grow(&groups[--*depth], size + 1) : grow(&groups[0], 1);
}

/* POSIX leaves open what a** is, and the C library takes ages over a long row of them. */
static bool repeat(struct group *g, unsigned long times)
{
    if (!g->last)
        return false;
    g->size += g->last * (times - 1);
    g->last = 0;
    return g->size <= SIZE_LIMIT;
}

static const char *piece_end(const char *p)
{
    if (*p == '[')
        return skip_bracket(p + 1);
    return p + (*p == '\\' && p[1] ? 2 : 1);
}

static bool is_small(const char *text, char *error)
{
    struct group groups[DEPTH_MAX + 1] = {{0, 0}};
    size_t depth = 0;
    bool small = true;
    if (strlen(text) > PATTERN_MAX_BYTES)
        return refuse(error, "longer than 256 bytes");
    for (const char *p = text, *end; *p && small; p = end) {
        unsigned long times = repeats_at(p, &end);
        if (times)
            small = repeat(&groups[depth], times);
        else if (p[0] == '\\' && p[1] >= '1' && p[1] <= '9')
            return refuse(error, "back references are not read");
        else if (*p == '(' && depth == DEPTH_MAX)
            return refuse(error, "too many groups within each other");
        else if (*p == '(')
            groups[++depth] = (struct group){0, 0};
        else if (*p == ')')
            small = close_group(groups, &depth);
        else {
            end = piece_end(p);
            small = grow(&groups[depth], 1);
        }
    }
    return small || refuse(error, "too many repetitions");
}

struct pattern *pattern_compile(const char *text, char error[static PATTERN_ERROR_MAX])
{
    struct pattern *p = is_small(text, error) ? malloc(sizeof *p) : NULL;
    if (!p)
        return NULL;
    int wrong = regcomp(&p->regex, text, REG_EXTENDED);
    if (wrong) {
        regerror(wrong, &p->regex, error, PATTERN_ERROR_MAX);
        free(p);
        return NULL;
    }
    if (p->regex.re_nsub > PATTERN_GROUPS_MAX) {
        refuse(error, "more than 9 groups");
        pattern_destroy(p);
        return NULL;
    }
    return p;
}

void pattern_destroy(struct pattern *p)
{
    if (p)
        regfree(&p->regex);
    free(p);
}

size_t pattern_groups(const struct pattern *p)
{
    return p->regex.re_nsub;
}

bool pattern_match(const struct pattern *p, const void *text, size_t len, struct pattern_span *spans,
                   size_t count)
{
    char ended[PATTERN_TEXT_MAX + 1]; /* regexec wants a terminator, a part of a datagram has none */
    regmatch_t found[PATTERN_GROUPS_MAX + 1];
    size_t used = len < PATTERN_TEXT_MAX ? len : PATTERN_TEXT_MAX;
    if (used)
        memcpy(ended, text, used);
    ended[used] = '\0';
    if (count > PATTERN_GROUPS_MAX + 1)
        count = PATTERN_GROUPS_MAX + 1;
    if (regexec(&p->regex, ended, count, found, 0) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        spans[i] = found[i].rm_so < 0
                       ? (struct pattern_span){false, 0, 0}
                       : (struct pattern_span){true, (size_t)found[i].rm_so, (size_t)found[i].rm_eo};
    return true;
}
