/* What a device tells beside its ports: signal, temperature, battery and so on, by what it belongs to. */
#ifndef HAYLOFT_WEB_READINGS_H
#define HAYLOFT_WEB_READINGS_H

#include "web/graph.h"

struct ew_detail;
struct view_series;

/* Is this data source a reading: no ping's, no port's, no service's? */
bool readings_has(const struct view_series *s);
/* A section with the last value of each; nothing when there are none. */
void readings_section(struct buf *out, const struct ew_detail *d);
/* A graph for each reading of object; object NULL: of each object the first one. Returns how many. */
int readings_graphs(struct buf *out, const struct ew_detail *d, const char *object, const struct graph_span *span,
                    int most);

#endif
