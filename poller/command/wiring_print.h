/* How a node is wired, for people: out of its document, as the daemon and `inspect` make it. */
#ifndef HAYLOFT_COMMAND_WIRING_PRINT_H
#define HAYLOFT_COMMAND_WIRING_PRINT_H

#include <cjson/cJSON.h>

/* Neighbours, VLANs, power over Ethernet, stations, and how many addresses it hears; each with its age. What it
 * does not have takes no line. */
void wiring_print(const cJSON *document);

#endif
