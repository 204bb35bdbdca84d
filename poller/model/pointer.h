/* JSON pointers (RFC 6901) as profiles write them: "" is the whole document, "/a~1b/0" the first
 * element of member "a/b". Where many are meant a segment may be a star: every element. Only the
 * text: who has a document walks it. */
#ifndef HAYLOFT_MODEL_POINTER_H
#define HAYLOFT_MODEL_POINTER_H

#include <stdbool.h>
#include <stddef.h>

#define POINTER_MAX_BYTES    256
#define POINTER_SEGMENTS_MAX 16

/* The next segment from *at into out, unescaped and terminated; false at the end. The pointer is
 * well-formed. */
bool pointer_next(const char **at, char out[static POINTER_MAX_BYTES]);
bool pointer_is_every(const char *segment); /* it is the segment * */

/* NULL when it is well-formed, else what is wrong. stars gets how many segments are *; may be NULL:
 * none may be. */
const char *pointer_check(const char *text, size_t *stars);

#endif
