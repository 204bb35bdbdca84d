#include "collectors/protocol/plain_page.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SCHEME "http://"
#define PORT_STANDARD 80
#define STATUS_LINE_MIN 12 /* "HTTP/1.1 200" */

static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 127)
            return false;
    return true;
}

static bool read_port(const char *text, size_t len, uint16_t *out)
{
    unsigned long port = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || port > UINT16_MAX)
            return false;
        port = port * 10 + (unsigned long)(text[i] - '0');
    }
    *out = (uint16_t)port;
    return len && port && port <= UINT16_MAX;
}

bool page_place_read(const char *url, struct page_place *out)
{
    *out = (struct page_place){.port = PORT_STANDARD};
    if (strncasecmp(url, SCHEME, strlen(SCHEME)) != 0 || !is_plain(url, strlen(url)))
        return false;
    url += strlen(SCHEME);
    size_t host = strcspn(url, ":/?#"), port = 0;
    if (!host || host >= sizeof out->host || memchr(url, '@', host) || *url == '[')
        return false;
    memcpy(out->host, url, host);
    url += host;
    if (*url == ':') {
        port = strcspn(++url, "/?#");
        if (!read_port(url, port, &out->port))
            return false;
        url += port;
    }
    size_t path = strcspn(url, "#");
    int n = snprintf(out->path, sizeof out->path, "%s%.*s", *url == '/' ? "" : "/", (int)path, url);
    return n > 0 && (size_t)n < sizeof out->path;
}

size_t page_question_write(const struct page_place *p, char out[static PAGE_QUESTION_MAX])
{
    char port[8] = "";
    if (p->port != PORT_STANDARD)
        snprintf(port, sizeof port, ":%u", p->port);
    int n = snprintf(out, PAGE_QUESTION_MAX,
                     "GET %s HTTP/1.0\r\nHost: %s%s\r\nUser-Agent: hayloft\r\nAccept: */*\r\n"
                     "Connection: close\r\n\r\n", p->path, p->host, port);
    return n > 0 && n < PAGE_QUESTION_MAX ? (size_t)n : 0;
}

static void take_location(const char *value, size_t len, struct plain_page *out)
{
    size_t n = len < PAGE_LOCATION_MAX - 1 ? len : PAGE_LOCATION_MAX - 1;
    for (size_t i = 0; i < n; i++)
        out->location[i] = isprint((unsigned char)value[i]) ? value[i] : '?';
    out->location[n] = '\0';
}

static bool is_field(const char *line, size_t len, const char *name, const char **value, size_t *value_len)
{
    size_t n = strlen(name);
    if (len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0)
        return false;
    for (n++; n < len && (line[n] == ' ' || line[n] == '\t'); n++)
        ;
    *value = line + n;
    *value_len = len - n;
    return true;
}

/* SIZE_MAX: no number. */
static size_t read_length(const char *value, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (value[i] < '0' || value[i] > '9' || n > UINT32_MAX)
            return SIZE_MAX;
        n = n * 10 + (size_t)(value[i] - '0');
    }
    return len ? n : SIZE_MAX;
}

/* One line without its end; false when it has none yet. */
static bool take_line(const char **at, const char *end, const char **line, size_t *len)
{
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    if (!stop)
        return false;
    *line = *at;
    *len = (size_t)(stop - *at);
    if (*len && (*line)[*len - 1] == '\r')
        (*len)--;
    *at = stop + 1;
    return true;
}

static bool read_status(const char *line, size_t len, int *out)
{
    if (len < STATUS_LINE_MIN || strncmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ')
        return false;
    *out = 0;
    for (size_t i = 9; i < STATUS_LINE_MIN; i++) {
        if (line[i] < '0' || line[i] > '9')
            return false;
        *out = *out * 10 + (line[i] - '0');
    }
    return *out >= 100 && *out < 600;
}

bool plain_page_read(const uint8_t *bytes, size_t len, struct plain_page *out)
{
    const char *at = (const char *)bytes, *end = at + len, *line, *value;
    size_t line_len, value_len, length = SIZE_MAX;
    *out = (struct plain_page){0};
    if (!len || !take_line(&at, end, &line, &line_len) || !read_status(line, line_len, &out->status))
        return false;
    for (;;) {
        if (!take_line(&at, end, &line, &line_len))
            return false;
        if (!line_len)
            break;
        if (is_field(line, line_len, "Location", &value, &value_len))
            take_location(value, value_len, out);
        else if (is_field(line, line_len, "Content-Length", &value, &value_len))
            length = read_length(value, value_len);
    }
    out->body = (const uint8_t *)at;
    out->body_len = (size_t)(end - at);
    out->whole = length != SIZE_MAX && out->body_len >= length;
    return true;
}

bool plain_page_holds(const struct plain_page *p, const char *text)
{
    return memmem(p->body, p->body_len, text, strlen(text)) != NULL;
}
