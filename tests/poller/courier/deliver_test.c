/* Deliveries against real sinks over loopback: a mail server and a webhook target that misbehave. */
#include "poller/courier/deliver.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "poller/base/clock.h"
#include "poller/base/log.h"
#include "tests/support/sink.h"

#define DEADLINE_MS 20000

struct result {
    enum delivery_outcome outcome;
    int64_t retry_after_ns;
    char error[256];
    size_t count;
};

struct bench {
    uv_loop_t loop;
    uv_timer_t deadline;
    struct transfers *transfers;
    struct deliveries *deliveries;
    struct result result;
};

static struct sink *webhook, *mail;

static void on_outcome(void *ctx, const struct cs_outcome *o)
{
    struct bench *b = ctx;
    b->result.outcome = o->outcome;
    b->result.retry_after_ns = o->retry_after_ns;
    snprintf(b->result.error, sizeof b->result.error, "%s", o->error ? o->error : "");
    b->result.count++;
    uv_stop(&b->loop); /* look at the count before waiting for more */
}

static void on_deadline(uv_timer_t *t)
{
    *(bool *)t->data = true;
}

static void open_bench(struct bench *b)
{
    memset(b, 0, sizeof *b);
    uv_loop_init(&b->loop);
    uv_timer_init(&b->loop, &b->deadline);
    b->transfers = transfers_create(&b->loop);
    b->deliveries = deliveries_create(&b->loop, b->transfers, on_outcome, b);
}

static void close_bench(struct bench *b)
{
    deliveries_destroy(b->deliveries);
    transfers_destroy(b->transfers);
    uv_close((uv_handle_t *)&b->deadline, NULL);
    uv_timer_stop(&b->deadline);
    while (uv_run(&b->loop, UV_RUN_DEFAULT) != 0)
        ;
    assert_int_equal(uv_loop_close(&b->loop), 0); /* nothing was left open */
}

static void use(struct bench *b, const struct config_receiver *r)
{
    struct config c = {.title = "Farm", .receivers = (struct config_receiver *)(uintptr_t)r,
                       .receivers_count = 1};
    char *error = NULL;
    if (!deliveries_prepare(b->deliveries, &c, &error))
        fail_msg("%s", error);
    deliveries_adopt(b->deliveries);
}

static void hand(struct bench *b, const char *key)
{
    struct sc_deliver m = {
        .key = (char *)(uintptr_t)key, .receiver = "me", .kind = MESSAGE_OPENED, .attempt = 1,
        .created = clock_wall(),
        .document = "{\"id\":\"i1\",\"message\":\"opened\",\"key\":\"k1\",\"severity\":\"wake\","
                    "\"cause\":{\"kind\":\"node-down\",\"sentence\":\"The \\\"cam\\\"\\r\\nBcc: x is down.\","
                    "\"node\":\"cam\"},\"affected\":[\"cam\"]}"};
    deliveries_take(b->deliveries, &m);
}

static void wait_for_outcomes(struct bench *b, size_t wanted)
{
    bool late = false;
    b->deadline.data = &late;
    uv_timer_start(&b->deadline, on_deadline, DEADLINE_MS, 0);
    while (b->result.count < wanted && !late)
        uv_run(&b->loop, UV_RUN_ONCE);
    uv_timer_stop(&b->deadline);
    assert_int_equal(b->result.count, wanted);
}

static struct result deliver_key(const struct config_receiver *r, const char *key, const char *ca)
{
    struct bench b;
    open_bench(&b);
    deliveries_trust(b.deliveries, ca);
    use(&b, r);
    hand(&b, key);
    wait_for_outcomes(&b, 1);
    struct result result = b.result;
    close_bench(&b);
    return result;
}

static struct result deliver(const struct config_receiver *r)
{
    return deliver_key(r, "k1", NULL);
}

static struct config_receiver hook(const char *path)
{
    static char url[256];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", sink_port(webhook), path);
    return (struct config_receiver){.name = "me", .kind = RECEIVER_WEBHOOK, .url = url,
                                    .verify_tls = true, .timeout_ns = SECONDS(2)};
}

static struct config_receiver mailbox(const struct sink *s, const char *tls, char **to, size_t count)
{
    static char server[64];
    snprintf(server, sizeof server, "127.0.0.1:%d", sink_port(s));
    return (struct config_receiver){.name = "me", .kind = RECEIVER_MAIL, .server = server,
                                    .tls = (char *)(uintptr_t)tls, .from = "watch@farm.example",
                                    .to = to, .to_count = count, .verify_tls = true,
                                    .timeout_ns = SECONDS(3)};
}

static void expect_in_log(const struct sink *s, const char *text)
{
    char *log = sink_log(s);
    if (!strstr(log, text))
        fail_msg("not in the log: %s\n%s", text, log);
    free(log);
}

static void a_webhook_gets_the_document_and_its_key(void **state)
{
    (void)state;
    struct config_receiver r = hook("/plain");
    struct result x = deliver(&r);
    assert_int_equal(x.outcome, DELIVERY_SENT);
    expect_in_log(webhook, "\"key\": \"k1\", \"path\": \"/plain\"");
    expect_in_log(webhook, "[\"Idempotency-Key\", \"k1\"]");
    expect_in_log(webhook, "\\\"kind\\\":\\\"node-down\\\"");
}

static void a_template_and_headers_shape_the_request(void **state)
{
    (void)state;
    struct config_receiver r = hook("/shaped");
    struct config_header headers[] = {{"X-Token", "s3cret"}, {"Content-Type", "text/x-test"}};
    r.headers = headers;
    r.headers_count = 2;
    r.template = "{\"text\": \"{cause.sentence}\", \"p\": {severity|choose:wake=5,*=1}}";
    assert_int_equal(deliver(&r).outcome, DELIVERY_SENT);
    expect_in_log(webhook,
                  "{\\\"text\\\": \\\"The \\\\\\\"cam\\\\\\\"\\\\u000d\\\\nBcc: x is down.\\\", \\\"p\\\": 5}");
    expect_in_log(webhook, "[\"X-Token\", \"s3cret\"]");
    expect_in_log(webhook, "text/x-test");
}

static void a_service_fills_its_address_and_leaves_out_headers_without_option(void **state)
{
    (void)state;
    struct config_receiver r = hook("/service/{option.topic}");
    struct config_header headers[] = {{"Title", "{subject}"}, {"Authorization", "Bearer {option.token}"}};
    struct config_header options[] = {{"topic", "my farm"}};
    r.kind = RECEIVER_TEMPLATE;
    r.service = "ntfy";
    r.headers = headers;
    r.headers_count = 2;
    r.options = options;
    r.options_count = 1;
    r.template = "{text}";
    r.content_type = "text/plain; charset=utf-8";
    assert_int_equal(deliver(&r).outcome, DELIVERY_SENT);
    expect_in_log(webhook, "/service/my%20farm");
    char *log = sink_log(webhook), *line = strstr(log, "/service/my%20farm");
    assert_null(strstr(line, "Authorization"));
    assert_non_null(strstr(line, "The \\\"cam\\\""));
    assert_null(strstr(line, "[\"Bcc\"")); /* the sentence's line break added no header */
    free(log);
}

static void refusals_are_told_from_passing_trouble(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum delivery_outcome outcome;
        int64_t after_s;
    } cases[] = {
        {"/status/500", DELIVERY_RETRY, 0}, {"/status/503?after=17", DELIVERY_RETRY, 17},
        {"/status/429?after=5", DELIVERY_RETRY, 5}, {"/status/408", DELIVERY_RETRY, 0},
        {"/status/404", DELIVERY_REFUSED, 0}, {"/status/401", DELIVERY_REFUSED, 0},
        {"/redirect", DELIVERY_REFUSED, 0}, {"/reset", DELIVERY_RETRY, 0},
        {"/huge", DELIVERY_SENT, 0}, {"/silent-body", DELIVERY_SENT, 0},
        {"/hang", DELIVERY_RETRY, 0}, {"/drip", DELIVERY_RETRY, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct config_receiver r = hook(cases[i].path);
        struct mono before = clock_mono();
        struct result x = deliver(&r);
        if (x.outcome != cases[i].outcome || x.retry_after_ns != SECONDS(cases[i].after_s))
            fail_msg("%s: %s, %lld ns, %s", cases[i].path, delivery_outcome_words[x.outcome],
                     (long long)x.retry_after_ns, x.error);
        assert_true(mono_since(clock_mono(), before) < SECONDS(4));
        assert_null(strstr(x.error, "http:"));
    }
}

static void nobody_listening_is_tried_again(void **state)
{
    (void)state;
    struct config_receiver r = hook("/");
    r.url = "http://127.0.0.1:1/token-in-here";
    struct result x = deliver(&r);
    assert_int_equal(x.outcome, DELIVERY_RETRY);
    assert_null(strstr(x.error, "token"));
}

static void link_local_targets_are_not_spoken_to(void **state)
{
    (void)state;
    struct config_receiver r = hook("/");
    r.url = "http://169.254.169.254/latest/meta-data";
    struct mono before = clock_mono();
    struct result x = deliver(&r);
    assert_int_equal(x.outcome, DELIVERY_RETRY);
    if (mono_since(clock_mono(), before) > SECONDS(1))
        fail_msg("%lld ns: %s", (long long)mono_since(clock_mono(), before), x.error);
}

static void the_environment_names_no_proxy_for_us(void **state)
{
    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    struct config_receiver r = hook("/proxy");
    assert_int_equal(deliver(&r).outcome, DELIVERY_SENT);
    unsetenv("http_proxy");
}

static void a_mail_arrives_with_its_key_and_encoded_subject(void **state)
{
    (void)state;
    char *to[] = {"anna@example.org", "ben@example.org"};
    struct config_receiver r = mailbox(mail, "none", to, 2);
    assert_int_equal(deliver_key(&r, "m1", NULL).outcome, DELIVERY_SENT);
    expect_in_log(mail, "\"key\": \"m1\", \"message_id\": \"<m1@farm.example>\"");
    expect_in_log(mail, "\"to\": [\"anna@example.org\"]");
    expect_in_log(mail, "\"to\": [\"ben@example.org\"]");
    char *log = sink_log(mail);
    assert_null(strstr(log, "\"Bcc\""));
    free(log);
}

static void a_greylisted_mail_is_tried_again_for_that_recipient_only(void **state)
{
    (void)state;
    char *to[] = {"first@example.org", "grey-1@example.org"};
    struct config_receiver r = mailbox(mail, "none", to, 2);
    size_t before = sink_count(mail);
    struct result x = deliver_key(&r, "m2", NULL);
    assert_int_equal(x.outcome, DELIVERY_RETRY);
    assert_non_null(strstr(x.error, "greylisted"));
    assert_int_equal(sink_count(mail), before + 1);
    assert_int_equal(deliver_key(&r, "m2", NULL).outcome, DELIVERY_SENT);
    assert_int_equal(sink_count(mail), before + 2);
}

static void a_refused_recipient_is_said_and_keeps_nobody_else_waiting(void **state)
{
    (void)state;
    char *to[] = {"refuse@example.org", "other@example.org"};
    struct config_receiver r = mailbox(mail, "none", to, 2);
    struct result x = deliver_key(&r, "m3", NULL);
    assert_int_equal(x.outcome, DELIVERY_SENT);
    assert_non_null(strstr(x.error, "refuse@example.org: 550"));
    r.to_count = 1;
    assert_int_equal(deliver_key(&r, "m4", NULL).outcome, DELIVERY_REFUSED);
    to[0] = "data-refuse@example.org";
    assert_int_equal(deliver_key(&r, "m5", NULL).outcome, DELIVERY_REFUSED);
}

static struct result with_fault(const char *tls, const char *fault, const char *setting)
{
    const char *arguments[] = {"--tls", tls, fault ? "--fault" : NULL, fault, NULL};
    struct sink *s = sink_start("smtp_sink.py", arguments);
    char *to[] = {"anna@example.org"};
    struct config_receiver r = mailbox(s, setting, to, 1);
    struct result x = deliver_key(&r, "f1", NULL);
    assert_int_equal(sink_count(s), 0);
    sink_stop(s);
    return x;
}

static void a_server_that_stalls_or_breaks_at_any_verb_is_tried_again(void **state)
{
    (void)state;
    static const char *const faults[] = {"hang:BANNER", "reset:BANNER", "reset:EHLO", "reset:MAIL",
                                         "hang:RCPT", "reset:RCPT", "reset:DATA", "reset:DOT"};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct result x = with_fault("none", faults[i], "none");
        if (x.outcome != DELIVERY_RETRY)
            fail_msg("%s: %s, %s", faults[i], delivery_outcome_words[x.outcome], x.error);
    }
}

static void a_mail_never_goes_out_in_the_clear_unless_told_to(void **state)
{
    (void)state;
    assert_int_equal(with_fault("none", NULL, "starttls").outcome, DELIVERY_RETRY);
    assert_int_equal(with_fault("refused", NULL, "starttls").outcome, DELIVERY_RETRY);
    assert_int_equal(with_fault("broken", NULL, "starttls").outcome, DELIVERY_RETRY);
    assert_int_equal(with_fault("none", NULL, "required").outcome, DELIVERY_RETRY);
}

static void encryption_is_used_and_the_certificate_is_checked(void **state)
{
    (void)state;
    char certificate[128], key[128];
    if (!sink_certificate(certificate, key, sizeof key))
        skip();
    static const char *const modes[][2] = {{"starttls", "starttls"}, {"implicit", "required"}};
    for (int i = 0; i < 2; i++) {
        const char *arguments[] = {"--tls", modes[i][0], "--certificate", certificate, "--key", key,
                                   "--login", "anna:s3cret", NULL};
        struct sink *s = sink_start("smtp_sink.py", arguments);
        char *to[] = {"anna@example.org"};
        struct config_receiver r = mailbox(s, modes[i][1], to, 1);
        r.user = "anna";
        r.password = "s3cret";
        r.timeout_ns = SECONDS(15); /* a busy machine makes keys slowly */
        struct result x = deliver_key(&r, "t1", NULL); /* nobody vouches for it */
        assert_int_equal(x.outcome, DELIVERY_RETRY);
        assert_non_null(strstr(x.error, "not trusted"));
        char trusted[16];
        snprintf(trusted, sizeof trusted, "t%d", 10 + i);
        assert_int_equal(deliver_key(&r, trusted, certificate).outcome, DELIVERY_SENT);
        expect_in_log(s, "\"encrypted\": true, \"login\": \"anna\"");
        r.password = "wrong";
        x = deliver_key(&r, "t3", certificate);
        assert_int_equal(x.outcome, DELIVERY_REFUSED);
        assert_null(strstr(x.error, "wrong\""));
        assert_int_equal(sink_count(s), 1);
        sink_stop(s);
    }
    unlink(certificate);
    unlink(key);
    *strrchr(key, '/') = 0;
    rmdir(key);
}

/* Writes a script into a file of its own and gives it to an exec receiver. */
static struct result run_script(const char *body, int64_t timeout_ns)
{
    char path[] = "/tmp/hayloft-script-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    dprintf(fd, "#!/bin/sh\n%s\n", body);
    fchmod(fd, 0700);
    close(fd);
    char *command[] = {path, "fixed argument"};
    struct config_receiver r = {.name = "me", .kind = RECEIVER_EXEC, .command = command,
                                .command_count = 2, .timeout_ns = timeout_ns};
    struct result x = deliver(&r);
    unlink(path);
    return x;
}

static void a_command_gets_document_and_variables_but_no_shell(void **state)
{
    (void)state;
    struct result x = run_script("read document; test \"$1\" = 'fixed argument' || exit 3\n"
                                 "test \"$HAYLOFT_NODE\" = cam && test \"$HAYLOFT_CAUSE\" = node-down || exit 4\n"
                                 "test -z \"$HOME\" || exit 5\n"
                                 "case $document in *node-down*) exit 0;; esac; exit 6", SECONDS(5));
    if (x.outcome != DELIVERY_SENT)
        fail_msg("%s", x.error);
}

static void a_command_that_fails_says_why(void **state)
{
    (void)state;
    struct result x = run_script("echo first >&2; echo no modem here >&2; exit 7", SECONDS(5));
    assert_int_equal(x.outcome, DELIVERY_RETRY);
    assert_string_equal(x.error, "the command ended with 7: no modem here");
    assert_int_equal(run_script("exit 65", SECONDS(5)).outcome, DELIVERY_REFUSED);
    assert_int_equal(run_script("kill -9 $$", SECONDS(5)).outcome, DELIVERY_RETRY);
}

/* Not when it is gone, nor when it is a zombie, which has no command line. */
static bool is_sleeping(long pid)
{
    char path[64], command[6] = "";
    snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
    FILE *f = fopen(path, "r");
    bool read_some = f && fread(command, 1, 5, f) == 5;
    if (f)
        fclose(f);
    return read_some && strcmp(command, "sleep") == 0;
}

static void a_command_that_hangs_is_stopped_with_all_it_started(void **state)
{
    (void)state;
    char path[] = "/tmp/hayloft-child-XXXXXX", body[256];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    snprintf(body, sizeof body, "trap '' TERM; sleep 61 & echo $! > %s; while :; do sleep 1; done", path);
    struct mono before = clock_mono();
    struct result x = run_script(body, SECONDS(1));
    assert_int_equal(x.outcome, DELIVERY_RETRY);
    assert_non_null(strstr(x.error, "in time"));
    assert_true(mono_since(clock_mono(), before) < SECONDS(9));
    char number[16] = "";
    assert_true(read(fd, number, sizeof number - 1) > 0);
    struct mono until = mono_after(clock_mono(), SECONDS(5));
    while (is_sleeping(strtol(number, NULL, 10)) && mono_before(clock_mono(), until))
        usleep(10000);
    assert_false(is_sleeping(strtol(number, NULL, 10)));
    close(fd);
    unlink(path);
}

static void a_command_that_floods_does_no_harm(void **state)
{
    (void)state;
    struct result x = run_script("head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero; exit 0",
                                 SECONDS(10));
    assert_int_equal(x.outcome, DELIVERY_SENT);
}

static void a_command_that_is_not_there_is_tried_again(void **state)
{
    (void)state;
    char *command[] = {"/nonexistent/program"};
    struct config_receiver r = {.name = "me", .kind = RECEIVER_EXEC, .command = command,
                                .command_count = 1};
    assert_int_equal(deliver(&r).outcome, DELIVERY_RETRY);
}

static void a_bad_setting_is_refused_and_the_old_ones_stay(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    struct config_receiver good = hook("/stays"), bad = hook("/x");
    use(&b, &good);
    bad.template = "{cause.sentense}";
    struct config c = {.receivers = &bad, .receivers_count = 1};
    char *error = NULL;
    assert_false(deliveries_prepare(b.deliveries, &c, &error));
    assert_non_null(strstr(error, "receiver me: unknown value"));
    free(error);
    deliveries_forget(b.deliveries);
    hook("/stays");
    hand(&b, "s1");
    wait_for_outcomes(&b, 1);
    assert_int_equal(b.result.outcome, DELIVERY_SENT);
    close_bench(&b);
}

static void a_reload_in_the_middle_leaves_a_running_message_alone(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    struct config_receiver old = hook("/silent-body");
    use(&b, &old);
    hand(&b, "r1");
    struct config none = {0};
    char *error = NULL;
    assert_true(deliveries_prepare(b.deliveries, &none, &error));
    deliveries_adopt(b.deliveries);
    wait_for_outcomes(&b, 1);
    assert_int_equal(b.result.outcome, DELIVERY_SENT);
    hand(&b, "r2");
    wait_for_outcomes(&b, 2);
    assert_int_equal(b.result.outcome, DELIVERY_REFUSED); /* nobody of that name any more */
    close_bench(&b);
}

static void many_at_once_are_bounded_and_each_is_answered(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    struct config_receiver r = hook("/many");
    use(&b, &r);
    for (int i = 0; i < 50; i++) {
        char key[16];
        snprintf(key, sizeof key, "many%d", i);
        hand(&b, key);
    }
    assert_true(deliveries_running(b.deliveries) <= 32);
    wait_for_outcomes(&b, 50);
    close_bench(&b);
}

static void ending_with_messages_under_way_leaves_nothing_behind(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    char *command[] = {"/bin/sleep", "60"};
    struct config_receiver r = {.name = "me", .kind = RECEIVER_EXEC, .command = command,
                                .command_count = 2};
    use(&b, &r);
    hand(&b, "e1");
    close_bench(&b);
}

/* Runs a delivery with standard error in a file; the file must not hold the canary. */
static void expect_silence_about_canary(const struct config_receiver *r)
{
    char path[] = "/tmp/hayloft-log-XXXXXX", text[4096] = "";
    int file = mkstemp(path), terminal = dup(STDERR_FILENO);
    assert_true(file >= 0 && terminal >= 0 && dup2(file, STDERR_FILENO) >= 0);
    struct result x = deliver(r);
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    assert_true(pread(file, text, sizeof text - 1, 0) >= 0);
    close(file);
    unlink(path);
    assert_int_not_equal(x.outcome, DELIVERY_SENT);
    assert_null(strstr(text, "canary"));
    assert_null(strstr(x.error, "canary"));
}

static void no_secret_is_in_an_error_or_a_log_line(void **state)
{
    (void)state;
    struct config_header headers[] = {{"Authorization", "Bearer canary"}}, options[] = {{"token", "canary"}};
    struct config_receiver r = hook("/status/500?canary");
    r.headers = headers;
    r.headers_count = 1;
    expect_silence_about_canary(&r);
    r.url = "http://canary:canary@127.0.0.1:1/canary";
    expect_silence_about_canary(&r);
    r.kind = RECEIVER_TEMPLATE;
    r.url = "http://127.0.0.1:1/bot{option.token}";
    r.options = options;
    r.options_count = 1;
    expect_silence_about_canary(&r);
    char *to[] = {"refuse@example.org"};
    struct config_receiver m = mailbox(mail, "none", to, 1);
    m.user = "anna";
    m.password = "canary";
    expect_silence_about_canary(&m);
}

static int start_sinks(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as every role does */
    log_init("test", LOG_LEVEL_WARN);
    webhook = sink_start("webhook_sink.py", NULL);
    mail = sink_start("smtp_sink.py", NULL);
    return 0;
}

static int stop_sinks(void **state)
{
    (void)state;
    sink_stop(webhook);
    sink_stop(mail);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_webhook_gets_the_document_and_its_key),
        cmocka_unit_test(a_template_and_headers_shape_the_request),
        cmocka_unit_test(a_service_fills_its_address_and_leaves_out_headers_without_option),
        cmocka_unit_test(refusals_are_told_from_passing_trouble),
        cmocka_unit_test(nobody_listening_is_tried_again),
        cmocka_unit_test(link_local_targets_are_not_spoken_to),
        cmocka_unit_test(the_environment_names_no_proxy_for_us),
        cmocka_unit_test(a_mail_arrives_with_its_key_and_encoded_subject),
        cmocka_unit_test(a_greylisted_mail_is_tried_again_for_that_recipient_only),
        cmocka_unit_test(a_refused_recipient_is_said_and_keeps_nobody_else_waiting),
        cmocka_unit_test(a_server_that_stalls_or_breaks_at_any_verb_is_tried_again),
        cmocka_unit_test(a_mail_never_goes_out_in_the_clear_unless_told_to),
        cmocka_unit_test(encryption_is_used_and_the_certificate_is_checked),
        cmocka_unit_test(a_command_gets_document_and_variables_but_no_shell),
        cmocka_unit_test(a_command_that_fails_says_why),
        cmocka_unit_test(a_command_that_hangs_is_stopped_with_all_it_started),
        cmocka_unit_test(a_command_that_floods_does_no_harm),
        cmocka_unit_test(a_command_that_is_not_there_is_tried_again),
        cmocka_unit_test(a_bad_setting_is_refused_and_the_old_ones_stay),
        cmocka_unit_test(a_reload_in_the_middle_leaves_a_running_message_alone),
        cmocka_unit_test(many_at_once_are_bounded_and_each_is_answered),
        cmocka_unit_test(no_secret_is_in_an_error_or_a_log_line),
        cmocka_unit_test(ending_with_messages_under_way_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, start_sinks, stop_sinks);
}
