/* Whatever a client writes into its request line, form, Host, Origin or Cookie: parsed or refused, and what
 * is parsed is clean. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/utf8.h"
#include "web/cookie.h"
#include "web/host.h"
#include "web/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
    size_t len = strlen(text);
    if (!utf8_is_valid(text, len))
        abort();
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20)
            abort();
}

static void check_all(const struct parameters *p)
{
    for (size_t i = 0; i < p->count; i++) {
        check(p->at[i].name);
        check(p->at[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct target t;
    static struct form f;
    char value[64], *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (target_parse(text, &t)) {
        check_all(&t.query);
        for (size_t i = 0; i < t.segments_count; i++) {
            check(t.segments[i]);
            if (strcmp(t.segments[i], "..") == 0)
                abort();
        }
    }
    if (form_parse(text, size, &f))
        check_all(&f.fields);
    host_is_allowed(text, "farm", NULL, 0);
    host_is_origin(text, "farm");
    if (cookie_value(text, "hayloft", value, sizeof value) && strpbrk(value, "; \r\n"))
        abort();
    free(text);
    return 0;
}
