/* Room inside the database's own files, so that incidents and messages go on when the disk is full. */
#ifndef HAYLOFT_STORE_ELBOW_ROOM_H
#define HAYLOFT_STORE_ELBOW_ROOM_H

#include <stdbool.h>

#include "poller/store/database.h"

#define ELBOW_ROOM_BYTES 2097152 /* a text of SQL too: no expression */

/* Blocks; belongs in the database's lane. False: there was no room to take, the next call may do better. */
bool elbow_room_make(struct database *d);

#endif
