/* A thread of its own, because what is waited for blocks. */
#include "poller/command/progress.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SILENT_S 2 /* what is faster needs no sign */

struct progress {
    const char *what;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool over;
};

/* False when it is over before the second ends. */
static bool wait_a_second(struct progress *p)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    while (!p->over)
        if (pthread_cond_timedwait(&p->changed, &p->lock, &until) != 0)
            return true;
    return false;
}

static void *tell(void *ctx)
{
    struct progress *p = ctx;
    pthread_mutex_lock(&p->lock);
    for (unsigned seconds = 1; wait_a_second(p); seconds++)
        if (seconds >= SILENT_S)
            fprintf(stderr, "\r%s ... %u s ", p->what, seconds);
    fputs("\r\033[K", stderr);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct progress *progress_begin(const char *what)
{
    pthread_condattr_t clock;
    struct progress *p = isatty(STDERR_FILENO) ? calloc(1, sizeof *p) : NULL;
    if (!p)
        return NULL;
    p->what = what;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&p->changed, &clock);
    pthread_condattr_destroy(&clock);
    if (pthread_create(&p->thread, NULL, tell, p) == 0)
        return p;
    free(p);
    return NULL;
}

void progress_end(struct progress *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->over = true;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
