#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/desk_internal.h"
#include "poller/store/refuge.h"

/* A login goes to the hashing lane, then its session to the database, then the answer out. Failed tries
 * fill two buckets, the address's and the user's; a name nobody has costs the same time. */

#define HASHING_MAX 8             /* waiting; more are told to come back */
#define BUSY_WAIT_NS SECONDS(2)

/* One request on its way through the lanes. */
struct errand {
    struct desk *desk;
    uint64_t client;
    uint32_t request;
    char user[USER_NAME_MAX];
    char user_bucket[BUCKET_KEY_MAX], address_bucket[BUCKET_KEY_MAX];
    char password[PASSWORD_MOST + 1];
    bool has_hash, ok;
    char hash[PASSWORD_HASH_MAX];
    struct session session;
    char id[SESSION_ID_MAX];
    struct wall now;
};

static struct errand *make_errand(struct desk *k, const struct client *c, uint32_t request)
{
    struct errand *e = calloc(1, sizeof *e);
    if (!e)
        fatalx("no memory for a login");
    e->desk = k;
    e->client = c->number;
    e->request = request;
    e->now = clock_wall();
    k->working++;
    return e;
}

static void free_errand(struct errand *e)
{
    homing_look(e->desk->store->homing);
    e->desk->working--;
    explicit_bzero(e, sizeof *e);
    free(e);
}

/* --- logging in --- */

static void answer_login(struct desk *k, uint64_t client, const struct sw_login *m)
{
    desk_answer(k, client, SW_LOGIN, &sw_login_record, m);
}

static void run_store_session(void *arg)
{
    struct errand *e = arg;
    struct database *d = e->desk->store->database;
    do {
        e->ok = session_write(d, &e->session);
    } while (!e->ok && refuge_helps(d));
}

static void after_store_session(void *arg)
{
    struct errand *e = arg;
    struct session ended;
    if (!e->ok)
        sessions_end(e->desk->sessions, e->id, &ended);
    struct sw_login m = {.request = e->request, .ok = e->ok, .user = e->user,
                         .session = e->ok ? e->id : NULL, .csrf = e->ok ? e->session.csrf : NULL};
    answer_login(e->desk, e->client, &m);
    free_errand(e);
}

static void run_verify(void *arg)
{
    struct errand *e = arg;
    e->ok = password_matches(e->password, e->has_hash ? e->hash : NULL);
    explicit_bzero(e->password, sizeof e->password);
}

static void after_verify(void *arg)
{
    struct errand *e = arg;
    struct desk *k = e->desk;
    const struct session *made =
        e->ok ? sessions_open(k->sessions, e->user, e->now, e->id) : NULL;
    if (made) {
        bucket_forget(&k->buckets, e->user_bucket);
        bucket_forget(&k->buckets, e->address_bucket);
        e->session = *made;
        lane_add(k->store->database_lane, run_store_session, after_store_session, e);
        return;
    }
    log_info("login", "a login as %s %s failed", e->user, e->address_bucket);
    answer_login(k, e->client, &(struct sw_login){.request = e->request});
    free_errand(e);
}

/* How long this try has to wait; both buckets are charged when it need not. */
static int64_t charge(struct desk *k, const char *user, const char *address)
{
    struct mono now = clock_mono();
    int64_t by_user_ns = bucket_wait_ns(&k->buckets, user, now);
    int64_t by_address_ns = bucket_wait_ns(&k->buckets, address, now);
    int64_t wait_ns = by_user_ns > by_address_ns ? by_user_ns : by_address_ns;
    if (wait_ns == 0 && lane_waiting(k->store->hash_lane) >= HASHING_MAX)
        wait_ns = BUSY_WAIT_NS;
    if (wait_ns == 0) {
        bucket_take(&k->buckets, user, now);
        bucket_take(&k->buckets, address, now);
    }
    return wait_ns;
}

void login_take(struct desk *k, const struct client *c, const struct ws_login *m)
{
    char user[BUCKET_KEY_MAX], address[BUCKET_KEY_MAX];
    snprintf(user, sizeof user, "user %s", m->user ? m->user : "");
    snprintf(address, sizeof address, "at %s", m->address ? m->address : "");
    bool absurd = !m->user || !m->password || !user_name_valid(m->user) ||
                  strlen(m->password) > PASSWORD_MOST;
    int64_t wait_ns = charge(k, absurd ? "" : user, address);
    if (users_count(k->users) == 0 || wait_ns > 0 || absurd) {
        answer_login(k, c->number, &(struct sw_login){.request = m->request, .wait_ns = wait_ns,
                                                      .no_user_yet = users_count(k->users) == 0});
        return;
    }
    struct errand *e = make_errand(k, c, m->request);
    const char *hash = users_hash(k->users, m->user);
    snprintf(e->user, sizeof e->user, "%s", m->user);
    memcpy(e->user_bucket, user, sizeof user);
    memcpy(e->address_bucket, address, sizeof address);
    snprintf(e->password, sizeof e->password, "%s", m->password);
    e->has_hash = hash != NULL;
    snprintf(e->hash, sizeof e->hash, "%s", hash ? hash : "");
    lane_add(k->store->hash_lane, run_verify, after_verify, e);
}

/* --- sessions --- */

static void after_quietly(void *arg)
{
    free_errand(arg);
}

void login_session(struct desk *k, const struct client *c, const struct ws_session *m)
{
    bool touched = false;
    struct sw_login answer = {.request = m->request, .no_user_yet = users_count(k->users) == 0};
    const struct session *s =
        m->session ? sessions_use(k->sessions, m->session, clock_wall(), &touched) : NULL;
    if (s) {
        answer.ok = true;
        answer.user = (char *)(uintptr_t)s->user;
        answer.csrf = (char *)(uintptr_t)s->csrf;
    }
    answer_login(k, c->number, &answer);
    if (!touched)
        return;
    struct errand *e = make_errand(k, c, 0);
    e->session = *s;
    lane_add(k->store->database_lane, run_store_session, after_quietly, e);
}

static void run_erase_session(void *arg)
{
    struct errand *e = arg;
    struct database *d = e->desk->store->database;
    do {
        e->ok = session_erase(d, e->session.hash);
    } while (!e->ok && refuge_helps(d));
}

static void after_erase_session(void *arg)
{
    struct errand *e = arg;
    desk_result(e->desk, e->client, e->request, e->ok, e->ok ? "" : "the database takes nothing now");
    free_errand(e);
}

void login_out(struct desk *k, const struct client *c, const struct ws_session *m)
{
    struct session ended;
    if (!m->session || !sessions_end(k->sessions, m->session, &ended)) {
        desk_result(k, c->number, m->request, true, "");
        return;
    }
    struct errand *e = make_errand(k, c, m->request);
    e->session = ended;
    lane_add(k->store->database_lane, run_erase_session, after_erase_session, e);
}

/* --- users --- */

static void run_write_user(void *arg)
{
    struct errand *e = arg;
    e->ok = !database_in_memory(e->desk->store->database) && /* who is told yes must not lose it again */
            user_write(e->desk->store->database, e->user, e->hash, e->now);
}

static void after_write_user(void *arg)
{
    struct errand *e = arg;
    if (e->ok) {
        users_set(e->desk->users, e->user, e->hash);
        sessions_end_user(e->desk->sessions, e->user);
        log_info("login", "user %s has a new password", e->user);
    }
    desk_result(e->desk, e->client, e->request, e->ok, e->ok ? "" : "the database takes nothing now");
    free_errand(e);
}

static void run_hash(void *arg)
{
    struct errand *e = arg;
    e->ok = password_hash(e->password, e->hash);
    explicit_bzero(e->password, sizeof e->password);
}

static void after_hash(void *arg)
{
    struct errand *e = arg;
    if (e->ok) {
        lane_add(e->desk->store->database_lane, run_write_user, after_write_user, e);
        return;
    }
    desk_result(e->desk, e->client, e->request, false, "the password cannot be hashed");
    free_errand(e);
}

/* NULL: fine. */
static const char *objection(const struct desk *k, const struct client *c, const struct ws_user *m)
{
    if (!c->trusted)
        return "users are changed from the command line only";
    if (!m->user || !user_name_valid(m->user))
        return "a user name is 1 to 64 letters, digits, '.', '_', '-' or '@'";
    if (!m->password || strlen(m->password) < PASSWORD_LEAST || strlen(m->password) > PASSWORD_MOST)
        return "a password has 8 to 512 bytes";
    return users_full(k->users, m->user) ? "there are as many users as there may be" : NULL;
}

void login_set_user(struct desk *k, const struct client *c, const struct ws_user *m)
{
    const char *why = objection(k, c, m);
    if (why) {
        desk_result(k, c->number, m->request, false, why);
        return;
    }
    struct errand *e = make_errand(k, c, m->request);
    snprintf(e->user, sizeof e->user, "%s", m->user);
    snprintf(e->password, sizeof e->password, "%s", m->password);
    lane_add(k->store->hash_lane, run_hash, after_hash, e);
}

static void run_erase_user(void *arg)
{
    struct errand *e = arg;
    e->ok = !database_in_memory(e->desk->store->database) &&
            user_erase(e->desk->store->database, e->user);
}

static void after_erase_user(void *arg)
{
    struct errand *e = arg;
    if (e->ok) {
        users_remove(e->desk->users, e->user);
        sessions_end_user(e->desk->sessions, e->user);
    }
    desk_result(e->desk, e->client, e->request, e->ok, e->ok ? "" : "the database takes nothing now");
    free_errand(e);
}

void login_remove_user(struct desk *k, const struct client *c, const struct ws_user *m)
{
    if (!c->trusted || !m->user || !users_hash(k->users, m->user)) {
        desk_result(k, c->number, m->request, false,
                    c->trusted ? "no such user" : "users are changed from the command line only");
        return;
    }
    struct errand *e = make_errand(k, c, m->request);
    snprintf(e->user, sizeof e->user, "%s", m->user);
    lane_add(k->store->database_lane, run_erase_user, after_erase_user, e);
}

void login_list_users(struct desk *k, const struct client *c, const struct ws_user *m)
{
    char *names[USERS_MAX];
    struct sw_users answer = {.request = m->request, .users = names, .users_count = users_count(k->users)};
    for (size_t i = 0; i < answer.users_count; i++)
        names[i] = (char *)(uintptr_t)users_name(k->users, i);
    desk_answer(k, c->number, SW_USERS, &sw_users_record, &answer);
}
