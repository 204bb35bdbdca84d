/* One HTTP request on its way to an answer. A handler fills in the reply at once, or leaves, asks somebody
 * and fills it in later; the exchange lives until the answer was sent, whatever the client does. */
#ifndef HAYLOFT_WEB_EXCHANGE_H
#define HAYLOFT_WEB_EXCHANGE_H

#include <cjson/cJSON.h>

#include "poller/base/addr.h"
#include "poller/base/buf.h"
#include "web/target.h"

#define VISITOR_TEXT_MAX 256

struct MHD_Connection;
struct asset;
struct web;

enum method { METHOD_GET, METHOD_POST, METHOD_OTHER };

/* Who asks, as far as the session says. */
struct visitor {
    bool from_here;                 /* by loopback, without a proxy between */
    bool signed_in;
    bool may_see;                   /* signed in; or from here while there is no user */
    char user[VISITOR_TEXT_MAX];
    char csrf[VISITOR_TEXT_MAX];    /* what a form must carry to change anything */
    char session[VISITOR_TEXT_MAX]; /* the cookie's value */
};

struct exchange {
    struct web *web;
    struct MHD_Connection *connection;
    struct exchange *next, *previous; /* all that are open */
    struct target target;
    bool target_ok, head, too_large, accepts_gzip;
    size_t body_max;                /* a longer one is too_large */
    bool begun, taken;              /* headers were read; a handler has it */
    enum method method;
    const char *host;               /* headers live as long as the connection's request */
    struct addr client;
    struct buf body;
    struct form form;               /* of a POST, once read */
    struct visitor visitor;

    void *work;                     /* what a handler keeps until its answers are there */
    void (*work_free)(void *work);

    int status;                     /* of the reply; 0: none yet */
    const char *type;
    struct buf reply;
    const struct asset *asset;      /* instead of reply */
    bool stream;                    /* the reply goes on and on: see stream.h */
    char *location, *cookie;        /* header values, owned; NULL: none */
    int retry_after_s;

    void (*resume)(struct exchange *x); /* set by the server while the exchange sleeps */
};

/* A segment of the path, or NULL. */
const char *exchange_segment(const struct exchange *x, size_t i);

/* Replies. The first wins; the exchange wakes when it slept. */
void reply_html(struct exchange *x, int status);      /* x->reply is filled */
void reply_text(struct exchange *x, int status, const char *type); /* x->reply is filled */
void reply_json(struct exchange *x, int status, cJSON *document);  /* takes document; NULL: 503 */
void reply_json_error(struct exchange *x, int status, const char *sentence);
void reply_redirect(struct exchange *x, const char *path); /* 303 to a place of ours */
void reply_asset(struct exchange *x, const struct asset *a);
/* For people or for programs, by what was asked for. */
void reply_error(struct exchange *x, int status, const char *sentence);

#endif
