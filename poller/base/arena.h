/* Memory that dies together: one configuration, one message, one restored state. */
#ifndef HAYLOFT_BASE_ARENA_H
#define HAYLOFT_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_create(size_t ceiling_bytes); /* ceiling 0: none */
void arena_destroy(struct arena *a);              /* NULL is fine */

/* Empty again, with room at hand for what it held: for what is made anew again and again. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type; NULL when the ceiling or memory ends. */
void *arena_take(struct arena *a, size_t bytes);
void *arena_room(struct arena *a, size_t bytes); /* the same, but not zeroed: for what is written over at once */
void *arena_copy(struct arena *a, const void *from, size_t bytes);
/* A NUL-terminated copy of the first length bytes. */
char *arena_text(struct arena *a, const char *from, size_t length);
size_t arena_used(const struct arena *a);

#endif
