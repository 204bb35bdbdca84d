#include "poller/message/parent_any.h"
const char *const privileged_socket_words[] = {"icmp4-dgram", "icmp4-raw", "icmp6-dgram",
                                               "icmp6-raw",   "arp",      NULL};

#define T struct pa_generation
static const struct field pa_generation_fields[] = {
    {FIELD(T, generation, FIELD_U64)},
};
#undef T
const struct record pa_generation_record = RECORD(pa_generation, pa_generation_fields);

#define T struct pa_peer
static const struct field pa_peer_fields[] = {
    {FIELD(T, peer, FIELD_ENUM), .words = role_words},
};
#undef T
const struct record pa_peer_record = RECORD(pa_peer, pa_peer_fields);

#define T struct pa_socket
static const struct field pa_socket_fields[] = {
    {FIELD(T, kind, FIELD_ENUM), .words = privileged_socket_words},
};
#undef T
const struct record pa_socket_record = RECORD(pa_socket, pa_socket_fields);

#define T struct ap_prepared
static const struct field ap_prepared_fields[] = {
    {FIELD(T, generation, FIELD_U64)},
    {FIELD(T, ok, FIELD_BOOL)},
    {FIELD(T, error, FIELD_TEXT)},
};
#undef T
const struct record ap_prepared_record = RECORD(ap_prepared, ap_prepared_fields);

#define T struct pa_reloaded
static const struct field pa_reloaded_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, ok, FIELD_BOOL)},
    {FIELD(T, text, FIELD_TEXT)},
};
#undef T
const struct record pa_reloaded_record = RECORD(pa_reloaded, pa_reloaded_fields);

#define T struct pa_trouble
static const struct field pa_trouble_fields[] = {
    {FIELD(T, role, FIELD_ENUM), .words = role_words},
    {FIELD(T, text, FIELD_TEXT)},
    {FIELD(T, over, FIELD_BOOL)},
};
#undef T
const struct record pa_trouble_record = RECORD(pa_trouble, pa_trouble_fields);

#define T struct ap_reload
static const struct field ap_reload_fields[] = {
    {FIELD(T, request, FIELD_U32)},
};
#undef T
const struct record ap_reload_record = RECORD(ap_reload, ap_reload_fields);

#define T struct cp_slice
static const struct field cp_slice_fields[] = {
    {FIELD(T, role, FIELD_ENUM), .words = role_words},
};
#undef T
const struct record cp_slice_record = RECORD(cp_slice, cp_slice_fields);

#define T struct cp_done
static const struct field cp_done_fields[] = {
    {FIELD(T, ok, FIELD_BOOL)},
    {FIELD(T, errors, FIELD_TEXT)},
    {FIELD(T, state_dir, FIELD_TEXT)},
};
#undef T
const struct record cp_done_record = RECORD(cp_done, cp_done_fields);
