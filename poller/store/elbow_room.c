/* A full disk must not silence the alarm that says so. SQLite needs new room in two places only: at the
 * end of its log and at the end of its file. A large row written and dropped again leaves both long
 * enough: the log is used from its start after each checkpoint, the file's free pages before its end.
 * Checkpoints come early enough (database.c) that the log never outgrows what was taken here. */
#include "poller/store/elbow_room.h"

#define TEXT_OF(x) #x
#define TEXT_OF_VALUE(x) TEXT_OF(x)

/* Two transactions: pages that are freed in the one that filled them would never be written. */
static bool run(struct database *d, const char *sql)
{
    database_begin(d);
    database_exec(d, sql);
    return database_end(d);
}

bool elbow_room_make(struct database *d)
{
    bool taken = run(d, "DROP TABLE IF EXISTS elbow_room; CREATE TABLE elbow_room (zeros BLOB) STRICT;"
                        "INSERT INTO elbow_room VALUES (zeroblob(" TEXT_OF_VALUE(ELBOW_ROOM_BYTES) "))");
    return taken && run(d, "DROP TABLE IF EXISTS elbow_room");
}
