/* The part of an RRD file that every value changes: time of the last update, preparation areas, row
 * pointers.
 *
 * librrd writes by mapping, so after a power cut a file may hold pages of two times: a row pointer
 * without its rows, or half a preparation area, and nothing in the file tells. But the rows
 * themselves only matter as far as the head points at them. So the head as it was when all of the
 * file was durable makes the file whole again: whatever of the later rows reached the disk lies
 * behind the pointers, and is written once more when the same values come again. */
#ifndef HAYLOFT_GRAPHS_ARCHIVE_HEAD_H
#define HAYLOFT_GRAPHS_ARCHIVE_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/buf.h"

/* Appends the image of a file's head; of an absent file, or of one that will be set aside, what
 * says so. False with errno: it cannot be read, nothing was appended. */
bool archive_head_take(const char *path, struct buf *out);

enum archive_head_put {
    ARCHIVE_HEAD_PUT,   /* the head is as it was; a file that was not there then is not there now */
    ARCHIVE_HEAD_OTHER, /* the file is another one than then: left as it is */
    ARCHIVE_HEAD_BAD,   /* no image */
    ARCHIVE_HEAD_REFUSED /* the system did not let us; errno */
};
/* Not synced. */
enum archive_head_put archive_head_put(const char *path, const void *image, size_t len);

#endif
