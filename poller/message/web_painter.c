#include "poller/message/web_painter.h"

#define T struct wp_points
static const struct field wp_points_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, object, FIELD_TEXT)},
    {FIELD(T, from, FIELD_WALL)},
    {FIELD(T, to, FIELD_WALL)},
    {FIELD(T, points, FIELD_U32)},
    {FIELD(T, maximum, FIELD_BOOL)},
};
#undef T
const struct record wp_points_record = RECORD(wp_points, wp_points_fields);

#define T struct pw_points
static const struct field pw_points_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, last, FIELD_BOOL)},
    {FIELD(T, first, FIELD_WALL)},
    {FIELD(T, step_ns, FIELD_INT)},
    {FIELD_MANY(T, sources, FIELD_TEXT)},
    {FIELD(T, values, FIELD_BYTES)},
};
#undef T
const struct record pw_points_record = RECORD(pw_points, pw_points_fields);

#define T struct wp_picture
static const struct field wp_picture_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, object, FIELD_TEXT)},
    {FIELD(T, title, FIELD_TEXT)},
    {FIELD(T, from, FIELD_WALL)},
    {FIELD(T, to, FIELD_WALL)},
    {FIELD(T, width, FIELD_U32)},
    {FIELD(T, height, FIELD_U32)},
};
#undef T
const struct record wp_picture_record = RECORD(wp_picture, wp_picture_fields);

#define T struct pw_picture
static const struct field pw_picture_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, last, FIELD_BOOL)},
    {FIELD(T, data, FIELD_BYTES)},
};
#undef T
const struct record pw_picture_record = RECORD(pw_picture, pw_picture_fields);

#define T struct wp_list
static const struct field wp_list_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, node, FIELD_TEXT)},
};
#undef T
const struct record wp_list_record = RECORD(wp_list, wp_list_fields);

#define T struct pw_list
static const struct field pw_list_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD_MANY(T, objects, FIELD_TEXT)},
};
#undef T
const struct record pw_list_record = RECORD(pw_list, pw_list_fields);

#define T struct pw_error
static const struct field pw_error_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, error, FIELD_TEXT)},
};
#undef T
const struct record pw_error_record = RECORD(pw_error, pw_error_fields);
