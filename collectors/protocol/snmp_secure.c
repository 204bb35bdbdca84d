#include "collectors/protocol/snmp_secure.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

struct snmp_secure {
    char *user, *context;
    char *auth_password, *priv_password;
    enum snmp_level level;
    enum snmp_auth auth;
    enum snmp_priv priv;
    struct snmp_engine engine;
    unsigned engines; /* so many ids it had until now */
    struct snmp_keys master, keys;
    bool has_master;
    uint8_t keys_id[SNMP_ENGINE_ID_MAX]; /* the engine the keys are for */
    size_t keys_id_len;                  /* 0: there are none */
    struct derivation *derivation;       /* under way */
    uint64_t salt;
    bool rediscover;                    /* it fell silent: who is there now? */
    bool discovered, heard;             /* its engine answered; its user did since */
    enum snmp_refusal refusal, trouble; /* trouble: what sent us round again */
    struct snmp_secure_counts counts;
};

/* ---- life ---- */

static char *copied(const char *text)
{
    return strdup(text ? text : "");
}

static void forget_text(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

struct snmp_secure *snmp_secure_create(const struct snmp_credentials *c)
{
    struct snmp_secure *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->user = copied(c->user);
    s->context = copied(c->context);
    s->auth_password = copied(c->auth_password);
    s->priv_password = copied(c->priv_password);
    s->level = c->level;
    s->auth = c->auth;
    s->priv = c->priv;
    /* Where the salts begin does not matter, only that they are not used twice with one key. */
    if (getrandom(&s->salt, sizeof s->salt, GRND_NONBLOCK) < 0)
        s->salt = (uint64_t)clock_wall().ns;
    if (s->user && s->context && s->auth_password && s->priv_password)
        return s;
    snmp_secure_destroy(s);
    return NULL;
}

void snmp_secure_recall(struct snmp_secure *s, struct snmp_oid_view engine_id, uint32_t boots,
                        uint32_t time_s, struct mono now)
{
    if (snmp_engine_rename(&s->engine, engine_id))
        snmp_engine_set(&s->engine, boots, time_s, now, false);
}

const struct snmp_engine *snmp_secure_engine(const struct snmp_secure *s)
{
    return &s->engine;
}

const struct snmp_secure_counts *snmp_secure_counts(const struct snmp_secure *s)
{
    return &s->counts;
}

/* ---- keys ---- */

struct derivation {
    struct snmp_secure *owner; /* NULL: it is gone, nobody waits */
    struct snmp_passwords passwords;
    char *auth_password, *priv_password;
    struct snmp_keys master, keys;
    bool has_master, fine;
    uint8_t id[SNMP_ENGINE_ID_MAX];
    size_t id_len;
    snmp_keys_ready_fn ready;
    void *ctx;
};

static void derivation_free(struct derivation *d)
{
    forget_text(d->auth_password);
    forget_text(d->priv_password);
    snmp_keys_forget(&d->master);
    snmp_keys_forget(&d->keys);
    free(d);
}

void snmp_secure_destroy(struct snmp_secure *s)
{
    if (!s)
        return;
    if (s->derivation)
        s->derivation->owner = NULL;
    free(s->user);
    free(s->context);
    forget_text(s->auth_password);
    forget_text(s->priv_password);
    snmp_keys_forget(&s->master);
    snmp_keys_forget(&s->keys);
    free(s);
}

/* In a thread: touches nothing but the derivation. */
static void derive(void *arg)
{
    struct derivation *d = arg;
    d->has_master = d->has_master || snmp_keys_master(&d->passwords, &d->master);
    d->fine = d->has_master && snmp_keys_localize(&d->master, d->id, d->id_len, &d->keys);
}

static void derived(void *arg)
{
    struct derivation *d = arg;
    struct snmp_secure *s = d->owner;
    if (s) {
        s->derivation = NULL;
        s->has_master = d->has_master;
        s->master = d->master;
        s->keys = d->keys;
        s->keys_id_len = d->fine ? d->id_len : 0;
        memcpy(s->keys_id, d->id, sizeof s->keys_id);
    }
    snmp_keys_ready_fn ready = d->ready;
    void *ctx = d->ctx;
    derivation_free(d);
    if (s)
        ready(ctx, s);
}

bool snmp_secure_derive(struct snmp_secure *s, const struct env *env, snmp_keys_ready_fn ready,
                        void *ctx)
{
    if (s->derivation)
        return true;
    struct derivation *d = calloc(1, sizeof *d);
    if (!d)
        return false;
    *d = (struct derivation){.owner = s,
                             .auth_password = copied(s->auth_password),
                             .priv_password = copied(s->priv_password),
                             .master = s->master,
                             .has_master = s->has_master,
                             .id_len = s->engine.id_len,
                             .ready = ready,
                             .ctx = ctx};
    d->passwords = (struct snmp_passwords){.level = s->level,
                                           .auth = s->auth,
                                           .priv = s->priv,
                                           .auth_password = d->auth_password,
                                           .priv_password = d->priv_password};
    memcpy(d->id, s->engine.id, sizeof d->id);
    if (!d->auth_password || !d->priv_password) {
        derivation_free(d);
        return false;
    }
    s->derivation = d;
    env->work(env->ctx, derive, derived, d);
    return true;
}

static bool has_keys(const struct snmp_secure *s)
{
    return snmp_oid_equal((struct snmp_oid_view){s->keys_id, s->keys_id_len},
                          snmp_engine_id(&s->engine));
}

enum snmp_secure_step snmp_secure_next(const struct snmp_secure *s)
{
    if (!s->engine.id_len || s->rediscover)
        return SNMP_SECURE_DISCOVER;
    return s->level == SNMP_NO_AUTH || has_keys(s) ? SNMP_SECURE_SPEAK : SNMP_SECURE_DERIVE;
}

/* ---- asking ---- */

static uint8_t *reserve(struct snmp_scratch *scratch, size_t need)
{
    if (need > scratch->capacity) {
        uint8_t *bytes = realloc(scratch->bytes, need);
        if (!bytes)
            return NULL;
        *scratch = (struct snmp_scratch){bytes, need};
    }
    return scratch->bytes;
}

static struct snmp_oid_view view_of(const char *text)
{
    return (struct snmp_oid_view){(const uint8_t *)text, strlen(text)};
}

static void write_u32(uint8_t *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (24 - 8 * i));
}

static struct snmp_salting next_salting(struct snmp_secure *s, struct mono now)
{
    struct snmp_salting salting = {.boots = s->engine.boots,
                                   .time_s = snmp_engine_time(&s->engine, now)};
    uint64_t salt = ++s->salt;
    write_u32(salting.salt, s->priv == SNMP_DES ? salting.boots : (uint32_t)(salt >> 32));
    write_u32(salting.salt + 4, (uint32_t)salt);
    return salting;
}

/* What stands in b is taken out, enciphered and put back as an OCTET STRING. */
static bool encipher(const struct snmp_secure *s, const struct snmp_salting *salting,
                     struct snmp_scratch *scratch, struct ber_builder *b)
{
    size_t len = ber_builder_len(b), got;
    uint8_t *out = reserve(scratch, len + SNMP_CIPHER_SLACK);
    if (b->failed || !out || !snmp_keys_encrypt(&s->keys, salting, b->at, len, out, &got))
        return false;
    b->at = b->end;
    ber_put_tlv(b, BER_OCTETS, out, got);
    return true;
}

static bool put_empty_pdu(const struct snmp_question *q, struct ber_builder *b)
{
    struct snmp_head pdu = {.version = SNMP_V3, .kind = SNMP_GET, .request_id = q->request_id};
    struct snmp_writer w = {.b = *b, .end = b->at};
    struct snmp_written written;
    bool fits = snmp_writer_end(&w, &pdu, &written);
    *b = w.b;
    return fits;
}

static bool seal(struct snmp_secure *s, const struct snmp_question *q, struct mono now,
                 struct snmp_scratch *scratch, struct ber_builder *b,
                 struct snmp_secured_written *out)
{
    struct snmp_salting salting = next_salting(s, now);
    struct snmp_oid_view id = snmp_engine_id(&s->engine);
    struct snmp_secured head = {.message_id = q->message_id,
                                .level = q->examine ? SNMP_AUTH_NO_PRIV : s->level,
                                .reportable = true,
                                .engine_id = id,
                                .boots = s->level == SNMP_NO_AUTH ? 0 : salting.boots,
                                .time_s = s->level == SNMP_NO_AUTH ? 0 : salting.time_s,
                                .user = view_of(s->user)};
    if (q->examine)
        put_empty_pdu(q, b);
    else
        ber_put(b, q->pdu, q->len);
    snmp_scoped_put(b, id, view_of(s->context));
    if (head.level == SNMP_AUTH_PRIV) {
        if (!encipher(s, &salting, scratch, b))
            return false;
        head.salt = (struct snmp_oid_view){salting.salt, sizeof salting.salt};
    }
    if (s->level != SNMP_NO_AUTH)
        head.digest.len = snmp_digest_bytes(s->auth);
    return snmp_secured_put(b, &head, out) &&
           (!out->digest || snmp_keys_digest(&s->keys, out->bytes, out->len, out->digest));
}

/* RFC 3414 section 4: no user, no engine, no bindings. */
static bool put_discovery(const struct snmp_question *q, struct ber_builder *b,
                          struct snmp_secured_written *out)
{
    static const struct snmp_oid_view nothing = {(const uint8_t *)"", 0};
    struct snmp_secured head = {.message_id = q->message_id,
                                .level = SNMP_NO_AUTH,
                                .reportable = true,
                                .engine_id = nothing,
                                .user = nothing,
                                .digest = nothing,
                                .salt = nothing};
    put_empty_pdu(q, b);
    snmp_scoped_put(b, nothing, nothing);
    return snmp_secured_put(b, &head, out);
}

bool snmp_secure_seal(struct snmp_secure *s, const struct snmp_question *q, struct mono now,
                      struct snmp_scratch *scratch, uint8_t *buffer, size_t capacity,
                      struct snmp_sealed *out)
{
    struct ber_builder b = ber_builder_over(buffer, capacity);
    struct snmp_secured_written written;
    enum snmp_secure_step step = snmp_secure_next(s);
    if (step == SNMP_SECURE_DERIVE)
        return false;
    if (step == SNMP_SECURE_DISCOVER ? !put_discovery(q, &b, &written)
                                     : !seal(s, q, now, scratch, &b, &written))
        return false;
    *out =
        (struct snmp_sealed){written.bytes, written.len, step == SNMP_SECURE_DISCOVER, s->engines};
    return true;
}

/* ---- answers ---- */

enum told {
    TOLD_OTHER,
    TOLD_LEVEL,
    TOLD_WINDOW,
    TOLD_USER,
    TOLD_ENGINE,
    TOLD_DIGEST,
    TOLD_DECRYPTION,
    TOLD_CONTEXT
};

/* The counter that grew because of us: it is what a report tells. */
static enum told told_by(const struct snmp_pdu *pdu)
{
    static const struct {
        uint8_t oid[9];
        uint8_t len;
        enum told told;
    } counters[] = {
        {"\x2b\x06\x01\x06\x03\x0f\x01\x01\x01", 9, TOLD_LEVEL}, /* usmStats: 1.3.6.1.6.3.15.1.1 */
        {"\x2b\x06\x01\x06\x03\x0f\x01\x01\x02", 9, TOLD_WINDOW},
        {"\x2b\x06\x01\x06\x03\x0f\x01\x01\x03", 9, TOLD_USER},
        {"\x2b\x06\x01\x06\x03\x0f\x01\x01\x04", 9, TOLD_ENGINE},
        {"\x2b\x06\x01\x06\x03\x0f\x01\x01\x05", 9, TOLD_DIGEST},
        {"\x2b\x06\x01\x06\x03\x0f\x01\x01\x06", 9, TOLD_DECRYPTION},
        {"\x2b\x06\x01\x06\x03\x0c\x01\x04", 8, TOLD_CONTEXT}, /* snmpUnavailableContexts */
        {"\x2b\x06\x01\x06\x03\x0c\x01\x05", 8, TOLD_CONTEXT}, /* snmpUnknownContexts */
    };
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    if (snmp_binding_take(&bindings, &b) != SNMP_TAKEN)
        return TOLD_OTHER;
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
        if (b.oid.len >= counters[i].len &&
            memcmp(b.oid.bytes, counters[i].oid, counters[i].len) == 0)
            return counters[i].told;
    return TOLD_OTHER;
}

static enum snmp_opened nothing(uint64_t *count)
{
    ++*count;
    return SNMP_OPENED_NOTHING;
}

static enum snmp_opened refused(struct snmp_secure *s, enum snmp_refusal why)
{
    s->refusal = why;
    s->discovered = false; /* it says why: silence after this is no refusal */
    return SNMP_OPENED_REFUSAL;
}

static enum snmp_opened again(struct snmp_secure *s, enum snmp_refusal trouble)
{
    s->trouble = trouble;
    s->counts.resyncs++;
    return SNMP_OPENED_AGAIN;
}

/* Who it is can only be told in the clear; the clock that comes along is a guess. */
static bool learn_engine(struct snmp_secure *s, const struct snmp_arrival *a)
{
    s->discovered = true;
    s->heard = false;
    if (!snmp_engine_rename(&s->engine, a->m->engine_id))
        return a->engines != s->engines; /* another question has learned of it already */
    s->engines++;
    snmp_engine_set(&s->engine, a->m->boots, a->m->time_s, a->at, false);
    return true;
}

static enum snmp_opened take_discovery(struct snmp_secure *s, const struct snmp_arrival *a)
{
    if (a->stale)
        return SNMP_OPENED_NOTHING;
    if (!a->m->engine_id.len)
        return nothing(&s->counts.foreign);
    s->rediscover = false;
    learn_engine(s, a);
    return SNMP_OPENED_AGAIN;
}

static enum snmp_opened take_window(struct snmp_secure *s, const struct snmp_arrival *a,
                                    bool authentic)
{
    if (!authentic)
        return nothing(&s->counts.unsigned_answers);
    if (a->m->boots == SNMP_USM_NUMBER_MAX)
        return refused(s, SNMP_REFUSED_WINDOW);
    s->heard = true;
    snmp_engine_set(&s->engine, a->m->boots, a->m->time_s, a->at, true);
    return again(s, SNMP_REFUSED_WINDOW);
}

static enum snmp_opened take_report(struct snmp_secure *s, const struct snmp_arrival *a,
                                    const struct snmp_pdu *pdu, bool authentic)
{
    static const enum snmp_refusal refusals[] = {[TOLD_OTHER] = SNMP_REFUSED_OTHER,
                                                 [TOLD_LEVEL] = SNMP_REFUSED_LEVEL,
                                                 [TOLD_USER] = SNMP_REFUSED_USER,
                                                 [TOLD_DIGEST] = SNMP_REFUSED_PASSWORD,
                                                 [TOLD_DECRYPTION] = SNMP_REFUSED_DECRYPTION,
                                                 [TOLD_CONTEXT] = SNMP_REFUSED_CONTEXT};
    enum told told = told_by(pdu);
    if (a->stale)
        return SNMP_OPENED_NOTHING;
    if (told == TOLD_ENGINE)
        return learn_engine(s, a) ? again(s, SNMP_REFUSED_ENGINE) : refused(s, SNMP_REFUSED_ENGINE);
    if (!snmp_oid_equal(a->m->engine_id, snmp_engine_id(&s->engine)))
        return nothing(&s->counts.foreign);
    if (told == TOLD_WINDOW)
        return take_window(s, a, authentic);
    /* that it would not be asked without privacy says nothing of the cipher */
    return refused(s, a->examined && told == TOLD_LEVEL ? SNMP_REFUSED_SILENTLY : refusals[told]);
}

static bool same_bytes(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint8_t differ = 0;
    for (size_t i = 0; i < len; i++) /* in the same time wherever they differ */
        differ |= a[i] ^ b[i];
    return !differ;
}

/* The digest is over the message with zeros in its place. */
static bool digest_fits(const struct snmp_secure *s, const struct snmp_arrival *a, uint8_t *copy)
{
    uint8_t digest[SNMP_DIGEST_MAX];
    size_t len = snmp_digest_bytes(s->auth);
    if (a->m->digest.len !=
        len) /* a digest cut to one byte is guessed in 256 tries (CVE-2008-0960) */
        return false;
    memcpy(copy, a->bytes, a->len);
    memset(copy + (a->m->digest.bytes - a->bytes), 0, len);
    return snmp_keys_digest(&s->keys, copy, a->len, digest) &&
           same_bytes(digest, a->m->digest.bytes, len);
}

static bool decipher(const struct snmp_secure *s, const struct snmp_arrival *a, uint8_t *out,
                     struct reader *body)
{
    struct snmp_salting salting = {.boots = a->m->boots, .time_s = a->m->time_s};
    size_t len;
    if (a->m->salt.len != sizeof salting.salt)
        return false;
    memcpy(salting.salt, a->m->salt.bytes, sizeof salting.salt);
    if (!snmp_keys_decrypt(&s->keys, &salting, body->at, rd_left(body), out, &len))
        return false;
    *body = reader_over(out, len);
    return true;
}

static enum snmp_opened take_answer(struct snmp_secure *s, const struct snmp_arrival *a,
                                    const struct snmp_scoped *scoped, struct snmp_pdu *pdu)
{
    const struct snmp_secured *m = a->m;
    if (!s->engine.id_len || !snmp_oid_equal(m->engine_id, snmp_engine_id(&s->engine)) ||
        !snmp_oid_equal(scoped->engine_id, snmp_engine_id(&s->engine)) ||
        !snmp_oid_equal(m->user, view_of(s->user)) ||
        !snmp_oid_equal(scoped->context, view_of(s->context)))
        return nothing(&s->counts.foreign);
    if (s->level != SNMP_NO_AUTH) {
        if (!snmp_engine_accepts(&s->engine, m->boots, m->time_s, a->at))
            return nothing(&s->counts.replayed);
        snmp_engine_hear(&s->engine, m->boots, m->time_s, a->at);
    }
    s->heard = true;
    *pdu = scoped->pdu;
    return pdu->kind == SNMP_RESPONSE && pdu->error_status == SNMP_AUTHORIZATION_ERROR
               ? refused(s, SNMP_REFUSED_ACCESS)
               : SNMP_OPENED_ANSWER;
}

/* Of a level we did not ask for: only a report may come so. */
static enum snmp_opened open_clear(struct snmp_secure *s, const struct snmp_arrival *a,
                                   struct snmp_pdu *pdu)
{
    struct snmp_scoped scoped;
    if (!snmp_scoped_read(a->m->body, false, &scoped))
        return nothing(&s->counts.undecipherable);
    if (scoped.pdu.kind == SNMP_REPORT)
        return a->discovery ? take_discovery(s, a)
                            : take_report(s, a, &scoped.pdu, s->level == SNMP_NO_AUTH);
    return s->level == SNMP_NO_AUTH ? take_answer(s, a, &scoped, pdu)
                                    : nothing(&s->counts.unsigned_answers);
}

enum snmp_opened snmp_secure_open(struct snmp_secure *s, const struct snmp_arrival *a,
                                  struct snmp_scratch *scratch, struct snmp_pdu *pdu)
{
    struct snmp_scoped scoped;
    struct reader body = a->m->body;
    bool enciphered = a->m->level == SNMP_AUTH_PRIV;
    if (a->m->level == SNMP_NO_AUTH)
        return open_clear(s, a, pdu);
    if (a->m->level > s->level || !has_keys(s) ||
        !snmp_oid_equal(a->m->engine_id, snmp_engine_id(&s->engine)))
        return nothing(&s->counts.foreign);
    uint8_t *copy = reserve(scratch, 2 * a->len + SNMP_CIPHER_SLACK);
    if (!copy || !digest_fits(s, a, copy))
        return nothing(&s->counts.wrong_digests);
    if (a->examined)
        return refused(s, SNMP_REFUSED_DECRYPTION);
    if ((enciphered && !decipher(s, a, copy + a->len, &body)) ||
        !snmp_scoped_read(body, enciphered, &scoped))
        return nothing(&s->counts.undecipherable);
    if (scoped.pdu.kind == SNMP_REPORT)
        return take_report(s, a, &scoped.pdu, true);
    return a->m->level == s->level ? take_answer(s, a, &scoped, pdu)
                                   : nothing(&s->counts.unsigned_answers);
}

bool snmp_secure_suspects_cipher(const struct snmp_secure *s)
{
    return s->level == SNMP_AUTH_PRIV && s->discovered && !s->heard && has_keys(s);
}

void snmp_secure_gave_up(struct snmp_secure *s, bool silent)
{
    s->refusal = silent ? SNMP_NOT_REFUSED : s->trouble;
    if (!silent)
        return;
    if (s->discovered && !s->heard)
        s->refusal = SNMP_REFUSED_SILENTLY;
    s->rediscover = true;
    s->discovered = false;
}

/* ---- words ---- */

enum snmp_refusal snmp_secure_refusal(const struct snmp_secure *s)
{
    return s->refusal;
}

const char *snmp_refusal_word(enum snmp_refusal r)
{
    static const char *const words[] = {[SNMP_NOT_REFUSED] = "",
                                        [SNMP_REFUSED_USER] = "auth-user",
                                        [SNMP_REFUSED_PASSWORD] = "auth-password",
                                        [SNMP_REFUSED_LEVEL] = "auth-level",
                                        [SNMP_REFUSED_DECRYPTION] = "auth-decryption",
                                        [SNMP_REFUSED_ACCESS] = "auth-access",
                                        [SNMP_REFUSED_WINDOW] = "auth-window",
                                        [SNMP_REFUSED_ENGINE] = "auth-engine",
                                        [SNMP_REFUSED_CONTEXT] = "auth-context",
                                        [SNMP_REFUSED_OTHER] = "auth-refused",
                                        [SNMP_REFUSED_SILENTLY] = "auth-silent"};
    return words[r];
}

bool snmp_refusal_is_credentials(enum snmp_refusal r)
{
    return r == SNMP_REFUSED_USER || r == SNMP_REFUSED_PASSWORD || r == SNMP_REFUSED_LEVEL ||
           r == SNMP_REFUSED_DECRYPTION || r == SNMP_REFUSED_SILENTLY;
}

/* "auth failed: " + first + user + then + last */
struct sentence {
    const char *first;
    bool names_user;
    const char *then;
    enum { NOTHING, THE_LEVEL, THE_DIGEST, THE_CIPHER, THE_CONTEXT } last;
};

static const struct sentence sentences[] = {
    [SNMP_NOT_REFUSED] = {"no answer", false, "", NOTHING},
    [SNMP_REFUSED_USER] = {"the agent knows no user ", true, "", NOTHING},
    [SNMP_REFUSED_PASSWORD] = {"wrong auth password of ", true,
                               ", or the agent has it with another digest than ", THE_DIGEST},
    [SNMP_REFUSED_LEVEL] = {"the agent does not take ", true, " at level ", THE_LEVEL},
    [SNMP_REFUSED_DECRYPTION] = {"wrong priv password of ", true,
                                 ", or the agent has it with another cipher than ", THE_CIPHER},
    [SNMP_REFUSED_ACCESS] = {"", true, " may not read this at level ", THE_LEVEL},
    [SNMP_REFUSED_WINDOW] = {"the agent calls its own time wrong (not in time window)", false, "",
                             NOTHING},
    [SNMP_REFUSED_ENGINE] = {"the agent does not know its own engine id", false, "", NOTHING},
    [SNMP_REFUSED_CONTEXT] = {"the agent has no context ", false, "", THE_CONTEXT},
    [SNMP_REFUSED_OTHER] = {"the agent refuses, and does not say why", false, "", NOTHING},
    [SNMP_REFUSED_SILENTLY] = {"the agent answers discovery but not ", true,
                               ": wrong user, password, level or context", NOTHING},
};

const char *snmp_secure_sentence(const struct snmp_secure *s, char *out, size_t size)
{
    const struct sentence *w = &sentences[s->refusal];
    const char *const last[] = {[NOTHING] = "",
                                [THE_LEVEL] = snmp_level_words[s->level],
                                [THE_DIGEST] = snmp_auth_words[s->auth],
                                [THE_CIPHER] = snmp_priv_words[s->priv],
                                [THE_CONTEXT] = s->context};
    snprintf(out, size, "auth failed: %s%s%s%s", w->first, w->names_user ? s->user : "", w->then,
             last[w->last]);
    return out;
}
