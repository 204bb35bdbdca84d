/* Walking a JSON document along a pointer (RFC 6901) whose segments may be stars. Pure. */
#ifndef HAYLOFT_COURIER_CONSULT_WALK_H
#define HAYLOFT_COURIER_CONSULT_WALK_H

#include "poller/base/json.h"
#include "poller/model/expression.h"
#include "poller/model/pointer.h"

#define WALK_STARS_MAX 9 /* {1} to {9} of a label */
#define WALK_KEY_MAX   64
#define WALK_TEXT_MAX  32 /* of a number */

/* What the stars stood for, outermost first: names of members, numbers in lists. */
struct walk_keys {
    char keys[WALK_STARS_MAX][WALK_KEY_MAX];
    size_t count;
};

/* The element there; NULL: none. No stars; NULL and "" are the document. */
const cJSON *walk_to(const cJSON *document, const char *pointer);
/* Each element there, in its order, at most so many; false from fn ends it. How many there were. */
typedef bool (*walk_fn)(void *ctx, const cJSON *element, const struct walk_keys *keys);
size_t walk_each(const cJSON *document, const char *pointer, size_t most, walk_fn fn, void *ctx);

/* A number, a text with the first number in it, true 1 and false 0, each with its word; anything
 * else is none. Texts live as long as the document, of a number in scratch. */
struct expression_value walk_value(const cJSON *element);
const char *walk_text(const cJSON *element, char scratch[static WALK_TEXT_MAX]); /* NULL: none */

#endif
