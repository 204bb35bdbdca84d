#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/frame.h"
#include "poller/message/web_store.h"
#include "tests/poller/store/bed.h"
#include "tests/support/folder.h"

/* A client's end; one answer at a time. */
struct asker {
    struct bed *bed;
    struct channel *channel;
    bool answered;
    uint16_t type;
    struct sw_login login;
    struct sw_result result;
    struct sw_users users;
    uint32_t request;
};

static void on_message(void *ctx, struct channel *c, const struct frame *frame)
{
    struct asker *a = ctx;
    (void)c;
    a->type = frame->type;
    a->answered = true;
    switch (frame->type) {
    case SW_LOGIN:
        assert_true(frame_unpack(frame, &sw_login_record, a->bed->arena, &a->login));
        assert_int_equal(a->login.request, a->request);
        break;
    case SW_RESULT:
        assert_true(frame_unpack(frame, &sw_result_record, a->bed->arena, &a->result));
        assert_int_equal(a->result.request, a->request);
        break;
    case SW_USERS:
        assert_true(frame_unpack(frame, &sw_users_record, a->bed->arena, &a->users));
        break;
    default:
        fail_msg("type %u", frame->type);
    }
}

static void on_closed(void *ctx, struct channel *c)
{
    struct asker *a = ctx;
    channel_destroy(c);
    a->channel = NULL;
}

static void connect_web(struct asker *a, struct bed *b)
{
    int fds[2];
    *a = (struct asker){.bed = b};
    assert_int_equal(frame_pair(fds), 0);
    a->channel = channel_create(&b->loop, fds[0], on_message, on_closed, a);
    store_peer(b->store, ROLE_WEB, fds[1]);
}

static void connect_control(struct asker *a, struct bed *b)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    *a = (struct asker){.bed = b};
    snprintf(to.sun_path, sizeof to.sun_path, "%s/control/store", b->folder);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    a->channel = channel_create(&b->loop, fd, on_message, on_closed, a);
}

static bool is_answered(void *ctx)
{
    return ((struct asker *)ctx)->answered;
}

static void ask(struct asker *a, uint16_t type, const struct record *r, const void *value)
{
    a->answered = false;
    assert_true(channel_send(a->channel, type, r, value));
    assert_true(bed_until(a->bed, is_answered, a));
}

static void set_user(struct asker *a, const char *user, const char *password)
{
    ask(a, WS_USER_SET, &ws_user_record,
        &(struct ws_user){++a->request, (char *)(uintptr_t)user, (char *)(uintptr_t)password});
}

static void log_in(struct asker *a, const char *user, const char *password, const char *address)
{
    struct ws_login m = {++a->request, (char *)(uintptr_t)user, (char *)(uintptr_t)password,
                         (char *)(uintptr_t)address};
    ask(a, WS_LOGIN, &ws_login_record, &m);
}

static void check_session(struct asker *a, char *session)
{
    ask(a, WS_SESSION, &ws_session_record, &(struct ws_session){++a->request, session});
}

static void a_user_made_at_the_command_line_logs_in_from_the_web(void **state)
{
    struct bed b;
    struct asker web, line;
    bed_make(&b);
    connect_web(&web, &b);
    connect_control(&line, &b);
    log_in(&web, "anna", "correct horse", "192.168.1.5");
    assert_false(web.login.ok);
    assert_true(web.login.no_user_yet);
    set_user(&line, "anna", "correct horse");
    assert_true(line.result.ok);
    log_in(&web, "anna", "wrong horse", "192.168.1.5");
    assert_false(web.login.ok);
    assert_false(web.login.no_user_yet);
    log_in(&web, "anna", "correct horse", "192.168.1.5");
    assert_true(web.login.ok);
    char session[64], csrf[64];
    snprintf(session, sizeof session, "%s", web.login.session);
    snprintf(csrf, sizeof csrf, "%s", web.login.csrf);
    assert_int_equal(strlen(session), 32);
    check_session(&web, session);
    assert_true(web.login.ok);
    assert_string_equal(web.login.user, "anna");
    assert_string_equal(web.login.csrf, csrf);
    char stored[128];
    bed_query_text(&b, "SELECT hash FROM session", stored, sizeof stored);
    assert_null(strstr(stored, session)); /* the database does not know the id */
    bed_query_text(&b, "SELECT hash FROM user", stored, sizeof stored);
    assert_memory_equal(stored, "$y$", 3);
    channel_destroy(web.channel);
    channel_destroy(line.channel);
    bed_remove(&b);
}

static void a_session_outlives_a_restart_and_ends_with_logout_or_a_new_password(void **state)
{
    struct bed b;
    struct asker line;
    char first[64], second[64];
    bed_make(&b);
    connect_control(&line, &b);
    set_user(&line, "anna", "correct horse");
    log_in(&line, "anna", "correct horse", "");
    snprintf(first, sizeof first, "%s", line.login.session);
    log_in(&line, "anna", "correct horse", "");
    snprintf(second, sizeof second, "%s", line.login.session);
    channel_destroy(line.channel);
    bed_stop(&b);
    bed_start(&b);
    connect_control(&line, &b);
    check_session(&line, first);
    assert_true(line.login.ok);
    ask(&line, WS_LOGOUT, &ws_session_record, &(struct ws_session){++line.request, first});
    assert_true(line.result.ok);
    check_session(&line, first);
    assert_false(line.login.ok);
    check_session(&line, second);
    assert_true(line.login.ok);
    set_user(&line, "anna", "another horse");
    check_session(&line, second);
    assert_false(line.login.ok);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM session"), 0);
    channel_destroy(line.channel);
    bed_remove(&b);
}

static void the_web_may_not_change_users_or_make_backups(void **state)
{
    struct bed b;
    struct asker web;
    bed_make(&b);
    connect_web(&web, &b);
    set_user(&web, "eve", "long enough");
    assert_false(web.result.ok);
    ask(&web, WS_BACKUP_BEGIN, &ws_fresh_record, &(struct ws_fresh){.request = ++web.request});
    assert_false(web.result.ok);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM user"), 0);
    channel_destroy(web.channel);
    bed_remove(&b);
}

static void bad_names_and_short_passwords_are_refused(void **state)
{
    struct bed b;
    struct asker line;
    bed_make(&b);
    connect_control(&line, &b);
    set_user(&line, "anna", "short");
    assert_false(line.result.ok);
    set_user(&line, "an na", "long enough");
    assert_false(line.result.ok);
    set_user(&line, "", "long enough");
    assert_false(line.result.ok);
    set_user(&line, "anna", "long enough");
    assert_true(line.result.ok);
    ask(&line, WS_USER_LIST, &ws_user_record, &(struct ws_user){++line.request, NULL, NULL});
    assert_int_equal(line.users.users_count, 1);
    ask(&line, WS_USER_REMOVE, &ws_user_record, &(struct ws_user){++line.request, "anna", NULL});
    assert_true(line.result.ok);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM user"), 0);
    channel_destroy(line.channel);
    bed_remove(&b);
}

static void guessing_is_slowed_down(void **state)
{
    struct bed b;
    struct asker line;
    bed_make(&b);
    connect_control(&line, &b);
    set_user(&line, "anna", "correct horse");
    for (int i = 0; i < 5; i++) {
        log_in(&line, "anna", "a wrong horse", "10.0.0.9");
        assert_int_equal(line.login.wait_ns, 0);
    }
    log_in(&line, "anna", "correct horse", "10.0.0.9");
    assert_false(line.login.ok);
    assert_true(line.login.wait_ns > 0);
    channel_destroy(line.channel);
    bed_remove(&b);
}

static void fresh_writes_what_is_still_collected(void **state)
{
    struct bed b;
    struct asker web;
    struct stat st;
    char path[128];
    bed_make(&b);
    connect_web(&web, &b);
    bed_hello(&b, "boot");
    bed_object(&b, 7, "router", "if-eth0", 2);
    bed_sample(&b, 1, 7, clock_wall().ns, 5, 2);
    assert_true(bed_wait_durable(&b, 1));
    snprintf(path, sizeof path, "%s/rrd/here/router/if-eth0.rrd", b.folder);
    assert_int_not_equal(stat(path, &st), 0);
    ask(&web, WS_FRESH, &ws_fresh_record, &(struct ws_fresh){++web.request, "here", "router", "if-eth0"});
    assert_true(web.result.ok);
    assert_int_equal(stat(path, &st) == 0, role_built[ROLE_PAINTER]); /* without graphs there are no files */
    channel_destroy(web.channel);
    bed_remove(&b);
}

static void a_backup_is_whole_and_its_old_messages_are_not_sent_when_restored(void **state)
{
    struct bed b;
    struct asker line;
    char copy[256], original[256];
    bed_make(&b);
    connect_control(&line, &b);
    bed_hello(&b, "boot");
    struct outbox_entry out = {"k", NULL, "me", MESSAGE_REPORT, clock_wall(), "all is well"};
    struct es_commit c = {.sequence = 1, .at = clock_wall(), .outbox = &out, .outbox_count = 1};
    bed_commit(&b, &c);
    bed_keep(&b, 2, "router", "k", "v");
    assert_true(bed_wait_durable(&b, 2));
    ask(&line, WS_BACKUP_BEGIN, &ws_fresh_record, &(struct ws_fresh){.request = ++line.request});
    assert_true(line.result.ok);
    snprintf(copy, sizeof copy, "%s-copy", b.folder);
    assert_int_equal(link(line.result.text, copy), 0);
    ask(&line, WS_BACKUP_END, &ws_fresh_record, &(struct ws_fresh){.request = ++line.request});
    assert_true(line.result.ok);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM outbox WHERE state = 'waiting'"), 1);
    channel_destroy(line.channel);
    bed_stop(&b);
    folder_remove(b.folder);
    mkdir(b.folder, 0750);
    snprintf(original, sizeof original, "%s/hayloft.db", b.folder);
    assert_int_equal(rename(copy, original), 0);
    bed_start(&b);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM outbox WHERE state = 'waiting'"), 0);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM kept"), 1);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event WHERE kind = 'restored'"), 1);
    bed_remove(&b);
}

static void an_asker_that_leaves_ends_the_pause(void **state)
{
    struct bed b;
    struct asker line, web;
    bed_make(&b);
    connect_control(&line, &b);
    connect_web(&web, &b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "ping", 1);
    ask(&line, WS_BACKUP_BEGIN, &ws_fresh_record, &(struct ws_fresh){.request = ++line.request});
    assert_true(line.result.ok);
    bed_sample(&b, 1, 0, clock_wall().ns, 5, 1);
    assert_true(bed_wait_durable(&b, 1));
    ask(&web, WS_FRESH, &ws_fresh_record, &(struct ws_fresh){.request = ++web.request});
    assert_false(web.result.ok);
    channel_destroy(line.channel);
    bed_turn(&b);
    ask(&web, WS_FRESH, &ws_fresh_record, &(struct ws_fresh){.request = ++web.request});
    assert_true(web.result.ok);
    channel_destroy(web.channel);
    bed_remove(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_made_at_the_command_line_logs_in_from_the_web),
        cmocka_unit_test(a_session_outlives_a_restart_and_ends_with_logout_or_a_new_password),
        cmocka_unit_test(the_web_may_not_change_users_or_make_backups),
        cmocka_unit_test(bad_names_and_short_passwords_are_refused),
        cmocka_unit_test(guessing_is_slowed_down),
        cmocka_unit_test(fresh_writes_what_is_still_collected),
        cmocka_unit_test(a_backup_is_whole_and_its_old_messages_are_not_sent_when_restored),
        cmocka_unit_test(an_asker_that_leaves_ends_the_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
