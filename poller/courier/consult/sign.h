/* Does an answer look as a profile says? Pure. */
#ifndef HAYLOFT_COURIER_CONSULT_SIGN_H
#define HAYLOFT_COURIER_CONSULT_SIGN_H

#include "poller/courier/consult/dialogue.h"

/* document: the answer as JSON; NULL: it is none. */
bool sign_any(const struct http_sign *signs, size_t count, const struct dialogue_answer *a,
              const cJSON *document);

#endif
