/* Names of readings and of their objects as profiles write them: "{name} chain {2}",
 * "{radio|ng=2.4 GHz,na=5 GHz,*=radio}".
 *
 * A brace followed by a letter or a digit opens a place, "{{" is one brace, any other brace is itself.
 * Behind a bar stand the words for raw values, "*" takes what is left; a value that is not listed stays
 * as it is. */
#ifndef HAYLOFT_MODEL_LABEL_H
#define HAYLOFT_MODEL_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#define LABEL_MAX_BYTES 256
#define LABEL_ERROR_MAX 160

/* One stretch of a template: text to copy, or a place (name is not NULL). Points into the template. */
struct label_part {
    const char *text;
    size_t len;
    const char *name;    /* "index", "1", "noise" */
    size_t name_len;
    const char *choices; /* "ng=2.4 GHz,na=5 GHz"; NULL: none */
    size_t choices_len;
};

/* The next stretch from *at; false at the end, or where label_check would complain. */
bool label_next(const char **at, struct label_part *part);

/* Is this a name a value may be asked for? name is not terminated. */
typedef bool (*label_known_fn)(void *ctx, const char *name, size_t len);
/* False: error says what is wrong at offset *at. */
bool label_check(const char *template, label_known_fn known, void *ctx, size_t *at,
                 char error[static LABEL_ERROR_MAX]);

/* The value of a place into out, at most size bytes; what it has in full. 0: absent. */
typedef size_t (*label_value_fn)(void *ctx, const char *name, size_t len, char *out, size_t size);
/* The template with its values, cut at size (1 at least), always terminated. Control characters of values become
 * blanks; blanks at the ends and double ones, as an absent value leaves them, go. False when it is empty. */
bool label_write(const char *template, label_value_fn value, void *ctx, char *out, size_t size);

#endif
