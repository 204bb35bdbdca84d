/* A file that is either the old one or the whole new one, also after a power cut. */
#ifndef HAYLOFT_BASE_ATOMIC_FILE_H
#define HAYLOFT_BASE_ATOMIC_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Writes beside path, syncs, renames over it, syncs the folder. False with errno; the old file
 * stays. */
bool atomic_file_write(const char *path, const void *bytes, size_t len, mode_t mode);
/* The same, but never over an existing file: errno EEXIST. */
bool atomic_file_create(const char *path, const void *bytes, size_t len, mode_t mode);

/* Makes a file that was written beside durable, and lets it take the place of the one at path. */
bool atomic_file_publish(const char *beside, const char *path);

#endif
