/* The role runtime against a hand-driven parent: the test holds the other end of descriptor 3. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/log.h"
#include "poller/message/role.h"

static int parent_end;
static uv_loop_t loop;
static struct role_runtime *runtime;
static char calls[256]; /* what the hooks saw, in order */

static void note(const char *what)
{
    size_t used = strlen(calls);
    snprintf(calls + used, sizeof calls - used, "%s;", what);
}

static bool on_prepare(void *ctx, uint64_t generation, const void *slice, size_t len, char **error)
{
    char text[64];
    snprintf(text, sizeof text, "prepare %llu %.*s", (unsigned long long)generation, (int)len,
             (const char *)slice);
    note(text);
    if (len != 3 || memcmp(slice, "bad", 3) != 0)
        return true;
    *error = strdup("no good");
    return false;
}

static void on_adopt(void *ctx, uint64_t generation)
{
    note("adopt");
}

static void on_forget(void *ctx, uint64_t generation)
{
    note("forget");
}

static void on_peer(void *ctx, enum role peer, int fd)
{
    note(role_words[peer]);
    close(fd);
}

static void on_stop(void *ctx)
{
    note("stop");
    role_finish(runtime);
    runtime = NULL;
}

static void on_trouble(void *ctx, const struct pa_trouble *t)
{
    note(t->over ? "over" : "trouble");
    note(role_words[t->role]);
    note(t->text);
}

static const struct role_hooks hooks = {.prepare = on_prepare,
                                        .adopt = on_adopt,
                                        .forget = on_forget,
                                        .peer = on_peer,
                                        .stop = on_stop,
                                        .trouble = on_trouble};

static int set_up(void **state)
{
    int pair[2];
    if (frame_pair(pair) != 0)
        return -1;
    parent_end = fcntl(pair[0], F_DUPFD_CLOEXEC, 20);
    dup2(pair[1], PARENT_FD);
    for (int i = 0; i < 2; i++)
        if (pair[i] != PARENT_FD)
            close(pair[i]);
    calls[0] = '\0';
    uv_loop_init(&loop);
    runtime = role_start(&loop, ROLE_WEB, &hooks, NULL);
    return 0;
}

static int tear_down(void **state)
{
    alarm(0); /* the runtime's own, set when the parent goes */
    role_finish(runtime);
    runtime = NULL;
    while (uv_run(&loop, UV_RUN_NOWAIT) != 0)
        ;
    close(parent_end);
    return uv_loop_close(&loop);
}

static void tell(uint16_t type, const struct record *r, const void *value, int fd)
{
    struct buf packed = {0};
    if (r)
        field_pack(r, value, NULL, &packed);
    assert_int_equal(frame_send(parent_end, type, packed.data, packed.len, fd), FRAME_OK);
    buf_fini(&packed);
    uv_run(&loop, UV_RUN_NOWAIT);
    uv_run(&loop, UV_RUN_NOWAIT);
}

static void tell_generation(uint16_t type, uint64_t generation, int fd)
{
    tell(type, &pa_generation_record, &(struct pa_generation){generation}, fd);
}

static int slice_of(const char *text, bool sealed)
{
    int fd = memfd_create("slice", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    if (sealed)
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW);
    return fd;
}

static void prepare(uint64_t generation, const char *text, bool sealed)
{
    int fd = slice_of(text, sealed);
    tell_generation(PA_PREPARE, generation, fd);
    close(fd);
}

static uint16_t answer(const struct record *r, struct arena *arena, void *out)
{
    static uint8_t buffer[FRAME_BUFFER_BYTES];
    struct frame f;
    if (frame_receive(parent_end, buffer, &f) != FRAME_OK)
        return 0;
    if (r)
        assert_true(frame_unpack(&f, r, arena, out));
    return f.type;
}

static void assert_prepared(uint64_t generation, bool ok, const char *error)
{
    struct arena *arena = arena_create(0);
    struct ap_prepared m;
    assert_int_equal(answer(&ap_prepared_record, arena, &m), AP_PREPARED);
    assert_int_equal(m.generation, generation);
    assert_int_equal(m.ok, ok);
    if (error)
        assert_string_equal(m.error, error);
    arena_destroy(arena);
}

static void a_slice_goes_through_both_phases(void **state)
{
    struct pa_generation g;
    struct arena *arena = arena_create(0);
    prepare(1, "one", true);
    assert_prepared(1, true, NULL);
    tell_generation(PA_ADOPT, 1, -1);
    assert_int_equal(answer(&pa_generation_record, arena, &g), AP_ADOPTED);
    assert_int_equal(g.generation, 1);
    assert_string_equal(calls, "prepare 1 one;adopt;");
    arena_destroy(arena);
}

static void a_refused_slice_is_neither_adopted_nor_forgotten(void **state)
{
    prepare(2, "bad", true);
    assert_prepared(2, false, "no good");
    tell_generation(PA_ADOPT, 2, -1);
    tell_generation(PA_FORGET, 2, -1);
    assert_int_equal(answer(NULL, NULL, NULL), 0);
    assert_string_equal(calls, "prepare 2 bad;");
}

static void a_prepared_slice_can_be_forgotten(void **state)
{
    prepare(2, "two", true);
    assert_prepared(2, true, NULL);
    tell_generation(PA_FORGET, 2, -1);
    tell_generation(PA_ADOPT, 2, -1);
    assert_string_equal(calls, "prepare 2 two;forget;");
}

static void a_slice_that_could_change_under_us_is_refused(void **state)
{
    prepare(1, "loose", false);
    assert_prepared(1, false, "the configuration slice cannot be read");
    tell_generation(PA_PREPARE, 2, -1);
    assert_prepared(2, false, "the configuration slice cannot be read");
    assert_string_equal(calls, "");
}

static void a_question_is_answered(void **state)
{
    tell(PA_PING, NULL, NULL, -1);
    assert_int_equal(answer(NULL, NULL, NULL), AP_PONG);
}

static void peers_arrive_with_their_socket_or_not_at_all(void **state)
{
    int pair[2];
    assert_int_equal(frame_pair(pair), 0);
    tell(PA_PEER, &pa_peer_record, &(struct pa_peer){ROLE_STORE}, pair[0]);
    tell(PA_PEER, &pa_peer_record, &(struct pa_peer){ROLE_ENGINE}, -1);
    assert_string_equal(calls, "store;");
    close(pair[0]);
    close(pair[1]);
}

static void nonsense_is_passed_over_and_leaks_no_descriptor(void **state)
{
    int fd = slice_of("x", true), before = dup(fd), after;
    close(before);
    tell(999, NULL, NULL, fd);
    tell(PA_PEER, NULL, NULL, fd);
    tell(PA_SOCKET, &pa_socket_record, &(struct pa_socket){SOCKET_ARP}, fd); /* no hook for it */
    after = dup(fd);
    assert_int_equal(after, before);
    close(after);
    close(fd);
    assert_string_equal(calls, "");
}

static void a_wish_is_repeated_at_most_once_a_second(void **state)
{
    role_want(runtime, ROLE_PAINTER);
    role_want(runtime, ROLE_PAINTER);
    role_want(runtime, ROLE_COURIER);
    assert_int_equal(answer(NULL, NULL, NULL), AP_WANT);
    assert_int_equal(answer(NULL, NULL, NULL), AP_WANT);
    assert_int_equal(answer(NULL, NULL, NULL), 0);
}

static void a_role_in_trouble_is_told(void **state)
{
    char text[] = "ends again and again";
    tell(PA_TROUBLE, &pa_trouble_record, &(struct pa_trouble){ROLE_STORE, text, false}, -1);
    assert_string_equal(calls, "trouble;store;ends again and again;");
}

static void being_told_stops_once(void **state)
{
    tell(PA_STOP, NULL, NULL, -1);
    assert_string_equal(calls, "stop;");
}

static void a_parent_that_goes_stops_us(void **state)
{
    close(parent_end);
    parent_end = -1;
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_string_equal(calls, "stop;");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_slice_goes_through_both_phases),
        CASE(a_refused_slice_is_neither_adopted_nor_forgotten),
        CASE(a_prepared_slice_can_be_forgotten),
        CASE(a_slice_that_could_change_under_us_is_refused),
        CASE(a_question_is_answered),
        CASE(peers_arrive_with_their_socket_or_not_at_all),
        CASE(nonsense_is_passed_over_and_leaks_no_descriptor),
        CASE(a_wish_is_repeated_at_most_once_a_second),
        CASE(a_role_in_trouble_is_told),
        CASE(being_told_stops_once),
        CASE(a_parent_that_goes_stops_us),
    };
    log_init("test", LOG_LEVEL_WARN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
