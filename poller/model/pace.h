/* How often something is asked, when that is less often than it was configured to be. */
#ifndef HAYLOFT_MODEL_PACE_H
#define HAYLOFT_MODEL_PACE_H

#include <stddef.h>
#include <stdint.h>

struct pace {
    int64_t configured_ns; /* between rounds, as configured */
    int64_t interval_ns;   /* between rounds, as it is now */
    int64_t takes_ns;      /* so long its answers take in a round, on average; 0: not known */
};

#define PACE_TEXT_MAX 96
/* "asked every 4 min instead of every minute: its answers take 6.2 s"; "" when asked as configured.
 * Returns out. */
char *pace_text(const struct pace *p, char out[static PACE_TEXT_MAX]);

#endif
