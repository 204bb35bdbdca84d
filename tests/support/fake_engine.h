/* An authoritative engine of SNMP version 3 (RFC 3414) around a fake agent, that misbehaves on command. Pure
 * like the agent: a request's bytes and the time go in, an answer's bytes come out. */
#ifndef HAYLOFT_TESTS_FAKE_ENGINE_H
#define HAYLOFT_TESTS_FAKE_ENGINE_H

#include "collectors/protocol/snmp_keys.h"
#include "tests/support/fake_agent.h"

enum fake_engine_fault {
    FAKE_ENGINE_WELL,
    FAKE_ENGINE_DROPS,         /* says nothing where it should report */
    FAKE_ENGINE_MUTE,          /* answers discovery only */
    FAKE_ENGINE_SHORT_DIGEST,  /* the digest is cut to its first byte */
    FAKE_ENGINE_NO_DIGEST,     /* ... to nothing, though the flags say there is one */
    FAKE_ENGINE_WRONG_DIGEST,
    FAKE_ENGINE_IN_CLEAR,      /* the answer comes without authentication */
    FAKE_ENGINE_NO_PRIVACY,    /* ... or without privacy only */
    FAKE_ENGINE_OLD_TIME,      /* authentic answers of an hour ago */
    FAKE_ENGINE_OLD_BOOTS,     /* ... of before the last start */
    FAKE_ENGINE_OTHER_ID,      /* of another engine */
    FAKE_ENGINE_OTHER_USER,
    FAKE_ENGINE_OTHER_CONTEXT,
    FAKE_ENGINE_SHORT_SALT,
    FAKE_ENGINE_GARBLED,       /* enciphered with other keys */
    FAKE_ENGINE_NEVER_IN_TIME, /* reports notInTimeWindows whatever the time */
    FAKE_ENGINE_UNSIGNED_TIME, /* reports notInTimeWindows without a digest */
    FAKE_ENGINE_NEVER_ITSELF,  /* reports another engine id each time */
    FAKE_ENGINE_CANNOT_READ,   /* reports decryptionErrors */
    FAKE_ENGINE_OTHER_REPORT,  /* reports a counter nobody knows */
    FAKE_ENGINE_OTHER_MESSAGE  /* answers another message id */
};

struct fake_engine {
    struct fake_agent *agent;
    uint8_t id[SNMP_ENGINE_ID_MAX];
    size_t id_len;
    uint32_t boots;
    double booted_s;           /* its clock is the time since then */
    const char *user, *context;
    enum snmp_level level;     /* the user's */
    enum snmp_level least;     /* below that the user may read nothing */
    bool no_hint;              /* tells no clock to who is not authentic */
    enum fake_engine_fault fault;
    struct snmp_keys master, keys;
    unsigned asked, discovered, reported, answered;
    size_t largest; /* answer so far, in bytes */
};

/* The user of p, at the level of its passwords. Boots 7, up for a day at now_s. */
void fake_engine_init(struct fake_engine *e, struct fake_agent *agent, const char *user,
                      const struct snmp_passwords *p, double now_s);
void fake_engine_rename(struct fake_engine *e, const void *id, size_t len); /* keys follow */
void fake_engine_reboot(struct fake_engine *e, double now_s); /* boots up, clock and agent from zero */
void fake_engine_wipe(struct fake_engine *e, double now_s);   /* the same, and boots begin at 1 */
/* 0: no answer. */
size_t fake_engine_answer(struct fake_engine *e, double now_s, const uint8_t *request, size_t len,
                          uint8_t out[static FAKE_ANSWER_MAX]);

#endif
