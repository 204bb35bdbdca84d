/* libcurl inside the libuv loop. One handle is one transfer; who starts it owns the handle and frees it
 * in the callback or after cancelling. */
#ifndef HAYLOFT_COURIER_TRANSFER_H
#define HAYLOFT_COURIER_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct transfers;

struct transfer_setting {
    const char *url;
    const char *protocols;  /* "http,https" */
    int64_t timeout_ms;     /* for everything: name, connection, TLS, answer */
    bool verify_tls;
    bool private_targets;   /* link-local and metadata addresses allowed */
    const char *ca_file;    /* NULL: the system's */
};

typedef void (*transfer_fn)(void *ctx, CURL *easy, CURLcode result);

struct transfers *transfers_create(uv_loop_t *loop);
/* What runs is dropped without a callback; closing handles end with the loop's next turns. */
void transfers_destroy(struct transfers *t);

/* A handle with what holds for every transfer of ours; NULL when the URL or a setting is refused. */
CURL *transfer_handle(const struct transfer_setting *s);
bool transfer_start(struct transfers *t, CURL *easy, transfer_fn fn, void *ctx);
void transfer_cancel(struct transfers *t, CURL *easy);

/* A short reason for people; never the URL, which may hold a token. */
const char *transfer_reason(CURLcode result);

#endif
