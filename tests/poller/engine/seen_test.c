#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/engine/seen.h"

#define T0_S 1700000000

/* What the listener was told. */
struct ear {
    const char *watched, *own;
    unsigned shown, gone, kept, forgotten;
    char key[128], value[64];
};

static bool watched(void *ctx, const struct addr *a, const struct mac *mac)
{
    const struct ear *e = ctx;
    char text[ADDR_TEXT_MAX], own[MAC_TEXT_MAX];
    return (e->watched && strcmp(addr_text(a, text), e->watched) == 0) ||
           (e->own && strcmp(mac_text(mac, own), e->own) == 0);
}

static void show(void *ctx, const struct seen_device *d)
{
    ((struct ear *)ctx)->shown++;
}

static void gone(void *ctx, const struct seen_device *d)
{
    ((struct ear *)ctx)->gone++;
}

static void keep(void *ctx, const char *key, const char *value)
{
    struct ear *e = ctx;
    snprintf(e->key, sizeof e->key, "%s", key);
    snprintf(e->value, sizeof e->value, "%s", value ? value : "");
    e->kept += value != NULL;
    e->forgotten += value == NULL;
}

static struct netinfo_heard heard(const char *address, const char *mac, int64_t ago_s)
{
    struct netinfo_heard h = {.neighbour.confirmed_ago_ns = SECONDS(ago_s)};
    assert_true(addr_parse(address, &h.addr));
    assert_true(mac_parse(mac, &h.neighbour.mac));
    return h;
}

static void look(struct seen *s, struct ear *e, const struct netinfo_heard *h, size_t count,
                 int64_t after_s)
{
    struct seen_listener l = {e, watched, show, gone, keep};
    seen_look(s, h, count, (struct wall){SECONDS(T0_S + after_s)}, &l);
}

static void devices_are_listed_by_address_with_first_and_last(void **state)
{
    struct seen *s = seen_create();
    struct ear e = {0};
    struct netinfo_heard table[] = {heard("192.168.1.20", "02:00:00:00:00:20", 0),
                                    heard("192.168.1.3", "02:00:00:00:00:03", 0)};
    char text[ADDR_TEXT_MAX];
    look(s, &e, table, 2, 0);
    assert_int_equal(seen_count(s), 2);
    assert_string_equal(addr_text(&seen_at(s, 0)->address, text), "192.168.1.3");
    assert_int_equal(e.shown, 2);
    table[0].neighbour.confirmed_ago_ns = SECONDS(200);
    look(s, &e, table, 1, 60); /* confirmed before the first look: nothing newer is known */
    assert_int_equal(wall_seconds(seen_at(s, 1)->last), T0_S);
    table[0].neighbour.confirmed_ago_ns = SECONDS(10);
    look(s, &e, table, 1, 400);
    assert_int_equal(wall_seconds(seen_at(s, 1)->first), T0_S);
    assert_int_equal(wall_seconds(seen_at(s, 1)->last), T0_S + 390);
    assert_int_equal(e.shown, 3);
    seen_destroy(s);
}

static void what_we_play_ourselves_is_nobody(void **state)
{
    struct seen *s = seen_create();
    struct ear e = {0};
    struct netinfo_heard table[] = {heard("192.168.1.77", "02:09:09:09:05:01", 0)};
    look(s, &e, table, 1, 0);
    assert_int_equal(seen_count(s), 1); /* before the first probe has told which address it goes by */
    e.own = "02:09:09:09:05:01";
    look(s, &e, table, 1, 60);
    assert_int_equal(seen_count(s), 0);
    assert_int_equal(e.gone, 1);
    seen_destroy(s);
}

static void the_watched_the_silent_and_groups_are_left_out(void **state)
{
    struct seen *s = seen_create();
    struct ear e = {.watched = "192.168.1.1"};
    struct netinfo_heard table[] = {heard("192.168.1.1", "02:00:00:00:00:01", 0),
                                    heard("192.168.1.2", "02:00:00:00:00:02", 0),
                                    heard("192.168.1.3", "01:00:5e:00:00:03", 0)};
    table[1].neighbour.failed = true;
    look(s, &e, table, 3, 0);
    assert_int_equal(seen_count(s), 0);
    seen_destroy(s);
}

static void a_link_local_address_counts_only_for_a_card_without_another(void **state)
{
    struct seen *s = seen_create();
    struct ear e = {.watched = "192.168.1.1"};
    struct netinfo_heard table[] = {heard("fe80::1", "02:00:00:00:00:01", 0),
                                    heard("192.168.1.1", "02:00:00:00:00:01", 0),
                                    heard("fe80::2", "02:00:00:00:00:02", 0)};
    table[2].addr.scope = 7;
    char text[ADDR_TEXT_MAX];
    look(s, &e, table, 3, 0);
    assert_int_equal(seen_count(s), 1);
    assert_string_equal(addr_text(&seen_at(s, 0)->address, text), "fe80::2");
    seen_destroy(s);
}

static void one_that_becomes_a_node_is_gone(void **state)
{
    struct seen *s = seen_create();
    struct ear e = {0};
    struct netinfo_heard table[] = {heard("192.168.1.20", "02:00:00:00:00:20", 0)};
    seen_recalled(s);
    look(s, &e, table, 1, 0);
    e.watched = "192.168.1.20";
    look(s, &e, table, 1, 60);
    assert_int_equal(seen_count(s), 0);
    assert_int_equal(e.gone, 1);
    assert_int_equal(e.forgotten, 1);
    seen_destroy(s);
}

static void one_not_heard_for_a_month_is_forgotten(void **state)
{
    struct seen *s = seen_create();
    struct ear e = {0};
    struct netinfo_heard table[] = {heard("192.168.1.20", "02:00:00:00:00:20", 0)};
    look(s, &e, table, 1, 0);
    look(s, &e, NULL, 0, SEEN_FORGET_DAYS * 86400);
    assert_int_equal(seen_count(s), 1);
    look(s, &e, NULL, 0, SEEN_FORGET_DAYS * 86400 + 1);
    assert_int_equal(seen_count(s), 0);
    assert_int_equal(e.gone, 1);
    seen_destroy(s);
}

static void the_first_time_outlives_a_restart(void **state)
{
    struct seen *s = seen_create();
    struct ear e = {0};
    struct netinfo_heard table[] = {heard("192.168.1.20", "02:00:00:00:00:20", 0)};
    seen_recalled(s);
    look(s, &e, table, 1, 0);
    assert_int_equal(e.kept, 1);
    seen_destroy(s);

    struct ear later = {0};
    s = seen_create();
    look(s, &later, table, 1, 5000);
    assert_int_equal(later.kept, 0); /* what is on the disk is not known yet */
    seen_recall(s, e.key, e.value);
    seen_recalled(s);
    look(s, &later, table, 1, 5060);
    assert_int_equal(wall_seconds(seen_at(s, 0)->first), T0_S);
    assert_int_equal(wall_seconds(seen_at(s, 0)->last), T0_S + 5060);
    assert_int_equal(seen_count(s), 1);
    assert_int_equal(later.kept, 0); /* known there, and not much newer */
    look(s, &later, table, 1, 6 * 3600);
    assert_int_equal(later.kept, 1);
    seen_destroy(s);
}

static void times_that_were_guesses_move_and_are_kept_again(void **state)
{
    struct seen *s = seen_create();
    struct ear e = {0};
    struct netinfo_heard table[] = {heard("192.168.1.3", "02:00:00:00:00:03", 0),
                                    heard("192.168.1.20", "02:00:00:00:00:20", 0)};
    struct wall from = {SECONDS(T0_S + 50)}, until = {SECONDS(T0_S + 200)};
    seen_recalled(s);
    look(s, &e, table, 1, 0);
    look(s, &e, table, 2, 100);
    seen_restamp(s, from, until, SECONDS(7200));
    assert_int_equal(wall_seconds(seen_at(s, 0)->first), T0_S); /* from before: true */
    assert_int_equal(wall_seconds(seen_at(s, 0)->last), T0_S + 7300);
    assert_int_equal(wall_seconds(seen_at(s, 1)->first), T0_S + 7300);
    unsigned shown = e.shown, kept = e.kept;
    look(s, &e, table, 2, 7301);
    assert_int_equal(e.shown, shown + 2);
    assert_int_equal(e.kept, kept + 2);
    seen_destroy(s);
}

static void kept_texts_that_make_no_sense_are_ignored(void **state)
{
    struct seen *s = seen_create();
    seen_recall(s, "seen 192.168.1.20 02:00:00:00:00:20", "soon");
    seen_recall(s, "seen 192.168.1.20 02:00:00:00:00:20", "20 10");
    seen_recall(s, "seen 192.168.1.20 02:00:00:00:00:20", "1 9223372036854775807");
    seen_recall(s, "seen somewhere 02:00:00:00:00:20", "10 20");
    seen_recall(s, "seen 192.168.1.20", "10 20");
    seen_recall(s, "bulk", "10 20");
    assert_int_equal(seen_count(s), 0);
    seen_destroy(s);
}

static void what_has_no_room_is_counted_and_the_disk_is_filled_slowly(void **state)
{
    static struct netinfo_heard table[SEEN_MAX + 6];
    struct seen *s = seen_create();
    struct ear e = {0};
    for (unsigned i = 0; i < SEEN_MAX + 6; i++) {
        char address[24];
        snprintf(address, sizeof address, "10.0.%u.%u", i / 256, i % 256);
        table[i] = heard(address, "02:00:00:00:00:20", 0);
    }
    seen_recalled(s);
    look(s, &e, table, SEEN_MAX + 6, 0);
    assert_int_equal(seen_count(s), SEEN_MAX);
    assert_int_equal(seen_left_out(s), 6);
    assert_int_equal(e.kept, SEEN_KEEPS_PER_LOOK);
    look(s, &e, table, SEEN_MAX, 60);
    assert_int_equal(seen_left_out(s), 0);
    assert_int_equal(e.kept, 2 * SEEN_KEEPS_PER_LOOK);
    seen_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_listed_by_address_with_first_and_last),
        cmocka_unit_test(the_watched_the_silent_and_groups_are_left_out),
        cmocka_unit_test(what_we_play_ourselves_is_nobody),
        cmocka_unit_test(a_link_local_address_counts_only_for_a_card_without_another),
        cmocka_unit_test(one_that_becomes_a_node_is_gone),
        cmocka_unit_test(one_not_heard_for_a_month_is_forgotten),
        cmocka_unit_test(the_first_time_outlives_a_restart),
        cmocka_unit_test(times_that_were_guesses_move_and_are_kept_again),
        cmocka_unit_test(kept_texts_that_make_no_sense_are_ignored),
        cmocka_unit_test(what_has_no_room_is_counted_and_the_disk_is_filled_slowly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
