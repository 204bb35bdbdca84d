/* A talk with a device by its profile: which request comes next, what an answer means. Pure: who
 * owns the sockets asks for a request, brings its answer, and so on until there is an end.
 *
 *   login, step by step, unless a session from before is still open
 *   pages, one after another; one may be asked for each of what an earlier one listed
 *
 * A page that says the session is over leads back to the login, once. */
#ifndef HAYLOFT_COURIER_CONSULT_DIALOGUE_H
#define HAYLOFT_COURIER_CONSULT_DIALOGUE_H

#include "poller/base/arena.h"
#include "poller/base/clock.h"
#include "poller/base/json.h"
#include "poller/model/consultation.h"
#include "poller/model/expression.h"
#include "poller/model/http_profile.h"

#define DIALOGUE_REQUESTS_MAX 96 /* of one talk */
#define DIALOGUE_DETAIL_MAX   240
#define DIALOGUE_KEPT_MAX     8
#define DIALOGUE_KEPT_BYTES   512  /* of one kept text */
#define DIALOGUE_BODY_LOOK    4096 /* so much of a body signs look at */

/* What outlives a talk: the session. Zeroed: none is open. */
struct dialogue_session {
    bool open;
    struct {
        char name[EXPRESSION_NAME_MAX + 1];
        char value[DIALOGUE_KEPT_BYTES];
    } kept[DIALOGUE_KEPT_MAX];
    size_t kept_count;
};

struct dialogue_pair {
    char *name, *value;
};

/* All of it lives until the next request. */
struct dialogue_request {
    char *path;                  /* begins with '/' */
    char *body;                  /* NULL: none; a form is here as it is sent */
    const char *type;            /* of body */
    struct dialogue_pair *parts; /* multipart instead */
    size_t part_count;
    char **headers; /* "Name: value" */
    size_t header_count;
    bool forget; /* cookies and open connections first: a login begins */
};

struct dialogue_answer {
    int status;
    const char *location; /* NULL: none */
    const char *body;
    size_t len;
    struct mono at; /* when it came */
    /* The value of a header; NULL: none. */
    const char *(*header)(void *ctx, const char *name);
    void *ctx;
};

/* One page as it came. */
struct dialogue_document {
    const struct http_page *page;
    const char *each; /* what it was asked for; NULL: the page has no each */
    cJSON *json;
    struct mono at;   /* when it came */
};

struct dialogue;

/* p and session outlive it. user and password may be NULL: none. NULL: no memory. */
struct dialogue *dialogue_create(const struct http_profile *p, const char *user,
                                 const char *password, struct dialogue_session *session);
void dialogue_destroy(struct dialogue *d); /* NULL is fine */

/* The next request; NULL: it is over. */
const struct dialogue_request *dialogue_next(struct dialogue *d);
void dialogue_take(struct dialogue *d, const struct dialogue_answer *a);

/* When it is over: how, the reason as a stable word ("" with ANSWERED), and a sentence or "". */
enum consultation_end dialogue_end(const struct dialogue *d);
const char *dialogue_reason(const struct dialogue *d);
const char *dialogue_detail(const struct dialogue *d);
/* What was read. */
const struct dialogue_document *dialogue_documents(const struct dialogue *d, size_t *count);

#endif
