/* From the pages of a talk to readings, and to who the device is. Pure.
 *
 * A figure that stands there and cannot be told (`absent`, `when` says no) has the value NaN when
 * it has a series, so that the series keeps its shape; without one, or where nothing stands, it is
 * left out. So it is with a counter whose rate is not known yet. */
#ifndef HAYLOFT_COURIER_CONSULT_FIGURES_H
#define HAYLOFT_COURIER_CONSULT_FIGURES_H

#include "poller/base/arena.h"
#include "poller/courier/consult/dialogue.h"
#include "poller/courier/consult/rates.h"

#define FIGURES_MAX         512  /* of one device */
#define FIGURES_ROWS_MAX    1024 /* of one reading */
#define FIGURES_OBJECTS_MAX 64   /* with series: each is a file */
#define FIGURES_LABEL_MAX   97

struct figure_list {
    struct reading *items; /* in arena */
    size_t count;
    bool cut; /* there were more */
};

/* meanings: those the profile's readings name. rates: the device's, begun; NULL: none are known. False: no
 * memory. */
bool figures_read(const struct http_profile *p, const struct meaning *meanings,
                  size_t meaning_count, const struct dialogue_document *documents,
                  size_t document_count, struct rates *rates, struct arena *arena, struct figure_list *out);

/* The first of texts that gives something, in arena; NULL: none. */
const char *figures_text(const struct http_text *texts, size_t count,
                         const struct dialogue_document *documents, size_t document_count,
                         struct arena *arena);

#endif
