/* A guest and a listener in a network whose every frame is changed on the way: answers that fit the question, and are
 * wrong in what they say. Input: for each frame a byte with the number of changes, and of each its place and value;
 * with the high bit set the frame is cut there. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/cursor.h"
#include "tests/support/sim_ether.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHANGES_MAX 7
#define CUT 0x80

static size_t mangle(void *ctx, uint8_t *frame, size_t len)
{
    struct reader *r = ctx;
    uint8_t how = 0, value;
    uint16_t at;
    rd_u8(r, &how);
    for (int i = 0; i < (how & CHANGES_MAX) && rd_u16(r, &at) && rd_u8(r, &value); i++)
        frame[at % len] = value;
    return how & CUT && rd_u16(r, &at) ? at % len : len;
}

static void make_world(struct sim_ether *w)
{
    struct ether_host *gateway = sim_ether_host(w, 501, "3c:84:6a:00:51:01", "10.51.0.1");
    struct ether_host *far = sim_ether_host(w, SIM_FAR, "3c:84:6a:00:99:99", "93.184.216.34");
    struct ether_router *router = sim_ether_router(w, gateway, "fe80::51");
    gateway->gateway = gateway->resolver = router->other = true;
    addr_parse("93.184.216.34", &gateway->name);
    addr_parse("fd51::", &router->prefix);
    addr_parse("fd51::1", &router->resolver);
    far->ports[0] = 80;
    far->page = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess";
    sim_ether_dhcp(w, gateway, "10.51.0.50");
    w->targets[0] = (struct guest_target){far->addr, "far", false};
    w->target_count = 1;
}

static void check_report(const struct report *r)
{
    const struct guest_result *g = r->guest;
    if (!g || g->steps_count != GUEST_STEPS || r->outcome == OUTCOME_CANCELLED)
        abort();
    for (size_t i = 0; i < g->steps_count; i++)
        if (g->steps[i].reason >= GUEST_REASONS)
            abort();
}

static void run_one(struct sim *s, const char *name, const struct guest_setting *setting)
{
    const struct collector *kind = collector_find(name);
    struct collector_instance *i = kind->create(sim_env(s));
    struct check_setting check = {.check = 1, .node = "guest", .label = "501", .options = setting};
    size_t before = sim_reports(s);
    kind->adopt(i, &check);
    kind->start(i, 1, 1, ROUND_ASK, mono_after(sim_now(s).mono, SECONDS(60)));
    sim_run(s, SECONDS(60));
    if (sim_reports(s) != before + 1)
        abort();
    check_report(sim_last_report(s));
    kind->destroy(i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_over(data, size);
    struct sim *s = sim_create(1);
    struct sim_ether *w = sim_ether_create(s);
    struct guest_setting setting = {.network = "guest", .vid = 501, .depth = GUEST_DEPTH_INTERNET, .ipv6 = true,
                                    .page_url = "http://example.com/", .page_expect = "success"};
    make_world(w);
    w->mangle = mangle;
    w->mangle_ctx = &r;
    run_one(s, "guest", &setting);
    run_one(s, "rogue", &setting);
    if (w->strange)
        abort(); /* whatever comes in, nothing else goes out */
    sim_ether_destroy(w);
    sim_destroy(s);
    return 0;
}
