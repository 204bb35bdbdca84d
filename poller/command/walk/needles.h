/* Texts that must not be left anywhere, looked for without regard to case. Long ones are found
 * anywhere, short ones only as words of their own: "guest" in "guests" is a word of everybody.
 * Pure. */
#ifndef HAYLOFT_COMMAND_WALK_NEEDLES_H
#define HAYLOFT_COMMAND_WALK_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NEEDLE_LEAST    4
#define NEEDLE_ANYWHERE 6 /* of so many letters it is looked for inside other words too */

struct needles;

struct needles *needles_create(void); /* NULL: no memory */
void needles_destroy(struct needles *n);
bool needles_add(struct needles *n, const uint8_t *text,
                 size_t len); /* shorter ones are not taken; false: no memory */
/* After the last was added, before the first is looked for. */
void needles_seal(struct needles *n);
/* The length of the longest that stands at text[at]; 0: none. */
size_t needles_find(const struct needles *n, const uint8_t *text, size_t len, size_t at);

#endif
