/* Where an object's file lies: rrd/<vantage>/<node>/<object>.rrd below the state folder. Names come from
 * the network, so each part is percent-encoded; a part too long for a file name is cut and carries a
 * hash of the whole. */
#ifndef HAYLOFT_GRAPHS_PATH_H
#define HAYLOFT_GRAPHS_PATH_H

#include <stdbool.h>
#include <stddef.h>

#define PATH_PART_MAX 200 /* leaves room for ".rrd.bad-20261124T093830" within 255 */

/* Letters, digits, '_', '-', and '.' but in front stay; every other byte becomes %XX. "" becomes "%". */
void path_encode(const char *name, char out[static PATH_PART_MAX + 1]);
/* False when the part is not one that path_encode makes whole (bad escapes, or a cut one). */
bool path_decode(const char *part, char *out, size_t size);
/* "rrd/here/router/if-eth0.rrd"; false when it does not fit. */
bool path_object(const char *vantage, const char *node, const char *object, char *out, size_t size);

#endif
