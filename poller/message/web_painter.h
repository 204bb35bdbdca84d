/* web or command line <-> painter: points and pictures out of RRD files. Painter has no network and may
 * die over a bad file; the asker then gets an error for that one graph. */
#ifndef HAYLOFT_MESSAGE_WEB_PAINTER_H
#define HAYLOFT_MESSAGE_WEB_PAINTER_H

#include "poller/base/clock.h"
#include "poller/base/field.h"
#include "poller/model/words.h"

enum web_to_painter { WP_POINTS = 1, WP_PICTURE, WP_LIST };
enum painter_to_web { PW_POINTS = 1, PW_PICTURE, PW_LIST, PW_ERROR };

struct wp_points {
    uint32_t request;
    char *vantage, *node, *object;
    struct wall from, to;
    uint32_t points;     /* at most this many; 1..2000 */
    bool maximum;        /* MAX instead of AVERAGE */
};
extern const struct record wp_points_record;

/* values: points * sources reals as IEEE 754 bits in network order, row by row; NaN unknown. May come in
 * several parts. */
struct pw_points {
    uint32_t request;
    bool last;
    struct wall first;   /* stamp of the first row of this part */
    int64_t step_ns;
    char **sources;
    size_t sources_count;
    struct bytes values;
};
extern const struct record pw_points_record;

struct wp_picture {
    uint32_t request;
    char *vantage, *node, *object, *title;
    struct wall from, to;
    uint32_t width, height;
};
extern const struct record wp_picture_record;

struct pw_picture {
    uint32_t request;
    bool last;
    struct bytes data;   /* PNG, in parts */
};
extern const struct record pw_picture_record;

struct wp_list {
    uint32_t request;
    char *vantage, *node;
};
extern const struct record wp_list_record;

struct pw_list {
    uint32_t request;
    char **objects;      /* file names without .rrd, decoded */
    size_t objects_count;
};
extern const struct record pw_list_record;

struct pw_error {
    uint32_t request;
    char *error;
};
extern const struct record pw_error_record;

#endif
