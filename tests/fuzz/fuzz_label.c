/* The template of a label: checked, then written with hostile values; always fits, never holds a control
 * character. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/label.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool known(void *ctx, const char *name, size_t len)
{
    (void)ctx;
    return len < 8 && memchr(name, 'z', len) == NULL;
}

static size_t value(void *ctx, const char *name, size_t len, char *out, size_t size)
{
    (void)ctx;
    memset(out, '\n', size);
    memcpy(out, name, len < size ? len : size);
    return len > 3 ? size + 5 : len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *template = strndup((const char *)data, size), error[LABEL_ERROR_MAX] = "";
    size_t at, room = size % 40 + 1;
    char *out = malloc(room);
    bool good = label_check(template, known, NULL, &at, error);
    assert(good || (error[0] && at <= strlen(template)));
    bool some = label_write(template, value, NULL, out, room);
    assert(strlen(out) < room && some == (out[0] != '\0'));
    for (const char *p = out; *p; p++)
        assert((unsigned char)*p >= 0x20 && *p != 0x7f);
    free(out);
    free(template);
    return 0;
}
