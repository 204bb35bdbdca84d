#include "graphs/fetch.h"

#include <dirent.h>
#include <math.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs/path.h"
#include "graphs/rrd_header.h"

#define FUTURE_S 600 /* a file may be so much ahead of our clock */
#define OBJECTS_MAX 4096

static bool say(char error[static FETCH_ERROR_MAX], const char *sentence)
{
    snprintf(error, FETCH_ERROR_MAX, "%s", sentence);
    return false;
}

bool fetch_path(const struct fetch_question *q, char path[static FETCH_PATH_MAX],
                char error[static FETCH_ERROR_MAX])
{
    struct rrd_header header;
    char why[RRD_HEADER_WHY_MAX];
    int n = snprintf(path, FETCH_PATH_MAX, "%s/", q->state_dir);
    if (n < 0 || n >= FETCH_PATH_MAX ||
        !path_object(q->vantage, q->node, q->object, path + n, FETCH_PATH_MAX - (size_t)n))
        return say(error, "the name is too long");
    switch (rrd_header_read(path, wall_seconds(clock_wall()) + FUTURE_S, &header, why)) {
    case RRD_HEADER_GOOD: return true;
    case RRD_HEADER_ABSENT: return say(error, "there is no series of this name yet");
    case RRD_HEADER_UNREADABLE: return say(error, "the series' file cannot be read");
    case RRD_HEADER_BAD: break;
    }
    snprintf(error, FETCH_ERROR_MAX, "the series' file is damaged: %s", why);
    return false;
}

static double merge_values(const double *values, size_t rows, size_t sources, bool maximum)
{
    double sum = 0, most = NAN;
    size_t known = 0;
    for (size_t i = 0; i < rows; i++) {
        double v = values[i * sources];
        if (!isfinite(v))
            continue;
        most = known && most > v ? most : v;
        sum += v;
        known++;
    }
    return maximum || known == 0 ? most : sum / (double)known;
}

size_t fetch_merge_rows(double *values, size_t rows, size_t sources, size_t merge, bool maximum)
{
    size_t count = 0;
    if (merge <= 1)
        return rows;
    for (size_t row = 0; row < rows; row += merge, count++) {
        size_t span = rows - row < merge ? rows - row : merge;
        for (size_t s = 0; s < sources; s++)
            values[count * sources + s] = merge_values(values + row * sources + s, span, sources, maximum);
    }
    return count;
}

/* rrd_fetch_r's own arrays become ours. */
static void take_rows(const struct fetch_question *q, time_t start, time_t end, unsigned long step,
                      unsigned long sources, char **names, rrd_value_t *data, struct fetched *out)
{
    size_t rows = step ? (size_t)(end - start) / step : 0;
    size_t wanted = q->points ? q->points : 1, merge = (rows + wanted - 1) / wanted;
    size_t kept = fetch_merge_rows(data, rows, sources, merge, q->maximum);
    int64_t step_ns = SECONDS((int64_t)step) * (int64_t)(merge ? merge : 1);
    *out = (struct fetched){.names = names, .values = data};
    out->points = (struct points){.first = {SECONDS((int64_t)start) + step_ns}, .step_ns = step_ns,
                                  .rows = kept, .sources = sources,
                                  .names = (const char *const *)names, .values = data};
}

bool fetch_points(const struct fetch_question *q, struct fetched *out, char error[static FETCH_ERROR_MAX])
{
    char path[FETCH_PATH_MAX];
    time_t start = (time_t)wall_seconds(q->from), end = (time_t)wall_seconds(q->to);
    unsigned long step = q->points ? (unsigned long)(end - start) / q->points : 1, sources = 0;
    char **names = NULL;
    rrd_value_t *data = NULL;
    *out = (struct fetched){0};
    if (end <= start)
        return say(error, "the stretch has no length");
    if (!fetch_path(q, path, error))
        return false;
    step = step ? step : 1;
    rrd_clear_error();
    if (rrd_fetch_r(path, q->maximum ? "MAX" : "AVERAGE", &start, &end, &step, &sources, &names, &data) != 0)
        return say(error, rrd_get_error());
    take_rows(q, start, end, step, sources, names, data, out);
    return true;
}

void fetched_fini(struct fetched *f)
{
    for (size_t i = 0; i < f->points.sources; i++)
        rrd_freemem(f->names[i]);
    rrd_freemem(f->names);
    rrd_freemem(f->values);
    *f = (struct fetched){0};
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "if-eth0.rrd" -> "if-eth0", decoded; NULL for what is no file of ours. */
static char *object_of(const char *file)
{
    char part[PATH_PART_MAX + 1], name[PATH_PART_MAX + 1];
    size_t len = strlen(file);
    if (len < 5 || len - 4 > PATH_PART_MAX || strcmp(file + len - 4, ".rrd") != 0)
        return NULL;
    memcpy(part, file, len - 4);
    part[len - 4] = '\0';
    return path_decode(part, name, sizeof name) ? strdup(name) : NULL;
}

size_t fetch_objects(const char *state_dir, const char *vantage, const char *node, char ***out)
{
    char path[FETCH_PATH_MAX], vantage_part[PATH_PART_MAX + 1], node_part[PATH_PART_MAX + 1];
    size_t count = 0;
    path_encode(vantage, vantage_part);
    path_encode(node, node_part);
    snprintf(path, sizeof path, "%s/rrd/%s/%s", state_dir, vantage_part, node_part);
    DIR *dir = opendir(path);
    *out = dir ? calloc(OBJECTS_MAX, sizeof **out) : NULL;
    for (struct dirent *e; *out && count < OBJECTS_MAX && (e = readdir(dir));)
        if (((*out)[count] = object_of(e->d_name)))
            count++;
    if (dir)
        closedir(dir);
    if (*out)
        qsort(*out, count, sizeof **out, by_text);
    return count;
}
