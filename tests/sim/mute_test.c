/* Half of 200 SNMP agents are mute: the others are asked when they would have been (fault 30,
 * promise 7). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/network.h"

#define AGENTS           200
#define PORTS            8
#define MINUTES_RUN      25
#define BETWEEN_ROUNDS_S 30.0 /* requests further apart begin a round */
#define SETTLED_MIN      12   /* rounds not compared: identities, tables, versions are learned */
#define LATE_MOST_S      1.0  /* promise 7 */

struct asking {
    double began_s[AGENTS][MINUTES_RUN + 2];
    double last_of[AGENTS];
    unsigned rounds[AGENTS], requests[AGENTS];
};

static void note(void *ctx, const char *node, double at_s)
{
    struct asking *a = ctx;
    unsigned i = (unsigned)strtoul(node + 1, NULL, 10);
    if ((at_s - a->last_of[i] > BETWEEN_ROUNDS_S || !a->rounds[i]) && a->rounds[i] <= MINUTES_RUN)
        a->began_s[i][a->rounds[i]++] = at_s;
    a->last_of[i] = at_s;
    a->requests[i]++;
}

static bool is_mute(unsigned i)
{
    return i && i % 2;
}

static void run(struct asking *a, bool half_mute)
{
    char name[8];
    struct network *n = network_create(5);
    for (unsigned i = 0; i < AGENTS; i++) {
        snprintf(name, sizeof name, "n%u", i);
        network_node(n, name, i ? "n0" : NULL, NULL, NULL);
    }
    for (unsigned i = 0; i < AGENTS; i++) {
        snprintf(name, sizeof name, "n%u", i);
        network_switch(n, name, PORTS);
        if (half_mute && is_mute(i))
            network_fault(n, FAULT_AGENT, name, 0, 86400);
    }
    network_on_request(n, note, a);
    network_begin(n);
    network_run(n, MINUTES_RUN * 60);
    print_message("# %llu requests\n", (unsigned long long)network_requests(n));
    network_destroy(n);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void the_others_are_asked_as_if_none_were_mute(void **state)
{
    static struct asking well, mute;
    static double late_s[AGENTS * MINUTES_RUN];
    size_t count = 0;
    run(&well, false);
    run(&mute, true);
    for (unsigned i = 0; i < AGENTS; i++) {
        if (is_mute(i))
            continue;
        assert_true(abs((int)well.rounds[i] - (int)mute.rounds[i]) <= 1);
        assert_true(well.rounds[i] >= MINUTES_RUN - 1);
        assert_int_equal(mute.requests[i], well.requests[i]); /* and asked as much */
        for (unsigned k = SETTLED_MIN; k < well.rounds[i] && k < mute.rounds[i]; k++)
            late_s[count++] = fabs(mute.began_s[i][k] - well.began_s[i][k]);
    }
    qsort(late_s, count, sizeof late_s[0], by_size);
    print_message("# of %zu rounds: median %.3f s, p99 %.3f s, most %.3f s apart\n", count,
                  late_s[count / 2], late_s[count * 99 / 100], late_s[count - 1]);
    assert_true(count > AGENTS / 2 * (MINUTES_RUN - SETTLED_MIN - 2));
    assert_true(late_s[count * 99 / 100] < LATE_MOST_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_others_are_asked_as_if_none_were_mute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
