#include "poller/model/consultation.h"

#include <stddef.h>

const char *const consultation_end_words[] = {"read", "silent", "wrong", "refused", "locked", "ours", NULL};
