#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "graphs/draw.h"
#include "poller/base/atomic_file.h"
#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"
#include "poller/command/moment.h"
#include "poller/command/painter_client.h"
#include "poller/command/progress.h"
#include "poller/command/store_client.h"
#include "poller/config/config.h"

#define WIDTH 800
#define HEIGHT 260
#define POINTS_MAX_BYTES (16u << 20)
#define FRESH_PATIENCE_NS SECONDS(20)
#define DAY_NS MINUTES(24 * 60)
#define ANSWER_MAX_BYTES (1u << 20)

struct wish {
    const char *vantage; /* whose series */
    const char *node, *object, *what; /* what: "loss" or NULL */
    const char *file;
    struct wall from, to;
};

static bool read_wish(struct invocation *v, struct wish *w)
{
    const char *from = command_option(v, "--from"), *to = command_option(v, "--to");
    struct wall now = clock_wall();
    *w = (struct wish){.file = command_option(v, "--out"), .from = wall_after(now, -DAY_NS), .to = now};
    w->what = command_flag(v, "--loss") ? "loss" : NULL;
    w->vantage = command_option(v, "--vantage");
    w->vantage = w->vantage ? w->vantage : CONFIG_OWN_VANTAGE;
    if (v->argc != 3 || (!w->file && !v->json)) {
        command_usage(v);
        return false;
    }
    w->node = v->argv[1];
    w->object = v->argv[2];
    if ((from && !moment_read(from, now, &w->from)) || (to && !moment_read(to, now, &w->to)) ||
        w->from.ns >= w->to.ns) {
        command_fail(v, "expected --from before --to, each as 2026-11-24T07:00:00+01:00 or -7d");
        return false;
    }
    return true;
}

/* What still waits in the store is written first. Without a daemon the files are as fresh as they get. */
static void freshen(const char *state, const struct wish *w)
{
    char error[STORE_CLIENT_ERROR_MAX];
    const char *text;
    struct ws_fresh question = {.request = 1, .vantage = (char *)(uintptr_t)w->vantage,
                                .node = (char *)(uintptr_t)w->node, .object = (char *)(uintptr_t)w->object};
    struct store_client *c = store_client_open(state, error);
    struct arena *arena = arena_create(ANSWER_MAX_BYTES);
    if (c && arena)
        store_client_do(c, WS_FRESH, &ws_fresh_record, &question, FRESH_PATIENCE_NS, arena, &text);
    arena_destroy(arena);
    store_client_close(c);
}

static bool ends_with(const char *text, const char *end)
{
    size_t a = strlen(text), b = strlen(end);
    return a >= b && strcmp(text + a - b, end) == 0;
}

static bool ask_points(struct painter_client *c, const struct wish *w, struct arena *arena, struct points *out)
{
    struct wp_points question = {.vantage = (char *)(uintptr_t)w->vantage, .node = (char *)(uintptr_t)w->node,
                                 .object = (char *)(uintptr_t)w->object, .from = w->from, .to = w->to,
                                 .points = WIDTH};
    return painter_client_points(c, &question, arena, out);
}

static bool draw_svg(struct painter_client *c, const struct wish *w, const char *title, struct buf *out)
{
    struct points points;
    struct picture picture = {.from = w->from, .to = w->to, .width = WIDTH, .height = HEIGHT, .title = title};
    struct arena *arena = arena_create(POINTS_MAX_BYTES);
    bool ok = arena && ask_points(c, w, arena, &points);
    if (ok)
        draw_object(&picture, &points, w->object, w->what, NULL, out);
    arena_destroy(arena);
    return ok && !out->failed;
}

static bool draw_png(struct painter_client *c, const struct wish *w, const char *title, struct buf *out)
{
    struct wp_picture question = {.vantage = (char *)(uintptr_t)w->vantage, .node = (char *)(uintptr_t)w->node,
                                  .object = (char *)(uintptr_t)w->object, .title = (char *)(uintptr_t)title,
                                  .from = w->from, .to = w->to, .width = WIDTH, .height = HEIGHT};
    return painter_client_picture(c, &question, out);
}

static int write_picture(struct invocation *v, struct painter_client *c, const struct wish *w)
{
    char title[256];
    struct buf picture = {0};
    bool png = ends_with(w->file, ".png");
    int status = EXIT_UNKNOWN;
    snprintf(title, sizeof title, "%s: %s", w->node, w->object);
    if (!png && !ends_with(w->file, ".svg"))
        command_fail(v, "%s: the name must end in .svg or .png", w->file);
    else if (!(png ? draw_png : draw_svg)(c, w, title, &picture))
        command_fail(v, "%s", painter_client_error(c));
    else if (!atomic_file_write(w->file, picture.data, picture.len, 0644))
        command_fail(v, "cannot write %s: %s", w->file, strerror(errno));
    else
        status = EXIT_OK;
    buf_fini(&picture);
    return status;
}

static cJSON *row_document(const struct points *p, size_t row)
{
    char at[CLOCK_TEXT_MAX];
    cJSON *one = cJSON_CreateObject();
    json_put_text(one, "at", wall_rfc3339(wall_after(p->first, (int64_t)row * p->step_ns), at));
    for (size_t s = 0; s < p->sources; s++)
        json_put_number(one, p->names[s], points_at(p, row, (int)s));
    return one;
}

/* {vantage, node, object, step_s, points: [{at, SOURCE: value ...}]} */
static int print_points(struct invocation *v, struct painter_client *c, const struct wish *w)
{
    struct points points;
    struct arena *arena = arena_create(POINTS_MAX_BYTES);
    bool ok = arena && ask_points(c, w, arena, &points);
    if (ok) {
        cJSON *document = cJSON_CreateObject();
        json_put_text(document, "vantage", w->vantage);
        json_put_text(document, "node", w->node);
        json_put_text(document, "object", w->object);
        json_put_number(document, "step_s", (double)(points.step_ns / NS_PER_S));
        cJSON *rows = json_put_array(document, "points");
        for (size_t i = 0; i < points.rows; i++)
            cJSON_AddItemToArray(rows, row_document(&points, i));
        command_print_json(document);
        cJSON_Delete(document);
    } else {
        command_fail(v, "%s", painter_client_error(c));
    }
    arena_destroy(arena);
    return ok ? EXIT_OK : EXIT_UNKNOWN;
}

int graph_run(struct invocation *v)
{
    char error[PAINTER_CLIENT_ERROR_MAX];
    struct wish wish;
    int status = EXIT_UNKNOWN;
    if (!read_wish(v, &wish))
        return EXIT_UNKNOWN;
    const char *state = command_state_dir(v);
    if (!state)
        return EXIT_UNKNOWN;
    struct progress *p = progress_begin("drawing");
    freshen(state, &wish);
    struct painter_client *c = painter_client_open(state, error);
    progress_end(p);
    if (!c)
        command_fail(v, "%s", error);
    else if (wish.file)
        status = write_picture(v, c, &wish);
    else
        status = print_points(v, c, &wish);
    painter_client_close(c);
    return status;
}
