/* Profiles described as data: one table per struct serves the packing, the binder that reads the YAML and
 * the manual. A key is added in its table and nowhere else. */
#include "poller/model/profile.h"

#include "poller/model/http_profile.h"

#include <string.h>

#define LIST_MAX 64        /* entries of the small lists */
#define READINGS_MAX 256
#define WORDS_MAX 256
#define REPETITIONS_MAX 100

/* A member whose key is not its C name. */
#define KEY(T, member, key, TYPE) .name = (key), .type = (TYPE), .offset = offsetof(T, member)
#define COUNT(T, member) .count_offset = offsetof(T, member##_count)
#define LIST(T, member, TYPE) FIELD(T, member, TYPE), .flags = FIELD_LIST, COUNT(T, member), .max = LIST_MAX

const char *const profile_kind_words[] = {"router", "switch", "radio", "access-point", "ups", "pdu", "nas",
                                          "printer", "sensor", "host", "modem", NULL};

const char *const reading_class_words[] = {
    "state", "temperature", "count", "power", "voltage", "rate", "frequency", "clients", "current",
    "rssi", "snr", "utilization", "dbm", "percent", "noise-floor", "ccq", "error-ratio", "distance",
    "runtime", "fanspeed", "mcs", "quality", "capacity", "load", "errors", "charge", "ap-count",
    "humidity", "signal", "rsrp", "rsrq", "sinr", "power_consumed", "delay", "ssr", "ber", "cell", "mse",
    "processor", "memory", "storage", "supply", NULL};

const char *const reading_unit_words[] = {"dBm", "dB", "dB above -96 dBm", "%", "MHz", "Hz", "bps", "C", "V", "A", "W",
                                           "kWh",
                                          "rpm", "min", "s", "km", "count", "index", "id", "ratio", NULL};

static const char *const source_words[] = {"oid", "descr", "name", "object_id", NULL};
static const char *const row_words[] = {"same", "last", "first", "scalar", NULL};
static const char *const index_words[] = {"numbers", "text", "mac", NULL};
static const char *const worse_words[] = {"neither", "low", "high", "either", NULL};
const char *const profile_sum_words[] = {"each", "sum", "count", "min", "max", "mean", NULL};

#define T struct profile_probe
static const struct field probe_fields[] = {
    {FIELD(T, oid, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED,
     .help = "the agent has an object there or below"},
    {FIELD(T, like, FIELD_TEXT), .help = "and its text matches this regular expression"},
};
#undef T
static const struct record probe_record = RECORD(profile_probe, probe_fields);

#define T struct profile_match
static const struct field match_fields[] = {
    {FIELD(T, object_id, FIELD_TEXT), .help = "its sysObjectID is this one or below it"},
    {FIELD(T, descr, FIELD_TEXT), .help = "its sysDescr matches this regular expression"},
    {LIST(T, has, FIELD_RECORD), .record = &probe_record, .help = "objects it has"},
};
#undef T
static const struct record match_record = RECORD(profile_match, match_fields);

#define T struct profile_word
static const struct field word_fields[] = {
    {FIELD(T, raw, FIELD_TEXT), .flags = FIELD_KEY | FIELD_ANY_KEY},
    {FIELD(T, word, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED},
};
#undef T
static const struct record word_record = RECORD(profile_word, word_fields);

#define T struct profile_text
static const struct field text_fields[] = {
    {FIELD(T, oid, FIELD_TEXT), .flags = FIELD_SHORT, .help = "a scalar, or a column: its first row with text"},
    {FIELD(T, of, FIELD_ENUM), .words = source_words, .standard = "oid",
     .help = "where it is read: the oid, or descr, name, object_id of the system group"},
    {FIELD(T, like, FIELD_TEXT), .help = "regular expression; its first group, or the whole match, is taken"},
    {FIELD(T, form, FIELD_TEXT), .help = "what is shown; {} stands for what was taken"},
    {FIELD(T, words, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, words), .record = &word_record,
     .max = WORDS_MAX, .help = "as {raw: word}; what is not listed gives nothing"},
};
#undef T
static const struct record text_record = RECORD(profile_text, text_fields);

#define T struct profile_column
static const struct field column_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, oid, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED, .help = "the column, or the scalar"},
    {FIELD(T, row, FIELD_ENUM), .words = row_words, .standard = "same",
     .help = "its row: that of the reading; the last or first number of the index; or it is a scalar"},
    {FIELD(T, rate, FIELD_BOOL), .standard = "no", .help = "a counter: per second"},
    {FIELD(T, fixed, FIELD_BOOL), .standard = "no", .help = "read with the tables, not each round"},
};
#undef T
const struct record profile_column_record = RECORD(profile_column, column_fields);

#define LIMIT(T, member, says) {KEY(T, limits.member, #member, FIELD_REAL), .standard = "none", .help = (says)}
#define LIMITS(T)                                                                                  \
    LIMIT(T, warn_low, "below this a value warns"), LIMIT(T, bad_low, "below this it is bad"),     \
        LIMIT(T, warn_high, "above this a value warns"), LIMIT(T, bad_high, "above this it is bad"), \
        LIMIT(T, slack, "how far back inside it must be to be well again")

#define T struct profile_reading
static const struct field reading_fields[] = {
    {FIELD(T, oid, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "a scalar ending in .0, or a column"},
    {FIELD(T, meaning, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "a name of meanings.yaml"},
    {KEY(T, class_, "class", FIELD_TEXT), .words = reading_class_words, .help = "another than the meaning's"},
    {FIELD(T, unit, FIELD_TEXT), .words = reading_unit_words, .help = "another than the meaning's"},
    {FIELD(T, label, FIELD_TEXT), .help = "for people; {index} {port} {mac} {1} and the names of with"},
    {FIELD(T, value, FIELD_TEXT), .help = "expression that makes the unit of the raw x"},
    {FIELD(T, when, FIELD_TEXT), .help = "expression; rows where it is 0 or none are absent"},
    {FIELD(T, absent, FIELD_REAL), .flags = FIELD_LIST, COUNT(T, absent),
     .help = "raw numbers that stand for nothing"},
    {FIELD(T, index, FIELD_ENUM), .words = index_words, .standard = "numbers",
     .help = "how the index of a row is read"},
    {FIELD(T, rows, FIELD_TEXT), .help = "regular expression over the index: only these rows"},
    {LIST(T, with, FIELD_RECORD), .record = &profile_column_record, .help = "other columns, as {NAME: oid}"},
    {FIELD(T, whose, FIELD_TEXT), .help = "the one of with that holds the MAC of whom a row is about"},
    {FIELD(T, states, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, states), .record = &word_record,
     .max = WORDS_MAX, .help = "as {1: good normal, 2: bad failed}"},
    {FIELD(T, sum, FIELD_ENUM), .words = profile_sum_words, .standard = "each",
     .help = "one figure of all rows with the same label"},
    {FIELD(T, rate, FIELD_BOOL), .standard = "no", .help = "x is a counter: per second"},
    {FIELD(T, fixed, FIELD_BOOL), .standard = "no", .help = "read with the tables, not each round"},
    LIMITS(T),
    {FIELD(T, object, FIELD_TEXT), .help = "the object its series lives in, a template as label"},
    {FIELD(T, source, FIELD_TEXT), .help = "name of its data source; none: the meaning with '_'"},
};
#undef T
static const struct record reading_record = RECORD(profile_reading, reading_fields);

#define T struct profile
static const struct field profile_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, file, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, summary, FIELD_TEXT), .help = "one line for people"},
    {FIELD(T, vendor, FIELD_TEXT), .help = "as Ubiquiti"},
    {FIELD(T, family, FIELD_TEXT), .help = "as airOS"},
    {FIELD(T, kind, FIELD_TEXT), .words = profile_kind_words, .help = "what sort of thing it is"},
    {FIELD(T, menu, FIELD_TEXT), .help = "where its owner switches SNMP on"},
    {FIELD(T, standard, FIELD_BOOL), .standard = "no",
     .help = "read on every device that answers its subtree, beside the device's family"},
    {LIST(T, without, FIELD_TEXT), .help = "standard profiles this one stands in for"},
    {FIELD(T, rank, FIELD_INT), .standard = "0", .min = -1000, .max = 1000,
     .help = "of two profiles that match the higher wins"},
    {LIST(T, match, FIELD_RECORD), .record = &match_record, .help = "ways to recognise it"},
    {LIST(T, model, FIELD_RECORD), .record = &text_record, .help = "where the model stands"},
    {LIST(T, version, FIELD_RECORD), .record = &text_record, .help = "where the firmware's version stands"},
    {LIST(T, serial, FIELD_RECORD), .record = &text_record, .help = "where the serial number stands"},
    {FIELD(T, readings, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, readings), .record = &reading_record,
     .max = READINGS_MAX, .help = "its figures"},
    {FIELD(T, unseen, FIELD_BOOL), .standard = "no", .help = "made from documents only"},
    {FIELD(T, repetitions, FIELD_INT), .standard = "0", .max = REPETITIONS_MAX,
     .help = "rows a GETBULK may ask of it; 0: as learned"},
};
#undef T
const struct record profile_record = RECORD(profile, profile_fields);

#define T struct meaning
static const struct field meaning_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {KEY(T, class_, "class", FIELD_TEXT), .flags = FIELD_REQUIRED, .words = reading_class_words,
     .help = "the word programs know it by"},
    {FIELD(T, unit, FIELD_TEXT), .words = reading_unit_words, .help = "none: a mere number or a state"},
    {FIELD(T, help, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "one line for people"},
    {FIELD(T, worse, FIELD_ENUM), .words = worse_words, .standard = "neither", .help = "which way it gets worse"},
    LIMITS(T),
};
#undef T
const struct record meaning_record = RECORD(meaning, meaning_fields);

#define T struct profile_set
static const struct field profile_set_fields[] = {
    {FIELD_MANY(T, profiles, FIELD_RECORD), .record = &profile_record},
    {FIELD_MANY(T, http_profiles, FIELD_RECORD), .record = &http_profile_record},
    {FIELD_MANY(T, meanings, FIELD_RECORD), .record = &meaning_record},
};
#undef T
const struct record profile_set_record = RECORD(profile_set, profile_set_fields);

const struct meaning *profile_meaning(const struct profile_set *s, const char *name)
{
    for (size_t i = 0; i < s->meanings_count; i++)
        if (strcmp(s->meanings[i].name, name) == 0)
            return &s->meanings[i];
    return NULL;
}

const struct profile *profile_find(const struct profile_set *s, const char *name)
{
    for (size_t i = 0; i < s->profiles_count; i++)
        if (strcmp(s->profiles[i].name, name) == 0)
            return &s->profiles[i];
    return NULL;
}

const struct http_profile *profile_find_http(const struct profile_set *s, const char *name)
{
    for (size_t i = 0; i < s->http_profiles_count; i++)
        if (strcmp(s->http_profiles[i].name, name) == 0)
            return &s->http_profiles[i];
    return NULL;
}

const struct profile_word *profile_word_find(const struct profile_word *words, size_t count, const char *raw,
                                             size_t len)
{
    const struct profile_word *other = NULL;
    while (len > 0 && raw[len - 1] == '\0')
        len--;
    for (size_t i = 0; i < count; i++) {
        if (strlen(words[i].raw) == len && memcmp(words[i].raw, raw, len) == 0)
            return &words[i];
        if (strcmp(words[i].raw, "*") == 0)
            other = &words[i];
    }
    return other;
}

bool profile_state(const char *word, enum reading_level *level, const char **state)
{
    for (int i = 0; reading_level_words[i]; i++) {
        size_t len = strlen(reading_level_words[i]);
        if (strncmp(word, reading_level_words[i], len) != 0 || !strchr(": ", word[len]))
            continue;
        const char *rest = word + len + strspn(word + len, ": ");
        *level = (enum reading_level)i;
        *state = *rest ? rest : reading_level_words[i];
        return true;
    }
    return false;
}
