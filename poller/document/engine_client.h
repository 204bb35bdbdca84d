/* One question to the running engine over its control socket, for the command line: blocking, with a
 * deadline for the whole conversation. */
#ifndef HAYLOFT_DOCUMENT_ENGINE_CLIENT_H
#define HAYLOFT_DOCUMENT_ENGINE_CLIENT_H

#include "poller/document/snapshot.h"

#define ENGINE_CLIENT_ERROR_MAX 256

struct engine_client;

/* NULL with a sentence in error when nobody answers at <state_dir>/control/engine. */
struct engine_client *engine_client_open(const char *state_dir, int64_t timeout_ns,
                                         char error[static ENGINE_CLIENT_ERROR_MAX]);
void engine_client_close(struct engine_client *c); /* NULL is fine */
/* What went wrong in the last call that returned false. */
const char *engine_client_error(const struct engine_client *c);
/* The deadline starts anew: for a command that may take longer than a look. */
void engine_client_extend(struct engine_client *c, int64_t timeout_ns);

/* The whole view, as of now. */
bool engine_client_snapshot(struct engine_client *c, struct snapshot *into);
/* One node; values live in arena. True with out->found false: no such node. */
bool engine_client_detail(struct engine_client *c, const char *node, struct arena *arena,
                          struct ew_detail *out);

/* How it is wired, as it was read last; the same. */
bool engine_client_tables(struct engine_client *c, const char *node, struct arena *arena,
                          struct ew_tables *out);

typedef void (*engine_client_step_fn)(void *ctx, const struct ew_probe_step *step);

/* type: WE_PROBE, WE_RELOAD or WE_SEND_TEST. Steps of a probe are told as they come (on_step may be
 * NULL). True when the engine answered; out->ok is its answer. */
bool engine_client_command(struct engine_client *c, enum web_to_engine type, const char *name,
                           engine_client_step_fn on_step, void *ctx, struct arena *arena,
                           struct ew_result *out);
bool engine_client_acknowledge(struct engine_client *c, const char *incident, const char *by,
                               struct arena *arena, struct ew_result *out);

#endif
