#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/walk/record.h"
#include "poller/command/walk/scrub.h"
#include "tests/poller/command/walk/recorded_rows.h"

static struct scrub_counts counts;

/* The lines scrubbed; the caller frees. */
static char *scrubbed_with(const char *lines, const struct profile_set *profiles, bool keep,
                           const char *secret)
{
    struct walk_rows before, after;
    struct buf out = {0};
    struct scrub *s = scrub_create(profiles, NULL, keep);
    assert_non_null(s);
    assert_true(walk_rows_init(&before) && walk_rows_init(&after));
    assert_true(recorded_rows(lines, strlen(lines), &before));
    assert_true(scrub_secret(s, secret));
    assert_true(scrub_rows(s, &before, &after));
    for (size_t i = 0; i < after.count; i++) {
        assert_true(record_line(&after.items[i], &out));
        assert_true(!i || snmp_oid_compare(after.items[i - 1].oid, after.items[i].oid) < 0);
    }
    counts = scrub_counts(s);
    assert_int_equal(after.count + counts.left_out, before.count);
    scrub_destroy(s);
    walk_rows_fini(&before);
    walk_rows_fini(&after);
    return out.data ? buf_detach(&out) : strdup("");
}

static char *scrubbed(const char *lines)
{
    return scrubbed_with(lines, NULL, false, NULL);
}

/* The value of the line that begins with the OID; static. */
static const char *value_of(const char *lines, const char *oid)
{
    static char found[2][256];
    static unsigned turn;
    char *to = found[turn++ % 2];
    size_t len = strlen(oid);
    for (const char *at = lines; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (strncmp(at, oid, len) == 0 && at[len] == '|') {
            const char *value = strchr(at + len + 1, '|') + 1;
            snprintf(to, 256, "%.*s", (int)strcspn(value, "\n"), value);
            return to;
        }
    return NULL;
}

static bool has(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}

#define SYSTEM "1.3.6.1.2.1.1."

static void names_places_and_people_go(void **state)
{
    char *out = scrubbed(SYSTEM "4.0|4|Hans Mueller <hans@mueller.example>\n" SYSTEM
                                "5.0|4|barn-pi.farm.example\n" SYSTEM
                                "6.0|4|Dorfstrasse 12, 48.13743, 11.57549\n"
                                "1.3.6.1.2.1.31.1.1.1.18.1|4|to the Muellers\n");
    assert_false(has(out, "hans") || has(out, "mueller") || has(out, "barn") || has(out, "dorf") ||
                 has(out, "13743"));
    assert_int_equal(strlen(value_of(out, SYSTEM "5.0")), strlen("barn-pi.farm.example"));
    assert_non_null(strchr(value_of(out, SYSTEM "4.0"), '@'));
    free(out);
}

static void what_was_learned_goes_wherever_it_stands(void **state)
{
    char *out =
        scrubbed(SYSTEM "1.0|4|Linux barn-pi 6.1.0-18 armv7l\n" SYSTEM "5.0|4|barn-pi\n"
                        "1.3.6.1.4.1.99999.1.1.0|4|this is BARN-PI speaking\n"
                        "1.3.6.1.4.1.99999.2.1.7.98.97.114.110.45.112.105|2|1\n"
                        "1.3.6.1.4.1.99999.3.0|4x|00016261726e2d706900\n"
                        "1.3.6.1.4.1.99999.4.0|6|1.3.6.1.4.1.99999.2.1.7.98.97.114.110.45.112.105\n"
                        "1.3.6.1.4.1.99999.5.0|4|62 61 72 6E 2D 70 69\n");
    const char *name = value_of(out, SYSTEM "5.0");
    char text[64];
    assert_false(has(out, "barn-pi") || has(out, "98.97.114.110") || has(out, "6261726e") ||
                 has(out, "62 61 72"));
    snprintf(text, sizeof text, "Linux %s 6.1.0-18 armv7l", name);
    assert_string_equal(value_of(out, SYSTEM "1.0"), text);
    snprintf(text, sizeof text, "1.3.6.1.4.1.99999.2.1.7.%d.%d.%d.%d.45.%d.%d", name[0], name[1],
             name[2], name[3], name[5], name[6]);
    assert_string_equal(value_of(out, text), "1");
    assert_string_equal(value_of(out, "1.3.6.1.4.1.99999.4.0"), text);
    free(out);
}

static void addresses_in_indexes_and_values_are_the_same(void **state)
{
    char *out = scrubbed("1.3.6.1.2.1.4.22.1.2.3.192.168.77.9|4x|3c846a010203\n"
                         "1.3.6.1.2.1.4.22.1.3.3.192.168.77.9|64|192.168.77.9\n"
                         "1.3.6.1.2.1.17.4.3.1.2.60.132.106.1.2.3|2|5\n"
                         "1.3.6.1.2.1.17.7.1.2.2.1.2.501.60.132.106.1.2.3|2|5\n"
                         "1.3.6.1.2.1.4.20.1.3.192.168.77.1|64|255.255.255.0\n"
                         "1.3.6.1.4.1.99999.1.1.60.132.106.1.2.3.4|4|3C:84:6A:01:02:03\n"
                         "1.3.6.1.4.1.99999.2.1.4.192.168.77.9|4|at 192.168.77.9\n");
    assert_string_equal(value_of(out, "1.3.6.1.2.1.4.22.1.2.3.192.168.1.9"), "3c846a000001");
    assert_string_equal(value_of(out, "1.3.6.1.2.1.4.22.1.3.3.192.168.1.9"), "192.168.1.9");
    assert_string_equal(value_of(out, "1.3.6.1.2.1.17.4.3.1.2.60.132.106.0.0.1"), "5");
    assert_string_equal(value_of(out, "1.3.6.1.2.1.17.7.1.2.2.1.2.501.60.132.106.0.0.1"), "5");
    assert_string_equal(value_of(out, "1.3.6.1.2.1.4.20.1.3.192.168.1.1"), "255.255.255.0");
    assert_string_equal(value_of(out, "1.3.6.1.4.1.99999.1.1.60.132.106.0.0.1.4"),
                        "3C:84:6A:00:00:01");
    assert_string_equal(value_of(out, "1.3.6.1.4.1.99999.2.1.4.192.168.1.9"), "at 192.168.1.9");
    free(out);
}

static void an_index_that_only_looks_like_an_address_stays(void **state)
{
    static const char lines[] = "1.3.6.1.4.1.99999.1.1.10.0.0.1|2|1\n"
                                "1.3.6.1.4.1.99999.2.1.1.2.3.4.5.6|2|1\n"
                                "1.3.6.1.4.1.99999.3.1.6.117.112.116.105.109.101|2|1\n";
    char *out = scrubbed(lines);
    assert_string_equal(out, lines);
    free(out);
}

static void what_looks_like_an_address_goes_even_if_nothing_else_told_of_it(void **state)
{
    char *out = scrubbed_with("1.3.6.1.4.1.99999.1.1.60.132.106.161.178.195|2|1\n"
                              "1.3.6.1.4.1.99999.2.1.60.132.106.161.178.196.3|2|1\n"
                              "1.3.6.1.4.1.99999.3.1.192.168.77.9|2|1\n"
                              "1.3.6.1.4.1.99999.4.0|4x|3c846aa1b2c5\n"
                              "1.3.6.1.4.1.99999.5.0|4|ask hans@mueller.example\n"
                              "1.3.6.1.4.1.99999.6.0|4|of 93.184.216.34 or 3C-84-6A-A1-B2-C6\n"
                              "1.3.6.1.4.1.99999.7.0|4|at 48.13743, 11.57549\n",
                              NULL, true, NULL);
    assert_false(has(out, "161.178") || has(out, "192.168.77") || has(out, "a1b2c5") ||
                 has(out, "hans") || has(out, "mueller") || has(out, "184.216") ||
                 has(out, "A1-B2") || has(out, "13743"));
    assert_true(has(out, ".60.132.106.") && has(out, "4x|3c846a") && has(out, "ask ") &&
                has(out, "3C-84-6A-") && has(out, "at 00.00000, 00.00000"));
    free(out);
}

static void bits_are_no_addresses(void **state)
{
    static const char lines[] = "1.3.6.1.2.1.17.7.1.4.2.1.4.0.1|4x|fea0c1048009\n";
    char *out = scrubbed(lines);
    assert_string_equal(out, lines);
    free(out);
}

static void versions_models_and_values_stay(void **state)
{
    static const char lines[] = SYSTEM "1.0|4|BarnOS 4.1.9.85 on Scale 200\n" SYSTEM
                                       "2.0|6|1.3.6.1.4.1.99999.1.7\n" SYSTEM "3.0|67|8640000\n"
                                       "1.3.6.1.2.1.2.2.1.2.1|4|GigabitEthernet1/0/1\n"
                                       "1.3.6.1.2.1.2.2.1.10.1|65|4125\n"
                                       "1.3.6.1.2.1.31.1.1.1.18.1|4|GigabitEthernet1/0/1\n"
                                       "1.3.6.1.2.1.47.1.1.1.1.13.1|4|SG350X-24P\n"
                                       "1.3.6.1.4.1.99999.1.1.0|4|18 dBm\n"
                                       "1.3.6.1.4.1.99999.1.2.0|4|28 C/82 F\n"
                                       "1.3.6.1.4.1.99999.1.3.0|4|-65\n"
                                       "1.3.6.1.4.1.99999.1.4.0|4|normal\n";
    char *out = scrubbed(lines);
    assert_string_equal(out, lines);
    assert_int_equal(counts.macs + counts.addresses + counts.texts, 0);
    free(out);
}

static void a_maker_s_own_text_goes_unless_it_is_wanted(void **state)
{
    static const char lines[] =
        "1.3.6.1.4.1.99999.1.1.0|4|radius server of Mueller is unreachable\n";
    char *out = scrubbed(lines), *kept = scrubbed_with(lines, NULL, true, NULL);
    assert_false(has(out, "mueller"));
    assert_true(has(out, "server"));
    assert_string_equal(kept, lines);
    assert_int_equal(counts.kept, 1);
    free(out);
    free(kept);
}

static void what_a_profile_reads_stays_but_its_serial_and_ssid(void **state)
{
    struct profile_column ssid = {.name = (char[]){"ssid"},
                                  .oid = (char[]){"1.3.6.1.4.1.99999.2.1"}};
    struct profile_reading reading = {
        .oid = (char[]){"1.3.6.1.4.1.99999.3.1"}, .with = &ssid, .with_count = 1};
    struct profile_text model = {.oid = (char[]){"1.3.6.1.4.1.99999.1.1.0"}},
                        serial = {.oid = (char[]){"1.3.6.1.4.1.99999.1.2.0"}};
    struct profile profile = {.vendor = (char[]){"Barn & Sons"},
                              .family = (char[]){"BarnOS"},
                              .model = &model,
                              .model_count = 1,
                              .serial = &serial,
                              .serial_count = 1,
                              .readings = &reading,
                              .readings_count = 1};
    const struct profile_set set = {.profiles = &profile, .profiles_count = 1};
    char *out = scrubbed_with(SYSTEM "5.0|4|Scaleomat\n"
                                     "1.3.6.1.4.1.99999.1.1.0|4|Scaleomat 9000\n"
                                     "1.3.6.1.4.1.99999.1.2.0|4|SN-4711-0815\n"
                                     "1.3.6.1.4.1.99999.2.1.1|4|Muellernetz\n"
                                     "1.3.6.1.4.1.99999.3.1.1|4|tilted left\n"
                                     "1.3.6.1.4.1.99999.4.1.1|4|tilted left\n",
                              &set, false, NULL);
    assert_string_equal(value_of(out, "1.3.6.1.4.1.99999.1.1.0"), "Scaleomat 9000");
    assert_string_equal(value_of(out, SYSTEM "5.0"), "Scaleomat"); /* its default name */
    assert_false(has(out, "4711") || has(out, "0815") || has(out, "mueller"));
    assert_string_equal(value_of(out, "1.3.6.1.4.1.99999.3.1.1"), "tilted left");
    assert_string_not_equal(value_of(out, "1.3.6.1.4.1.99999.4.1.1"), "tilted left");
    free(out);
}

static void what_others_do_is_left_out(void **state)
{
    char *out = scrubbed("1.3.6.1.2.1.6.13.1.1.192.168.1.5.22.192.168.1.9.40000|2|5\n"
                         "1.3.6.1.2.1.25.4.2.1.5.77|4|--password hunter22\n"
                         "1.3.6.1.6.3.15.1.2.2.1.3.5.1.2.3.4.5.4.104.97.110.115|4|hans\n"
                         "1.3.6.1.2.1.25.1.1.0|67|5\n");
    assert_string_equal(out, "1.3.6.1.2.1.25.1.1.0|67|5\n");
    assert_int_equal(counts.left_out, 3);
    free(out);
}

static void the_words_we_asked_with_go(void **state)
{
    char *out =
        scrubbed_with("1.3.6.1.2.1.1.1.0|4|echo of moonshine22\n", NULL, false, "moonshine22");
    assert_false(has(out, "moonshine"));
    free(out);
}

static void who_dialled_in_is_not_told_by_the_port(void **state)
{
    char *out = scrubbed("1.3.6.1.2.1.2.2.1.2.9|4|<pppoe-hans.mueller>\n"
                         "1.3.6.1.2.1.31.1.1.1.1.8|4|pppoe-out1\n"
                         "1.3.6.1.2.1.31.1.1.1.1.9|4|<pppoe-hans.mueller>\n");
    assert_false(has(out, "hans") || has(out, "mueller"));
    assert_memory_equal(value_of(out, "1.3.6.1.2.1.2.2.1.2.9"), "<pppoe-", 7);
    assert_string_equal(value_of(out, "1.3.6.1.2.1.2.2.1.2.9"),
                        value_of(out, "1.3.6.1.2.1.31.1.1.1.1.9"));
    assert_string_equal(value_of(out, "1.3.6.1.2.1.31.1.1.1.1.8"), "pppoe-out1");
    free(out);
}

static void folders_of_people_go_and_those_of_systems_stay(void **state)
{
    char *out =
        scrubbed("1.3.6.1.2.1.25.2.3.1.3.1|4|/home/hans\n1.3.6.1.2.1.25.2.3.1.3.2|4|/var/log\n"
                 "1.3.6.1.2.1.25.2.3.1.3.3|4|//stall/photos on /mnt/photos\n"
                 "1.3.6.1.2.1.25.2.3.1.3.4|4|Physical memory\n");
    assert_false(has(out, "hans") || has(out, "stall") || has(out, "photos"));
    assert_true(has(out, "/home/") && has(out, " on /mnt/") && has(out, "|/var/log\n") &&
                has(out, "|Physical memory\n"));
    free(out);
}

static void a_coordinate_of_its_own_is_nothing(void **state)
{
    char *out = scrubbed(
        "1.3.6.1.4.1.17713.21.1.1.18.0|4|47.923066\n1.3.6.1.4.1.161.19.3.3.2.88.0|2|4792306\n");
    assert_string_equal(value_of(out, "1.3.6.1.4.1.17713.21.1.1.18.0"), "00.000000");
    assert_string_equal(value_of(out, "1.3.6.1.4.1.161.19.3.3.2.88.0"), "0");
    free(out);
}

static void lldp_neighbours_are_told_apart_and_not_named(void **state)
{
    char *out = scrubbed("1.0.8802.1.1.2.1.4.1.1.5.0.1.1|4x|3c846a0102b3\n"
                         "1.0.8802.1.1.2.1.4.1.1.5.0.2.1|4x|01c0a84d09\n"
                         "1.0.8802.1.1.2.1.4.1.1.7.0.1.1|4|GigabitEthernet1/0/17\n"
                         "1.0.8802.1.1.2.1.4.1.1.9.0.1.1|4|kitchen-switch\n"
                         "1.0.8802.1.1.2.1.4.1.1.9.0.2.1|4|stable-switch\n"
                         "1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.192.168.77.9|2|2\n");
    assert_string_equal(value_of(out, "1.0.8802.1.1.2.1.4.1.1.5.0.1.1"), "3c846a000001");
    assert_string_equal(value_of(out, "1.0.8802.1.1.2.1.4.1.1.5.0.2.1"), "01c0a80109");
    assert_string_equal(value_of(out, "1.0.8802.1.1.2.1.4.1.1.7.0.1.1"), "GigabitEthernet1/0/17");
    assert_string_equal(value_of(out, "1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.192.168.1.9"), "2");
    assert_false(has(out, "kitchen") || has(out, "stable"));
    assert_string_not_equal(value_of(out, "1.0.8802.1.1.2.1.4.1.1.9.0.1.1"),
                            value_of(out, "1.0.8802.1.1.2.1.4.1.1.9.0.2.1"));
    free(out);
}

/* ---- none of many secrets is left, in whatever form it was there ---- */

#define ROUNDS 300

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static void draw_word(char *out, size_t least, size_t most)
{
    size_t len = least + draw((uint32_t)(most - least + 1));
    for (size_t i = 0; i < len; i++)
        out[i] = (char)('a' + (int)draw(26));
    out[len] = '\0';
}

struct owner {
    char host[12], domain[12], person[12], ssid[24], serial[16], user[12], community[16],
        street[16];
    uint8_t macs[4][6], ip4s[3][4], ip6[16];
};

static void draw_owner(struct owner *o)
{
    draw_word(o->host, 6, 10);
    draw_word(o->domain, 6, 10);
    draw_word(o->person, 6, 10);
    draw_word(o->user, 6, 10);
    draw_word(o->community, 8, 14);
    draw_word(o->street, 8, 14);
    char word[12];
    draw_word(word, 6, 10);
    snprintf(o->ssid, sizeof o->ssid, "%s-net%u", word, draw(90) + 10);
    snprintf(o->serial, sizeof o->serial, "SN%07u%c", draw(9000000) + 1000000, 'A' + (int)draw(26));
    for (int m = 0; m < 4; m++)
        for (int i = 0; i < 6; i++)
            o->macs[m][i] = (uint8_t)(i ? 100 + draw(150) : 4 * (1 + draw(60)));
    for (int a = 0; a < 3; a++) {
        const uint8_t ip[4] = {a == 2 ? 93 : 192, a == 2 ? (uint8_t)(100 + draw(100)) : 168,
                               (uint8_t)(100 + draw(100)), (uint8_t)(2 + draw(200))};
        memcpy(o->ip4s[a], ip, 4);
    }
    for (int i = 0; i < 16; i++)
        o->ip6[i] = (uint8_t)(i ? 100 + draw(150) : 0x2a);
}

static void put_dotted(struct buf *b, const void *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buf_printf(b, ".%u", ((const uint8_t *)octets)[i]);
}

static void put_hex(struct buf *b, const void *octets, size_t len, const char *mark)
{
    for (size_t i = 0; i < len; i++)
        buf_printf(b, "%s%02x", i ? mark : "", ((const uint8_t *)octets)[i]);
}

/* Columns whose meaning is known: here the secrets are learned. */
static void plant_known(struct buf *b, const struct owner *o)
{
    buf_printf(b, SYSTEM "4.0|4|%s <%s@%s.example>\n", o->person, o->user, o->domain);
    buf_printf(b, SYSTEM "5.0|4|%s.%s.example\n", o->host, o->domain);
    buf_printf(b, SYSTEM "6.0|4|%s\n", o->street);
    buf_printf(b, "1.3.6.1.2.1.47.1.1.1.1.11.1|4|%s\n", o->serial);
    buf_printf(b, "1.2.840.10036.1.1.1.9.1|4|%s\n", o->ssid);
    for (int m = 0; m < 4; m++) {
        buf_printf(b, "1.3.6.1.2.1.17.4.3.1.2");
        put_dotted(b, o->macs[m], 6);
        buf_printf(b, "|2|%d\n", m);
    }
    for (int a = 0; a < 3; a++) {
        buf_printf(b, "1.3.6.1.2.1.4.22.1.3.%d", a + 1);
        put_dotted(b, o->ip4s[a], 4);
        buf_printf(b, "|64|%u.%u.%u.%u\n", o->ip4s[a][0], o->ip4s[a][1], o->ip4s[a][2],
                   o->ip4s[a][3]);
    }
    buf_text(b, "1.3.6.1.2.1.4.34.1.3.2.16");
    put_dotted(b, o->ip6, 16);
    buf_text(b, "|2|3\n");
}

/* The same in places nobody described, in any form, n making each of its own. */
static void plant_text(struct buf *b, const char *secret, unsigned n)
{
    char upper[64];
    size_t len = strlen(secret);
    for (size_t i = 0; i <= len; i++)
        upper[i] = (char)toupper((unsigned char)secret[i]);
    buf_printf(b, "1.3.6.1.4.1.99999.%u.1.0|4|%s\n", n, secret);
    buf_printf(b, "1.3.6.1.4.1.99999.%u.2.0|4|state of %s is ok\n", n, upper);
    buf_printf(b, "1.3.6.1.2.1.99.%u.2.0|4|%s/%s\n", n, secret, secret);
    buf_printf(b, "1.3.6.1.4.1.99999.%u.3.1.%zu", n, len);
    put_dotted(b, secret, len);
    buf_text(b, "|2|1\n");
    buf_printf(b, "1.3.6.1.4.1.99999.%u.4.1", n);
    put_dotted(b, secret, len);
    buf_text(b, ".9|2|1\n");
    buf_printf(b, "1.3.6.1.4.1.99999.%u.5.0|4x|0001", n);
    put_hex(b, secret, len, "");
    buf_text(b, "00ff\n");
    buf_printf(b, "1.3.6.1.4.1.99999.%u.6.0|6|1.3.6.1.4.1.99999.7.%zu", n, len);
    put_dotted(b, secret, len);
    buf_char(b, '\n');
    if (len >= 7) {
        buf_printf(b, "1.3.6.1.4.1.99999.%u.7.0|4|", n);
        put_hex(b, secret, len, " ");
        buf_char(b, '\n');
    }
}

static void plant_mac(struct buf *b, const uint8_t *mac, unsigned n)
{
    static const char *const marks[] = {":", "-", " ", ""};
    for (unsigned i = 0; i < 4; i++) {
        buf_printf(b, "1.3.6.1.4.1.99998.%u.%u.0|4|", n, i + 1);
        put_hex(b, mac, 6, marks[i]);
        buf_char(b, '\n');
    }
    buf_printf(b, "1.3.6.1.4.1.99998.%u.5.0|4x|", n);
    put_hex(b, mac, 6, "");
    buf_printf(b, "\n1.3.6.1.4.1.99998.%u.6.0|4x|8000", n);
    put_hex(b, mac, 6, "");
    buf_printf(b, "\n1.3.6.1.4.1.99998.%u.7.1.77", n);
    put_dotted(b, mac, 6);
    buf_printf(b, ".5000.9|2|1\n1.3.6.1.4.1.99998.%u.8.1", n);
    put_dotted(b, mac, 6);
    buf_text(b, "|2|1\n");
}

static void plant_ip4(struct buf *b, const uint8_t *a, unsigned n)
{
    buf_printf(b, "1.3.6.1.4.1.99997.%u.1.0|4|%u.%u.%u.%u\n", n, a[0], a[1], a[2], a[3]);
    buf_printf(b, "1.3.6.1.4.1.99997.%u.2.0|4|http://%u.%u.%u.%u:8080/\n", n, a[0], a[1], a[2],
               a[3]);
    buf_printf(b, "1.3.6.1.4.1.99997.%u.3.0|4x|", n);
    put_hex(b, a, 4, "");
    buf_printf(b, "\n1.3.6.1.4.1.99997.%u.4.1", n);
    put_dotted(b, a, 4);
    buf_printf(b, "|2|1\n1.3.6.1.4.1.99997.%u.5.1.4", n);
    put_dotted(b, a, 4);
    buf_text(b, ".17|2|1\n");
}

static void plant_ip6(struct buf *b, const uint8_t *a)
{
    buf_text(b, "1.3.6.1.4.1.99996.1.0|4|[");
    for (int i = 0; i < 16; i += 2)
        buf_printf(b, "%s%x", i ? ":" : "", a[i] << 8 | a[i + 1]);
    buf_text(b, "]:80\n1.3.6.1.4.1.99996.2.0|4x|");
    put_hex(b, a, 16, "");
    buf_text(b, "\n1.3.6.1.4.1.99996.3.1.16");
    put_dotted(b, a, 16);
    buf_text(b, "|2|1\n");
}

static void assert_not_in(const char *file, const char *what)
{
    if (!strcasestr(file, what))
        return;
    const char *at = strcasestr(file, what);
    while (at > file && at[-1] != '\n')
        at--;
    print_error("seed %u: %s is left in: %.*s\n", seed, what, (int)strcspn(at, "\n"), at);
    fail();
}

/* As text, as hexadecimal with and without marks, as numbers of an OID. */
static void assert_gone(const char *file, const void *octets, size_t len, bool is_text)
{
    static const char *const marks[] = {"", " ", ":", "-", "."};
    struct buf form = {0};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        buf_clear(&form);
        put_hex(&form, octets, len, marks[i]);
        assert_not_in(file, buf_string(&form));
    }
    buf_clear(&form);
    put_dotted(&form, octets, len);
    assert_not_in(file, buf_string(&form) + 1);
    if (is_text)
        assert_not_in(file, octets);
    buf_fini(&form);
}

static void assert_text_gone(const char *file, const char *secret)
{
    assert_gone(file, secret, strlen(secret), true);
}

static void none_of_an_owner_is_left_in_any_form(void **state)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct owner o;
        struct buf lines = {0};
        seed = round;
        draw_owner(&o);
        const char *const texts[] = {o.host,   o.domain, o.person,    o.ssid,
                                     o.serial, o.user,   o.community, o.street};
        plant_known(&lines, &o);
        for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
            plant_text(&lines, texts[i], i + 1);
        for (unsigned i = 0; i < 4; i++)
            plant_mac(&lines, o.macs[i], i + 1);
        for (unsigned i = 0; i < 3; i++)
            plant_ip4(&lines, o.ip4s[i], i + 1);
        plant_ip6(&lines, o.ip6);
        char *file = scrubbed_with(buf_string(&lines), NULL, round % 2, o.community);
        for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
            assert_text_gone(file, texts[i]);
        for (unsigned i = 0; i < 4; i++)
            assert_gone(file, o.macs[i], 6, false);
        for (unsigned i = 0; i < 3; i++)
            assert_gone(file, o.ip4s[i], 4, false);
        assert_gone(file, o.ip6, 16, false);
        free(file);
        buf_fini(&lines);
    }
}

static void scrubbing_what_was_scrubbed_goes_well(void **state)
{
    char *once = scrubbed(SYSTEM "5.0|4|barn-pi\n1.3.6.1.2.1.17.4.3.1.2.60.132.106.1.2.3|2|5\n"),
         *twice = scrubbed(once);
    assert_int_equal(strlen(once), strlen(twice));
    free(once);
    free(twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_places_and_people_go),
        cmocka_unit_test(what_was_learned_goes_wherever_it_stands),
        cmocka_unit_test(addresses_in_indexes_and_values_are_the_same),
        cmocka_unit_test(an_index_that_only_looks_like_an_address_stays),
        cmocka_unit_test(what_looks_like_an_address_goes_even_if_nothing_else_told_of_it),
        cmocka_unit_test(bits_are_no_addresses),
        cmocka_unit_test(versions_models_and_values_stay),
        cmocka_unit_test(a_maker_s_own_text_goes_unless_it_is_wanted),
        cmocka_unit_test(what_a_profile_reads_stays_but_its_serial_and_ssid),
        cmocka_unit_test(what_others_do_is_left_out),
        cmocka_unit_test(the_words_we_asked_with_go),
        cmocka_unit_test(who_dialled_in_is_not_told_by_the_port),
        cmocka_unit_test(folders_of_people_go_and_those_of_systems_stay),
        cmocka_unit_test(a_coordinate_of_its_own_is_nothing),
        cmocka_unit_test(lldp_neighbours_are_told_apart_and_not_named),
        cmocka_unit_test(none_of_an_owner_is_left_in_any_form),
        cmocka_unit_test(scrubbing_what_was_scrubbed_goes_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
