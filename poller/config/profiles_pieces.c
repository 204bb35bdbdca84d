#include <math.h>
#include <string.h>

#include "poller/config/profiles_internal.h"
#include "poller/model/expression.h"
#include "poller/model/pattern.h"

#define OID_LENGTH_MAX 128 /* RFC 2578 section 3.5 */

const struct yaml *piece_at(const struct yaml *list, size_t i)
{
    if (!list || list->kind == YAML_TEXT)
        return list;
    const struct yaml *y = list->first;
    for (; y && i > 0; i--)
        y = y->next;
    return y;
}

const struct yaml *piece_of(const struct yaml *y, const char *key)
{
    const struct yaml *found = yaml_get(y, key);
    return found ? found : y;
}

/* One number of a dotted OID; NULL when it is none, or too large for 32 bits. */
static const char *sub_identifier(const char *p, uint64_t *number)
{
    const char *start = p;
    for (*number = 0; *p >= '0' && *p <= '9' && *number <= UINT32_MAX; p++)
        *number = *number * 10 + (uint64_t)(*p - '0');
    return p == start || *number > UINT32_MAX || (*start == '0' && p > start + 1) ? NULL : p;
}

static bool is_oid(const char *text)
{
    uint64_t number, first = 0;
    size_t count = 0;
    for (const char *p = text; (p = sub_identifier(p, &number)); p++) {
        count++;
        if (count == 1)
            first = number;
        if ((count == 1 && number > 2) || (count == 2 && first < 2 && number > 39))
            return false;
        if (*p != '.')
            return !*p && count >= 2 && count <= OID_LENGTH_MAX;
    }
    return false;
}

void piece_check_oid(struct complaints *c, const struct yaml *y, const char *oid)
{
    if (oid && !is_oid(oid))
        complain(c, y->at, "expected an OID as 1.3.6.1.2.1.1.1.0, not '%.80s'%s", oid,
                 oid[0] == '.' ? " (a dot in front needs a `root`)" : "");
}

size_t piece_check_pattern(struct complaints *c, const struct yaml *y, const char *text)
{
    char error[PATTERN_ERROR_MAX];
    struct pattern *p = text ? pattern_compile(text, error) : NULL;
    if (text && !p)
        complain(c, y->at, "not a regular expression: %s", error);
    size_t groups = p ? pattern_groups(p) : 0;
    pattern_destroy(p);
    return groups;
}

const char *const piece_label_words[] = {"index", "port", "mac", NULL};

void piece_check_column(struct complaints *c, const struct yaml *y, const struct profile_column *column)
{
    piece_check_oid(c, piece_of(y, "oid"), column->oid);
    piece_check_name(c, y, piece_label_words);
}

void piece_check_name(struct complaints *c, const struct yaml *y, const char *const *words)
{
    if (!expression_name_is_fine(y->key) || field_word_index(words, y->key) >= 0)
        complain(c, y->key_at, "a column is named with small letters, digits and '_', %d at most, and "
                 "not as a word of expressions or labels", EXPRESSION_NAME_MAX);
}

static void check_order(struct complaints *c, const struct yaml *y, const char *key, double lower,
                        const char *other, double higher)
{
    if (lower > higher) /* false when either is not given */
        complain(c, piece_of(y, key)->at, "%s lies above %s", key, other);
}

void piece_check_limits(struct complaints *c, const struct yaml *y, const struct reading_limits *l)
{
    check_order(c, y, "bad_low", l->bad_low, "warn_low", l->warn_low);
    check_order(c, y, "warn_high", l->warn_high, "bad_high", l->bad_high);
    check_order(c, y, "warn_low", l->warn_low, "warn_high", l->warn_high);
    check_order(c, y, "bad_low", l->bad_low, "bad_high", l->bad_high);
    if (l->slack < 0)
        complain(c, piece_of(y, "slack")->at, "a slack is 0 or more");
}
