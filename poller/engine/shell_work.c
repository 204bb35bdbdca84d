/* Work for the loop's own threads: what takes milliseconds is computed there. */
#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"

struct work {
    uv_work_t uv;
    work_fn run, done;
    void *arg;
    struct work *next, **link; /* among those under way */
};

struct shell_work {
    uv_loop_t *loop;
    struct work *first;
};

struct shell_work *shell_work_create(uv_loop_t *loop)
{
    struct shell_work *w = calloc(1, sizeof *w);
    if (!w)
        fatal("no memory for work");
    w->loop = loop;
    setenv("UV_THREADPOOL_SIZE", "1",
           1); /* nothing waits for more than one, and each has memory of its own */
    return w;
}

static void run(uv_work_t *uv)
{
    struct work *k = uv->data;
    k->run(k->arg);
}

static void done(uv_work_t *uv, int status)
{
    struct work *k = uv->data;
    *k->link = k->next;
    if (k->next)
        k->next->link = k->link;
    k->done(k->arg);
    free(k);
}

void shell_work_do(struct shell_work *w, work_fn run_fn, work_fn done_fn, void *arg)
{
    struct work *k = calloc(1, sizeof *k);
    if (!k)
        fatal("no memory for work");
    *k = (struct work){
        .run = run_fn, .done = done_fn, .arg = arg, .next = w->first, .link = &w->first};
    if (k->next)
        k->next->link = &k->next;
    w->first = k;
    k->uv.data = k;
    if (uv_queue_work(w->loop, &k->uv, run, done) != 0)
        fatalx("the loop takes no work");
}

void shell_work_destroy(struct shell_work *w)
{
    for (struct work *k = w->first; k; k = k->next)
        uv_cancel((uv_req_t *)&k->uv);
    while (w->first)
        uv_run(w->loop, UV_RUN_ONCE);
    free(w);
}
