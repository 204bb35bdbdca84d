/* One file as text: read once, whole, bounded, and only from a plain file. */
#ifndef HAYLOFT_CONFIG_SOURCE_H
#define HAYLOFT_CONFIG_SOURCE_H

#include <sys/stat.h>

#include "poller/config/complaint.h"

/* NULL after a complaint at `at`: not to be read, a folder or a device, over YAML_FILE_MAX_BYTES, a NUL
 * byte in it. *st is the file's when it was opened. holds: what is shown of it in complaints depends on it. */
struct source *source_read(const char *path, enum source_holds holds, struct place at, struct arena *arena,
                           struct complaints *c, struct stat *st);

#endif
