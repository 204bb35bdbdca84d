/* Arithmetic of profiles: from what an agent sent to the unit that is shown. Pure; never crashes on any
 * text or value; what cannot be computed is absent, not zero.
 *
 *   x                    the raw value as a number: of numeric types itself, of text the first number in it
 *   text                 the raw value as text; of a number its digits
 *   NAME                 another column of the row, by the name it has in `with`; NAME.text is its text
 *   1.5  "words"  none   a number, a text (also in single quotes; nothing is escaped), nothing
 *   + - * / %  ( )       % is the remainder; division by zero is none
 *   == != < <= > >=      of two numbers, or of two texts (octet by octet); `== none` and `!= none` ask
 *   and or not   c ? a : b
 *   number(t) number(t, n)     the first, or n-th (from 1), number in a text
 *   match(t, "regex")          1 when the POSIX extended expression matches, else 0
 *   part(t, "regex")           the text of its first group
 *   channel_mhz(c)             centre of a Wi-Fi channel: 1-13, 14, 32-177; none for others
 *   signed8(x) signed16(x) signed32(x)  an unsigned that was meant to be signed
 *   bit(t, n)                  bit n of an octet string (0: the most significant of the first octet; past
 *                              its end 0, as RFC 2578 has it of BITS)
 *   min(a, b, ...) max(a, b, ...) abs(x) round(x) floor(x) pow(x, y) log10(x)
 *
 * none in any arithmetic, comparison or condition gives none; `and` and `or` give what holds whatever the
 * none may be (0 and none is 0). Numbers and texts are told apart when the expression is compiled. */
#ifndef HAYLOFT_MODEL_EXPRESSION_H
#define HAYLOFT_MODEL_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPRESSION_TEXT_MAX 1024
#define EXPRESSION_ERROR_MAX 160
#define EXPRESSION_NAME_MAX 32

/* A value as it goes in and comes out. A text with has_number carries both. */
struct expression_value {
    bool has_number, has_text;
    double number;
    const uint8_t *text; /* not terminated */
    size_t len;
};

struct expression;

/* names: what NAME may be, besides x and text; NULL-terminated; NULL: none. NULL on a mistake: *at is its
 * offset in text, error says what was expected. */
struct expression *expression_compile(const char *text, const char *const *names, size_t *at,
                                      char error[static EXPRESSION_ERROR_MAX]);
void expression_destroy(struct expression *e); /* NULL is fine */

/* values[0] is x, values[1 + i] the name i; what is past count is none. Texts of the result point into
 * values, into e, or into scratch; they carry their first number too. Bounded work; nothing is allocated
 * but by the C library's regexec. Numbers that come out are finite. */
struct expression_value expression_run(const struct expression *e, const struct expression_value *values,
                                       size_t count, uint8_t scratch[static EXPRESSION_TEXT_MAX]);

bool expression_gives_text(const struct expression *e);
/* Does it look at values[i]? */
bool expression_uses(const struct expression *e, size_t i);

/* Number and text of what an agent sent as text: "18 dBm" has the number 18, "28 C/82 F" the number 28. */
struct expression_value expression_of_text(const void *bytes, size_t len);
struct expression_value expression_of_number(double number); /* not finite: none */

/* The words a name may not be: x text none and or not, and the functions. Ends with NULL. */
extern const char *const expression_words[];
/* A lower-case letter, then those, digits and '_'; at most EXPRESSION_NAME_MAX; none of the words. */
bool expression_name_is_fine(const char *name);

#endif
