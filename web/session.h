/* Who a visitor is. Store knows the sessions; its answers are kept for a short while so that a page with
 * ten pictures asks once. While nobody made a user, whoever sits at this machine may look. */
#ifndef HAYLOFT_WEB_SESSION_H
#define HAYLOFT_WEB_SESSION_H

#include "web/exchange.h"

struct sessions;

struct sessions *sessions_create(void);
void sessions_destroy(struct sessions *s);
void sessions_forget(struct sessions *s, const char *session); /* NULL: all of them */

/* Fills in x->visitor, then calls next. When nobody can say who it is, replies 503 instead. */
void session_resolve(struct exchange *x, void (*next)(struct exchange *x));

/* Tries a name and password; then replies with a redirect to `to` or with the login page anew. */
void session_login(struct exchange *x, const char *user, const char *password, const char *to);
void session_logout(struct exchange *x);

/* True when the exchange may change something: its form or header carries the visitor's token, and the
 * browser does not say that another site sent it. */
bool session_may_change(const struct exchange *x);
/* The second half of the above alone, for the login form. */
bool session_is_same_origin(const struct exchange *x);

#endif
