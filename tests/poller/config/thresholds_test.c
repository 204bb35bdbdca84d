#include "poller/config/thresholds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "memory.h"

static struct reading_limits limits;

static bool take(const char *meaning, const char *text, bool bad, struct buf *why)
{
    limits = reading_no_limits;
    buf_clear(why);
    return threshold_read(profile_meaning(&memory_profiles, meaning), text, bad, &limits, why);
}

static void taken(const char *meaning, const char *text, double low, double high)
{
    struct buf why = {0};
    if (!take(meaning, text, false, &why))
        fail_msg("%s: %s", text, buf_string(&why));
    if ((isnan(low) ? !isnan(limits.warn_low) : limits.warn_low != low) ||
        (isnan(high) ? !isnan(limits.warn_high) : limits.warn_high != high))
        fail_msg("%s is %g..%g", text, limits.warn_low, limits.warn_high);
    buf_fini(&why);
}

static void refused(const char *meaning, const char *text, const char *said)
{
    struct buf why = {0};
    if (take(meaning, text, false, &why) || !strstr(buf_string(&why), said))
        fail_msg("%s: %s", text, buf_string(&why));
    buf_fini(&why);
}

static void one_number_sets_the_side_that_is_worse(void **state)
{
    (void)state;
    taken("signal", "-70 dBm", -70, NAN);
    taken("signal", "-70.5dBm", -70.5, NAN);
    taken("load", "80 %", NAN, 80);
    taken("load", "80%", NAN, 80);
    taken("load", "+0 %", NAN, 0);
}

static void a_range_sets_what_it_says(void **state)
{
    (void)state;
    taken("temperature", "5..60 C", 5, 60);
    taken("temperature", "..60 C", NAN, 60);
    taken("temperature", "-5.. C", -5, NAN);
    taken("temperature", "-5.5..-1.5 C", -5.5, -1.5);
    taken("clients", "..40", NAN, 40);
    taken("clients", "1..40 count", 1, 40);
    taken("signal", "-80..-20 dBm", -80, -20);
}

static void rates_may_be_written_in_thousands(void **state)
{
    (void)state;
    taken("tx-rate", "50 Mbps", 50e6, NAN);
    taken("tx-rate", "1.5 Gbps", 1.5e9, NAN);
    taken("tx-rate", "64 kbps", 64000, NAN);
    taken("tx-rate", "9600 bps", 9600, NAN);
}

static void off_is_never(void **state)
{
    (void)state;
    taken("signal", "off", -INFINITY, INFINITY);
    taken("signal", "none", -INFINITY, INFINITY);
}

static void bad_has_bounds_of_its_own(void **state)
{
    (void)state;
    struct buf why = {0};
    assert_true(take("signal", "-80 dBm", true, &why));
    assert_true(limits.bad_low == -80 && isnan(limits.warn_low));
    buf_fini(&why);
}

static void what_is_not_a_value_of_the_meaning_says_why(void **state)
{
    (void)state;
    refused("signal", "-70", "signal is measured in dBm: write -70 dBm");
    refused("signal", "-70 dB", "signal is measured in dBm, not in 'dB'");
    refused("tx-rate", "5 mbps", "not in 'mbps'");
    refused("fan-state", "3", "is a state");
    refused("temperature", "60 C", "write ..60 C for what lies above, 60.. C for what lies below");
    refused("clients", "5", "either way");
    refused("temperature", "60..5 C", "ends below its beginning");
    refused("signal", "x", "expected a value");
    refused("signal", "", "expected a value");
    refused("signal", "..", "expected a value");
    refused("signal", ".. dBm", "expected a value");
    refused("signal", "- 70 dBm", "expected a value");
    refused("signal", "1e5 dBm", "not in 'e5 dBm'");
    refused("signal", "111111111111111111111111111111111111111 dBm", "expected a value");
}

static const char house[] =
    "defaults:\n"
    "  all: {warn: {signal: -60 dBm, load: 50 %}}\n"
    "  class: {network: {warn: {signal: -61 dBm}}}\n"
    "  family: {airOS: {warn: {signal: -62 dBm}, bad: {signal: -90 dBm}}}\n"
    "  site: {barn: {warn: {signal: -63 dBm}}}\n"
    "nodes:\n"
    "  own: {address: 10.0.0.1, site: barn, warn: {signal: -64 dBm}}\n"
    "  barn: {address: 10.0.0.2, site: barn}\n"
    "  house: {address: 10.0.0.3}\n"
    "  camera: {address: 10.0.0.4, class: fixed}\n"
    "  said: {address: 10.0.0.5, family: airos}\n"
    "links:\n"
    "  bridge: {bridge: [own, barn], warn: {signal: -65 dBm}}\n";

static double warn_low(const struct config *c, const char *node, const char *family, bool link)
{
    return config_limits(c, node ? config_node_find(c, node) : NULL, family, link ? &c->links[0] : NULL, "signal",
                         &memory_profiles.meanings[0].limits).warn_low;
}

static void the_nearer_scope_wins(void **state)
{
    (void)state;
    struct arena *arena = arena_create(0);
    struct readout r;
    assert_true(memory_read(house, NULL, arena, &r));
    const struct config *c = &r.config;
    assert_true(warn_low(c, NULL, NULL, false) == -75);
    assert_true(warn_low(c, "camera", NULL, false) == -60);
    assert_true(warn_low(c, "house", NULL, false) == -61);
    assert_true(warn_low(c, "house", "RouterOS", false) == -61);
    assert_true(warn_low(c, "house", "airOS", false) == -62);
    assert_true(warn_low(c, "said", "RouterOS", false) == -62);
    assert_true(warn_low(c, "barn", "airOS", false) == -63);
    assert_true(warn_low(c, "own", "airOS", false) == -64);
    assert_true(warn_low(c, "own", "airOS", true) == -65);
    arena_destroy(arena);
}

/* Levels of different scopes add up, and nothing of a scope is left in the nodes themselves. */
static void scopes_are_laid_over_each_other(void **state)
{
    (void)state;
    struct arena *arena = arena_create(0);
    struct readout r;
    assert_true(memory_read(house, NULL, arena, &r));
    const struct config_node *barn = config_node_find(&r.config, "barn");
    assert_int_equal(barn->thresholds_count, 0);
    assert_int_equal(barn->warn_count, 0);
    struct reading_limits l = config_limits(&r.config, barn, "airOS", NULL, "signal",
                                            &memory_profiles.meanings[0].limits);
    assert_true(l.warn_low == -63 && l.bad_low == -90 && l.slack == 3);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_number_sets_the_side_that_is_worse),
        cmocka_unit_test(a_range_sets_what_it_says),
        cmocka_unit_test(rates_may_be_written_in_thousands),
        cmocka_unit_test(off_is_never),
        cmocka_unit_test(bad_has_bounds_of_its_own),
        cmocka_unit_test(what_is_not_a_value_of_the_meaning_says_why),
        cmocka_unit_test(the_nearer_scope_wins),
        cmocka_unit_test(scopes_are_laid_over_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
