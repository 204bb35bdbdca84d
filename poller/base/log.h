/* Log verbs. The first argument is a subsystem token one can filter on. Lines go to stderr (journald
 * or the terminal); the same text at most once a minute, with a count of what was held back. */
#ifndef HAYLOFT_BASE_LOG_H
#define HAYLOFT_BASE_LOG_H

#include <stdarg.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN };

/* role: the process's name, put before each line; kept by pointer. */
void log_init(const char *role, enum log_level lowest);

void log_warn(const char *subsystem, const char *format, ...)  /* adds the text of errno */
    __attribute__((format(printf, 2, 3)));
void log_warnx(const char *subsystem, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *subsystem, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *subsystem, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Cannot go on: says why and exits 1. fatal adds the text of errno. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fatalx(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
