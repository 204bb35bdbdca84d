/* A request made of what a profile says, its places filled. Pure. */
#ifndef HAYLOFT_COURIER_CONSULT_REQUEST_H
#define HAYLOFT_COURIER_CONSULT_REQUEST_H

#include "poller/courier/consult/dialogue.h"
#include "poller/model/template.h"

struct request_values {
    const struct http_profile *profile;
    const struct dialogue_session *session;
    const char *user, *password, *each; /* NULL: none */
    struct buf basic;                   /* the caller's, to be let go by buf_fini */
};

/* Out of arena. False: no memory, or a template that does not fit the profile. */
bool request_make(const struct http_ask *ask, struct request_values *values, struct arena *arena,
                  struct dialogue_request *out);

#endif
