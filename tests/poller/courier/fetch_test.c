#include "poller/courier/fetch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/support/sink.h"

static struct sink *web;

struct seen {
    uv_loop_t *loop;
    size_t count;
    uint32_t id;
    int64_t status, total_ns, first_byte_ns, connect_ns;
    char error[32], body[64], subject[128];
    size_t body_len;
    struct wall expires;
};

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static void on_fetched(void *ctx, const struct ce_fetched *a)
{
    struct seen *s = ctx;
    uv_stop(s->loop);
    *s = (struct seen){.loop = s->loop, .count = s->count + 1, .id = a->id, .status = a->status,
                       .total_ns = a->total_ns, .first_byte_ns = a->first_byte_ns,
                       .connect_ns = a->connect_ns, .body_len = a->body.len,
                       .expires = a->certificate_expires};
    copy_text(s->error, sizeof s->error, a->error);
    copy_text(s->subject, sizeof s->subject, a->certificate_subject);
    size_t kept = a->body.len < sizeof s->body - 1 ? a->body.len : sizeof s->body - 1;
    if (kept)
        memcpy(s->body, a->body.data, kept);
}

static struct seen fetch_from(const char *url, struct ec_fetch request)
{
    uv_loop_t loop;
    struct seen seen = {.loop = &loop};
    uv_loop_init(&loop);
    struct transfers *transfers = transfers_create(&loop);
    struct fetches *fetches = fetches_create(transfers, on_fetched, &seen);
    request.id = 7;
    request.url = (char *)(uintptr_t)url;
    fetches_take(fetches, &request);
    while (seen.count == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(fetches_running(fetches), 0);
    fetches_destroy(fetches);
    transfers_destroy(transfers);
    while (uv_run(&loop, UV_RUN_DEFAULT) != 0)
        ;
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(seen.id, 7);
    return seen;
}

static struct seen fetch_path(const char *path, int64_t body_max)
{
    char url[128];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", sink_port(web), path);
    return fetch_from(url, (struct ec_fetch){.timeout_ns = SECONDS(1), .body_max_bytes = body_max});
}

static void a_page_comes_with_status_body_and_times(void **state)
{
    (void)state;
    struct seen s = fetch_path("/", 4096);
    assert_string_equal(s.error, "");
    assert_int_equal(s.status, 200);
    assert_string_equal(s.body, "hello from the sink");
    assert_true(0 < s.connect_ns && s.connect_ns <= s.first_byte_ns && s.first_byte_ns <= s.total_ns);
    assert_int_equal(fetch_path("/status/503", 4096).status, 503);
}

static void a_body_is_cut_at_its_ceiling_and_is_still_an_answer(void **state)
{
    (void)state;
    struct seen s = fetch_path("/big", 1000);
    assert_int_equal(s.status, 200);
    assert_int_equal(s.body_len, 1000);
    assert_string_equal(s.error, "");
}

static void what_fails_is_one_word(void **state)
{
    (void)state;
    struct ec_fetch quick = {.timeout_ns = SECONDS(1)};
    assert_string_equal(fetch_path("/hang", 10).error, "timeout");
    assert_string_equal(fetch_from("http://127.0.0.1:1/", quick).error, "refused");
    assert_string_equal(fetch_from("file:///etc/passwd", quick).error, "url");
    assert_string_equal(fetch_from("gopher://127.0.0.1/", quick).error, "url");
}

static void a_certificate_tells_its_end(void **state)
{
    (void)state;
    char certificate[128], key[128], url[128];
    if (!sink_certificate(certificate, key, sizeof key))
        skip();
    const char *arguments[] = {"--certificate", certificate, "--key", key, NULL};
    struct sink *tls = sink_start("webhook_sink.py", arguments);
    snprintf(url, sizeof url, "https://localhost:%d/", sink_port(tls));
    struct seen s = fetch_from(url, (struct ec_fetch){.timeout_ns = SECONDS(5)});
    assert_string_equal(s.error, "");
    int64_t left = s.expires.ns - clock_wall().ns;
    assert_true(left > SECONDS(86400) && left <= SECONDS(2 * 86400));
    assert_non_null(strstr(s.subject, "localhost"));
    s = fetch_from(url, (struct ec_fetch){.timeout_ns = SECONDS(5), .verify_tls = true});
    assert_string_equal(s.error, "tls");
    sink_stop(tls);
    unlink(certificate);
    unlink(key);
    *strrchr(key, '/') = 0;
    rmdir(key);
}

static void both_forms_of_an_expiry_date_are_read(void **state)
{
    (void)state;
    struct wall w, wanted;
    wall_parse("2027-01-01T10:00:00Z", &wanted);
    assert_true(fetch_read_expiry("Jan  1 10:00:00 2027 GMT", &w));
    assert_int_equal(w.ns, wanted.ns);
    assert_true(fetch_read_expiry("2027-01-01 10:00:00 GMT", &w));
    assert_int_equal(w.ns, wanted.ns);
    assert_false(fetch_read_expiry("tomorrow", &w));
    assert_false(fetch_read_expiry("", &w));
}

static int start_sink(void **state)
{
    (void)state;
    web = sink_start("webhook_sink.py", NULL);
    return 0;
}

static int stop_sink(void **state)
{
    (void)state;
    sink_stop(web);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_comes_with_status_body_and_times),
        cmocka_unit_test(a_body_is_cut_at_its_ceiling_and_is_still_an_answer),
        cmocka_unit_test(what_fails_is_one_word),
        cmocka_unit_test(a_certificate_tells_its_end),
        cmocka_unit_test(both_forms_of_an_expiry_date_are_read),
    };
    return cmocka_run_group_tests(tests, start_sink, stop_sink);
}
