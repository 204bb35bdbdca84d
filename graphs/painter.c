/* hayloft-painter: reads RRD files for others, as points or as librrd's pictures. It has no network and
 * may die over a bad file: whoever asked then gets no answer for that one graph. It leaves when nobody
 * asks for a while, and after so many pictures, because librrd keeps a little of each.
 *
 * Started by the parent it speaks to web by the channel it is handed; with --serve-fd N --state DIR the
 * command line is at the other end of N, until that is closed. */
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "graphs/fetch.h"
#include "graphs/rrd_picture.h"
#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/config/config.h"
#include "poller/message/role.h"
#include "poller/message/web_painter.h"

#define IDLE_MS 60000
#define PICTURES_MAX 500
#define MEMORY_MAX_BYTES (768ull << 20)
#define QUESTION_CPU_S 5            /* one question over this ends the process */
#define PART_BYTES 48000
#define QUESTION_MAX_BYTES (256u << 10)

struct painter {
    uv_loop_t loop;
    uv_timer_t idle;
    struct role_runtime *role; /* NULL when the command line asks */
    struct channel *asker;
    int waiting_fd; /* an asker that came before we know where the files are; -1: none */
    char *state_dir, *next_state_dir;
    bool fenced;
    int pictures;
};

static void send_error(struct painter *p, uint32_t request, const char *sentence)
{
    struct pw_error e = {request, (char *)(uintptr_t)sentence};
    channel_send(p->asker, PW_ERROR, &pw_error_record, &e);
}

static void put_real(struct buf *out, double v)
{
    uint64_t bits;
    uint8_t packed[sizeof bits];
    struct writer w = writer_over(packed, sizeof packed);
    memcpy(&bits, &v, sizeof bits);
    wr_u64(&w, bits);
    buf_put(out, packed, sizeof packed);
}

static void send_part(struct painter *p, uint32_t request, const struct fetched *f, size_t from, size_t to)
{
    struct buf values = {0};
    const struct points *points = &f->points;
    for (size_t i = from * points->sources; i < to * points->sources; i++)
        put_real(&values, points->values[i]);
    struct pw_points part = {.request = request, .last = to == points->rows,
                             .first = wall_after(points->first, (int64_t)from * points->step_ns),
                             .step_ns = points->step_ns, .sources = f->names,
                             .sources_count = points->sources,
                             .values = {(uint8_t *)values.data, values.len}};
    channel_send(p->asker, PW_POINTS, &pw_points_record, &part);
    buf_fini(&values);
}

static void answer_points(struct painter *p, const struct wp_points *q)
{
    char error[FETCH_ERROR_MAX];
    struct fetched f;
    struct fetch_question question = {p->state_dir, q->vantage, q->node, q->object, q->from, q->to,
                                      q->points < POINTS_MAX ? q->points : POINTS_MAX, q->maximum};
    if (!fetch_points(&question, &f, error)) {
        send_error(p, q->request, error);
        return;
    }
    size_t rows = f.points.sources ? PART_BYTES / (f.points.sources * sizeof(double)) : 1, at = 0;
    do {
        size_t to = f.points.rows - at < rows ? f.points.rows : at + rows;
        send_part(p, q->request, &f, at, to);
        at = to;
    } while (at < f.points.rows);
    fetched_fini(&f);
}

static void answer_picture(struct painter *p, const struct wp_picture *q)
{
    char error[FETCH_ERROR_MAX];
    struct buf png = {0};
    struct fetch_question question = {p->state_dir, q->vantage, q->node, q->object, q->from, q->to, 0, false};
    p->pictures++;
    if (!rrd_picture(&question, q->title, q->width, q->height, &png, error))
        send_error(p, q->request, error);
    for (size_t at = 0; at < png.len;) {
        size_t len = png.len - at < PART_BYTES ? png.len - at : PART_BYTES;
        struct pw_picture part = {q->request, at + len == png.len, {(uint8_t *)png.data + at, len}};
        channel_send(p->asker, PW_PICTURE, &pw_picture_record, &part);
        at += len;
    }
    buf_fini(&png);
}

static void answer_list(struct painter *p, const struct wp_list *q)
{
    char **objects;
    size_t count = fetch_objects(p->state_dir, q->vantage, q->node, &objects);
    struct pw_list list = {q->request, objects, count};
    channel_send(p->asker, PW_LIST, &pw_list_record, &list);
    for (size_t i = 0; i < count; i++)
        free(objects[i]);
    free(objects);
}

static bool is_named(const char *vantage, const char *node, const char *object)
{
    return vantage && *vantage && node && *node && object && *object;
}

static void answer(struct painter *p, const struct frame *f, struct arena *arena)
{
    struct wp_points points;
    struct wp_picture picture;
    struct wp_list list;
    if (f->type == WP_POINTS && frame_unpack(f, &wp_points_record, arena, &points)) {
        if (is_named(points.vantage, points.node, points.object))
            answer_points(p, &points);
        else
            send_error(p, points.request, "which series?");
    } else if (f->type == WP_PICTURE && frame_unpack(f, &wp_picture_record, arena, &picture)) {
        if (is_named(picture.vantage, picture.node, picture.object))
            answer_picture(p, &picture);
        else
            send_error(p, picture.request, "which series?");
    } else if (f->type == WP_LIST && frame_unpack(f, &wp_list_record, arena, &list)) {
        if (is_named(list.vantage, list.node, "-"))
            answer_list(p, &list);
        else
            send_error(p, list.request, "which node?");
    }
}

/* A file that keeps librrd busy for ever costs this process, not the next question's. */
static void limit_question(int seconds)
{
    struct itimerval cpu = {.it_value = {.tv_sec = seconds}};
    setitimer(ITIMER_PROF, &cpu, NULL);
}

static void leave(struct painter *p)
{
    uv_stop(&p->loop);
}

static void on_idle(uv_timer_t *timer)
{
    leave(timer->data);
}

static void on_message(void *ctx, struct channel *c, const struct frame *f)
{
    struct painter *p = ctx;
    struct arena *arena = arena_create(QUESTION_MAX_BYTES);
    uv_timer_start(&p->idle, on_idle, IDLE_MS, 0);
    limit_question(QUESTION_CPU_S);
    if (arena)
        answer(p, f, arena);
    limit_question(0);
    arena_destroy(arena);
    if (p->pictures >= PICTURES_MAX && channel_queued_bytes(c) == 0)
        leave(p);
}

static void on_closed(void *ctx, struct channel *c)
{
    struct painter *p = ctx;
    channel_destroy(c);
    if (p->asker != c)
        return;
    p->asker = NULL;
    if (!p->role)
        leave(p);
}

static void fence(struct painter *p)
{
    struct sandbox_paths paths = {.state_dir = p->state_dir};
    if (!p->fenced)
        p->fenced = sandbox_enter(SANDBOX_PAINTER, &paths);
}

static bool prepare(void *ctx, uint64_t generation, const void *slice, size_t len, char **error)
{
    struct painter *p = ctx;
    struct config config;
    struct arena *arena = arena_create(0);
    bool ok = arena && config_unpack(slice, len, NULL, arena, &config) && config.state_dir;
    free(p->next_state_dir);
    p->next_state_dir = ok ? strdup(config.state_dir) : NULL;
    if (!ok)
        *error = strdup("the configuration was not understood");
    arena_destroy(arena);
    return ok;
}

static void take_asker(struct painter *p, int fd)
{
    struct channel *old = p->asker;
    p->asker = channel_create(&p->loop, fd, on_message, on_closed, p);
    channel_destroy(old);
}

static void adopt(void *ctx, uint64_t generation)
{
    struct painter *p = ctx;
    free(p->state_dir);
    p->state_dir = p->next_state_dir;
    p->next_state_dir = NULL;
    fence(p);
    if (p->waiting_fd >= 0)
        take_asker(p, p->waiting_fd);
    p->waiting_fd = -1;
}

static void forget(void *ctx, uint64_t generation)
{
    struct painter *p = ctx;
    free(p->next_state_dir);
    p->next_state_dir = NULL;
}

static void peer(void *ctx, enum role who, int fd)
{
    struct painter *p = ctx;
    if (p->state_dir) {
        take_asker(p, fd);
        return;
    }
    if (p->waiting_fd >= 0)
        close(p->waiting_fd);
    p->waiting_fd = fd; /* its questions wait in the socket */
}

static void stop(void *ctx)
{
    leave(ctx);
}

static void serve(struct painter *p, int fd, const char *state_dir)
{
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    p->state_dir = strdup(state_dir);
    p->asker = channel_create(&p->loop, fd, on_message, on_closed, p);
    if (!p->asker)
        fatalx("descriptor %d is not a channel", fd);
    fence(p);
}

static void read_options(int argc, char **argv, int *fd, const char **state_dir)
{
    static const struct option options[] = {{"serve-fd", required_argument, NULL, 'f'},
                                            {"state", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'f')
            *fd = (int)strtol(optarg, NULL, 10);
        else if (c == 's')
            *state_dir = optarg;
        else
            exit(2);
    }
    if ((*fd >= 0) != (*state_dir != NULL))
        fatalx("--serve-fd and --state go together");
}

/* A picture that wants more memory than this ends this process, not the machine. AddressSanitizer
 * reserves terabytes of address space, so a build with it has no such ceiling. */
static void bound_memory(void)
{
#if !defined(__SANITIZE_ADDRESS__)
    struct rlimit memory = {MEMORY_MAX_BYTES, MEMORY_MAX_BYTES};
    setrlimit(RLIMIT_AS, &memory);
#endif
}

int main(int argc, char **argv)
{
    static struct painter p;
    static const struct role_hooks hooks = {.prepare = prepare, .adopt = adopt, .forget = forget,
                                            .peer = peer, .stop = stop};
    const char *state_dir = NULL;
    int fd = -1;
    p.waiting_fd = -1;
    log_init("painter", LOG_LEVEL_INFO);
    read_options(argc, argv, &fd, &state_dir);
    bound_memory();
    tzset();
    uv_loop_init(&p.loop);
    uv_timer_init(&p.loop, &p.idle);
    p.idle.data = &p;
    uv_timer_start(&p.idle, on_idle, IDLE_MS, 0);
    if (fd >= 0)
        serve(&p, fd, state_dir);
    else
        p.role = role_start(&p.loop, ROLE_PAINTER, &hooks, &p);

    uv_run(&p.loop, UV_RUN_DEFAULT);

    channel_destroy(p.asker);
    if (p.role)
        role_finish(p.role);
    uv_run(&p.loop, UV_RUN_NOWAIT);
    free(p.state_dir);
    free(p.next_state_dir);
    return 0;
}
