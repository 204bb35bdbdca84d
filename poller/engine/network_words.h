/* How a network is, in a verdict and a sentence: that of its incident, what works, or why nothing is known. */
#ifndef HAYLOFT_ENGINE_NETWORK_WORDS_H
#define HAYLOFT_ENGINE_NETWORK_WORDS_H

#include "poller/engine/engine_internal.h"

#define NETWORK_WORDS_MAX 512

/* What its probes say, and with what tables say of its way: the worst of its VLANs; one of which nothing is known
 * hides no other. */
enum verdict network_probes_verdict(const struct node *n);
enum verdict network_verdict(const struct node *n);
void network_words(const struct engine *e, const struct node *n, char out[static NETWORK_WORDS_MAX]);
/* Is it the check that stands for its VLAN? The guest; where nobody plays one, the listener. */
bool network_shows(const struct node *n, const struct check *c);
bool network_fails(const struct node *n, enum guest_matter m); /* on some VLAN */

#endif
