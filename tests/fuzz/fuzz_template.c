/* A template as a user may write it: parses or says why; what parses renders. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *value(void *ctx, const char *name)
{
    (void)ctx;
    return name[0] == 'c' ? "a\"b\\\n{severity}" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size), *error = NULL;
    struct template *t = text ? template_parse(text, template_message_known, NULL, &error) : NULL;
    struct buf out = {0};
    for (int where = TEMPLATE_TEXT; t && where <= TEMPLATE_HEADER; where++)
        template_render(t, (enum template_escape)where, value, NULL, &out);
    if (t)
        template_lacks(t, "option.", value, NULL);
    buf_fini(&out);
    template_destroy(t);
    free(error);
    free(text);
    return 0;
}
