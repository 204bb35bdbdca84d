#include "poller/message/web_store.h"

#define T struct ws_login
static const struct field ws_login_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, user, FIELD_TEXT)},
    {FIELD(T, password, FIELD_SECRET)},
    {FIELD(T, address, FIELD_TEXT)},
};
#undef T
const struct record ws_login_record = RECORD(ws_login, ws_login_fields);

#define T struct sw_login
static const struct field sw_login_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, ok, FIELD_BOOL)},
    {FIELD(T, user, FIELD_TEXT)},
    {FIELD(T, session, FIELD_TEXT)},
    {FIELD(T, csrf, FIELD_TEXT)},
    {FIELD(T, wait_ns, FIELD_INT)},
    {FIELD(T, no_user_yet, FIELD_BOOL)},
};
#undef T
const struct record sw_login_record = RECORD(sw_login, sw_login_fields);

#define T struct ws_session
static const struct field ws_session_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, session, FIELD_TEXT)},
};
#undef T
const struct record ws_session_record = RECORD(ws_session, ws_session_fields);

#define T struct ws_user
static const struct field ws_user_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, user, FIELD_TEXT)},
    {FIELD(T, password, FIELD_SECRET)},
};
#undef T
const struct record ws_user_record = RECORD(ws_user, ws_user_fields);

#define T struct ws_fresh
static const struct field ws_fresh_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, object, FIELD_TEXT)},
};
#undef T
const struct record ws_fresh_record = RECORD(ws_fresh, ws_fresh_fields);

#define T struct sw_result
static const struct field sw_result_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, ok, FIELD_BOOL)},
    {FIELD(T, text, FIELD_TEXT)},
};
#undef T
const struct record sw_result_record = RECORD(sw_result, sw_result_fields);

#define T struct sw_users
static const struct field sw_users_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD_MANY(T, users, FIELD_TEXT)},
};
#undef T
const struct record sw_users_record = RECORD(sw_users, sw_users_fields);

#define T struct ws_report
static const struct field report_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, body, FIELD_BYTES)},
};
#undef T
const struct record ws_report_record = RECORD(ws_report, report_fields);

#define T struct sw_report
static const struct field reported_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, taken, FIELD_ENUM), .words = vantage_taken_words},
    {FIELD(T, skew_ns, FIELD_INT)},
    {FIELD(T, text, FIELD_TEXT)},
};
#undef T
const struct record sw_report_record = RECORD(sw_report, reported_fields);
