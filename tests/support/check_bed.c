#include "tests/support/check_bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ROUND_NS SECONDS(30)

void check_bed_open(struct check_bed *b, const char *kind, const void *options, size_t options_size)
{
    *b = (struct check_bed){.sim = sim_create(9), .kind = collector_find(kind)};
    assert_non_null(b->kind);
    assert_int_equal(b->kind->options->size, options_size);
    addr_parse("192.0.2.7", &b->address);
    b->setting = (struct check_setting){.check = 4, .node = "nas", .label = "", .addresses = &b->address,
                                        .address_count = 1, .options = options,
                                        .interval_ns = SECONDS(60), .watched_hard = true};
    b->instance = b->kind->create(sim_env(b->sim));
    assert_non_null(b->instance);
    assert_true(b->kind->adopt(b->instance, &b->setting));
}

void check_bed_close(struct check_bed *b)
{
    b->kind->destroy(b->instance);
    sim_destroy(b->sim);
}

const struct report *check_bed_ask(struct check_bed *b, enum round_kind kind)
{
    size_t before = sim_reports(b->sim);
    struct mono deadline = mono_after(sim_now(b->sim).mono, ROUND_NS);
    b->kind->start(b->instance, 4, ++b->round, kind, deadline);
    if (b->kind->flush)
        b->kind->flush(b->instance);
    sim_run(b->sim, ROUND_NS);
    assert_int_equal(sim_reports(b->sim), before + 1);
    assert_int_equal(sim_last_report(b->sim)->round, b->round);
    return sim_last_report(b->sim);
}
