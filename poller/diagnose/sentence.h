/* The words of a finding, from texts like etc/texts/en.yaml: the key "<kind>.sentence.<variant>", else
 * "<kind>.sentence". Places in a text: {node} {parent} {site} {link} {near} {far} {network} {port} {kind}
 * {behind_count} and every argument the rule gave. */
#ifndef HAYLOFT_DIAGNOSE_SENTENCE_H
#define HAYLOFT_DIAGNOSE_SENTENCE_H

#include "poller/base/buf.h"
#include "poller/config/config.h"
#include "poller/diagnose/rule.h"

/* part: "sentence" or "check_first". Without a text the kind and the node are named. */
void sentence_render(const struct config *texts, const struct scene *s, const struct finding *f,
                     const char *part, struct buf *out);

#endif
