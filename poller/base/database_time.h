/* Times in SQL: rfc3339(ns) makes a stamp with the local zone of nanoseconds since 1970, NULL of NULL. */
#ifndef HAYLOFT_BASE_DATABASE_TIME_H
#define HAYLOFT_BASE_DATABASE_TIME_H

#include <sqlite3.h>
#include <stdbool.h>

bool database_time_register(sqlite3 *db);

#endif
