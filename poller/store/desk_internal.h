/* The parts of the desk: who asks (desk.c), logins (login.c), copies (copying.c). */
#ifndef HAYLOFT_STORE_DESK_INTERNAL_H
#define HAYLOFT_STORE_DESK_INTERNAL_H

#include "poller/store/bucket.h"
#include "poller/store/sessions.h"
#include "poller/store/store_internal.h"
#include "poller/store/users.h"

struct control;
struct copying;

/* A connection; answers that come late find it by its number or go nowhere. */
struct client {
    struct client *next;
    struct desk *desk;
    struct channel *channel;
    uint64_t number;
    bool trusted; /* came by the control socket */
};

struct desk {
    struct store *store;
    struct client *clients;
    size_t client_count;
    struct client *web;
    uint64_t last_number;
    struct control *control; /* NULL: not yet */
    uv_timer_t listen_timer;
    struct users *users;
    struct sessions *sessions;
    struct buckets buckets;
    struct copying *copying;
    size_t working; /* jobs on their way */
};

void desk_result(struct desk *k, uint64_t client, uint32_t request, bool ok, const char *text);

/* --- login.c --- */
void login_take(struct desk *k, const struct client *c, const struct ws_login *m);
void login_session(struct desk *k, const struct client *c, const struct ws_session *m);
void login_out(struct desk *k, const struct client *c, const struct ws_session *m);
void login_set_user(struct desk *k, const struct client *c, const struct ws_user *m);
void login_remove_user(struct desk *k, const struct client *c, const struct ws_user *m);
void login_list_users(struct desk *k, const struct client *c, const struct ws_user *m);

/* --- copying.c --- */
struct copying *copying_create(struct desk *k);
void copying_destroy(struct copying *y);
void copying_begin(struct copying *y, uint64_t client, uint32_t request);
void copying_end(struct copying *y, uint64_t client, uint32_t request);
void copying_client_gone(struct copying *y, uint64_t client);

#endif
