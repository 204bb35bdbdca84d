/* What a person reads: the subject and the text of a message, from its document. */
#ifndef HAYLOFT_COURIER_COMPOSE_H
#define HAYLOFT_COURIER_COMPOSE_H

#include "poller/base/buf.h"
#include "poller/courier/document.h"

#define SUBJECT_MAX_BYTES 140 /* what a phone shows of it, and then some */

void compose_subject(const struct document *d, struct buf *out);
void compose_text(const struct document *d, struct wall now, struct buf *out);

#endif
