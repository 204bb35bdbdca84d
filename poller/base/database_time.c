#include "poller/base/database_time.h"

#include "poller/base/clock.h"

static void rfc3339(sqlite3_context *context, int count, sqlite3_value **values)
{
    char text[CLOCK_TEXT_MAX];
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    wall_rfc3339((struct wall){sqlite3_value_int64(values[0])}, text);
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

bool database_time_register(sqlite3 *db)
{
    return sqlite3_create_function(db, "rfc3339", 1, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, rfc3339, NULL,
                                   NULL) == SQLITE_OK;
}
