/* One figure of a device in a unit that means something: a radio's signal, a battery's charge, a fan's
 * state. A collector makes readings by a profile, the engine judges them, pages and `inspect` show them.
 * Classes and units are stable words of the machine-readable contract. */
#ifndef HAYLOFT_MODEL_READING_H
#define HAYLOFT_MODEL_READING_H

#include <stdbool.h>
#include <stddef.h>

enum reading_level { /* of a state, and of a value beside its limits */
    READING_UNJUDGED,
    READING_GOOD,
    READING_WARN,
    READING_BAD
};
extern const char *const reading_level_words[]; /* unjudged good warn bad */

/* Below a low bound or above a high one a value warns or is bad; NaN: no such bound. A level that was
 * reached is left only when the value is back inside by `slack`. */
struct reading_limits {
    double warn_low, bad_low, warn_high, bad_high, slack;
};
extern const struct reading_limits reading_no_limits;

/* What over gives, and of under the rest. A bad bound of under goes when over moved the warning past it. */
struct reading_limits reading_limits_over(const struct reading_limits *under,
                                          const struct reading_limits *over);

/* The level of value when the one before was `was`; NaN, or no bound at all, is READING_UNJUDGED. */
enum reading_level reading_judge(const struct reading_limits *l, double value, enum reading_level was);

struct reading {
    const char *meaning;  /* "signal", "battery-charge": an entry of meanings.yaml */
    const char *class_;   /* "rssi", "charge", "temperature", "state" ... */
    const char *label;    /* for people; may come from the network, made fit for showing */
    const char *index;    /* the row: what follows the column in its OID, dotted; "0" of a scalar */
    const char *oid;      /* of the value (of the first one where several were added up), dotted */
    const char *unit;     /* "dBm" "dB" "%" "MHz" "bps" "C" "V" ... "" */
    double value;         /* in that unit; NaN: unavailable, which is never 0 */
    const char *state;    /* class state: its word; else NULL */
    enum reading_level level; /* of a state; READING_UNJUDGED otherwise: the engine judges values */
    struct reading_limits limits; /* the profile's */
    const char *object, *source; /* where its series lives; NULL: it has none */
    const char *mac;      /* of whom its row is about, as with a radio's stations; NULL: of nobody else */
};

#define READING_WORDS_MAX 24

/* What people read of a data source that is called by its meaning: "rx_rate" is "rx rate", "cpu_load" is
 * "CPU load". */
char *reading_words(const char *source, char out[static READING_WORDS_MAX]);

#endif
