/* The document of a message: JSON as store hands it out, read by dotted names. */
#ifndef HAYLOFT_COURIER_DOCUMENT_H
#define HAYLOFT_COURIER_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/clock.h"
#include "poller/message/store_courier.h"

struct document;

/* What every message of this house says beside the document. */
struct house {
    const char *title;    /* the site's name; may be NULL */
    const char *base_url; /* of our pages, without the closing slash; NULL: not reachable by a reader */
};

/* NULL when the text is no JSON object. Copies what it needs. now decides whether the message is late. */
struct document *document_read(const struct sc_deliver *message, const struct house *house,
                               struct wall now);
void document_destroy(struct document *d);

/* The names of template_message_names but option.*; NULL when there is no such value. Valid while the
 * document lives. */
const char *document_value(const struct document *d, const char *name);
enum message_kind document_kind(const struct document *d);
struct wall document_created(const struct document *d);
/* False: the clock of this machine was not set when it was handed out, so its times are guesses. */
bool document_times_are_true(const struct document *d);
/* An entry of the list `name` as a sentence, NULL past its end: affected, evidence, also_possible. */
const char *document_entry(const struct document *d, const char *name, size_t index);

#endif
