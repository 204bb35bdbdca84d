#include "poller/model/http_profile.h"

#include <string.h>

#define LIST_MAX 16 /* HTTP_COLUMNS_MAX too */
#define PAGES_MAX 32
#define READINGS_MAX 128
#define WORDS_MAX 256

#define KEY(T, member, key, TYPE) .name = (key), .type = (TYPE), .offset = offsetof(T, member)
#define LIST(T, member, key, RECORD_OF)                                                            \
    KEY(T, member, key, FIELD_RECORD), .flags = FIELD_LIST, .count_offset = offsetof(T, member##_count), \
        .max = LIST_MAX, .record = &(RECORD_OF)

static const char *const http_words[] = {"http", NULL};
static const char *const scheme_words[] = {"http", "https", NULL};

#define T struct http_pair
static const struct field pair_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY | FIELD_ANY_KEY},
    {FIELD(T, value, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED},
};
#undef T
static const struct record pair_record = RECORD(http_pair, pair_fields);

#define T struct http_sign
static const struct field sign_fields[] = {
    {FIELD(T, status, FIELD_INT), .flags = FIELD_SHORT, .standard = "0", .min = 0, .max = 599,
     .help = "the answer's status; 0: any"},
    {FIELD(T, location, FIELD_TEXT), .help = "regular expression: it sends us there"},
    {FIELD(T, body, FIELD_TEXT), .help = "regular expression: its body begins with something like it"},
    {FIELD(T, pointer, FIELD_TEXT), .help = "it is JSON and something stands there"},
    {FIELD(T, like, FIELD_TEXT), .help = "regular expression: and its text matches"},
};
#undef T
static const struct record sign_record = RECORD(http_sign, sign_fields);

#define T struct http_keep
static const struct field keep_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, pointer, FIELD_TEXT), .flags = FIELD_SHORT, .help = "where it stands in the answer"},
    {FIELD(T, header, FIELD_TEXT), .help = "or the header that brings it"},
};
#undef T
static const struct record keep_record = RECORD(http_keep, keep_fields);

#define ASK(T)                                                                                     \
    {KEY(T, ask.path, "path", FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED,                  \
     .help = "what is asked for, with its query"},                                                 \
        {KEY(T, ask.json, "json", FIELD_TEXT), .help = "sent with it, as JSON"},                   \
        {LIST(T, ask.form, "form", pair_record), .help = "sent with it, as a form"},               \
        {LIST(T, ask.multipart, "multipart", pair_record), .help = "the same in parts"},           \
        {LIST(T, ask.headers, "headers", pair_record), .help = "headers it needs"}

#define T struct http_step
static const struct field step_fields[] = {
    ASK(T),
    {LIST(T, keep, "keep", keep_record), .help = "what later requests need of the answer"},
    {LIST(T, refused, "refused", sign_record), .help = "signs that user or password are wrong"},
    {LIST(T, locked, "locked", sign_record), .help = "signs that it lets nobody in for now"},
    {LIST(T, absent, "absent", sign_record), .help = "signs that this firmware goes by the next step"},
    {FIELD(T, enough, FIELD_BOOL), .standard = "no", .help = "the steps after it are for other firmware"},
};
#undef T
static const struct record step_record = RECORD(http_step, step_fields);

#define T struct http_each
static const struct field each_fields[] = {
    {FIELD(T, page, FIELD_TEXT), .help = "another page, asked before"},
    {FIELD(T, pointer, FIELD_TEXT), .help = "its texts, one request for each, as {each}"},
};
#undef T
static const struct record each_record = RECORD(http_each, each_fields);

#define T struct http_page
static const struct field page_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    ASK(T),
    {FIELD(T, each, FIELD_RECORD), .record = &each_record, .help = "asked for each of something"},
    {LIST(T, absent, "absent", sign_record), .help = "signs that this device has no such page"},
    {FIELD(T, optional, FIELD_BOOL), .standard = "no", .help = "without it the rest is still good"},
};
#undef T
static const struct record page_record = RECORD(http_page, page_fields);

#define T struct http_text
static const struct field text_fields[] = {
    {FIELD(T, page, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "the page"},
    {FIELD(T, pointer, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "where it stands there"},
    {FIELD(T, like, FIELD_TEXT), .help = "regular expression; its first group, or the whole match, is taken"},
    {FIELD(T, form, FIELD_TEXT), .help = "what is shown; {} stands for what was taken"},
};
#undef T
static const struct record text_record = RECORD(http_text, text_fields);

#define T struct http_column
static const struct field column_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, pointer, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED, .help = "from the row"},
    {FIELD(T, rate, FIELD_BOOL), .standard = "no", .help = "a counter, taken per second"},
    {FIELD(T, count, FIELD_BOOL), .standard = "no", .help = "how many elements or members stand there"},
};
#undef T
static const struct record column_record = RECORD(http_column, column_fields);

#define T struct profile_word
static const struct field word_fields[] = {
    {FIELD(T, raw, FIELD_TEXT), .flags = FIELD_KEY | FIELD_ANY_KEY},
    {FIELD(T, word, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED},
};
#undef T
static const struct record word_record = RECORD(profile_word, word_fields);

#define LIMIT(member, says)                                                                        \
    {KEY(struct http_reading, limits.member, #member, FIELD_REAL), .standard = "none", .help = (says)}

#define T struct http_reading
static const struct field reading_fields[] = {
    {FIELD(T, page, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "the page it stands on"},
    {FIELD(T, rows, FIELD_TEXT), .help = "where its rows are, as /list/ and a star; none: one row, the document"},
    {FIELD(T, pointer, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "where x is, from the row"},
    {FIELD(T, meaning, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "a name of meanings.yaml"},
    {KEY(T, class_, "class", FIELD_TEXT), .words = reading_class_words, .help = "another than the meaning's"},
    {FIELD(T, unit, FIELD_TEXT), .words = reading_unit_words, .help = "another than the meaning's"},
    {FIELD(T, label, FIELD_TEXT), .help = "for people; {index} {1} {each} and the names of with"},
    {FIELD(T, value, FIELD_TEXT), .help = "expression that makes the unit of the raw x"},
    {FIELD(T, when, FIELD_TEXT), .help = "expression; rows where it is 0 or none are absent"},
    {FIELD(T, absent, FIELD_REAL), .flags = FIELD_LIST, .count_offset = offsetof(T, absent_count),
     .help = "raw numbers that stand for nothing"},
    {LIST(T, with, "with", column_record), .help = "other values of the row, as {NAME: pointer}"},
    {FIELD(T, states, FIELD_RECORD), .flags = FIELD_LIST,
     .count_offset = offsetof(T, states_count), .record = &word_record, .max = WORDS_MAX,
     .help = "as {1: good normal, 2: bad failed}"},
    {FIELD(T, sum, FIELD_ENUM), .words = profile_sum_words, .standard = "each",
     .help = "one figure of all rows with the same label"},
    {FIELD(T, rate, FIELD_BOOL), .standard = "no", .help = "x is a counter, taken per second"},
    {FIELD(T, count, FIELD_BOOL), .standard = "no", .help = "x is how many elements or members stand there"},
    LIMIT(warn_low, "below this a value warns"),
    LIMIT(bad_low, "below this it is bad"),
    LIMIT(warn_high, "above this a value warns"),
    LIMIT(bad_high, "above this it is bad"),
    LIMIT(slack, "how far back inside it must be to be well again"),
    {FIELD(T, object, FIELD_TEXT), .help = "the object its series lives in, a template as label"},
    {FIELD(T, source, FIELD_TEXT), .help = "name of its data source; none: the meaning with '_'"},
};
#undef T
static const struct record reading_record = RECORD(http_reading, reading_fields);

#define T struct http_profile
static const struct field profile_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, file, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, source, FIELD_TEXT), .words = http_words, .standard = "http", .help = "how it is asked"},
    {FIELD(T, summary, FIELD_TEXT), .help = "one line for people"},
    {FIELD(T, vendor, FIELD_TEXT), .help = "as Ubiquiti"},
    {FIELD(T, family, FIELD_TEXT), .help = "as airOS"},
    {FIELD(T, kind, FIELD_TEXT), .words = profile_kind_words, .help = "what sort of thing it is"},
    {FIELD(T, menu, FIELD_TEXT), .help = "where its owner allows it"},
    {FIELD(T, unseen, FIELD_BOOL), .standard = "no", .help = "made from documents only"},
    {FIELD(T, scheme, FIELD_TEXT), .words = scheme_words, .standard = "http",
     .help = "how it is reached unless the node says otherwise"},
    {FIELD(T, cookies, FIELD_BOOL), .standard = "yes", .help = "what it sets is sent back"},
    {LIST(T, login, "login", step_record), .help = "steps that make a session; none: it asks for no login"},
    {LIST(T, expired, "expired", sign_record), .help = "signs that a session is over"},
    {FIELD(T, pages, FIELD_RECORD), .flags = FIELD_LIST, .count_offset = offsetof(T, pages_count),
     .record = &page_record, .max = PAGES_MAX, .help = "what is asked for, as {NAME: path}"},
    {LIST(T, model, "model", text_record), .help = "where the model stands"},
    {LIST(T, version, "version", text_record), .help = "where the firmware's version stands"},
    {LIST(T, serial, "serial", text_record), .help = "where the serial number stands"},
    {FIELD(T, readings, FIELD_RECORD), .flags = FIELD_LIST, .count_offset = offsetof(T, readings_count),
     .record = &reading_record, .max = READINGS_MAX, .help = "its figures"},
};
#undef T
const struct record http_profile_record = RECORD(http_profile, profile_fields);

const struct http_page *http_profile_page(const struct http_profile *p, const char *name)
{
    for (size_t i = 0; name && i < p->pages_count; i++)
        if (p->pages[i].name && strcmp(p->pages[i].name, name) == 0)
            return &p->pages[i];
    return NULL;
}

bool http_profile_knows(const struct http_profile *p, bool each, const char *name)
{
    if (strcmp(name, "user") == 0 || strcmp(name, "password") == 0 || strcmp(name, "basic") == 0)
        return true;
    if (strcmp(name, "each") == 0)
        return each;
    for (size_t i = 0; i < p->login_count; i++)
        for (size_t k = 0; k < p->login[i].keep_count; k++)
            if (p->login[i].keep[k].name && strcmp(p->login[i].keep[k].name, name) == 0)
                return true;
    return false;
}
