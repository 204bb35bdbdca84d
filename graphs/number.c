#include "graphs/number.h"

#include <math.h>
#include <stdio.h>

#define EXACT_LIMIT 1e15 /* whole numbers below it are exact in a double and in 15 digits */

char *number_integer(uint64_t value, char *out)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (n)
        *out++ = digits[--n];
    return out;
}

/* Nine digits behind the point, without the zeros at the end. */
static char *put_fraction(uint32_t billionths, char *out)
{
    char digits[9];
    int n = 9;
    for (int i = 8; i >= 0; i--, billionths /= 10)
        digits[i] = (char)('0' + billionths % 10);
    while (n && digits[n - 1] == '0')
        n--;
    if (n)
        *out++ = '.';
    for (int i = 0; i < n; i++)
        *out++ = digits[i];
    return out;
}

static char *put_long_way(double value, char *out)
{
    int n = snprintf(out, NUMBER_TEXT_MAX, "%.15g", value);
    return out + (n < NUMBER_TEXT_MAX ? n : NUMBER_TEXT_MAX - 1);
}

char *number_text(double value, char *out)
{
    double size = fabs(value);
    if (!isfinite(value)) {
        out[0] = 'U';
        out[1] = '\0';
        return out + 1;
    }
    if (size >= EXACT_LIMIT || (size < 1e-5 && size != 0))
        return put_long_way(value, out); /* 15 digits need an exponent */
    uint64_t whole = (uint64_t)size;
    uint64_t billionths = (uint64_t)((size - (double)whole) * 1e9 + 0.5);
    if (billionths >= UINT64_C(1000000000)) {
        whole++;
        billionths = 0;
    }
    char *p = out;
    if (value < 0)
        *p++ = '-';
    p = number_integer(whole, p);
    p = put_fraction((uint32_t)billionths, p);
    *p = '\0';
    return p;
}
