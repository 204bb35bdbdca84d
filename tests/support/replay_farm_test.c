#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/folder.h"
#include "tests/support/replay_farm.h"

static char folder[] = "farm-XXXXXX";

struct bed {
    struct replay_farm *farm;
    char error[FARM_ERROR_MAX];
    uint8_t answer[FAKE_ANSWER_MAX];
    struct agent_line *line;
};

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int up(void **state)
{
    static struct bed bed;
    memcpy(folder, "farm-XXXXXX", sizeof folder);
    folder_make(folder);
    write_file("barn.snmprec", "1.3.6.1.2.1.1.5.0|4|barn\n1.3.6.1.2.1.2.2.1.10.1|65|100\n");
    write_file("house.snmprec", "1.3.6.1.2.1.1.5.0|4|house\n");
    write_file("notes.txt", "not a recording\n");
    bed = (struct bed){.farm = replay_farm_create(folder)};
    *state = &bed;
    return bed.farm ? 0 : -1;
}

static int down(void **state)
{
    struct bed *bed = *state;
    replay_farm_destroy(bed->farm);
    folder_remove(folder);
    return 0;
}

/* What this object is at this second, as text; "" when nobody answers. */
static const char *ask(struct bed *bed, const char *address, const char *community,
                       const char *name, int second)
{
    static char text[64];
    uint8_t buffer[512];
    struct snmp_writer w;
    struct snmp_written out;
    struct snmp_oid oid;
    struct snmp_head head = {
        SNMP_V2C, community, strlen(community), SNMP_GET, SNMP_REQUEST_ID_FIRST, 0, 0};
    struct in_addr asked;
    struct snmp_message m;
    struct snmp_binding b;
    assert_int_equal(inet_pton(AF_INET, address, &asked), 1);
    assert_true(snmp_oid_parse(name, &oid));
    snmp_writer_begin(&w, buffer, sizeof buffer);
    snmp_writer_name(&w, snmp_oid_view(&oid));
    assert_true(snmp_writer_end(&w, &head, &out));
    size_t len = replay_farm_answer(bed->farm, asked, (struct mono){SECONDS(second)}, out.bytes,
                                    out.len, bed->answer, &bed->line);
    text[0] = '\0';
    if (!len || !snmp_message_read(bed->answer, len, &m) ||
        snmp_binding_take(&m.pdu.bindings, &b) != SNMP_TAKEN)
        return text;
    if (b.value.type == SNMP_OCTETS)
        snprintf(text, sizeof text, "%.*s", (int)b.value.len, (const char *)b.value.octets);
    else
        snprintf(text, sizeof text, "%llu", (unsigned long long)b.value.number);
    return text;
}

static const char *ask_name(struct bed *bed, const char *address, const char *community)
{
    return ask(bed, address, community, "1.3.6.1.2.1.1.5.0", 1);
}

static void without_addresses_the_community_chooses_the_recording(void **state)
{
    struct bed *bed = *state;
    assert_true(replay_farm_by_community(bed->farm, bed->error));
    assert_int_equal(replay_farm_count(bed->farm), 2);
    assert_string_equal(ask_name(bed, "127.0.0.1", "barn"), "barn");
    assert_string_equal(ask_name(bed, "127.0.0.1", "house"), "house");
    assert_string_equal(ask_name(bed, "127.0.0.1", "public"), "");
}

static void each_recording_has_an_address_in_the_order_of_names(void **state)
{
    struct bed *bed = *state;
    assert_true(replay_farm_word(bed->farm, "community=public", bed->error));
    assert_true(replay_farm_by_address(bed->farm, "127.66.0.255", bed->error));
    assert_string_equal(ask_name(bed, "127.66.0.255", "public"), "barn");
    assert_string_equal(ask_name(bed, "127.66.1.0", "public"), "house");
    assert_string_equal(ask_name(bed, "127.66.1.0", "house"), "house");
    assert_string_equal(ask_name(bed, "127.66.1.0", "other"), "");
    assert_string_equal(ask_name(bed, "127.66.1.1", "public"), "");
}

static void a_list_says_who_is_where_and_how_each_behaves(void **state)
{
    char path[64];
    struct bed *bed = *state;
    write_file("list", "# two barns\n"
                       "127.0.0.5 barn grow rate=1.3.6.1.2.1.2.2:50 delay=30 twice\n\n"
                       "127.0.0.6 barn   fault=silent first=2  # goes silent\n");
    snprintf(path, sizeof path, "%s/list", folder);
    assert_true(replay_farm_by_list(bed->farm, path, bed->error));
    assert_int_equal(replay_farm_count(bed->farm), 2);
    assert_string_equal(ask(bed, "127.0.0.5", "x", "1.3.6.1.2.1.2.2.1.10.1", 10), "100");
    assert_string_equal(ask(bed, "127.0.0.5", "x", "1.3.6.1.2.1.2.2.1.10.1", 12), "200");
    assert_int_equal(bed->line->delay_ns, MILLISECONDS(30));
    assert_true(bed->line->twice);
    assert_string_equal(ask_name(bed, "127.0.0.6", "x"), "barn");
    assert_string_equal(ask_name(bed, "127.0.0.6", "x"), "");
}

static void a_reboot_comes_after_its_time(void **state)
{
    struct bed *bed = *state;
    assert_true(replay_farm_word(bed->farm, "grow", bed->error));
    assert_true(replay_farm_word(bed->farm, "rate=1.3.6.1.2.1.2.2:5", bed->error));
    assert_true(replay_farm_word(bed->farm, "reboot=60", bed->error));
    assert_true(replay_farm_by_address(bed->farm, "127.0.0.1", bed->error));
    assert_string_equal(ask(bed, "127.0.0.1", "x", "1.3.6.1.2.1.2.2.1.10.1", 100), "100");
    assert_string_equal(ask(bed, "127.0.0.1", "x", "1.3.6.1.2.1.2.2.1.10.1", 150), "350");
    assert_string_equal(ask(bed, "127.0.0.1", "x", "1.3.6.1.2.1.2.2.1.10.1", 170), "50");
}

static void a_mistake_in_a_list_is_told_with_its_line(void **state)
{
    static const char *const lists[][2] = {
        {"127.0.0.5 barn\n127.0.0.300 barn\n", ":2: 127.0.0.300: not an IPv4 address"},
        {"127.0.0.5\n", ":1: 127.0.0.5: no recording named behind the address"},
        {"\n127.0.0.5 stable\n", "stable.snmprec: No such file or directory"},
        {"127.0.0.5 barn fault=hungry\n", ":1: fault=hungry: no such word, or not with this value"},
        {"127.0.0.5 barn loss=101\n", ":1: loss=101: no such word, or not with this value"},
        {"127.0.0.5 barn grwo\n", ":1: grwo: no such word, or not with this value"},
    };
    struct bed *bed = *state;
    char path[64];
    snprintf(path, sizeof path, "%s/list", folder);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        write_file("list", lists[i][0]);
        assert_false(replay_farm_by_list(bed->farm, path, bed->error));
        assert_non_null(strstr(bed->error, lists[i][1]));
    }
}

static void a_folder_without_recordings_is_told(void **state)
{
    struct bed *bed = *state;
    struct replay_farm *none = replay_farm_create("no-such-folder");
    assert_false(replay_farm_by_community(none, bed->error));
    assert_non_null(strstr(bed->error, "no-such-folder: No such file"));
    replay_farm_destroy(none);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_addresses_the_community_chooses_the_recording),
        TEST(each_recording_has_an_address_in_the_order_of_names),
        TEST(a_list_says_who_is_where_and_how_each_behaves),
        TEST(a_reboot_comes_after_its_time),
        TEST(a_mistake_in_a_list_is_told_with_its_line),
        TEST(a_folder_without_recordings_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
