#include "poller/base/log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/clock.h"

#define LINE_MAX_BYTES 1024
#define REMEMBERED_LINES 64          /* distinct texts watched for repetition */
#define REPEAT_QUIET_NS SECONDS(60)  /* the same text at most once in this span */

struct remembered {
    uint64_t hash;
    struct mono said;
    unsigned held_back;
};

static const char *role_name = "hayloft";
static enum log_level lowest_level = LOG_LEVEL_INFO;
static struct remembered remembered[REMEMBERED_LINES];

void log_init(const char *role, enum log_level lowest)
{
    role_name = role;
    lowest_level = lowest;
}

static uint64_t hash_text(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h;
}

/* True when the line may go out; *held_back tells how many equal ones were dropped before it. */
static bool may_say(const char *text, unsigned *held_back)
{
    uint64_t h = hash_text(text);
    struct mono now = clock_mono();
    struct remembered *r = &remembered[h % REMEMBERED_LINES];
    if (r->hash == h && mono_since(now, r->said) < REPEAT_QUIET_NS) {
        r->held_back++;
        return false;
    }
    *held_back = r->hash == h ? r->held_back : 0;
    *r = (struct remembered){h, now, 0};
    return true;
}

static void neutralise_controls(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p; p++)
        if (*p < 0x20 || *p == 0x7f)
            *p = '?';
}

static void write_line(const char *text, unsigned held_back)
{
    char line[LINE_MAX_BYTES + 128];
    int n = held_back ? snprintf(line, sizeof line, "hayloft-%s: %s (and %u more like it)\n",
                                 role_name, text, held_back)
                      : snprintf(line, sizeof line, "hayloft-%s: %s\n", role_name, text);
    if (n > (int)sizeof line - 1)
        n = (int)sizeof line - 1;
    ssize_t ignored = write(STDERR_FILENO, line, (size_t)n);
    (void)ignored;
}

static void emit(const char *subsystem, int error, const char *format, va_list args)
{
    char text[LINE_MAX_BYTES];
    int n = subsystem ? snprintf(text, sizeof text, "%s: ", subsystem) : 0;
    int m = vsnprintf(text + n, sizeof text - (size_t)n, format, args);
    size_t used = (size_t)n + (m < 0 ? 0 : (size_t)m);
    if (error && used < sizeof text)
        snprintf(text + used, sizeof text - used, ": %s", strerror(error));
    neutralise_controls(text);
    unsigned held_back = 0;
    if (may_say(text, &held_back))
        write_line(text, held_back);
}

#define EMIT(subsystem, error)                                                                     \
    do {                                                                                           \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        emit(subsystem, error, format, args);                                                      \
        va_end(args);                                                                              \
    } while (0)

void log_warn(const char *subsystem, const char *format, ...)
{
    int error = errno;
    EMIT(subsystem, error);
}

void log_warnx(const char *subsystem, const char *format, ...)
{
    EMIT(subsystem, 0);
}

void log_info(const char *subsystem, const char *format, ...)
{
    if (lowest_level <= LOG_LEVEL_INFO)
        EMIT(subsystem, 0);
}

void log_debug(const char *subsystem, const char *format, ...)
{
    if (lowest_level <= LOG_LEVEL_DEBUG)
        EMIT(subsystem, 0);
}

void fatal(const char *format, ...)
{
    int error = errno;
    EMIT(NULL, error);
    exit(1);
}

void fatalx(const char *format, ...)
{
    EMIT(NULL, 0);
    exit(1);
}
