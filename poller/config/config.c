#include "poller/config/config.h"

const char *const link_kind_words[] = {"wire", "bridge", 0};
const char *const receiver_kind_words[] = {"mail", "webhook", "exec", "template", 0};
