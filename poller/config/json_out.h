/* Pieces of JSON, written by hand: this program knows YAML, and should not have to know JSON as well. */
#ifndef HAYLOFT_CONFIG_JSON_OUT_H
#define HAYLOFT_CONFIG_JSON_OUT_H

#include "poller/base/buf.h"
#include "poller/config/complaint.h"

void json_out_text(struct buf *out, const char *text); /* NULL: null */
/* "name": [...], with a comma behind: the errors, or the warnings. */
void json_out_complaints(struct buf *out, const char *name, const struct complaints *c, bool warnings);

#endif
