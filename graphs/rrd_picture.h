/* A PNG painted by librrd, for mail and export. The arguments are made here from fixed words and checked
 * numbers; texts from outside stand only where RRDtool reads no options, and escaped. */
#ifndef HAYLOFT_GRAPHS_RRD_PICTURE_H
#define HAYLOFT_GRAPHS_RRD_PICTURE_H

#include "graphs/fetch.h"
#include "poller/base/buf.h"

/* Appends the PNG. False with a sentence in error. */
bool rrd_picture(const struct fetch_question *q, const char *title, uint32_t width, uint32_t height,
                 struct buf *png, char error[static FETCH_ERROR_MAX]);

#endif
