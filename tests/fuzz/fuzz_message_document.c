/* The document of a message, whatever it holds: read or refused, and its mail never grows a header. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/courier/document.h"
#include "poller/courier/receivers/mail_text.h"
#include "poller/model/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEADERS 10 /* and Date, with a time; and References, with an id */

static void count_headers(const struct document *d)
{
    const char *to = "anna@example.org";
    struct mail m = {.from = "watch@farm.example", .to = &to, .to_count = 1,
                     .subject = document_value(d, "subject"), .text = document_value(d, "text"),
                     .key = document_value(d, "key"), .kind = document_value(d, "message"),
                     .thread = document_value(d, "id"), .date = document_created(d)};
    struct buf b = {0};
    mail_text(&m, &b);
    size_t count = 0;
    const char *line = buf_string(&b);
    for (; strncmp(line, "\r\n", 2) != 0; line = strstr(line, "\r\n") + 2)
        count += *line != ' ';
    size_t wanted = HEADERS + (m.date.ns != 0) + (m.thread && *m.thread);
    assert(count == wanted);
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct sc_deliver m = {.key = "k", .receiver = "r", .document = text,
                           .kind = (enum message_kind)(size % (MESSAGE_REPORT + 1))};
    struct document *d = text ? document_read(&m, &(struct house){"F", "https://w"}, m.created) : NULL;
    for (size_t i = 0; d && template_message_names[i]; i++)
        document_value(d, template_message_names[i]);
    if (d)
        count_headers(d);
    document_destroy(d);
    free(text);
    return 0;
}
