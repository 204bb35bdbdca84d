/* What the strict reader accepts must print, and the print must be accepted again, also in its HTML form. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cJSON *document = json_parse((const char *)data, size, NULL);
    if (!document)
        return 0;
    struct buf text = {0};
    json_print_in_html(document, &text);
    if (strchr(buf_string(&text), '<'))
        abort();
    cJSON *again = json_parse(buf_string(&text), text.len, NULL);
    if (!again)
        abort();
    cJSON_Delete(again);
    cJSON_Delete(document);
    buf_fini(&text);
    return 0;
}
