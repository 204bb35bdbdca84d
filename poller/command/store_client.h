/* Questions to the running store over its control socket: blocking, each with a deadline. */
#ifndef HAYLOFT_COMMAND_STORE_CLIENT_H
#define HAYLOFT_COMMAND_STORE_CLIENT_H

#include "poller/base/arena.h"
#include "poller/base/clock.h"
#include "poller/message/web_store.h"

#define STORE_CLIENT_ERROR_MAX 256

struct store_client;

/* NULL with a sentence in error when nobody answers at <state_dir>/control/store. */
struct store_client *store_client_open(const char *state_dir, char error[static STORE_CLIENT_ERROR_MAX]);
void store_client_close(struct store_client *c); /* NULL is fine */
const char *store_client_error(const struct store_client *c); /* of the last call that failed */

/* The answer must be of the wanted type; its values live in arena. */
bool store_client_ask(struct store_client *c, enum web_to_store type, const struct record *record,
                      const void *question, int64_t patience_ns, enum store_to_web wanted,
                      const struct record *answer_record, struct arena *arena, void *answer);
/* The common case: USER_SET, USER_REMOVE, FRESH, BACKUP_*. True when the store did it; *text (of the
 * arena) is what it says, else the reason is in store_client_error. */
bool store_client_do(struct store_client *c, enum web_to_store type, const struct record *record,
                     const void *question, int64_t patience_ns, struct arena *arena, const char **text);

#endif
