/* HTTP by libmicrohttpd inside the libuv loop: connections, their limits and deadlines, headers of every
 * answer. What is asked is none of its business: each whole request goes to route_take. */
#ifndef HAYLOFT_WEB_SERVER_H
#define HAYLOFT_WEB_SERVER_H

#include <uv.h>

#include "web/web.h"

#define SERVER_CONNECTIONS_MAX 256
#define SERVER_CONNECTIONS_AWAY 224    /* of these not from this machine: the rest is kept for it */
#define SERVER_CONNECTIONS_EACH 32     /* of one other address */
#define SERVER_REQUEST_NS SECONDS(10)  /* from connecting to a whole first request */
#define SERVER_IDLE_NS SECONDS(30)     /* from one answer to the next whole request */
#define SERVER_ANSWER_NS SECONDS(60)   /* to take an answer */

struct server;

/* listen: "127.0.0.1:8480". NULL with a malloc'd sentence in *error. certificate and key: PEM text, NULL
 * for plain HTTP. */
struct server *server_create(uv_loop_t *loop, struct web *web, const char *listen,
                             const char *certificate, const char *key, char **error);
/* Wakes every sleeping exchange with 503 and closes all. */
void server_destroy(struct server *s);

/* Something asleep may go on (streams): lets the library look at its connections. */
void server_nudge(struct server *s);
size_t server_connection_count(const struct server *s);

#endif
