/* store_bench [FILES]: what a stored sample of a port with ten data sources costs. Plain rrd_update_r, one
 * sample a call, against ours: journaled, collected, and written thirty at a time. Same archives, same
 * values, page cache warm; CPU of this process, user and system. */
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "poller/base/cursor.h"
#include "poller/store/heads.h"
#include "poller/store/journal.h"
#include "poller/store/series.h"
#include "tests/support/folder.h"

#define SOURCES 10
#define ROWS 30
#define START_S INT64_C(1790000040)

static char *const names[SOURCES] = {"in_octets",    "out_octets",   "in_errors",  "out_errors",
                                     "in_discards",  "out_discards", "in_packets", "out_packets",
                                     "speed",        "oper"};

static double cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void fill(double values[SOURCES], int file, int row)
{
    for (int i = 0; i < SOURCES; i++)
        values[i] = i < 2 ? (file * 7919 + row * 104729) % 9999991 / 7.0
                    : i == 8 ? 1e9 : i == 9 ? 1 : (file + row) % 5 ? 0 : row / 60.0;
}

static struct series *make_series(const char *folder, struct heads *heads, uint32_t *ids, int files)
{
    struct series *s = series_create(&(struct series_settings){.state_folder = folder, .heads = heads});
    for (int f = 0; f < files; f++) {
        char node[32];
        bool is_new;
        snprintf(node, sizeof node, "switch-%d", f / 24);
        char object[32];
        snprintf(object, sizeof object, "if-port%d", f % 24);
        struct es_object o = {.vantage = "here", .node = node, .name = object, .layout = LAYOUT_PORT,
                              .step_ns = SECONDS(60), .sources = (char **)(uintptr_t)names,
                              .sources_count = SOURCES};
        ids[f] = series_define(s, &o, &is_new);
    }
    return s;
}

static void on_fault(void *ctx, const struct series_fault *fault)
{
    (void)ctx;
    fprintf(stderr, "%s: %s\n", fault->file, fault->why);
    exit(1);
}

static void write_all(struct series *s, int64_t now_s)
{
    static const struct series_choice all = {0};
    struct wall now = {now_s * NS_PER_S};
    struct series_batch *b;
    while ((b = series_take(s, &all, now))) {
        series_batch_write(b);
        series_give_back(s, b, now, on_fault, NULL);
    }
}

/* One sample of every file as the engine sends them: a record of up to 256 rows. */
static void take_round(struct series *s, struct journal *j, const uint32_t *ids, int files, int row)
{
    static uint8_t payload[JOURNAL_STAMP_BYTES + 256 * (14 + 8 * SOURCES)];
    int64_t at_ns = (START_S + 60 * (row + 1)) * NS_PER_S;
    double values[SOURCES];
    for (int first = 0; first < files; first += 256) {
        struct journal_position position = journal_end(j);
        struct writer w = writer_over(payload, sizeof payload);
        for (int i = 0; i < 3; i++)
            wr_u64(&w, 0);
        for (int f = first; f < files && f < first + 256; f++) {
            fill(values, f, row);
            wr_u32(&w, ids[f]);
            wr_u64(&w, (uint64_t)at_ns);
            wr_u16(&w, SOURCES);
            for (int i = 0; i < SOURCES; i++) {
                uint64_t bits;
                memcpy(&bits, &values[i], sizeof bits);
                wr_u64(&w, bits);
            }
            series_add(s, ids[f], at_ns, values, (struct wall){at_ns}, position);
        }
        if (!journal_append(j, JOURNAL_SAMPLES, payload, wr_len(&w), &position)) {
            perror("journal");
            exit(1);
        }
    }
}

static double ours(const char *folder, struct series *s, const uint32_t *ids, int files)
{
    char path[64];
    snprintf(path, sizeof path, "%s/journal", folder);
    struct journal *j = journal_open(&(struct journal_settings){.folder = path}, NULL, NULL, NULL);
    if (!j) {
        perror("journal");
        exit(1);
    }
    for (int row = 0; row < ROWS; row++) /* a first time, to warm the page cache: new files are dropped from it */
        take_round(s, j, ids, files, row);
    write_all(s, START_S + 60 * ROWS);
    double before = cpu_us();
    for (int row = ROWS; row < 2 * ROWS; row++)
        take_round(s, j, ids, files, row);
    write_all(s, START_S + 60 * 2 * ROWS);
    double took = cpu_us() - before;
    journal_close(j);
    return took / files / ROWS;
}

static double plain(const char *folder, int files)
{
    double values[SOURCES], before = cpu_us();
    for (int row = 0; row < ROWS; row++)
        for (int f = 0; f < files; f++) {
            char path[96], text[512];
            const char *argument = text;
            size_t n = (size_t)snprintf(text, sizeof text, "%lld",
                                        (long long)(START_S + 60 * (2 * ROWS + 2 + row)));
            fill(values, f, row);
            for (int i = 0; i < SOURCES; i++)
                n += (size_t)snprintf(text + n, sizeof text - n, ":%.10g", values[i]);
            snprintf(path, sizeof path, "%s/rrd/here/switch-%d/if-port%d.rrd", folder, f / 24, f % 24);
            if (rrd_update_r(path, NULL, 1, &argument) != 0) {
                fprintf(stderr, "%s\n", rrd_get_error());
                exit(1);
            }
        }
    return (cpu_us() - before) / files / ROWS;
}

int main(int argc, char **argv)
{
    int files = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 240;
    char folder[] = "/tmp/hayloft-store-bench-XXXXXX";
    uint32_t *ids = calloc((size_t)files, sizeof *ids);
    double values[SOURCES];
    folder_make(folder);
    char journal[64];
    snprintf(journal, sizeof journal, "%s/journal", folder);
    if (mkdir(journal, 0750) != 0) { /* where heads are kept, too */
        perror(journal);
        return 1;
    }
    struct heads *heads = heads_create(folder);
    struct series *s = make_series(folder, heads, ids, files);
    fill(values, 0, 0);
    for (int f = 0; f < files; f++) /* makes the files; not counted */
        series_add(s, ids[f], START_S * NS_PER_S, values, (struct wall){START_S * NS_PER_S},
                   (struct journal_position){1});
    write_all(s, START_S);
    double our_us = ours(folder, s, ids, files), plain_us = plain(folder, files);
    printf("%d files: rrd_update_r %.2f us a sample, ours %.2f us, ratio %.3f (budget 0.2)\n", files,
           plain_us, our_us, our_us / plain_us);
    series_destroy(s);
    heads_destroy(heads);
    folder_remove(folder);
    free(ids);
    return our_us / plain_us <= 0.2 ? 0 : 1;
}
