/* Heads of RRD files as they were when all was durable (graphs/archive_head.h), so that a power cut
 * leaves no file of two times. One file, journal/heads:
 *
 *   before a file is written for the first time since the last sync, its head goes there, durable;
 *   once the file system was synced, and before the journal's cursor moves, it is emptied;
 *   at a start each head is put back, the oldest of each file, and the journal replayed from its
 * cursor.
 *
 * So at any moment the heads there are and the journal behind the cursor together make all files
 * anew. */
#ifndef HAYLOFT_STORE_HEADS_H
#define HAYLOFT_STORE_HEADS_H

#include <stdbool.h>
#include <stddef.h>

struct heads;

struct heads *heads_create(const char *state_folder);
void heads_destroy(struct heads *h); /* NULL is fine */

/* Puts back what a power cut or a kill may have torn; returns how many. Once, before the replay. */
size_t heads_restore(struct heads *h);

/* These block and belong in the files' lane. A head that cannot be kept is no reason not to write
 * the file: the values are more than the chance of a power cut. False with errno. */
bool heads_keep(struct heads *h, const char *path);
bool heads_sync(struct heads *h); /* after the last heads_keep, before the first write */
bool heads_clear(struct heads *h);

#endif
