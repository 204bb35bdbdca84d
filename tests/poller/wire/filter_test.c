/* The program is run here by a few lines of our own, which also play the kernel's part: the tag beside the frame.
 * That a real kernel takes it and does the same is shown with real cards in wire_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "poller/wire/admit.h"
#include "poller/wire/filter.h"
#include "tests/poller/wire/frames.h"

struct in_kernel {
    struct bytes_of_frame frame; /* without the outer tag */
    bool tagged;
    uint16_t control;
};

static struct in_kernel kernels_view(const struct bytes_of_frame *delivered)
{
    struct in_kernel k = {.frame = *delivered};
    if (delivered->len < 18 || delivered->at[12] != 0x81 || delivered->at[13] != 0)
        return k;
    k.tagged = true;
    k.control = (uint16_t)(delivered->at[14] << 8 | delivered->at[15]);
    k.frame = without_tag(k.frame);
    return k;
}

static bool fetch(const struct in_kernel *k, uint32_t at, unsigned size, uint32_t *out)
{
    *out = 0;
    if (at == (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT))
        *out = k->tagged;
    else if (at == (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG))
        *out = k->control;
    else if (at > k->frame.len || size > k->frame.len - at)
        return false;
    else
        for (unsigned i = 0; i < size; i++)
            *out = *out << 8 | k->frame.at[at + i];
    return true;
}

static uint32_t run(const struct sock_filter *p, size_t len, const struct in_kernel *k)
{
    uint32_t a = 0, x = 0;
    for (size_t pc = 0; pc < len; pc++) {
        unsigned size = BPF_SIZE(p[pc].code) == BPF_W ? 4 : BPF_SIZE(p[pc].code) == BPF_H ? 2 : 1;
        switch (p[pc].code) {
        case BPF_RET | BPF_K:
            return p[pc].k;
        case BPF_LD | BPF_W | BPF_ABS:
        case BPF_LD | BPF_H | BPF_ABS:
        case BPF_LD | BPF_B | BPF_ABS:
            if (!fetch(k, p[pc].k, size, &a))
                return 0;
            break;
        case BPF_LD | BPF_H | BPF_IND:
            if (!fetch(k, p[pc].k + x, size, &a))
                return 0;
            break;
        case BPF_LDX | BPF_B | BPF_MSH:
            if (!fetch(k, p[pc].k, 1, &x))
                return 0;
            x = (x & 15) * 4;
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= p[pc].k;
            break;
        case BPF_JMP | BPF_JA:
            pc += p[pc].k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            pc += a == p[pc].k ? p[pc].jt : p[pc].jf;
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            pc += a & p[pc].k ? p[pc].jt : p[pc].jf;
            break;
        default:
            fail_msg("instruction %04x is not known here", p[pc].code);
        }
    }
    fail_msg("the program runs past its end");
    return 0;
}

static const struct ether_wish guest = {.macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}}}, .mac_count = 1,
                                        .vids = {501, 502}, .vid_count = 2};
static const struct ether_wish lan = {.macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x02}}}, .mac_count = 1,
                                      .untagged = true};
static const struct ether_wish by_card = {.own_mac = true, .vids = {501}, .vid_count = 1};
static const struct mac somebody = {{0x00, 0x0c, 0x29, 0x01, 0x02, 0x03}};

static bool lets_through(const struct ether_wish *w, struct bytes_of_frame f)
{
    static struct sock_filter program[FILTER_MAX];
    struct in_kernel k = kernels_view(&f);
    return run(program, filter_build(&w, 1, &card, program), &k) != 0;
}

static void the_hosts_own_traffic_stays_in_the_kernel(void **state)
{
    struct bytes_of_frame offer = COPY_OF(golden_offer), mdns = COPY_OF(golden_mdns);
    assert_false(lets_through(&guest, to(offer, &card)));
    assert_false(lets_through(&guest, without_tag(to(offer, &somebody))));
    assert_false(lets_through(&guest, without_tag(mdns)));
    assert_false(lets_through(&guest, with_tag(without_tag(mdns), TYPE_VLAN, 9)));
    assert_false(lets_through(&lan, without_tag(mdns)));
    assert_false(lets_through(&lan, mdns));
}

static void of_several_wishes_each_gets_its_frames(void **state)
{
    static struct sock_filter program[FILTER_MAX];
    const struct ether_wish *wishes[] = {&guest, &lan};
    size_t len = filter_build(wishes, 2, &card, program);
    struct bytes_of_frame tagged = COPY_OF(golden_mdns), arp = from(COPY_OF(golden_arp), &gateway),
                          second = to(COPY_OF(golden_echo), &lan.macs[0]);
    struct in_kernel views[] = {kernels_view(&tagged), kernels_view(&arp), kernels_view(&second)};
    for (size_t i = 0; i < 3; i++)
        assert_true(run(program, len, &views[i]) != 0);
}

static const struct { const uint8_t *at; size_t len; } samples[] = {
    {golden_discover, sizeof golden_discover}, {golden_offer, sizeof golden_offer}, {golden_arp, sizeof golden_arp},
    {golden_advert, sizeof golden_advert}, {golden_dhcpv6, sizeof golden_dhcpv6}, {golden_mdns, sizeof golden_mdns}};
#define SAMPLES (sizeof samples / sizeof samples[0])

/* A golden frame with some of its first bytes changed, most often in the way a real one could differ. */
static struct bytes_of_frame mutant(unsigned *seed)
{
    static const struct mac *const whom[] = {&probe, &card, &somebody, &gateway, &lan.macs[0]};
    size_t i = (size_t)rand_r(seed) % SAMPLES;
    struct bytes_of_frame f = copy_of(samples[i].at, samples[i].len);
    if (f.at[12] == 0x81 && rand_r(seed) % 2)
        f = without_tag(f);
    if (rand_r(seed) % 3 == 0)
        f = with_tag(f, TYPE_VLAN, (uint16_t)(rand_r(seed) % 2 ? 500 + rand_r(seed) % 4 : rand_r(seed)));
    if (rand_r(seed) % 3 == 0)
        f = from(f, whom[rand_r(seed) % 5]);
    if (rand_r(seed) % 3 == 0)
        f = to(f, whom[rand_r(seed) % 5]);
    size_t at_ip6 = f.at[12] == 0x81 ? AT_IP + ETHER_TAG_BYTES : AT_IP;
    if (f.at[at_ip6 - 2] == 0x86 && rand_r(seed) % 2)
        f.at[at_ip6 + 40] = (uint8_t)(130 + rand_r(seed) % 10); /* an ICMPv6 type */
    if (f.at[at_ip6 - 2] == 0x86 && rand_r(seed) % 2)
        f.at[at_ip6 + 43] = (uint8_t)(34 + rand_r(seed) % 2); /* port 546 or 547 */
    for (int n = rand_r(seed) % 4; n > 0; n--)
        f.at[(size_t)rand_r(seed) % (f.len < 80 ? f.len : 80)] = (uint8_t)rand_r(seed);
    if (rand_r(seed) % 8 == 0)
        f.len = 14 + (size_t)rand_r(seed) % (f.len - 14);
    return f;
}

/* Else what the rules want would never reach them. */
static void whatever_is_admitted_comes_through_the_filter(void **state)
{
    const struct ether_wish *const wishes[] = {&guest, &lan, &by_card};
    unsigned seed = 20261127, admitted = 0, stopped = 0;
    for (int i = 0; i < 200000; i++) {
        struct bytes_of_frame b = mutant(&seed);
        const struct ether_wish *w = wishes[i % 3];
        struct mono proved[ETHER_VIDS_MAX] = {{0}};
        struct peeled f;
        if (!peel(b.at, b.len, &f))
            continue;
        bool wanted = admit(w, &card, &f, (struct mono){SECONDS(1)}, proved) != ADMIT_NOT, through = lets_through(w, b);
        if (wanted && !through)
            fail_msg("frame %d of seed 20261127 is wanted and does not come through", i);
        admitted += wanted;
        stopped += !through;
    }
    assert_true(admitted > 20000 && stopped > 20000);
}

static void too_many_wishes_get_a_filter_that_stops_nothing(void **state)
{
    static struct ether_wish big = {.mac_count = ETHER_MACS_MAX, .vid_count = ETHER_VIDS_MAX};
    static struct sock_filter program[FILTER_MAX];
    const struct ether_wish *wishes[32];
    for (size_t i = 0; i < 32; i++)
        wishes[i] = &big;
    for (uint16_t i = 0; i < ETHER_VIDS_MAX; i++)
        big.vids[i] = (uint16_t)(i + 1);
    assert_true(filter_build(wishes, 1, &card, program) > 1);
    assert_int_equal(filter_build(wishes, 32, &card, program), 1);
    assert_int_equal(program[0].code, BPF_RET | BPF_K);
    assert_int_equal(program[0].k, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hosts_own_traffic_stays_in_the_kernel),
        cmocka_unit_test(of_several_wishes_each_gets_its_frames),
        cmocka_unit_test(whatever_is_admitted_comes_through_the_filter),
        cmocka_unit_test(too_many_wishes_get_a_filter_that_stops_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
