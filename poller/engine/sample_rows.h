/* Samples on their way to store, as the rows of es_samples but with the monotonic moment in place
 * of the stamp: what time that was is filled in when they are taken, by the clock as it is known
 * then. While it is not, they wait here; when they are too many the oldest go, and are counted. */
#ifndef HAYLOFT_ENGINE_SAMPLE_ROWS_H
#define HAYLOFT_ENGINE_SAMPLE_ROWS_H

#include "poller/base/buf.h"
#include "poller/engine/engine.h"

#define SAMPLE_ROWS_TAKE_BYTES 49152 /* of one record; with its head below a frame's payload */

struct sample_rows;

/* ceiling_bytes: what may wait. Aborts when memory ends, now and later. */
struct sample_rows *sample_rows_create(size_t ceiling_bytes);
void sample_rows_destroy(struct sample_rows *r); /* NULL is fine */
/* A value that holds since longer than a step is told as several rows, so that its file has no gap. */
void sample_rows_add(struct sample_rows *r, const struct object *o);
/* What may go to store at once: of one object it takes only so many rows before it has written files,
 * so hours of them go in slices. What is younger than a minute does not count. Begins as {0}. */
#define SAMPLE_SLICE_ROWS 60
struct sample_slice {
    uint16_t rows[256]; /* by the end of the object's id: some share one, and go a little slower */
    bool full;
};
/* Appends the oldest rows to out, stamped, as many as one record and the slice hold. False: there are
 * none, or the slice is full. */
bool sample_rows_take(struct sample_rows *r, struct instant now, struct sample_slice *slice,
                      struct buf *out);
bool sample_rows_are_full(const struct sample_rows *r); /* one record's worth waits at least */
size_t sample_rows_bytes(const struct sample_rows *r);
uint64_t sample_rows_dropped(const struct sample_rows *r); /* values */

#endif
