/* What a web server, or a portal in its place, answers; and addresses of pages, behind a NUL. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/plain_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_place(const char *url)
{
    struct page_place p;
    char question[PAGE_QUESTION_MAX];
    if (page_place_read(url, &p) && page_question_write(&p, question) && strchr(p.path, '\n'))
        abort(); /* a line of the caller's making */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plain_page p;
    if (size && data[0] == 0) {
        char *url = strndup((const char *)data + 1, size - 1);
        if (url)
            read_place(url);
        free(url);
    } else if (plain_page_read(data, size, &p)) {
        if (p.status < 100 || p.status > 599 || p.body + p.body_len != data + size ||
            strlen(p.location) >= PAGE_LOCATION_MAX)
            abort();
        plain_page_holds(&p, "success");
    }
    return 0;
}
