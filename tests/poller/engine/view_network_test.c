#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/engine/view.h"

static struct config_node nodes[] = {
    {.name = (char *)"router", .site = (char *)"house"},
    {.name = (char *)"switch", .site = (char *)"house"},
    {.name = (char *)"barn-node", .site = (char *)"barn"},
    {.name = (char *)"laptop"},
};
static int64_t vlans[] = {501};
static char *shed[] = {(char *)"shed"};
static struct config_network networks[] = {
    {.name = (char *)"guests", .vlans = vlans, .vlans_count = 1},
    {.name = (char *)"shed guests", .sites = shed, .sites_count = 1},
};

struct bed {
    struct config config;
    struct outputs out;
    struct engine *engine;
    struct arena *arena;
};

static void begin(struct bed *b)
{
    struct instant now = {{SECONDS(1000)}, {SECONDS(1767225600)}};
    *b = (struct bed){.config = {.nodes = nodes, .nodes_count = 4, .networks = networks,
                                 .networks_count = 2}};
    b->engine = engine_create(&(struct engine_setup){.origin = "here", .seed = 1}, now);
    b->arena = arena_create(0);
    engine_take(b->engine, now, &(struct input){.kind = INPUT_CONFIG, .config = &b->config},
                &b->out);
}

static void end(struct bed *b)
{
    arena_destroy(b->arena);
    outputs_fini(&b->out);
    engine_destroy(b->engine);
}

static void a_network_without_sites_is_unknown_at_each_site_once(void **state)
{
    struct bed b;
    struct ew_network n;
    begin(&b);
    assert_int_equal(view_network_count(b.engine), 2);
    view_network(b.engine, 0, b.arena, &n);
    assert_string_equal(n.name, "guests");
    assert_int_equal(n.vlans[0], 501);
    assert_int_equal(n.verdict, VERDICT_UNKNOWN);
    assert_int_equal(n.sites_count, 2);
    assert_string_equal(n.sites[0].site, "house");
    assert_string_equal(n.sites[1].site, "barn");
    assert_int_equal(n.sites[1].verdict, VERDICT_UNKNOWN);
    assert_string_equal(n.sites[1].proved_by, "nothing checks guests from here yet");
    end(&b);
}

static void a_network_with_sites_speaks_of_these_only(void **state)
{
    struct bed b;
    struct ew_network n;
    begin(&b);
    view_network(b.engine, 1, b.arena, &n);
    assert_int_equal(n.sites_count, 1);
    assert_string_equal(n.sites[0].site, "shed");
    end(&b);
}

static void before_a_configuration_there_are_no_networks(void **state)
{
    struct engine *e = engine_create(&(struct engine_setup){.origin = "here"}, (struct instant){0});
    assert_int_equal(view_network_count(e), 0);
    engine_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_without_sites_is_unknown_at_each_site_once),
        cmocka_unit_test(a_network_with_sites_speaks_of_these_only),
        cmocka_unit_test(before_a_configuration_there_are_no_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
