/* The other processes as the web front end sees them: the engine's live view, the database, and questions
 * with answers that come later. Any of them may be gone for a moment; a question that nobody can answer
 * ends with NULL, at the latest at its deadline. */
#ifndef HAYLOFT_WEB_BACKEND_H
#define HAYLOFT_WEB_BACKEND_H

#include <uv.h>

#include "poller/document/ledger.h"
#include "poller/document/snapshot.h"
#include "poller/message/web_painter.h"
#include "poller/message/web_store.h"

#define BACKEND_QUESTIONS_MAX 256
#define BACKEND_DEADLINE_NS SECONDS(8)

struct role_runtime;
struct backend;

/* changed: the view is another than before, or an incident changed. */
struct backend *backend_create(uv_loop_t *loop, void (*changed)(void *ctx), void *ctx);
void backend_destroy(struct backend *b);
void backend_set_role(struct backend *b, struct role_runtime *role);
void backend_set_state_dir(struct backend *b, const char *state_dir);
void backend_set_peer(struct backend *b, enum role peer, int fd); /* takes fd */

const struct snapshot *backend_view(const struct backend *b);
bool backend_engine_is_there(const struct backend *b);
bool backend_store_is_there(const struct backend *b);
struct ledger *backend_ledger(struct backend *b); /* opened when first needed; NULL when it cannot be */
uint64_t backend_change_count(const struct backend *b);

/* value: the unpacked answer (struct sw_login, ew_detail, pw_points, ...), valid during the call; NULL:
 * nobody answered. Returns true when this was the last answer expected. A failed painter request is told
 * by type PW_ERROR. */
typedef bool (*backend_answer_fn)(void *ctx, uint16_t type, const void *value);

/* The number to put into the question, 0 when too many are open (then nothing will be called). */
uint32_t backend_expect(struct backend *b, enum role from, backend_answer_fn answer, void *ctx);
/* Sends the question whose number was just got. When it cannot be sent, it is answered with NULL before
 * this returns. A painter that is not there is started. */
void backend_ask(struct backend *b, enum role whom, uint32_t number, uint16_t type,
                 const struct record *record, const void *question);

#endif
