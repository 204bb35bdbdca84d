#include "poller/courier/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/sink.h"

#define TOKEN "0123456789abcdef"

struct bench {
    uv_loop_t loop;
    struct transfers *transfers;
    struct house *house;
    size_t answers;
    uint32_t id;
    int64_t status, retry_after_ns;
    char error[256];
};

static void on_reported(void *ctx, const struct cs_reported *a)
{
    struct bench *b = ctx;
    b->answers++;
    b->id = a->id;
    b->status = a->status;
    b->retry_after_ns = a->retry_after_ns;
    snprintf(b->error, sizeof b->error, "%s", a->error ? a->error : "");
}

static void open_bench(struct bench *b, struct config_upstream upstream)
{
    struct config c = {.vantage = "barn", .upstream = upstream};
    *b = (struct bench){0};
    uv_loop_init(&b->loop);
    b->transfers = transfers_create(&b->loop);
    b->house = house_create(b->transfers, on_reported, b);
    assert_true(house_prepare(b->house, &c));
    house_adopt(b->house);
}

static void close_bench(struct bench *b)
{
    assert_int_equal(house_running(b->house), 0);
    house_destroy(b->house);
    transfers_destroy(b->transfers);
    while (uv_run(&b->loop, UV_RUN_DEFAULT) != 0)
        ;
    assert_int_equal(uv_loop_close(&b->loop), 0);
}

static void post(struct bench *b, const char *body)
{
    struct sc_report m = {(uint32_t)b->answers + 7, {(uint8_t *)(uintptr_t)body, strlen(body)}};
    size_t before = b->answers;
    house_take(b->house, &m);
    while (b->answers == before)
        uv_run(&b->loop, UV_RUN_ONCE);
    assert_int_equal(b->answers, before + 1);
    assert_int_equal(b->id, m.id);
}

static void a_report_goes_to_the_vantages_place_with_its_token(void **state)
{
    struct sink *web = sink_start("webhook_sink.py", NULL);
    char url[64];
    struct bench b;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", sink_port(web));
    open_bench(&b, (struct config_upstream){.url = url, .token = TOKEN, .verify_tls = true});
    post(&b, "HLV1 and so on");
    assert_int_equal(b.status, 200);
    assert_string_equal(b.error, "");
    char *log = sink_log(web);
    assert_non_null(strstr(log, "\"path\": \"/api/v1/vantages/barn/records\""));
    assert_non_null(strstr(log, "\"Authorization\", \"Bearer " TOKEN "\""));
    assert_non_null(strstr(log, "application/vnd.hayloft.report"));
    assert_non_null(strstr(log, "HLV1 and so on"));
    free(log);
    close_bench(&b);
    sink_stop(web);
}

static void what_the_house_answers_is_told(void **state)
{
    static const struct {
        const char *path;
        int64_t status, retry_after_ns;
    } cases[] = {{"/status/401", 401, 0}, {"/status/503?after=7", 503, SECONDS(7)}, {"/redirect", 302, 0}};
    struct sink *web = sink_start("webhook_sink.py", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char url[96];
        struct bench b;
        /* what is appended to the address becomes a part of its query or path, which the sink passes over */
        snprintf(url, sizeof url, "http://127.0.0.1:%d%s%s", sink_port(web), cases[i].path,
                 strchr(cases[i].path, '?') ? "&x=" : "");
        open_bench(&b, (struct config_upstream){.url = url, .token = TOKEN});
        post(&b, "x");
        assert_int_equal(b.status, cases[i].status);
        assert_int_equal(b.retry_after_ns, cases[i].retry_after_ns);
        close_bench(&b);
    }
    assert_int_equal(sink_count(web), 0); /* the token followed nobody elsewhere */
    sink_stop(web);
}

static void a_house_that_is_not_there_is_no_answer(void **state)
{
    struct bench b;
    open_bench(&b, (struct config_upstream){.url = "http://127.0.0.1:9", .token = TOKEN});
    post(&b, "x");
    assert_int_equal(b.status, 0);
    assert_string_equal(b.error, "no connection");
    close_bench(&b);
    open_bench(&b, (struct config_upstream){0});
    post(&b, "x");
    assert_int_equal(b.status, 0);
    assert_string_equal(b.error, "there is no upstream");
    close_bench(&b);
}

static void expect_pinned(const char *url, const char *pin, bool verify, const char *ca, int64_t status,
                          const char *error)
{
    struct bench b;
    open_bench(&b, (struct config_upstream){.url = (char *)(uintptr_t)url, .token = TOKEN,
                                            .pin = (char *)(uintptr_t)pin, .verify_tls = verify});
    house_trust(b.house, ca);
    post(&b, "x");
    assert_int_equal(b.status, status);
    if (error)
        assert_non_null(strstr(b.error, error));
    close_bench(&b);
}

static void only_the_house_itself_gets_the_token(void **state)
{
    char certificate[128], key[128], pin[SINK_PIN_MAX], url[64];
    if (!sink_certificate(certificate, key, sizeof key))
        skip();
    assert_true(sink_pin(certificate, pin));
    const char *arguments[] = {"--certificate", certificate, "--key", key, NULL};
    struct sink *web = sink_start("webhook_sink.py", arguments);
    snprintf(url, sizeof url, "https://127.0.0.1:%d", sink_port(web));
    static const char other[] = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    expect_pinned(url, NULL, true, NULL, 0, "not trusted");
    expect_pinned(url, other, true, certificate, 0, "not the one pinned");
    assert_int_equal(sink_count(web), 0);
    expect_pinned(url, NULL, true, certificate, 200, NULL);
    expect_pinned(url, pin, true, NULL, 200, NULL);
    expect_pinned(url, NULL, false, NULL, 200, NULL);
    assert_int_equal(sink_count(web), 3);
    sink_stop(web);
    sink_forget_certificate(certificate, key);
}

static void another_house_is_used_from_the_next_report_on(void **state)
{
    struct sink *web = sink_start("webhook_sink.py", NULL);
    char url[64];
    struct bench b;
    snprintf(url, sizeof url, "http://127.0.0.1:%d", sink_port(web));
    open_bench(&b, (struct config_upstream){.url = "http://127.0.0.1:9", .token = TOKEN});
    struct config c = {.vantage = "barn", .upstream = {.url = url, .token = TOKEN}};
    assert_true(house_prepare(b.house, &c));
    post(&b, "x");
    assert_int_equal(b.status, 0);
    house_adopt(b.house);
    post(&b, "x");
    assert_int_equal(b.status, 200);
    close_bench(&b);
    sink_stop(web);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_goes_to_the_vantages_place_with_its_token),
        cmocka_unit_test(what_the_house_answers_is_told),
        cmocka_unit_test(a_house_that_is_not_there_is_no_answer),
        cmocka_unit_test(only_the_house_itself_gets_the_token),
        cmocka_unit_test(another_house_is_used_from_the_next_report_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
