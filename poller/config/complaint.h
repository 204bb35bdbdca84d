/* What is wrong with a configuration, each with its place, shown as `file:line:column: text` above the
 * source line, without the secrets in it, and a caret. All of a run are gathered before anything is said. */
#ifndef HAYLOFT_CONFIG_COMPLAINT_H
#define HAYLOFT_CONFIG_COMPLAINT_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/arena.h"
#include "poller/base/buf.h"

#define COMPLAINTS_MAX 500 /* more are only counted */

/* What may stand in it: secrets among other things, secrets only, none at all. */
enum source_holds { SOURCE_SETTINGS, SOURCE_SECRETS, SOURCE_DATA };

/* One file as read. */
struct source {
    const char *name; /* as the user would find it */
    const char *text; /* NUL-terminated, holds no other NUL */
    size_t len;
    enum source_holds holds;
};

struct place {
    const struct source *source; /* NULL: no file to point at */
    size_t line, column;         /* from 1; line 0: the file as a whole */
};

struct complaints;

struct complaints *complaints_create(struct arena *arena); /* NULL: memory ended */
/* The same text at the same place is taken once. */
void complain(struct complaints *c, struct place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void complain_mildly(struct complaints *c, struct place at, const char *format, ...) /* a warning */
    __attribute__((format(printf, 3, 4)));
/* What stands there is not shown, up to but not with `until`: it is a secret. See hidden.h. */
void complaints_hide(struct complaints *c, struct place from, struct place until);
size_t complaints_errors(const struct complaints *c);
size_t complaints_warnings(const struct complaints *c);

/* Errors in the order of their places; then warnings, marked so. */
void complaints_print(const struct complaints *c, struct buf *out);

struct complaint_view {
    const char *file, *text;
    size_t line, column;
    bool warning;
};
/* In the order of printing; false past the last. */
bool complaints_at(const struct complaints *c, size_t i, struct complaint_view *out);

#endif
