/* SNMP version 3 with one agent: who we are there, the keys for it, its engine, and what its answers are worth.
 *
 *   DISCOVER  the engine's id is asked for in the clear
 *   DERIVE    keys for that engine are made, in a thread
 *   SPEAK     questions leave under the user's name
 *
 * Everything here belongs to one agent: keys are looked up nowhere, so that of two devices with one engine id
 * each has its own, and a wrong password is wrong whatever another node's is.
 *
 * What an agent says in the clear is believed only where it cannot be said otherwise: its engine id, and that
 * it refuses us. Its clock is taken back only under its digest and in answer to a message id in flight; the
 * answer to the question itself then carries that id and the request id, both drawn at random: who wants to
 * play an old answer again needs one recorded with the same pair. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_SECURE_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_SECURE_H

#include "collectors/collector.h"
#include "collectors/protocol/snmp_engine.h"
#include "collectors/protocol/snmp_keys.h"
#include "collectors/protocol/snmp_usm.h"

struct snmp_credentials {
    const char *user;
    enum snmp_level level;
    enum snmp_auth auth;
    enum snmp_priv priv;
    const char *auth_password, *priv_password; /* as the level needs them, else NULL */
    const char *context;                       /* "" or NULL: the default one */
};

/* Why an agent that is there does not answer us. */
enum snmp_refusal {
    SNMP_NOT_REFUSED,
    SNMP_REFUSED_USER,       /* usmStatsUnknownUserNames */
    SNMP_REFUSED_PASSWORD,   /* usmStatsWrongDigests */
    SNMP_REFUSED_LEVEL,      /* usmStatsUnsupportedSecLevels */
    SNMP_REFUSED_DECRYPTION, /* usmStatsDecryptionErrors */
    SNMP_REFUSED_ACCESS,     /* authorizationError: this user may not read this at this level */
    SNMP_REFUSED_WINDOW,     /* usmStatsNotInTimeWindows, again and again */
    SNMP_REFUSED_ENGINE,     /* usmStatsUnknownEngineIDs, again and again */
    SNMP_REFUSED_CONTEXT,    /* snmpUnknownContexts, snmpUnavailableContexts */
    SNMP_REFUSED_OTHER,      /* a report we have no word for */
    SNMP_REFUSED_SILENTLY    /* it answers discovery, but not the user */
};
/* Stable: auth-user, auth-password, ... */
const char *snmp_refusal_word(enum snmp_refusal r);
/* Would asking again provoke a lock-out? */
bool snmp_refusal_is_credentials(enum snmp_refusal r);

struct snmp_secure_counts {
    uint64_t unsigned_answers; /* of a lower level than asked, or in clear */
    uint64_t wrong_digests;    /* and short ones */
    uint64_t undecipherable;
    uint64_t replayed;         /* authentic, but outside the time window */
    uint64_t foreign;          /* of another engine, user or context */
    uint64_t resyncs;          /* an engine's id or clock was not what we thought */
};

struct snmp_secure;

/* NULL: no memory. Texts are copied, and overwritten at the end. */
struct snmp_secure *snmp_secure_create(const struct snmp_credentials *c);
/* NULL is fine; so is a derivation under way: it ends unheard. */
void snmp_secure_destroy(struct snmp_secure *s);
/* What a former run knew of the engine: saves the discovery when it is still so. */
void snmp_secure_recall(struct snmp_secure *s, struct snmp_oid_view engine_id, uint32_t boots,
                        uint32_t time_s, struct mono now);

enum snmp_secure_step { SNMP_SECURE_DISCOVER, SNMP_SECURE_DERIVE, SNMP_SECURE_SPEAK };
enum snmp_secure_step snmp_secure_next(const struct snmp_secure *s);

/* Has the keys made; ready is called when they are, or cannot be (then snmp_secure_next still says DERIVE).
 * Asked again while it is under way, it only waits. False: no memory. */
typedef void (*snmp_keys_ready_fn)(void *ctx, struct snmp_secure *s);
bool snmp_secure_derive(struct snmp_secure *s, const struct env *env, snmp_keys_ready_fn ready, void *ctx);

/* Memory to work in, shared by all agents of a client; freed by its owner. */
struct snmp_scratch {
    uint8_t *bytes;
    size_t capacity;
};

/* The message that carries this PDU, by the step we are at; discovery carries an empty one instead. It is
 * written to the end of the buffer, which has SNMP_USM_OVERHEAD_MAX bytes more than the PDU. */
struct snmp_question {
    uint32_t message_id, request_id;
    const uint8_t *pdu;
    size_t len;
    bool examine; /* the same user asks nothing, without privacy */
};
struct snmp_sealed {
    uint8_t *bytes;
    size_t len;
    bool discovery;
    unsigned engines; /* so many were behind the agent until now: tells whether it was asked as the last */
};
bool snmp_secure_seal(struct snmp_secure *s, const struct snmp_question *q, struct mono now,
                      struct snmp_scratch *scratch, uint8_t *buffer, size_t capacity,
                      struct snmp_sealed *out);

enum snmp_opened {
    SNMP_OPENED_ANSWER,  /* as safe as the level demands: the PDU is there to be read */
    SNMP_OPENED_AGAIN,   /* id or clock of the engine were learned: ask again */
    SNMP_OPENED_REFUSAL, /* see snmp_secure_refusal */
    SNMP_OPENED_NOTHING  /* not to be believed, and counted */
};

/* A message that answers one of ours in flight, as snmp_secured_read read it. */
struct snmp_arrival {
    const struct snmp_secured *m;
    const uint8_t *bytes;
    size_t len;
    bool stale;       /* it answers an earlier step: what it reports is settled */
    bool discovery;   /* it answers a discovery */
    unsigned engines; /* of the message it answers */
    bool examined;    /* ... or an examination */
    struct mono at;
};

/* The PDU points into the scratch, or into the message. */
enum snmp_opened snmp_secure_open(struct snmp_secure *s, const struct snmp_arrival *a,
                                  struct snmp_scratch *scratch, struct snmp_pdu *pdu);
/* It knows the engine but does not answer at all: many agents drop what they cannot decrypt. Worth an
 * examination: an authentic answer to nothing, without privacy, leaves only the priv password. */
bool snmp_secure_suspects_cipher(const struct snmp_secure *s);
/* Nothing came in all tries, or the same trouble too often. */
void snmp_secure_gave_up(struct snmp_secure *s, bool silent);

enum snmp_refusal snmp_secure_refusal(const struct snmp_secure *s); /* of the last question that was lost */
/* The last refusal for people. Returns out. */
const char *snmp_secure_sentence(const struct snmp_secure *s, char *out, size_t size);
const struct snmp_engine *snmp_secure_engine(const struct snmp_secure *s);
const struct snmp_secure_counts *snmp_secure_counts(const struct snmp_secure *s);

#endif
