/* graph_bench: what the graph of a day costs, ours from the file to the last byte beside rrd_graph's SVG of
 * the same file and size. CPU of this process. Also how many bytes either makes. */
#include <math.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "graphs/archive.h"
#include "graphs/draw.h"
#include "graphs/fetch.h"
#include "tests/support/folder.h"

#define ROWS 1440
#define OURS 400
#define THEIRS 40
#define WIDTH 720
#define HEIGHT 220
#define BUDGET 0.06

static const char *const names[] = {"rtt_min", "rtt_q1", "rtt_median", "rtt_q3", "rtt_max", "jitter", "loss", "sent"};

static double cpu_ms(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static bool make_file(const char *path, int64_t start_s)
{
    static double values[ROWS][8];
    static struct archive_row rows[ROWS];
    struct archive_shape shape = {LAYOUT_PING, 60, names, 8, NULL, 0};
    struct archive_outcome outcome;
    for (int i = 0; i < ROWS; i++) {
        double base = 0.004 + 0.001 * sin(i / 40.0) + 0.0004 * sin(i * 1.7);
        for (int s = 0; s < 5; s++)
            values[i][s] = base * (0.8 + 0.1 * s * (1 + 0.3 * sin(i * 0.9)));
        values[i][5] = base / 10;
        values[i][6] = i % 41 ? 0 : 0.1;
        values[i][7] = 10;
        rows[i] = (struct archive_row){SECONDS(start_s + 60 * i), values[i]};
    }
    archive_write(path, &shape, rows, ROWS, start_s + 60 * ROWS, &outcome);
    return outcome.result == ARCHIVE_OK;
}

static double ours(const struct fetch_question *q, size_t *bytes)
{
    struct picture picture = {.from = q->from, .to = q->to, .width = WIDTH, .height = HEIGHT, .title = "Latency"};
    char error[FETCH_ERROR_MAX];
    double before = cpu_ms();
    for (int i = 0; i < OURS; i++) {
        struct fetched f;
        struct buf svg = {0};
        if (!fetch_points(q, &f, error)) {
            fprintf(stderr, "%s\n", error);
            exit(1);
        }
        draw_smoke(&picture, &f.points, &svg);
        *bytes = svg.len;
        buf_fini(&svg);
        fetched_fini(&f);
    }
    return (cpu_ms() - before) / OURS;
}

static double theirs(const char *path, int64_t start_s, size_t *bytes)
{
    char start[64], end[64], def[3][512];
    snprintf(start, sizeof start, "--start=%lld", (long long)start_s);
    snprintf(end, sizeof end, "--end=%lld", (long long)(start_s + 60 * ROWS));
    for (int i = 0; i < 3; i++)
        snprintf(def[i], sizeof def[i], "DEF:v%d=%s:%s:AVERAGE", i, path, names[2 * i]);
    char *argv[] = {"graph", "-", "--imgformat=SVG", "--width=644", "--height=150", "--title=Latency", start, end,
                    def[0], def[1], def[2], "CDEF:band=v2,v0,-", "AREA:v0", "AREA:band#2f6fb040:all:STACK",
                    "LINE1:v1#1d5c9c:median", "GPRINT:v1:AVERAGE:%5.2lf"};
    double before = cpu_ms();
    for (int i = 0; i < THEIRS; i++) {
        rrd_info_t *info = rrd_graph_v(sizeof argv / sizeof argv[0], argv);
        for (rrd_info_t *at = info; at; at = at->next)
            if (strcmp(at->key, "image") == 0)
                *bytes = at->value.u_blo.size;
        rrd_info_free(info);
    }
    return (cpu_ms() - before) / THEIRS;
}

int main(void)
{
    char folder[] = "graph-bench-XXXXXX", path[512];
    int64_t start_s = (wall_seconds(clock_wall()) - 60 * ROWS) / 60 * 60;
    size_t own_bytes = 0, their_bytes = 0;
    folder_make(folder);
    snprintf(path, sizeof path, "%s/rrd", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/rrd/here", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/rrd/here/node", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/rrd/here/node/ping.rrd", folder);
    if (!make_file(path, start_s))
        return 1;
    struct fetch_question q = {folder, "here", "node", "ping", {SECONDS(start_s)},
                               {SECONDS(start_s + 60 * ROWS)}, WIDTH * 9 / 10, false};
    theirs(path, start_s, &their_bytes); /* fonts and caches are warm for both */
    double a = ours(&q, &own_bytes), b = theirs(path, start_s, &their_bytes);
    bool good = a <= BUDGET * b;
    printf("1..1\n%s 1 - a day's graph: %.3f ms, %zu bytes; rrd_graph's SVG %.3f ms, %zu bytes; ratio %.3f"
           " (budget %.2f)\n", good ? "ok" : "not ok", a, own_bytes, b, their_bytes, a / b, BUDGET);
    folder_remove(folder);
    return good ? 0 : 1;
}
