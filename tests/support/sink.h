/* A sink of this folder (smtp_sink.py, webhook_sink.py) as a child of a test. */
#ifndef HAYLOFT_TESTS_SUPPORT_SINK_H
#define HAYLOFT_TESTS_SUPPORT_SINK_H

#include <stdbool.h>
#include <stddef.h>

struct sink;

/* arguments: what comes after --log FILE; NULL-terminated, may be NULL. Fails the test when it does not
 * come up. */
struct sink *sink_start(const char *script, const char *const *arguments);
int sink_port(const struct sink *s);
/* Everything in its delivery log, malloc'd. */
char *sink_log(const struct sink *s);
size_t sink_count(const struct sink *s); /* deliveries accepted */
void sink_stop(struct sink *s);

/* A self-made certificate for localhost and 127.0.0.1, made by openssl; false: no openssl here. */
bool sink_certificate(char *certificate, char *key, size_t size);
/* Its key as `pin` has it, by the very command of hayloft-api(7). */
#define SINK_PIN_MAX 64
bool sink_pin(const char *certificate, char pin[static SINK_PIN_MAX]);
void sink_forget_certificate(const char *certificate, const char *key); /* with their folder */

#endif
