/* Nodes and checks as the configuration names them. A new one is taken over in place: what did not
 * change keeps its rounds, its verdict and its facts. */
#ifndef HAYLOFT_ENGINE_ROSTER_H
#define HAYLOFT_ENGINE_ROSTER_H

#include "poller/engine/engine_internal.h"

#define INTERNET_NODE "internet" /* the Internet as a node, and its check's kind */

void roster_adopt(struct engine *e, const struct config *config);
void roster_destroy(struct engine *e);

#endif
