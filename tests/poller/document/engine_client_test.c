/* The other side is a child process that speaks a few frames and goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/document/engine_client.h"
#include "poller/message/pieces.h"

static char folder[64];
static pid_t server;

static void say(int fd, uint16_t type, const struct record *record, const void *value)
{
    struct buf packed = {0};
    if (record)
        field_pack(record, value, NULL, &packed);
    frame_send(fd, type, packed.data, packed.len, -1);
    buf_fini(&packed);
}

static void answer_command(int fd, const struct frame *f)
{
    struct arena *a = arena_create(0);
    struct we_name question;
    struct reader in = reader_over(f->payload, f->len);
    if (!field_unpack(&we_name_record, &in, NULL, a, &question))
        _exit(1);
    struct ew_probe_step step = {.request = question.request, .step = "ping", .verdict = VERDICT_OK};
    struct ew_result stranger = {.request = question.request + 7, .ok = false, .text = "not yours"};
    struct ew_result result = {.request = question.request, .ok = true, .text = question.name};
    say(fd, EW_PROBE_STEP, &ew_probe_step_record, &step);
    say(fd, EW_RESULT, &ew_result_record, &stranger);
    say(fd, EW_RESULT, &ew_result_record, &result);
    arena_destroy(a);
}

#define ROWS 4096

/* Pieces of another question stand between its own; a node called "broken" gets the last one twice. */
static void answer_tables(int fd, const struct frame *f)
{
    struct arena *a = arena_create(0);
    struct we_name question;
    struct ew_piece piece;
    struct buf packed = {0};
    struct reader in = reader_over(f->payload, f->len);
    if (!field_unpack(&we_name_record, &in, NULL, a, &question))
        _exit(1);
    struct ew_tables t = {.found = true};
    t.wiring.addresses = arena_take(a, ROWS * sizeof *t.wiring.addresses);
    t.wiring.address_count = ROWS;
    field_pack(&ew_tables_record, &t, NULL, &packed);
    for (uint32_t at = 0; pieces_cut(&packed, question.request, at, &piece); at += PIECE_BYTES) {
        say(fd, EW_TABLES, &ew_piece_record, &piece);
        if (strcmp(question.name, "broken") == 0)
            say(fd, EW_TABLES, &ew_piece_record, &piece);
        piece.request += 9;
        say(fd, EW_TABLES, &ew_piece_record, &piece);
    }
    buf_fini(&packed);
    arena_destroy(a);
}

static void serve(int listener)
{
    static uint8_t buffer[FRAME_BUFFER_BYTES];
    struct frame f;
    int fd = accept(listener, NULL, NULL);
    char c;
    while (recv(fd, &c, 1, MSG_PEEK) > 0 && frame_receive(fd, buffer, &f) == FRAME_OK) {
        struct ew_node node = {.name = "router", .state = STATE_UP};
        if (f.type == WE_SUBSCRIBE) {
            say(fd, EW_NODE, &ew_node_record, &node);
            say(fd, EW_SNAPSHOT_END, NULL, NULL);
        } else if (f.type == WE_PROBE) {
            answer_command(fd, &f);
        } else if (f.type == WE_TABLES) {
            answer_tables(fd, &f);
        } /* all else: silence */
    }
    _exit(0);
}

static int start(void **state)
{
    struct sockaddr_un here = {.sun_family = AF_UNIX};
    snprintf(folder, sizeof folder, "/tmp/client-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(here.sun_path, sizeof here.sun_path, "%s/control", folder);
    mkdir(here.sun_path, 0700);
    snprintf(here.sun_path, sizeof here.sun_path, "%s/control/engine", folder);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 1) < 0)
        return -1;
    server = fork();
    if (server == 0)
        serve(listener);
    close(listener);
    return 0;
}

static int stop(void **state)
{
    char path[128];
    waitpid(server, NULL, 0);
    snprintf(path, sizeof path, "%s/control/engine", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/control", folder);
    rmdir(path);
    return rmdir(folder);
}

static void the_whole_view_is_read(void **state)
{
    char error[ENGINE_CLIENT_ERROR_MAX];
    struct engine_client *c = engine_client_open(folder, SECONDS(5), error);
    struct snapshot *s = snapshot_create();
    assert_non_null(c);
    assert_true(engine_client_snapshot(c, s));
    assert_string_equal(snapshot_node_at(s, 0)->name, "router");
    snapshot_destroy(s);
    engine_client_close(c);
}

static void count_step(void *ctx, const struct ew_probe_step *step)
{
    assert_string_equal(step->step, "ping");
    ++*(int *)ctx;
}

static void a_command_is_answered_by_its_own_result(void **state)
{
    char error[ENGINE_CLIENT_ERROR_MAX];
    struct engine_client *c = engine_client_open(folder, SECONDS(5), error);
    struct arena *a = arena_create(0);
    struct ew_result result;
    int steps = 0;
    assert_true(engine_client_command(c, WE_PROBE, "barn", count_step, &steps, a, &result));
    assert_true(result.ok);
    assert_string_equal(result.text, "barn");
    assert_int_equal(steps, 1);
    arena_destroy(a);
    engine_client_close(c);
}

static void tables_are_put_together_of_their_pieces(void **state)
{
    char error[ENGINE_CLIENT_ERROR_MAX];
    struct engine_client *c = engine_client_open(folder, SECONDS(5), error);
    struct arena *a = arena_create(0);
    struct ew_tables tables;
    for (int i = 0; i < 2; i++) {
        assert_true(engine_client_tables(c, "switch", a, &tables));
        assert_true(tables.found);
        assert_int_equal(tables.wiring.address_count, ROWS);
    }
    assert_false(engine_client_tables(c, "broken", a, &tables));
    assert_string_equal(engine_client_error(c), "the engine's answer came in wrong pieces");
    arena_destroy(a);
    engine_client_close(c);
}

static void silence_ends_at_the_deadline(void **state)
{
    char error[ENGINE_CLIENT_ERROR_MAX];
    struct engine_client *c = engine_client_open(folder, SECONDS(5), error);
    struct arena *a = arena_create(0);
    struct ew_detail detail;
    engine_client_extend(c, MILLISECONDS(30));
    assert_false(engine_client_detail(c, "barn", a, &detail));
    assert_string_equal(engine_client_error(c), "the engine did not answer in time");
    arena_destroy(a);
    engine_client_close(c);
}

static void nobody_there_is_said_in_words(void **state)
{
    char error[ENGINE_CLIENT_ERROR_MAX];
    assert_null(engine_client_open("/nonexistent", SECONDS(1), error));
    assert_non_null(strstr(error, "hayloft is not running"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_whole_view_is_read, start, stop),
        cmocka_unit_test_setup_teardown(a_command_is_answered_by_its_own_result, start, stop),
        cmocka_unit_test_setup_teardown(tables_are_put_together_of_their_pieces, start, stop),
        cmocka_unit_test_setup_teardown(silence_ends_at_the_deadline, start, stop),
        cmocka_unit_test(nobody_there_is_said_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
