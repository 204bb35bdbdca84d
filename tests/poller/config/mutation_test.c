/* A good file damaged in many small ways: each result is refused with a place, or read and printed such
 * that the print reads back equal and prints the same again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"

#define MUTATIONS 2000

static const char base[] =
    "site: Home farm\n"
    "defaults: {class: {roaming: {ping: {interval: 5m}}}, all: {tcp: {timeout: 2s}}}\n"
    "nodes:\n"
    "  router: {address: 192.168.1.1, snmp: {community: !secret pass, tables: [a, b]}}\n"
    "  lan-switch: {address: [192.168.1.2, \"fd00::2\"], parent: router, port: eth1}\n"
    "  bridge-house: {address: 192.168.1.10, parent: lan-switch, site: house}\n"
    "  bridge-barn: {address: 192.168.1.11, site: barn}\n"
    "  barn-node: {address: barn.lan, parent: [bridge-barn, lan-switch], tcp: [22, {port: 80, label: w}]}\n"
    "  barn-cam: {mac: \"3c:84:6a:01:02:03\", class: fixed, site: barn, note: \"a: b # c\"}\n"
    "  phone: {address: 192.168.1.77, class: roaming, ping: {count: 3}}\n"
    "links:\n"
    "  barn bridge: {bridge: [bridge-house, bridge-barn], warn: {signal: -70 dBm}}\n"
    "networks:\n"
    "  guest: {vlans: [501, 502], interface: eth0, sites: [house, barn], depth: internet, every: 5m}\n"
    "receivers:\n"
    "  me: {ntfy: {url: https://ntfy.example/farm, token: x}, remind: 2h}\n"
    "  post: {mail: {server: \"mx:25\", from: a@b, to: [c@d, e@f], password: !secret pass}}\n"
    "  hook: {webhook: {url: http://127.0.0.1:8/, headers: {X-Key: abc}, template: \"{text}\\n\"}}\n"
    "reports:\n"
    "  morning: {at: \"07:00\", to: [me]}\n"
    "keep: {archives: [{step: 1m, keep: 2d}], events: 1y}\n"
    "internet: {anchors: [1.1.1.1], metered: yes}\n";

static uint64_t seed = 20250101;

static size_t below(size_t limit)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407; /* Knuth's MMIX constants */
    return limit ? (size_t)(seed >> 33) % limit : 0;
}

static void overwrite(char *text, size_t len)
{
    static const char bytes[] = "{}[]:,\"'#-&*!|>%@`~ \n\tabz019\x01\x7f\xff\xc3";
    text[below(len)] = bytes[below(sizeof bytes - 1)];
}

static void remove_piece(char *text, size_t len)
{
    size_t at = below(len), count = below(12) + 1;
    if (at + count < len)
        memmove(text + at, text + at + count, len - at - count + 1);
}

static void repeat_piece(char *text, size_t len)
{
    char piece[40];
    size_t at = below(len), count = below(sizeof piece - 1), to = below(len);
    if (at + count > len)
        count = len - at;
    memcpy(piece, text + at, count);
    memmove(text + to + count, text + to, len - to + 1);
    memcpy(text + to, piece, count);
}

static void insert_word(char *text, size_t len)
{
    static const char *const words[] = {"off", "null", "0", "-1", "{}", "[]", "!secret pass", "99999999999",
                                        "router", "\"\\x07\"", "\"\\u2028\"", "5m", "\n  x: y\n", "? ", "---\n"};
    const char *word = words[below(sizeof words / sizeof words[0])];
    size_t to = below(len), count = strlen(word);
    memmove(text + to + count, text + to, len - to + 1);
    memcpy(text + to, word, count);
}

/* A slip of the finger that leaves the shape alone: another digit for a digit, a letter for a letter. */
static void change_character(char *text, size_t len)
{
    size_t at = below(len);
    while (text[at] && !strchr("0123456789abcdefghijklmnopqrstuvwxyz", text[at]))
        at++;
    if (text[at])
        text[at] = text[at] <= '9' ? (char)('0' + below(10)) : (char)('a' + below(26));
}

static void remove_line(char *text, size_t len)
{
    char *start = strchr(text + below(len), '\n'), *end = start ? strchr(start + 1, '\n') : NULL;
    if (end)
        memmove(start, end, strlen(end) + 1);
}

static void mutate(char *text)
{
    static void (*const ways[])(char *, size_t) = {overwrite, remove_piece, repeat_piece, insert_word,
                                                   change_character, change_character, remove_line};
    for (size_t times = below(3) + 1; times > 0; times--)
        ways[below(sizeof ways / sizeof ways[0])](text, strlen(text));
}

static void assert_refused_with_places(const struct readout *r, const char *text)
{
    struct complaint_view v;
    for (size_t i = 0; complaints_at(r->complaints, i, &v); i++)
        if (!v.warning && (!v.file || v.line == 0 || v.column == 0)) {
            print_message("no place for '%s' in:\n%s\n", v.text, text);
            fail();
        }
}

static void assert_prints_back(const struct readout *r, const char *text)
{
    struct arena *arena = arena_create(0);
    struct readout again;
    struct buf first = {0}, second = {0};
    config_print(&r->config, &memory_kinds, r->secrets, &first);
    bool same = memory_read(buf_string(&first), "pass: hidden\n", arena, &again) &&
                field_equal(&config_record, &r->config, &again.config, memory_kinds.resolve);
    if (same)
        config_print(&again.config, &memory_kinds, again.secrets, &second);
    if (!same || strcmp(buf_string(&first), buf_string(&second)) != 0) {
        struct buf said = {0};
        if (again.complaints)
            complaints_print(again.complaints, &said);
        print_message("of\n%s\nthe print\n%s\nreads back unequal\n%s\n", text, buf_string(&first),
                      buf_string(&said));
        fail();
    }
    buf_fini(&first);
    buf_fini(&second);
    arena_destroy(arena);
}

static void the_undamaged_file_prints_back(void **state)
{
    struct arena *arena = arena_create(0);
    struct readout r;
    struct buf said = {0};
    bool ok = memory_read(base, "pass: hidden\n", arena, &r);
    complaints_print(r.complaints, &said);
    assert_string_equal(buf_string(&said), "");
    assert_true(ok);
    buf_fini(&said);
    assert_prints_back(&r, base);
    arena_destroy(arena);
}

static void every_damaged_file_is_refused_with_a_place_or_prints_back(void **state)
{
    char text[sizeof base + 512];
    size_t adopted = 0;
    for (int i = 0; i < MUTATIONS; i++) {
        struct arena *arena = arena_create(0);
        struct readout r;
        memcpy(text, base, sizeof base);
        mutate(text);
        if (memory_read(text, "pass: hidden\n", arena, &r)) {
            adopted++;
            assert_prints_back(&r, text);
        } else {
            assert_true(complaints_errors(r.complaints) > 0);
            assert_refused_with_places(&r, text);
        }
        arena_destroy(arena);
    }
    assert_in_range(adopted, MUTATIONS / 20, MUTATIONS * 19 / 20); /* both sides were really tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_undamaged_file_prints_back),
        cmocka_unit_test(every_damaged_file_is_refused_with_a_place_or_prints_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
