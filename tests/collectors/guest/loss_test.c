/* Loss on the way is no fault of the network: whatever is lost of a network that is well, no step says otherwise than
 * that much is lost. The random numbers' seeds are printed; LOSS_SEEDS in the environment tries more of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/collectors/guest/guest_bed.h"

#define ROUNDS 200

static void expect_no_wrong_verdict(const struct report *r, uint64_t seed, int round)
{
    assert_non_null(r->guest);
    for (size_t i = 0; i < GUEST_STEPS; i++) {
        const struct guest_step_result *s = &r->guest->steps[i];
        bool lossy = s->verdict == VERDICT_DEGRADED && s->reason == GUEST_LOSSY;
        if (s->done && s->verdict != VERDICT_OK && !lossy)
            fail_msg("seed %u, round %d, %s: %s %s (%s)", (unsigned)seed, round, guest_step_words[i],
                     verdict_words[s->verdict], guest_reason_words[s->reason], s->detail ? s->detail : "");
    }
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
}

static void try_seed(uint64_t seed, double loss)
{
    struct guest_bed bed;
    guest_bed_open(&bed, seed);
    struct ether_router *router = sim_ether_router(bed.world, bed.gateway, "fe80::51");
    router->other = true;
    addr_parse("fd51::", &router->prefix);
    addr_parse("fd51::1", &router->resolver);
    bed.setting.ipv6 = true;
    bed.setting.discover_gap_ns = SECONDS(60);
    guest_bed_adopt(&bed);
    guest_bed_next(&bed);
    bed.world->loss = loss;
    for (int i = 0; i < ROUNDS; i++)
        expect_no_wrong_verdict(guest_bed_ask(&bed, i % 5 ? ROUND_REGULAR : ROUND_ASK), seed, i);
    assert_int_equal(bed.dhcp->lease_count, 1);
    guest_bed_close(&bed);
}

static void one_frame_in_twenty_lost_each_way_is_never_taken_for_a_fault(void **state)
{
    const char *more = getenv("LOSS_SEEDS");
    int seeds = more ? (int)strtol(more, NULL, 10) : 50;
    for (int i = 1; i <= seeds; i++) {
        print_message("seed %d\n", i);
        try_seed((uint64_t)i * 7919, 0.05);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_frame_in_twenty_lost_each_way_is_never_taken_for_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
