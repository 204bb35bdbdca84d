/* store <-> courier, and engine <-> courier for fetches. Courier opens no database: store hands out a row,
 * courier answers its fate, store commits that. A row without an answer is handed out again, same key. */
#ifndef HAYLOFT_MESSAGE_STORE_COURIER_H
#define HAYLOFT_MESSAGE_STORE_COURIER_H

#include "poller/base/clock.h"
#include "poller/base/field.h"
#include "poller/model/words.h"

enum store_to_courier { SC_DELIVER = 1 };
enum courier_to_store { CS_OUTCOME = 1 };
enum engine_to_courier { EC_FETCH = 1 };
enum courier_to_engine { CE_FETCHED = 1 };

struct sc_deliver {
    char *key, *receiver;
    enum message_kind kind;
    struct wall created;
    uint32_t attempt;  /* 1 for the first */
    char *document;    /* JSON: the incident document plus message and key, or {message, key, text} */
};
extern const struct record sc_deliver_record;

enum delivery_outcome { DELIVERY_SENT, DELIVERY_RETRY, DELIVERY_REFUSED };
extern const char *const delivery_outcome_words[];

struct cs_outcome {
    char *key, *receiver;
    enum delivery_outcome outcome;
    int64_t retry_after_ns; /* with RETRY: what the other side asked for (Retry-After), else 0 */
    char *error;            /* for people; never holds a secret */
};
extern const struct record cs_outcome_record;

struct ec_fetch {
    uint32_t id;
    char *url;
    char **headers;
    size_t headers_count;
    int64_t timeout_ns;
    int64_t body_max_bytes;
    bool verify_tls;
};
extern const struct record ec_fetch_record;

struct ce_fetched {
    uint32_t id;
    char *error, *error_detail;
    int64_t status;
    struct bytes body;
    int64_t name_lookup_ns, connect_ns, first_byte_ns, total_ns;
    struct wall certificate_expires;
    char *certificate_subject;
};
extern const struct record ce_fetched_record;

#endif
