/* What expressions compute with: values, and the functions over them. */
#include "poller/model/expression_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 64

static const struct expression_value none;

struct expression_value expression_of_number(double number)
{
    if (!isfinite(number))
        return none;
    return (struct expression_value){.has_number = true, .number = number + 0.0}; /* no minus zero */
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_wordy(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t digits_at(const uint8_t *text, size_t len, size_t from)
{
    size_t n = 0;
    while (from + n < len && is_digit(text[from + n]))
        n++;
    return n;
}

/* Digits with a fraction, from `from`; the offset behind them. */
static size_t number_end(const uint8_t *text, size_t len, size_t from)
{
    size_t end = from + digits_at(text, len, from);
    size_t fraction = end > from && end < len && text[end] == '.' ? digits_at(text, len, end + 1) : 0;
    return fraction ? end + 1 + fraction : end;
}

/* A minus in front counts unless it stands behind a letter or a digit: "1-2" and "eth-1" have none. */
static bool is_negative(const uint8_t *text, size_t from)
{
    return from > 0 && text[from - 1] == '-' && (from == 1 || !is_wordy(text[from - 2]));
}

static struct expression_value nth_number(const uint8_t *text, size_t len, double n)
{
    char digits[DIGITS_MAX + 1];
    size_t end;
    len = len < EXPRESSION_TEXT_MAX ? len : EXPRESSION_TEXT_MAX;
    for (size_t from = 0; from < len; from = end) {
        end = number_end(text, len, from);
        if (end == from)
            end++;
        else if (--n <= 0) {
            size_t used = end - from < DIGITS_MAX ? end - from : DIGITS_MAX;
            memcpy(digits, text + from, used);
            digits[used] = '\0';
            double number = end - from > DIGITS_MAX ? NAN : strtod(digits, NULL);
            return expression_of_number(is_negative(text, from) ? -number : number);
        }
    }
    return none;
}

struct expression_value expression_of_text(const void *bytes, size_t len)
{
    struct expression_value v = nth_number(bytes, len, 1);
    v.has_text = true;
    v.text = bytes;
    v.len = len;
    return v;
}

static bool is_whole(double x)
{
    return x == floor(x);
}

static struct expression_value run_number(const struct expression_value *args, size_t count)
{
    double n = count > 1 ? args[1].number : 1;
    return is_whole(n) && n >= 1 ? nth_number(args[0].text, args[0].len, n) : none;
}

static struct expression_value run_bit(const struct expression_value *args, size_t count)
{
    double n = args[1].number;
    if (!is_whole(n) || n < 0)
        return none;
    if (n >= (double)args[0].len * 8)
        return expression_of_number(0);
    size_t at = (size_t)n;
    return expression_of_number(args[0].text[at / 8] >> (7 - at % 8) & 1);
}

/* IEEE 802.11 Annex E: channel starting frequencies of the 2.4 and 5 GHz bands. */
static struct expression_value run_channel_mhz(const struct expression_value *args, size_t count)
{
    double c = args[0].number;
    if (!is_whole(c))
        return none;
    if (c >= 1 && c <= 13)
        return expression_of_number(2407 + 5 * c);
    if (c == 14)
        return expression_of_number(2484);
    return c >= 32 && c <= 177 ? expression_of_number(5000 + 5 * c) : none;
}

static struct expression_value as_signed(double x, double range)
{
    if (!is_whole(x) || x < -range / 2 || x >= range)
        return none;
    return expression_of_number(x >= range / 2 ? x - range : x);
}

static struct expression_value run_signed8(const struct expression_value *args, size_t count)
{
    return as_signed(args[0].number, 256);
}

static struct expression_value run_signed16(const struct expression_value *args, size_t count)
{
    return as_signed(args[0].number, 65536);
}

static struct expression_value run_signed32(const struct expression_value *args, size_t count)
{
    return as_signed(args[0].number, 4294967296.0);
}

static struct expression_value run_min(const struct expression_value *args, size_t count)
{
    double least = args[0].number;
    for (size_t i = 1; i < count; i++)
        least = fmin(least, args[i].number);
    return expression_of_number(least);
}

static struct expression_value run_max(const struct expression_value *args, size_t count)
{
    double most = args[0].number;
    for (size_t i = 1; i < count; i++)
        most = fmax(most, args[i].number);
    return expression_of_number(most);
}

static struct expression_value run_abs(const struct expression_value *args, size_t count)
{
    return expression_of_number(fabs(args[0].number));
}

static struct expression_value run_round(const struct expression_value *args, size_t count)
{
    return expression_of_number(round(args[0].number));
}

static struct expression_value run_floor(const struct expression_value *args, size_t count)
{
    return expression_of_number(floor(args[0].number));
}

static struct expression_value run_pow(const struct expression_value *args, size_t count)
{
    return expression_of_number(pow(args[0].number, args[1].number));
}

static struct expression_value run_log10(const struct expression_value *args, size_t count)
{
    return expression_of_number(log10(args[0].number));
}

const struct expression_function expression_functions[] = {
    {"number", 1, 2, TYPE_TEXT, run_number},
    {"bit", 2, 2, TYPE_TEXT, run_bit},
    {"channel_mhz", 1, 1, TYPE_NUMBER, run_channel_mhz},
    {"signed8", 1, 1, TYPE_NUMBER, run_signed8},
    {"signed16", 1, 1, TYPE_NUMBER, run_signed16},
    {"signed32", 1, 1, TYPE_NUMBER, run_signed32},
    {"min", 2, 16, TYPE_NUMBER, run_min},
    {"max", 2, 16, TYPE_NUMBER, run_max},
    {"abs", 1, 1, TYPE_NUMBER, run_abs},
    {"round", 1, 1, TYPE_NUMBER, run_round},
    {"floor", 1, 1, TYPE_NUMBER, run_floor},
    {"pow", 2, 2, TYPE_NUMBER, run_pow},
    {"log10", 1, 1, TYPE_NUMBER, run_log10},
    {0},
};
