/* The end of a transfer that is given up, seen from the server: a thread that plays one, line by line. */
#include "poller/courier/transfer.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define MAIL_BYTES (1 << 20) /* more than any socket's buffers take at once */

/* A mail server that reads the text of a mail slowly: nothing, until the client is gone. */
struct server {
    int listening;
    char url[64];
    pthread_t thread;
    const char *silent_at; /* it answers nothing to this verb, or NULL */
    sem_t at_text;         /* the client was told to send it, or asked whether it may */
    sem_t gone;            /* it may read on */
    char tail[64];         /* the last bytes that came */
    bool ended;            /* by the dot of a whole mail */
};

static void answer(FILE *f, const char *line)
{
    fputs(line, f);
    fflush(f);
}

static void read_to_the_end(struct server *s, FILE *f)
{
    char line[256] = "";
    sem_post(&s->at_text);
    sem_wait(&s->gone);
    while (fgets(line, sizeof line, f)) {
        snprintf(s->tail, sizeof s->tail, "%.60s", line);
        s->ended |= strcmp(line, ".\r\n") == 0;
    }
}

static void *serve(void *arg)
{
    struct server *s = arg;
    int fd = accept(s->listening, NULL, NULL);
    FILE *f = fdopen(fd, "r+");
    char line[256];
    answer(f, "220 test\r\n");
    while (fgets(line, sizeof line, f)) {
        bool data = strncmp(line, "DATA", 4) == 0;
        if (!s->silent_at || strncmp(line, s->silent_at, strlen(s->silent_at)) != 0)
            answer(f, data ? "354 go on\r\n" : "250 ok\r\n");
        if (!data)
            continue;
        read_to_the_end(s, f);
        break;
    }
    fclose(f);
    return NULL;
}

static void server_start(struct server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    s->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listening, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(s->listening, 1), 0);
    getsockname(s->listening, (struct sockaddr *)&a, &len);
    snprintf(s->url, sizeof s->url, "smtp://127.0.0.1:%d", ntohs(a.sin_port));
    sem_init(&s->at_text, 0, 0);
    sem_init(&s->gone, 0, 0);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static size_t give_letters(char *out, size_t size, size_t count, void *ctx)
{
    size_t *left = ctx, n = size * count < *left ? size * count : *left;
    memset(out, 'x', n);
    *left -= n;
    return n;
}

static void never(void *ctx, CURL *easy, CURLcode result)
{
    fail();
}

struct mail_under_way {
    uv_loop_t loop;
    struct transfers *transfers;
    CURL *easy;
    struct curl_slist *to;
    size_t left;
};

static void mail_start(struct mail_under_way *m, const struct server *s)
{
    struct transfer_setting setting = {
        .url = s->url, .protocols = "smtp", .timeout_ms = 60000, .private_targets = true};
    uv_loop_init(&m->loop);
    m->transfers = transfers_create(&m->loop);
    m->easy = transfer_handle(&setting);
    m->to = curl_slist_append(NULL, "anna@example.org");
    m->left = MAIL_BYTES;
    curl_easy_setopt(m->easy, CURLOPT_MAIL_FROM, "<watch@farm.example>");
    curl_easy_setopt(m->easy, CURLOPT_MAIL_RCPT, m->to);
    curl_easy_setopt(m->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(m->easy, CURLOPT_READFUNCTION, give_letters);
    curl_easy_setopt(m->easy, CURLOPT_READDATA, &m->left);
    assert_true(transfer_start(m->transfers, m->easy, never, NULL));
}

static void turn(uv_timer_t *timer)
{
}

static void mail_until_text(struct mail_under_way *m, struct server *s)
{
    uv_timer_t tick;
    uv_timer_init(&m->loop, &tick);
    uv_timer_start(&tick, turn, 5, 5);
    while (sem_trywait(&s->at_text) != 0)
        uv_run(&m->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&m->loop, UV_RUN_NOWAIT);
}

static void mail_end(struct mail_under_way *m)
{
    curl_easy_cleanup(m->easy);
    curl_slist_free_all(m->to);
    uv_run(&m->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&m->loop), 0);
}

static void server_end(struct server *s)
{
    sem_post(&s->gone);
    pthread_join(s->thread, NULL);
    close(s->listening);
}

static void a_mail_that_is_given_up_is_no_mail_to_its_server(void **state)
{
    static const char *const silent_at[] = {NULL, "DATA"};
    for (size_t i = 0; i < 2; i++) {
        struct server s = {.silent_at = silent_at[i]};
        struct mail_under_way m;
        server_start(&s);
        mail_start(&m, &s);
        mail_until_text(&m, &s);
        transfer_cancel(m.transfers, m.easy);
        transfers_destroy(m.transfers);
        mail_end(&m);
        server_end(&s);
        assert_false(s.ended);
    }
}

static void nor_is_one_that_a_courier_leaves_behind(void **state)
{
    struct server s = {0};
    struct mail_under_way m;
    server_start(&s);
    mail_start(&m, &s);
    mail_until_text(&m, &s);
    transfers_destroy(m.transfers);
    mail_end(&m);
    server_end(&s);
    assert_false(s.ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_that_is_given_up_is_no_mail_to_its_server),
        cmocka_unit_test(nor_is_one_that_a_courier_leaves_behind),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
