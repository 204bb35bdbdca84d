/* Why something cannot be written, for people: what, where, and how many bytes are missing. */
#ifndef HAYLOFT_STORE_SHORTAGE_H
#define HAYLOFT_STORE_SHORTAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "PATH: No space left on device, 4186112 bytes missing (4194304 needed, 8192 free)".
 * path need not exist, its folder tells. need_bytes 0: not known. */
void shortage_text(const char *path, int error, uint64_t need_bytes, char *out, size_t size);

/* The word of SE_TROUBLE for it. */
const char *shortage_word(int error, const char *otherwise);

struct shortage {
    uint64_t free_bytes, total_bytes;
    uint64_t free_inodes, total_inodes; /* total 0: the file system has no fixed number */
};
/* Of the file system at path. False with errno. */
bool shortage_look(const char *path, struct shortage *out);

#endif
