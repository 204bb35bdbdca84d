/* A consistent copy of the database while it is in use, and the care a restored copy needs. */
#ifndef HAYLOFT_STORE_BACKUP_H
#define HAYLOFT_STORE_BACKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/store/database.h"

/* Writes <state folder>/backup/hayloft.db, replacing an older one; blocks. False: why says what. */
bool backup_make(struct database *d, const char *state_folder, struct wall now, char *path, size_t path_size,
                 char *why, size_t why_size);
void backup_remove(const char *path);

/* At the start: when this database is a restored copy, what still waited to be sent then is not sent now
 * (the people heard it long ago, or it is over), and an event says from when it is. */
bool backup_settle_restored(struct database *d, struct wall now);

#endif
