#include "poller/store/lane.h"

#include <stdlib.h>

#include "poller/base/log.h"

struct job {
    struct job *next;
    lane_fn run, done;
    void *arg;
};

struct lane {
    uv_loop_t *loop;
    uv_work_t work;
    struct job *first, **last;
    struct job *running;
    size_t waiting;
};

struct lane *lane_create(uv_loop_t *loop)
{
    struct lane *l = calloc(1, sizeof *l);
    if (!l)
        fatalx("no memory for a lane");
    l->loop = loop;
    l->work.data = l;
    l->last = &l->first;
    return l;
}

static void on_run(uv_work_t *work)
{
    struct lane *l = work->data;
    l->running->run(l->running->arg);
}

static void start_next(struct lane *l);

static void finish(struct lane *l)
{
    struct job *j = l->running;
    l->running = NULL;
    l->waiting--;
    j->done(j->arg); /* may add jobs */
    free(j);
}

static void on_done(uv_work_t *work, int status)
{
    struct lane *l = work->data;
    (void)status; /* never cancelled */
    finish(l);
    start_next(l);
}

static void start_next(struct lane *l)
{
    struct job *j = l->first;
    if (l->running || !j)
        return;
    l->first = j->next;
    if (!l->first)
        l->last = &l->first;
    l->running = j;
    uv_queue_work(l->loop, &l->work, on_run, on_done);
}

static struct job *make_job(lane_fn run, lane_fn done, void *arg)
{
    struct job *j = malloc(sizeof *j);
    if (!j)
        fatalx("no memory for a job");
    *j = (struct job){.run = run, .done = done, .arg = arg};
    return j;
}

void lane_add(struct lane *l, lane_fn run, lane_fn done, void *arg)
{
    struct job *j = make_job(run, done, arg);
    *l->last = j;
    l->last = &j->next;
    l->waiting++;
    start_next(l);
}

void lane_add_first(struct lane *l, lane_fn run, lane_fn done, void *arg)
{
    struct job *j = make_job(run, done, arg);
    j->next = l->first;
    l->first = j;
    if (!j->next)
        l->last = &j->next;
    l->waiting++;
    start_next(l);
}

size_t lane_waiting(const struct lane *l)
{
    return l->waiting;
}

void lane_destroy(struct lane *l)
{
    if (!l)
        return;
    while (l->running)
        uv_run(l->loop, UV_RUN_ONCE);
    free(l);
}
