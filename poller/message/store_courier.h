/* store <-> courier, and engine <-> courier for fetches. Courier opens no database: store hands out a row,
 * courier answers its fate, store commits that. A row without an answer is handed out again, same key. */
#ifndef HAYLOFT_MESSAGE_STORE_COURIER_H
#define HAYLOFT_MESSAGE_STORE_COURIER_H

#include "poller/base/clock.h"
#include "poller/base/field.h"
#include "poller/model/consultation.h"
#include "poller/model/http_profile.h"
#include "poller/model/words.h"

enum store_to_courier { SC_DELIVER = 1, SC_REPORT };
enum courier_to_store { CS_OUTCOME = 1, CS_REPORTED };
enum engine_to_courier { EC_FETCH = 1, EC_CONSULT, EC_UPS };
enum courier_to_engine { CE_FETCHED = 1, CE_CONSULTED, CE_UPS };

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

/* A report to the upstream that is configured, see vantage.h. One at a time. */
struct sc_report {
    uint32_t id;
    struct bytes body;
};
extern const struct record sc_report_record;

struct cs_reported {
    uint32_t id;
    int64_t status;         /* HTTP's; 0: no answer */
    int64_t retry_after_ns; /* what the house asked for; 0: nothing */
    char *error;            /* for people, with status 0 or from the answer; never holds a secret. NULL: none */
};
extern const struct record cs_reported_record;

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

/* Reads a device's own interface by a profile. A session that is open from before is used. */
struct ec_consult {
    uint32_t id;
    char *node;         /* whose session it is */
    char *url;          /* what a page's path is put behind */
    char *user, *password;
    int64_t timeout_ns; /* for all of it */
    bool verify_tls;
    char *pin;          /* its public key as libcurl takes it; NULL: by verify_tls */
    struct http_profile profile;
    struct meaning *meanings; /* those the profile's readings name */
    size_t meanings_count;
};
extern const struct record ec_consult_record;

struct ce_consulted {
    uint32_t id;
    enum consultation_end end;
    char *reason, *detail;
    struct reading *readings;
    size_t readings_count;
    char *model, *version, *serial; /* NULL: not known */
    int64_t total_ns;
    struct wall certificate_expires;
};
extern const struct record ce_consulted_record;

/* What a UPS behind NUT (RFC 9271) tells: all of its variables. */
struct ec_ups {
    uint32_t id;
    char *host, *ups;
    uint32_t port;
    int64_t timeout_ns;
};
extern const struct record ec_ups_record;

struct ce_ups {
    uint32_t id;
    char *error, *error_detail; /* error: a stable word; "" or NULL: none */
    char **names, **values;     /* "ups.status": "OL CHRG"; equally many */
    size_t names_count, values_count;
    int64_t total_ns;
};
extern const struct record ce_ups_record;

#endif
