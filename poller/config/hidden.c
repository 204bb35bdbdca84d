#include "poller/config/hidden.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "poller/config/nearest.h"

#define NAME_MAX_BYTES 48

static bool is_near(const char *name)
{
    static const char *const names[] = {"password",   "auth_password", "priv_password", "community",    "token",
                                        "secret",     "passphrase",    "authorization", "api_key",      "credentials",
                                        "access_key", NULL};
    struct nearest n = nearest_to(name);
    for (size_t i = 0; names[i]; i++)
        nearest_offer(&n, names[i]);
    return n.best && n.distance <= (strlen(name) <= 6 ? 1 : 2);
}

bool hidden_is_name(const char *key, size_t len)
{
    static const char *const parts[] = {"passw", "passphrase", "pwd",      "secret",  "token", "communit",
                                        "credential", "authoriz",  "apikey", "api_key", "api-key", NULL};
    char name[NAME_MAX_BYTES];
    if (!len || len >= sizeof name)
        return false;
    for (size_t i = 0; i < len; i++)
        name[i] = (char)tolower((unsigned char)key[i]);
    name[len] = '\0';
    for (size_t i = 0; parts[i]; i++)
        if (strstr(name, parts[i]))
            return true;
    return is_near(name);
}

void hidden_add(struct hidden *h, struct hidden_range r)
{
    if (r.to <= r.from)
        return;
    if (h->count < HIDDEN_RANGES_MAX)
        h->ranges[h->count++] = r;
    else
        h->ranges[HIDDEN_RANGES_MAX - 1].to = SIZE_MAX;
}

/* ---- guessing ---- */

/* Which character the byte at `at` is, or begins. */
static size_t column_of(const char *line, size_t at)
{
    size_t column = 1;
    for (size_t i = 0; i < at; i++)
        column += ((unsigned char)line[i] & 0xc0) != 0x80;
    return column;
}

static void add_bytes(struct hidden *h, const char *line, size_t from, size_t to)
{
    while (to > from && (line[to - 1] == ' ' || line[to - 1] == '\t'))
        to--;
    if (to > from)
        hidden_add(h, (struct hidden_range){column_of(line, from), column_of(line, to)});
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static size_t skip_blanks(const char *line, size_t len, size_t at)
{
    while (at < len && (line[at] == ' ' || line[at] == '\t'))
        at++;
    return at;
}

static size_t end_of_quoted(const char *line, size_t len, size_t at)
{
    char quote = line[at];
    for (at++; at < len; at++) {
        bool escaped = quote == '"' && line[at] == '\\';
        bool doubled = quote == '\'' && at + 1 < len && line[at] == quote && line[at + 1] == quote;
        if (escaped || doubled)
            at++;
        else if (line[at] == quote)
            return at + 1;
    }
    return len;
}

static size_t end_of_list(const char *line, size_t len, size_t at)
{
    for (int depth = 0; at < len; at++) {
        depth += line[at] == '{' || line[at] == '[';
        depth -= line[at] == '}' || line[at] == ']';
        if (depth == 0)
            return at + 1;
    }
    return len;
}

/* In braces or brackets a comma or a bracket ends it, else the line or a comment does. */
static size_t end_of_plain(const char *line, size_t len, size_t at, bool inside)
{
    for (; at < len; at++)
        if ((inside && strchr(",}]", line[at])) || (line[at] == '#' && at && line[at - 1] == ' '))
            break;
    return at;
}

/* Where the value that begins there ends; `at` itself when nothing stands there to be hidden. */
static size_t end_of_value(const char *line, size_t len, size_t at, bool inside)
{
    static const char reference[] = "!secret ";
    bool other = at < len && strchr("{|>", line[at]); /* a thing that is called so; or it stands in the lines below */
    bool refers = len - at >= sizeof reference - 1 && memcmp(line + at, reference, sizeof reference - 1) == 0;
    if (at >= len || other || refers)
        return at;
    if (line[at] == '[')
        return end_of_list(line, len, at);
    return line[at] == '"' || line[at] == '\'' ? end_of_quoted(line, len, at) : end_of_plain(line, len, at, inside);
}

/* "KEY: value", "'KEY' = value"; and "KEY value" where the line begins, by somebody who forgot the colon. Returns
 * where to go on. */
static size_t look_behind_name(struct hidden *h, const char *line, size_t len, size_t from, size_t to, bool inside)
{
    bool begins = skip_blanks(line, len, 0) == from, quoted = to < len && strchr("\"'", line[to]);
    size_t at = skip_blanks(line, len, to + quoted);
    bool joined = at < len && (line[at] == ':' || line[at] == '=');
    if (!hidden_is_name(line + from, to - from) || (!joined && (!begins || at == to)))
        return to;
    at = skip_blanks(line, len, at + joined);
    size_t end = end_of_value(line, len, at, inside);
    add_bytes(h, line, at, end);
    return end > to ? end : to;
}

static void guess_values(struct hidden *h, const char *line, size_t len)
{
    int depth = 0;
    for (size_t at = 0; at < len;) {
        size_t end = at;
        while (end < len && is_name_byte(line[end]))
            end++;
        depth += strchr("{[", line[at]) != NULL;
        depth -= strchr("}]", line[at]) != NULL;
        at = end > at ? look_behind_name(h, line, len, at, end, depth > 0) : at + 1;
    }
}

/* "https://user:password@host" */
static void guess_addresses(struct hidden *h, const char *line, size_t len)
{
    for (size_t at = 0; at + 3 < len; at++) {
        if (memcmp(line + at, "://", 3) != 0)
            continue;
        size_t from = at + 3, end = from;
        while (end < len && !strchr(" \t/\"'@", line[end]))
            end++;
        if (end < len && line[end] == '@')
            add_bytes(h, line, from, end);
    }
}

void hidden_guess(struct hidden *h, const char *line, size_t len)
{
    guess_values(h, line, len);
    guess_addresses(h, line, len);
}

void hidden_values(struct hidden *h, const char *line, size_t len)
{
    const char *colon = len ? memchr(line, ':', len) : NULL;
    size_t from = skip_blanks(line, len, colon ? (size_t)(colon - line) + 1 : 0);
    if (from < len && line[from] != '#')
        add_bytes(h, line, from, len);
}

/* ---- writing ---- */

/* The end of the range that hides this character; 0: none does. */
static size_t end_of_hidden(const struct hidden *h, size_t column)
{
    size_t end = 0;
    for (size_t i = 0; i < h->count; i++)
        if (column >= h->ranges[i].from && column < h->ranges[i].to && h->ranges[i].to > end)
            end = h->ranges[i].to;
    return end;
}

static size_t next_character(const char *line, size_t len, size_t at)
{
    for (at++; at < len && ((unsigned char)line[at] & 0xc0) == 0x80;)
        at++;
    return at;
}

void hidden_write(const struct hidden *h, const char *line, size_t len, size_t *column, struct buf *out)
{
    size_t wanted = *column, shown = 1, until = 0, at = 0;
    for (size_t here = 1; at < len; here++, at = next_character(line, len, at)) {
        size_t end = end_of_hidden(h, here);
        bool begins = end && here >= until;
        if (here == wanted) /* within what is hidden: at its sign */
            *column = end && !begins ? shown - (sizeof HIDDEN_SIGN - 1) : shown;
        until = end > until ? end : until;
        if (begins)
            buf_text(out, HIDDEN_SIGN);
        else if (here >= until)
            buf_put(out, line + at, next_character(line, len, at) - at);
        shown += begins ? sizeof HIDDEN_SIGN - 1 : here >= until;
        if (here + 1 == wanted && next_character(line, len, at) >= len)
            *column = shown;
    }
}
