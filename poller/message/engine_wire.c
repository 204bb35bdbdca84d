#include "poller/message/engine_wire.h"

#define T struct wire_open
static const struct field open_fields[] = {
    {FIELD(T, way, FIELD_U32)},
    {FIELD(T, interface, FIELD_TEXT)},
    {FIELD_MANY(T, macs, FIELD_MAC)},
    {FIELD(T, own_mac, FIELD_BOOL)},
    {FIELD_MANY(T, vids, FIELD_U32)},
    {FIELD(T, untagged, FIELD_BOOL)},
};
#undef T
const struct record wire_open_record = RECORD(wire_open, open_fields);

#define T struct wire_close
static const struct field close_fields[] = {
    {FIELD(T, way, FIELD_U32)},
};
#undef T
const struct record wire_close_record = RECORD(wire_close, close_fields);

#define T struct wire_frame
static const struct field frame_fields[] = {
    {FIELD(T, way, FIELD_U32)},
    {FIELD(T, vid, FIELD_INT)},
    {FIELD(T, double_tagged, FIELD_BOOL)},
    {FIELD(T, cut, FIELD_BOOL)},
    {FIELD(T, at, FIELD_MONO)},
    {FIELD(T, data, FIELD_BYTES)},
};
#undef T
static const struct record wire_frame_record = RECORD(wire_frame, frame_fields);

#define T struct wire_frames
static const struct field frames_fields[] = {
    {FIELD_MANY(T, frames, FIELD_RECORD), .record = &wire_frame_record},
};
#undef T
const struct record wire_frames_record = RECORD(wire_frames, frames_fields);

#define T struct wire_state
static const struct field state_fields[] = {
    {FIELD(T, way, FIELD_U32)},
    {FIELD(T, open, FIELD_BOOL)},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, interface, FIELD_TEXT)},
    {FIELD(T, link, FIELD_BOOL)},
    {FIELD(T, own, FIELD_MAC)},
    {FIELD(T, own_free, FIELD_BOOL)},
    {FIELD(T, mtu, FIELD_U32)},
    {FIELD(T, vlan_filter, FIELD_BOOL)},
    {FIELD(T, vlan_offload, FIELD_BOOL)},
    {FIELD(T, dropped, FIELD_U64)},
    {FIELD(T, refused, FIELD_U64)},
    {FIELD(T, refused_error, FIELD_U32)},
};
#undef T
const struct record wire_state_record = RECORD(wire_state, state_fields);

#define T struct wire_join
static const struct field join_fields[] = {
    {FIELD(T, join, FIELD_U32)},
    {FIELD(T, interface, FIELD_TEXT)},
    {FIELD(T, ssid, FIELD_TEXT)},
    {FIELD(T, password, FIELD_SECRET)},
};
#undef T
const struct record wire_join_record = RECORD(wire_join, join_fields);

#define T struct wire_leave
static const struct field leave_fields[] = {
    {FIELD(T, join, FIELD_U32)},
};
#undef T
const struct record wire_leave_record = RECORD(wire_leave, leave_fields);

static const char *const stage_words[] = {"scanning", "joining", "joined", "absent", "refused", "unusable", NULL};

#define T struct wire_wifi
static const struct field wifi_fields[] = {
    {FIELD(T, join, FIELD_U32)},
    {FIELD(T, stage, FIELD_ENUM), .words = stage_words},
    {FIELD(T, as_found, FIELD_BOOL)},
    {FIELD(T, heard, FIELD_TEXT)},
    {FIELD(T, detail, FIELD_TEXT)},
    {FIELD(T, bssid, FIELD_MAC)},
    {FIELD(T, freq_mhz, FIELD_U32)},
    {FIELD(T, scan_ns, FIELD_DURATION)},
    {FIELD(T, join_ns, FIELD_DURATION)},
};
#undef T
const struct record wire_wifi_record = RECORD(wire_wifi, wifi_fields);
