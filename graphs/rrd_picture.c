#include "graphs/rrd_picture.h"

#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs/rrd_header.h"
#include "poller/base/utf8.h"

#define ARGUMENTS_MAX 48
#define WIDTH_MIN 100u
#define WIDTH_MAX 1600u
#define HEIGHT_MIN 40u
#define HEIGHT_MAX 600u
#define TITLE_MAX 120

struct arguments {
    char *at[ARGUMENTS_MAX];
    int count;
};

static void add(struct arguments *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct arguments *a, const char *format, ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    char *made = a->count < ARGUMENTS_MAX - 1 ? buf_detach(&text) : NULL;
    buf_fini(&text);
    if (made)
        a->at[a->count++] = made;
}

static void arguments_fini(struct arguments *a)
{
    for (int i = 0; i < a->count; i++)
        free(a->at[i]);
}

/* ':' and '\' end a word in RRDtool's language. */
static void put_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == ':' || *text == '\\')
            buf_char(out, '\\');
        buf_char(out, *text);
    }
}

/* What may stand in a title: well-formed text of bounded length, no control characters, no '%'. */
static void put_title(struct buf *out, const char *title)
{
    struct buf clean = {0};
    utf8_clean(title, strlen(title), &clean);
    size_t left = clean.len;
    const char *at = buf_string(&clean);
    for (int count = 0; left > 0 && count < TITLE_MAX; count++) {
        size_t n = utf8_length(at, left);
        if ((unsigned char)*at >= 0x20 && *at != '%' && *at != 0x7f)
            buf_put(out, at, n);
        at += n;
        left -= n;
    }
    buf_fini(&clean);
}

static void add_line(struct arguments *a, const char *path, const char *source, const char *color,
                     const char *label, bool area)
{
    add(a, "DEF:%s=%s:%s:AVERAGE", source, path, source);
    add(a, "%s:%s%s:%s", area ? "AREA" : "LINE1", source, color, label);
}

static void add_traffic(struct arguments *a, const char *path)
{
    add(a, "DEF:in=%s:in_octets:AVERAGE", path);
    add(a, "DEF:out=%s:out_octets:AVERAGE", path);
    add(a, "CDEF:inb=in,8,*");
    add(a, "CDEF:outb=out,-8,*");
    add(a, "AREA:inb#1f8a66:in, bit/s");
    add(a, "AREA:outb#3d6fc8:out, bit/s");
}

static void add_ping(struct arguments *a, const char *path)
{
    add(a, "DEF:low=%s:rtt_min:AVERAGE", path);
    add(a, "DEF:high=%s:rtt_max:AVERAGE", path);
    add(a, "CDEF:band=high,low,-");
    add(a, "AREA:low");
    add(a, "AREA:band#2f6fb040:least to greatest:STACK");
    add_line(a, path, "rtt_median", "#1d5c9c", "median, s", false);
}

static void add_contents(struct arguments *a, const char *path, const struct rrd_header *header)
{
    if (strcmp(header->sources[0], "in_octets") == 0)
        add_traffic(a, path);
    else if (strcmp(header->sources[0], "rtt_min") == 0)
        add_ping(a, path);
    else
        add_line(a, path, header->sources[0], "#1d5c9c", header->sources[0], false);
}

static uint32_t clamp(uint32_t v, uint32_t least, uint32_t most)
{
    return v < least ? least : v > most ? most : v;
}

static bool paint(struct arguments *a, struct buf *png, char error[static FETCH_ERROR_MAX])
{
    bool found = false;
    rrd_clear_error();
    rrd_info_t *info = rrd_graph_v(a->count, a->at);
    for (rrd_info_t *i = info; i; i = i->next) {
        if (strcmp(i->key, "image") != 0 || i->type != RD_I_BLO)
            continue;
        buf_put(png, i->value.u_blo.ptr, i->value.u_blo.size);
        found = true;
    }
    rrd_info_free(info);
    if (!found)
        snprintf(error, FETCH_ERROR_MAX, "%s", rrd_test_error() ? rrd_get_error() : "no picture was made");
    return found;
}

bool rrd_picture(const struct fetch_question *q, const char *title, uint32_t width, uint32_t height,
                 struct buf *png, char error[static FETCH_ERROR_MAX])
{
    char path[FETCH_PATH_MAX], why[RRD_HEADER_WHY_MAX];
    struct rrd_header header;
    struct buf escaped = {0}, words = {0};
    struct arguments a = {{0}, 0};
    if (!fetch_path(q, path, error))
        return false;
    if (rrd_header_read(path, INT64_MAX, &header, why) != RRD_HEADER_GOOD) {
        snprintf(error, FETCH_ERROR_MAX, "%s", why);
        return false;
    }
    put_escaped(&escaped, path);
    put_title(&words, title ? title : "");
    add(&a, "graph");
    add(&a, "-");
    add(&a, "--imgformat=PNG");
    add(&a, "--start=%lld", (long long)wall_seconds(q->from));
    add(&a, "--end=%lld", (long long)wall_seconds(q->to));
    add(&a, "--width=%u", clamp(width, WIDTH_MIN, WIDTH_MAX));
    add(&a, "--height=%u", clamp(height, HEIGHT_MIN, HEIGHT_MAX));
    add(&a, "--title=%s", buf_string(&words));
    add_contents(&a, buf_string(&escaped), &header);
    bool ok = paint(&a, png, error);
    arguments_fini(&a);
    buf_fini(&escaped);
    buf_fini(&words);
    return ok;
}
