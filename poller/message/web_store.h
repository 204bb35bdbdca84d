/* web or command line <-> store: logins, users, sessions, freshness, backup. The command line reaches
 * store by the listening socket <state>/control/store, which speaks the same. */
#ifndef HAYLOFT_MESSAGE_WEB_STORE_H
#define HAYLOFT_MESSAGE_WEB_STORE_H

#include "poller/base/clock.h"
#include "poller/base/field.h"
#include "poller/message/vantage.h"
#include "poller/model/words.h"

enum web_to_store {
    WS_LOGIN = 1,    /* answered after the hash was computed in the thread pool */
    WS_SESSION,      /* is this session id valid? */
    WS_LOGOUT,
    WS_USER_SET,     /* create or change password; only from the command line */
    WS_USER_REMOVE,
    WS_USER_LIST,
    WS_FRESH,        /* write what is still coalesced for an object (or all: NULL), then answer */
    WS_BACKUP_BEGIN, /* a consistent copy of the database stands at path, RRD writes pause */
    WS_BACKUP_END,
    WS_REPORT,       /* of a vantage whose token was right; only from the web role */
};

enum store_to_web { SW_LOGIN = 1, SW_RESULT, SW_USERS, SW_REPORT };

struct ws_login {
    uint32_t request;
    char *user;
    char *password;
    char *address;   /* of the client, for the buckets */
};
extern const struct record ws_login_record;

/* Answers LOGIN and SESSION. */
struct sw_login {
    uint32_t request;
    bool ok;
    char *user;
    char *session;     /* new session id after LOGIN: the cookie's value; store keeps its hash only */
    char *csrf;        /* token bound to the session */
    int64_t wait_ns;   /* too many tries: come back after */
    bool no_user_yet;  /* the user table is empty */
};
extern const struct record sw_login_record;

struct ws_session {
    uint32_t request;
    char *session;
};
extern const struct record ws_session_record; /* SESSION, LOGOUT */

struct ws_user {
    uint32_t request;
    char *user, *password;
};
extern const struct record ws_user_record; /* USER_SET, USER_REMOVE, USER_LIST */

struct ws_fresh {
    uint32_t request;
    char *vantage, *node, *object; /* object NULL: all of the node; node NULL: everything */
};
extern const struct record ws_fresh_record; /* FRESH, BACKUP_BEGIN, BACKUP_END */

struct sw_result {
    uint32_t request;
    bool ok;
    char *text;  /* path after BACKUP_BEGIN, or the reason */
};
extern const struct record sw_result_record;

struct sw_users {
    uint32_t request;
    char **users;
    size_t users_count;
};
extern const struct record sw_users_record;

struct ws_report {
    uint32_t request;
    char *vantage;     /* whose token came with it */
    struct bytes body; /* see vantage.h */
};
extern const struct record ws_report_record;

struct sw_report {
    uint32_t request;
    enum vantage_taken taken;
    int64_t skew_ns;   /* its clock less ours */
    char *text;        /* why not, for people; NULL: taken */
};
extern const struct record sw_report_record;

#endif
