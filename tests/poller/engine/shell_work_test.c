/* Work beside the loop: in another thread, answered once on the loop, which goes on meanwhile. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/engine/shell.h"

#define JOBS 3

struct job {
    struct bed *bed;
    pthread_t run_by, done_by;
    unsigned runs, dones;
    bool blocks;
};

struct bed {
    uv_loop_t loop;
    struct shell_work *work;
    struct job jobs[JOBS];
    atomic_bool begun, may_end;
    uv_timer_t timer;
    unsigned rings;
};

static void run(void *arg)
{
    struct job *j = arg;
    j->run_by = pthread_self();
    j->runs++;
    atomic_store(&j->bed->begun, true);
    while (j->blocks && !atomic_load(&j->bed->may_end))
        usleep(1000);
}

static void done(void *arg)
{
    struct job *j = arg;
    j->done_by = pthread_self();
    j->dones++;
}

static int up(void **state)
{
    static struct bed bed;
    bed = (struct bed){.rings = 0};
    uv_loop_init(&bed.loop);
    bed.work = shell_work_create(&bed.loop);
    for (int i = 0; i < JOBS; i++)
        bed.jobs[i] = (struct job){.bed = &bed};
    *state = &bed;
    return 0;
}

static int down(void **state)
{
    struct bed *bed = *state;
    if (bed->work)
        shell_work_destroy(bed->work);
    uv_run(&bed->loop, UV_RUN_DEFAULT);
    return uv_loop_close(&bed->loop);
}

static void work_runs_in_another_thread_and_ends_on_the_loop(void **state)
{
    struct bed *bed = *state;
    for (int i = 0; i < JOBS; i++)
        shell_work_do(bed->work, run, done, &bed->jobs[i]);
    uv_run(&bed->loop, UV_RUN_DEFAULT);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(bed->jobs[i].runs, 1);
        assert_int_equal(bed->jobs[i].dones, 1);
        assert_false(pthread_equal(bed->jobs[i].run_by, pthread_self()));
        assert_true(pthread_equal(bed->jobs[i].done_by, pthread_self()));
    }
}

static void on_ring(uv_timer_t *t)
{
    struct bed *bed = t->data;
    if (++bed->rings < 5)
        return;
    atomic_store(&bed->may_end, true);
    uv_close((uv_handle_t *)t, NULL);
}

static void the_loop_goes_on_while_work_runs(void **state)
{
    struct bed *bed = *state;
    bed->jobs[0].blocks = true; /* until the timer has rung five times */
    bed->timer.data = bed;
    uv_timer_init(&bed->loop, &bed->timer);
    uv_timer_start(&bed->timer, on_ring, 1, 1);
    shell_work_do(bed->work, run, done, &bed->jobs[0]);
    uv_run(&bed->loop, UV_RUN_DEFAULT);
    assert_int_equal(bed->rings, 5);
    assert_int_equal(bed->jobs[0].dones, 1);
}

static void *let_end_soon(void *arg)
{
    struct bed *bed = arg;
    usleep(20000);
    atomic_store(&bed->may_end, true);
    return NULL;
}

static void the_end_waits_for_what_runs_and_drops_what_has_not_begun(void **state)
{
    struct bed *bed = *state;
    pthread_t other;
    bed->jobs[0].blocks = true;
    for (int i = 0; i < JOBS; i++)
        shell_work_do(bed->work, run, done, &bed->jobs[i]);
    while (!atomic_load(&bed->begun))
        usleep(1000);
    assert_int_equal(pthread_create(&other, NULL, let_end_soon, bed), 0);
    shell_work_destroy(bed->work);
    bed->work = NULL;
    pthread_join(other, NULL);
    assert_int_equal(bed->jobs[0].runs, 1);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(bed->jobs[i].dones, 1);
    assert_int_equal(bed->jobs[1].runs + bed->jobs[2].runs, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(work_runs_in_another_thread_and_ends_on_the_loop),
        TEST(the_loop_goes_on_while_work_runs),
        TEST(the_end_waits_for_what_runs_and_drops_what_has_not_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
