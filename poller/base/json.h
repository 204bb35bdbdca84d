/* JSON read strictly and printed safely. cJSON does the work between; this door is the only one through
 * which outside text reaches it, because it takes what RFC 8259 leaves open in its own ways: a second
 * member of the same name, bytes after the end, NUL, text that is no UTF-8. All of these are refused. */
#ifndef HAYLOFT_BASE_JSON_H
#define HAYLOFT_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "poller/base/buf.h"

#define JSON_TEXT_MAX_BYTES (1u << 20)
#define JSON_DEPTH_MAX 32
#define JSON_NUMBER_MAX_CHARS 32
#define JSON_MEMBERS_MAX 256 /* of one object: looking for doubles stays cheap */

/* The document, for cJSON_Delete; NULL with *why (a static sentence; why may be NULL) when refused. */
cJSON *json_parse(const char *text, size_t len, const char **why);

/* Appends the document as text. For people: indented. */
void json_print(const cJSON *document, bool for_people, struct buf *out);
/* As json_print, with '<', '>', '&', U+2028 and U+2029 written as escapes: safe inside <script>. */
void json_print_in_html(const cJSON *document, struct buf *out);

/* Members by exact name (cJSON's own look-up ignores case). NULL or the fallback when absent or of
 * another type. Texts live as long as the document. */
const cJSON *json_member(const cJSON *object, const char *name);
const char *json_text(const cJSON *object, const char *name);
double json_number(const cJSON *object, const char *name, double fallback);

/* Adding; NULL text and NaN become null, bytes that are no UTF-8 become U+FFFD. */
void json_put_text(cJSON *object, const char *name, const char *text);
void json_put_number(cJSON *object, const char *name, double value);
void json_put_bool(cJSON *object, const char *name, bool value);
cJSON *json_put_array(cJSON *object, const char *name);
cJSON *json_put_object(cJSON *object, const char *name);
cJSON *json_add_object(cJSON *array);
void json_add_text(cJSON *array, const char *text);

#endif
