/* By libupsclient, NUT's own. Its reads wait a few seconds for each piece, so that a server that
 * drips could keep it for ever: giving up shuts the socket, which ends any read. */
#include "poller/courier/ups/nut.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <upsclient.h>

#include "poller/base/utf8.h"

struct nut_talk {
    pthread_mutex_t lock; /* of what follows: the socket may not be closed while it is being shut */
    UPSCONN_t connection;
    bool connected, given_up;
};

bool nut_is_built(void)
{
    return true;
}

struct nut_talk *nut_talk_create(void)
{
    struct nut_talk *t = calloc(1, sizeof *t);
    if (t && pthread_mutex_init(&t->lock, NULL) != 0) {
        free(t);
        return NULL;
    }
    return t;
}

void nut_talk_destroy(struct nut_talk *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void nut_give_up(struct nut_talk *t)
{
    pthread_mutex_lock(&t->lock);
    t->given_up = true;
    if (t->connected)
        shutdown(upscli_fd(&t->connection), SHUT_RDWR);
    pthread_mutex_unlock(&t->lock);
}

/* True when it may go on. */
static bool publish(struct nut_talk *t, bool connected)
{
    pthread_mutex_lock(&t->lock);
    t->connected = connected;
    bool wanted = !t->given_up;
    pthread_mutex_unlock(&t->lock);
    return wanted;
}

static const char *word_of(int error)
{
    switch (error) {
    case UPSCLI_ERR_NOSUCHHOST:
        return "dns";
    case UPSCLI_ERR_UNKNOWNUPS:
        return "unknown-ups";
    case UPSCLI_ERR_ACCESSDENIED:
    case UPSCLI_ERR_PWDREQUIRED:
    case UPSCLI_ERR_USERREQUIRED:
        return "access-denied";
    case UPSCLI_ERR_DATASTALE:
        return "data-stale";
    case UPSCLI_ERR_DRVNOTCONN:
        return "driver";
    case UPSCLI_ERR_CONNFAILURE:
        return "refused";
    case UPSCLI_ERR_SRVDISC:
    case UPSCLI_ERR_READ:
    case UPSCLI_ERR_WRITE:
    case UPSCLI_ERR_SENDFAILURE:
    case UPSCLI_ERR_RECVFAILURE:
        return "reset";
    default:
        return "protocol";
    }
}

static const char *sentence_of(int error)
{
    switch (error) {
    case UPSCLI_ERR_NOSUCHHOST:
        return "the server's name leads to no address";
    case UPSCLI_ERR_UNKNOWNUPS:
        return "the server knows no UPS of this name";
    case UPSCLI_ERR_ACCESSDENIED:
    case UPSCLI_ERR_PWDREQUIRED:
    case UPSCLI_ERR_USERREQUIRED:
        return "the server does not let us look";
    case UPSCLI_ERR_DATASTALE:
        return "the server has not heard from the UPS for a while: is its cable in?";
    case UPSCLI_ERR_DRVNOTCONN:
        return "the server's driver for this UPS does not run";
    case UPSCLI_ERR_CONNFAILURE:
        return "no NUT server answers there";
    default:
        return NULL;
    }
}

static void tell_error(struct nut_talk *t, struct nut_listing *out)
{
    int error = upscli_upserror(&t->connection);
    const char *sentence = sentence_of(error);
    bool wanted = publish(t, false);
    out->error = wanted ? word_of(error) : "timeout";
    snprintf(out->detail, sizeof out->detail, "%s",
             !wanted    ? "no answer in time"
             : sentence ? sentence
                        : upscli_strerror(&t->connection));
}

static bool is_fit(const char *text)
{
    return text && strlen(text) < NUT_TEXT_MAX && utf8_is_valid(text, strlen(text));
}

static bool keep(struct nut_listing *out, const char *name, const char *value, size_t *bytes)
{
    *bytes += strlen(name) + strlen(value) + 16;
    if (out->count == NUT_VARIABLES_MAX || *bytes > NUT_BYTES_MAX)
        return false;
    char *n = strdup(name), *v = strdup(value);
    if (!n || !v) {
        free(n);
        free(v);
        return false;
    }
    out->names[out->count] = n;
    out->values[out->count++] = v;
    return true;
}

/* Rows are VAR <ups> <name> <value>. What is too much is read and left. */
static void list(struct nut_talk *t, const char *ups, struct nut_listing *out)
{
    const char *query[] = {"VAR", ups};
    size_t count, bytes = 0;
    char **row;
    int more = -1;
    if (upscli_list_start(&t->connection, 2, query) == 0)
        while ((more = upscli_list_next(&t->connection, 2, query, &count, &row)) == 1)
            if (count >= 4 && is_fit(row[2]) && is_fit(row[3]))
                keep(out, row[2], row[3], &bytes);
    if (more == 0)
        return;
    nut_listing_fini(out);
    tell_error(t, out);
}

/* Only in this thread: a server that is gone shall not end the process. */
static void ignore_pipe(void)
{
    sigset_t pipes;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipes, NULL);
}

void nut_list(struct nut_talk *t, const char *host, uint16_t port, const char *ups,
              int64_t connect_ms, struct nut_listing *out)
{
    struct timeval patience = {.tv_sec = connect_ms / 1000, .tv_usec = connect_ms % 1000 * 1000};
    *out = (struct nut_listing){.count = 0};
    ignore_pipe();
    if (!publish(t, false)) {
        out->error = "timeout";
        return;
    }
    if (upscli_tryconnect(&t->connection, host, port, 0, &patience) < 0) {
        tell_error(t, out);
        return;
    }
    if (publish(t, true))
        list(t, ups, out);
    else
        out->error = "timeout";
    publish(t, false);
    upscli_disconnect(&t->connection);
}
