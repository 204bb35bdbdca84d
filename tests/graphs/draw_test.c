/* Pictures are compared whole with files beside this test. HAYLOFT_GOLDEN=write makes them anew; look at
 * them before committing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "graphs/draw.h"

#define FROM SECONDS(1700000000)
#define ROWS 288
#define STEP SECONDS(300)

static const char *const ping_names[] = {"rtt_min", "rtt_q1", "rtt_median", "rtt_q3", "rtt_max", "loss"};
static const char *const port_names[] = {"in_octets", "out_octets"};

static double ping_values[ROWS][6], port_values[ROWS][2];

static struct points ping_points(void)
{
    for (int i = 0; i < ROWS; i++) {
        double base = 0.004 + 0.0015 * sin(i / 30.0) + (i > 150 && i < 180 ? 0.004 : 0);
        bool silent = i > 200 && i < 212, unknown = i > 60 && i < 75;
        for (int s = 0; s < 5; s++)
            ping_values[i][s] = silent || unknown ? NAN : base * (0.8 + 0.1 * s * (1 + (i % 7) / 7.0));
        ping_values[i][5] = unknown ? NAN : silent ? 1 : i > 150 && i < 180 ? (i % 3) * 0.12 : 0;
    }
    return (struct points){{FROM + STEP}, STEP, ROWS, 6, ping_names, ping_values[0]};
}

static struct points port_points(void)
{
    for (int i = 0; i < ROWS; i++) {
        port_values[i][0] = 4e6 * (1 + sin(i / 20.0));
        port_values[i][1] = i == 100 ? NAN : 1e6 * (1 + cos(i / 9.0));
    }
    return (struct points){{FROM + STEP}, STEP, ROWS, 2, port_names, port_values[0]};
}

static const struct picture_mark mark = {{FROM + 200 * STEP}, {FROM + 213 * STEP}};
static const struct picture day = {.from = {FROM}, .to = {FROM + ROWS * STEP}, .width = 720,
                                   .height = 220, .title = "Latency of barn-node", .marks = &mark,
                                   .marks_count = 1};

static void compare(const char *name, const struct buf *svg)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.svg", GOLDEN, name);
    const char *mode = getenv("HAYLOFT_GOLDEN");
    bool write = mode && strcmp(mode, "write") == 0;
    FILE *f = fopen(path, write ? "w" : "r");
    assert_non_null(f);
    if (write) {
        fputs(buf_string(svg), f);
    } else {
        char *expected = calloc(1, 1 << 20);
        size_t n = fread(expected, 1, (1 << 20) - 1, f);
        assert_int_equal(n, svg->len);
        assert_string_equal(expected, buf_string(svg));
        free(expected);
    }
    fclose(f);
}

static void smoke_looks_as_agreed(void **state)
{
    struct buf svg = {0};
    struct points p = ping_points();
    draw_smoke(&day, &p, &svg);
    compare("smoke", &svg);
    buf_fini(&svg);
}

static void mirrored_traffic_looks_as_agreed(void **state)
{
    struct buf svg = {0};
    struct points p = port_points();
    struct picture picture = day;
    picture.title = "Traffic of port 5";
    draw_mirror(&picture, &p, &svg);
    compare("mirror", &svg);
    buf_fini(&svg);
}

static void a_line_looks_as_agreed(void **state)
{
    struct buf svg = {0};
    struct points p = ping_points();
    struct picture picture = day;
    picture.title = "Loss";
    picture.height = 140;
    draw_object(&picture, &p, "ping", "loss", NULL, &svg);
    compare("line", &svg);
    buf_fini(&svg);
}

static void a_reading_has_its_unit_and_a_scale_that_fits(void **state)
{
    static const char *const names[] = {"clients", "signal"};
    double values[4][2] = {{1, -70}, {2, -71}, {3, -70.5}, {2, -70}};
    struct buf svg = {0};
    struct points p = {{FROM + STEP}, STEP, 4, 2, names, values[0]};
    draw_object(&day, &p, "radio-1", "signal", "dBm", &svg);
    const char *text = buf_string(&svg);
    assert_non_null(strstr(text, "most -70\xc2\xa0" "dBm"));
    assert_non_null(strstr(text, "least -71\xc2\xa0" "dBm"));
    assert_null(strstr(text, ">0</text>")); /* the scale does not reach down to zero */
    buf_clear(&svg);
    draw_object(&day, &p, "radio-1", "clients", NULL, &svg);
    assert_non_null(strstr(buf_string(&svg), "most 3"));
    buf_fini(&svg);
}

static void without_data_the_picture_says_so(void **state)
{
    struct buf svg = {0};
    struct points none = {{FROM}, STEP, 0, 0, NULL, NULL};
    draw_object(&day, &none, "ping", NULL, NULL, &svg);
    assert_non_null(strstr(buf_string(&svg), "no measurements in this time yet"));
    buf_clear(&svg);
    draw_object(&day, &none, "if-eth0", NULL, NULL, &svg);
    assert_non_null(strstr(buf_string(&svg), "no counters in this time yet"));
    buf_clear(&svg);
    draw_object(&day, &none, "tcp-443", NULL, NULL, &svg);
    assert_non_null(strstr(buf_string(&svg), "no measurements in this time yet"));
    buf_fini(&svg);
}

static void a_hostile_title_is_text_and_a_long_one_is_clipped(void **state)
{
    struct buf svg = {0};
    struct points p = ping_points();
    struct picture picture = day;
    picture.title = "</title><script>alert(1)</script>\x01\xff&\"";
    draw_smoke(&picture, &p, &svg);
    assert_null(strstr(buf_string(&svg), "<script"));
    buf_clear(&svg);
    picture.title = "a-name-of-sixty-characters-that-does-not-fit-a-phone-at-all-x";
    picture.width = 320;
    draw_smoke(&picture, &p, &svg);
    assert_non_null(strstr(buf_string(&svg), "\xe2\x80\xa6</text>"));
    buf_fini(&svg);
}

static void odd_values_and_sizes_stay_within_the_frame(void **state)
{
    double values[4][6] = {{INFINITY, -INFINITY, NAN, 1e300, -1e300, 2}, {0}, {-1, -1, -1, -1, -1, -1}, {0}};
    struct points p = {{FROM + STEP}, STEP, 4, 6, ping_names, values[0]};
    struct picture picture = day;
    picture.width = 1 << 30;
    picture.height = -5;
    struct buf svg = {0};
    draw_smoke(&picture, &p, &svg);
    assert_non_null(strstr(buf_string(&svg), "viewBox=\"0 0 1600 80\""));
    assert_null(strstr(buf_string(&svg), "nan"));
    assert_null(strstr(buf_string(&svg), "inf"));
    buf_fini(&svg);
}

static const char *const step_names[] = {"offer", "offer_time", "dns", "dns_time", "http", "http_time"};

/* A guest's day: names failed for three hours, and pages with them; never was there a page at night. */
static struct points step_points(double values[ROWS][6])
{
    for (int i = 0; i < ROWS; i++) {
        bool dead = i > 150 && i < 186, unknown = i > 60 && i < 75;
        for (int s = 0; s < 6; s += 2) {
            values[i][s] = unknown || (s == 4 && (i < 90 || dead)) ? NAN : s == 2 && dead ? 0 : i == 220 ? 0.7 : 1;
            values[i][s + 1] = 0.1 + s;
        }
    }
    return (struct points){{FROM + STEP}, STEP, ROWS, 6, step_names, values[0]};
}

static void steps_look_as_agreed(void **state)
{
    static double values[ROWS][6];
    struct buf svg = {0};
    struct picture picture = day;
    struct points p = step_points(values);
    picture.title = "Steps of a guest of guest";
    draw_object(&picture, &p, "guest-501", NULL, NULL, &svg);
    compare("steps", &svg);
    assert_null(strstr(buf_string(&svg), "_time")); /* how long they take is another picture */
    buf_clear(&svg);
    p.rows = 0;
    draw_object(&picture, &p, "guest-501", NULL, NULL, &svg);
    assert_non_null(strstr(buf_string(&svg), "no measurements"));
    buf_clear(&svg);
    p = step_points(values);
    draw_object(&picture, &p, "guest-501", "dns_time", "s", &svg);
    assert_null(strstr(buf_string(&svg), ">dns<"));
    buf_fini(&svg);
}

static void a_day_graph_is_small(void **state)
{
    struct buf svg = {0};
    struct points p = ping_points();
    draw_smoke(&day, &p, &svg);
    assert_true(svg.len < 24 * 1024);
    buf_fini(&svg);
}

int main(void)
{
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smoke_looks_as_agreed),
        cmocka_unit_test(mirrored_traffic_looks_as_agreed),
        cmocka_unit_test(a_line_looks_as_agreed),
        cmocka_unit_test(a_reading_has_its_unit_and_a_scale_that_fits),
        cmocka_unit_test(without_data_the_picture_says_so),
        cmocka_unit_test(a_hostile_title_is_text_and_a_long_one_is_clipped),
        cmocka_unit_test(odd_values_and_sizes_stay_within_the_frame),
        cmocka_unit_test(steps_look_as_agreed),
        cmocka_unit_test(a_day_graph_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
