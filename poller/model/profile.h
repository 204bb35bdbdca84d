/* What we know of a device family, as data: how it is recognised, which figures it has and what they mean.
 * Read from etc/profiles/NAME.yaml by the configuration child (keys as the members here are called; `root`
 * and `with` of the whole profile are worked into the readings there), sent to the engine with its slice,
 * used by the snmp collector; those of `source: http` are in http_profile.h. hayloft-profile(5) explains
 * each key.
 *
 * A device has one family profile, the best match, and every standard profile whose subtree it answers,
 * except those the family profile does `without`. */
#ifndef HAYLOFT_MODEL_PROFILE_H
#define HAYLOFT_MODEL_PROFILE_H

#include "poller/base/field.h"
#include "poller/model/reading.h"

#define PROFILE_SOURCE_MAX 19 /* characters of a data source's name: what RRD files take */
#define MEANING_NAME_MAX PROFILE_SOURCE_MAX /* without a name of its own a source is called as its meaning */
#define PROFILES_MAX 512

/* The agent has an object at or below `oid` whose text matches. */
struct profile_probe {
    char *oid;  /* dotted */
    char *like; /* POSIX extended; NULL: anything */
};

/* One way to recognise the family: all that is given must hold. */
struct profile_match {
    char *object_id; /* sysObjectID is this or below it; NULL: any */
    char *descr;     /* sysDescr matches, POSIX extended; NULL: any */
    struct profile_probe *has;
    size_t has_count;
};

struct profile_word {
    char *raw;  /* key: as the agent sends it: a number, a text, an OID; "*": what is not listed */
    char *word;
};

/* words: oid descr name object_id */
enum profile_source { PROFILE_OF_OID, PROFILE_OF_DESCR, PROFILE_OF_NAME, PROFILE_OF_OBJECT_ID };

/* Where model, version or serial stand. Of several the first that gives a text is taken. */
struct profile_text {
    char *oid;                /* a scalar ending in .0, or a column: its first row that holds text */
    enum profile_source of;   /* else: sysDescr, sysName, sysObjectID */
    char *like;               /* POSIX extended; its first group (or the whole match) is taken; NULL: all */
    char *form;               /* what is shown, {} stands for the text: "EdgeRouter {}"; NULL: the text */
    struct profile_word *words; /* {raw: word}: exact translation; a raw that is not listed gives nothing */
    size_t words_count;
};

/* How a column's own row is found from the reading's row. */
enum profile_row { PROFILE_ROW_SAME, PROFILE_ROW_LAST, PROFILE_ROW_FIRST, PROFILE_ROW_SCALAR };

/* Another column that an expression or a label uses by name. */
struct profile_column {
    char *name;           /* key */
    char *oid;            /* short form: {noise: 1.3.6...} */
    enum profile_row row; /* same index; the index' last or first number; `scalar`: oid is whole */
    bool rate;            /* per second, of a counter */
    bool fixed;           /* does not change by itself: read with the tables, not each round */
};

/* How the index of a row is read, for {index} in labels and for `rows`. */
enum profile_index { PROFILE_INDEX_NUMBERS, PROFILE_INDEX_TEXT, PROFILE_INDEX_MAC };

enum profile_sum { PROFILE_EACH, PROFILE_SUM, PROFILE_COUNT, PROFILE_MIN, PROFILE_MAX, PROFILE_MEAN };
extern const char *const profile_sum_words[]; /* each sum count min max mean */

struct profile_reading {
    char *oid;        /* a scalar ending in .0, or a column (then every row below it) */
    char *meaning;    /* of meanings.yaml; gives class, unit, limits where they are not given here */
    char *class_;     /* key "class" */
    char *unit;
    char *label;      /* template (label.h): {index} {port} {mac} {1}..{9} (groups of rows) {NAME} of with;
                       * port: by name, the row being its ifIndex; the row itself where none is known */
    char *value;      /* expression; NULL: x */
    char *when;       /* expression: rows where it is 0 or none are absent */
    double *absent;   /* raw numbers that stand for nothing: 0, -1, 65535 */
    size_t absent_count;
    enum profile_index index;
    char *rows;       /* POSIX extended over the index as `index` reads it; its groups are {1}... */
    struct profile_column *with; /* {name: oid or {oid, row, rate}} */
    size_t with_count;
    char *whose;      /* the one of with that holds the MAC, as text or as six octets, of whom the row is about, where
                       * the index does not; NULL: none */
    struct profile_word *states; /* {raw: good normal}: level and word, read by profile_state; class state.
                                  * raw is the result of value where there is one */
    size_t states_count;
    enum profile_sum sum; /* over all rows with the same label */
    bool rate;        /* x is per second, of a counter */
    bool fixed;       /* read with the tables, not each round */
    struct reading_limits limits; /* keys warn_low bad_low warn_high bad_high slack; NaN: the meaning's */
    char *object;     /* template like label: the object its series lives in; NULL: no series */
    char *source;     /* data source name; NULL: the meaning, '-' written '_' */
};

struct profile {
    char *name;       /* of the file, without .yaml */
    char *file;       /* it was read from */
    char *summary;    /* one line */
    char *vendor, *family; /* "Ubiquiti", "airOS"; a standard one may have none */
    char *kind;       /* router switch radio access-point ups pdu nas printer sensor host modem; NULL */
    char *menu;       /* where its owner switches SNMP on, in the words of its own pages; NULL */
    bool standard;    /* read on every device that answers, beside its family */
    char **without;   /* standard profiles it stands in for */
    size_t without_count;
    int64_t rank;     /* the higher of two matching profiles wins; then the longer object_id, more of has */
    struct profile_match *match;
    size_t match_count;
    struct profile_text *model, *version, *serial;
    size_t model_count, version_count, serial_count;
    struct profile_reading *readings;
    size_t readings_count;
    bool unseen;      /* made from documents only: not seen on a real device */
    int64_t repetitions; /* rows a GETBULK may ask of it; 0: as learned */
};

/* Which way a value gets worse: what a bare `warn: {signal: -70 dBm}` of a configuration sets. */
enum meaning_worse { MEANING_WORSE_NEITHER, MEANING_WORSE_LOW, MEANING_WORSE_HIGH, MEANING_WORSE_EITHER };

struct meaning {
    char *name;       /* key: small letters, digits, '-'; at most MEANING_NAME_MAX */
    char *class_, *unit, *help;
    enum meaning_worse worse;
    struct reading_limits limits;
};

struct http_profile; /* http_profile.h */

struct profile_set {
    struct profile *profiles; /* of SNMP agents */
    size_t profiles_count;
    struct http_profile *http_profiles; /* of devices' own web interfaces */
    size_t http_profiles_count;
    struct meaning *meanings;
    size_t meanings_count;
};

extern const struct record profile_record, profile_column_record, meaning_record, profile_set_record;

extern const char *const profile_kind_words[];   /* router switch radio ... */
extern const char *const reading_class_words[];  /* state temperature count ... */
extern const char *const reading_unit_words[];   /* dBm dB % ...; "" stands for none and is not listed */

const struct meaning *profile_meaning(const struct profile_set *s, const char *name); /* NULL: none */
const struct profile *profile_find(const struct profile_set *s, const char *name);    /* NULL: none */
const struct http_profile *profile_find_http(const struct profile_set *s, const char *name); /* NULL: none */

/* The word for a raw value, exactly; else that of "*"; else NULL. raw is not terminated; NUL octets at its
 * end count for nothing. */
const struct profile_word *profile_word_find(const struct profile_word *words, size_t count, const char *raw,
                                             size_t len);
/* "good normal", "bad: on battery", "warn": the level, and in *state what is shown (the level's own word when
 * nothing else stands there). False when it does not begin with a level. */
bool profile_state(const char *word, enum reading_level *level, const char **state);

#endif
