#include "poller/model/reading.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const reading_level_words[] = {"unjudged", "good", "warn", "bad", NULL};

const struct reading_limits reading_no_limits = {NAN, NAN, NAN, NAN, NAN};

static bool has_bounds(const struct reading_limits *l)
{
    return !isnan(l->warn_low) || !isnan(l->bad_low) || !isnan(l->warn_high) || !isnan(l->bad_high);
}

/* Two bounds nearer to each other than twice the slack would leave no way back between them. */
static double slack_within(double low, double high, double slack)
{
    if (!(slack > 0))
        return 0;
    return high - low < 4 * slack ? fmax(0, (high - low) / 4) : slack; /* no bound: not so */
}

/* Comparisons with a bound that is NaN are false. */
static bool is_outside(double low, double high, double value, double slack)
{
    double s = slack_within(low, high, slack);
    return value < low + s || value > high - s;
}

enum reading_level reading_judge(const struct reading_limits *l, double value, enum reading_level was)
{
    if (isnan(value) || !has_bounds(l))
        return READING_UNJUDGED;
    if (is_outside(l->bad_low, l->bad_high, value, was == READING_BAD ? l->slack : 0))
        return READING_BAD;
    if (is_outside(l->warn_low, l->warn_high, value, was >= READING_WARN ? l->slack : 0))
        return READING_WARN;
    return READING_GOOD;
}

/* What was meant to be worse than a warning may not come before it. */
static bool comes_first(double bad, double warn, bool low)
{
    return low ? bad > warn : bad < warn;
}

static void put_side(double own_warn, double own_bad, double *warn, double *bad, bool low)
{
    if (!isnan(own_warn))
        *warn = own_warn;
    if (!isnan(own_bad))
        *bad = own_bad;
    if (isnan(own_bad) && comes_first(*bad, *warn, low))
        *bad = NAN;
}

struct reading_limits reading_limits_over(const struct reading_limits *under,
                                          const struct reading_limits *over)
{
    struct reading_limits l = *under;
    put_side(over->warn_low, over->bad_low, &l.warn_low, &l.bad_low, true);
    put_side(over->warn_high, over->bad_high, &l.warn_high, &l.bad_high, false);
    if (!isnan(over->slack))
        l.slack = over->slack;
    return l;
}

static bool is_letters_of(const char *word, size_t len)
{
    static const char *const known[] = {"ccq", "cpu", "dhcp", "ip", "lte", "mcs", "poe",
                                        "rsrp", "rsrq", "rssi", "sfp", "sinr", "snr", "ups"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i]) == len && strncmp(known[i], word, len) == 0)
            return true;
    return false;
}

char *reading_words(const char *source, char out[static READING_WORDS_MAX])
{
    snprintf(out, READING_WORDS_MAX, "%s", source);
    for (char *word = out; *word;) {
        size_t len = strcspn(word, "_");
        bool letters = is_letters_of(word, len);
        for (size_t i = 0; letters && i < len; i++)
            word[i] = (char)(word[i] - 'a' + 'A');
        word += len;
        if (*word)
            *word++ = ' ';
    }
    return out;
}
