/* Arbitrary bytes as a device's answers, one after another: a talk always ends, never crashes, and
 * what it brings fits a message.
 *
 * An answer: status (two octets, of which the first is taken by its rest of 6), length (two
 * octets), that many octets of body; where the last one is short, of what is left. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/courier/consult/dialogue.h"
#include "poller/courier/consult/figures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define T(text)    ((char *)(uintptr_t)(text))
#define ONE(thing) (thing), 1
static struct http_keep keep[] = {{T("token"), T("/token"), NULL}, {T("id"), NULL, T("X-Id")}};
static struct http_sign refused = {.pointer = T("/error/0"), .like = T("^3$")},
                        locked = {.body = T("lock")}, absent = {.status = 404},
                        over = {.pointer = T("/error/code")},
                        away = {.status = 302, .location = T("login")};
static struct http_pair form[] = {{T("a"), T("{basic}")}, {T("b"), T("{user}")}},
                        headers[] = {{T("Cookie"), T("t={token}")}};
static struct http_step login[] = {
    {.ask = {.path = T("/api"), .json = T("{\"u\":\"{user}\",\"p\":\"{password}\"}")},
     .keep = keep,
     .keep_count = 1,
     .refused = ONE(&refused),
     .absent = ONE(&absent),
     .enough = true},
    {.ask = {.path = T("/login"), .form = form, .form_count = 2},
     .keep = keep + 1,
     .keep_count = 1,
     .locked = ONE(&locked)}};
static struct http_page pages[] = {
    {.name = T("list"), .ask = {.path = T("/list"), .headers = headers, .headers_count = 1}},
    {.name = T("one"),
     .ask = {.path = T("/one/{each}")},
     .each = {T("list"), T("/names/*")},
     .absent = ONE(&absent),
     .optional = true}};
static struct http_text texts[] = {{T("list"), T("/model"), T("^M(.*)"), T("Model {}")}};
static struct http_column with[] = {{T("name"), T("/name")}, {T("up"), T("/a~1b/0")}},
                          counting[] = {{T("down"), T("/x"), .rate = true}, {T("held"), T("/y"), .count = true}};
static struct profile_word states[] = {{T("1"), T("good on")}, {T("*"), T("bad")}};
static double sentinels[] = {0, -1};
static struct http_reading readings[] = {{.page = T("list"),
                                          .rows = T("/rows/*"),
                                          .pointer = T("/x"),
                                          .meaning = T("signal"),
                                          .label = T("{name} {1}"),
                                          .value = T("up == none ? x : x - up"),
                                          .when = T("x < 0 or match(text, 'a')"),
                                          .with = with,
                                          .with_count = 2,
                                          .absent = sentinels,
                                          .absent_count = 2,
                                          .object = T("link-{name}"),
                                          .limits = {NAN, NAN, NAN, NAN, NAN}},
                                         {.page = T("list"),
                                          .rows = T("/*/*/*"),
                                          .pointer = T(""),
                                          .meaning = T("state"),
                                          .label = T("{1}.{2}.{3}"),
                                          .states = states,
                                          .states_count = 2,
                                          .limits = {NAN, NAN, NAN, NAN, NAN}},
                                         {.page = T("one"),
                                          .rows = T("/*"),
                                          .pointer = T("/0"),
                                          .meaning = T("count"),
                                          .label = T("{each}"),
                                          .sum = PROFILE_COUNT,
                                          .object = T("o-{each}"),
                                          .limits = {NAN, NAN, NAN, NAN, NAN}},
                                         {.page = T("one"),
                                          .rows = T("/*"),
                                          .pointer = T("/0"),
                                          .meaning = T("count"),
                                          .label = T("{each} {index}"),
                                          .sum = PROFILE_MEAN,
                                          .limits = {NAN, NAN, NAN, NAN, NAN}},
                                         {.page = T("list"),
                                          .rows = T("/*/*"),
                                          .pointer = T("/x"),
                                          .meaning = T("signal"),
                                          .label = T("{1} {2}"),
                                          .value = T("x + down + held"),
                                          .with = counting,
                                          .with_count = 2,
                                          .rate = true,
                                          .object = T("line-{1}"),
                                          .limits = {NAN, NAN, NAN, NAN, NAN}}};
static struct http_sign expired[2];
static struct http_profile profile = {.name = T("fuzz"),
                                      .login = login,
                                      .login_count = 2,
                                      .expired = expired,
                                      .expired_count = 2,
                                      .pages = pages,
                                      .pages_count = 2,
                                      .model = texts,
                                      .model_count = 1,
                                      .readings = readings,
                                      .readings_count = 5};

struct rest {
    unsigned answers;
    const uint8_t *at, *end;
    char header[9];
};

static unsigned take16(struct rest *r)
{
    unsigned v = 0;
    for (int i = 0; i < 2; i++)
        v = v << 8 | (r->at < r->end ? *r->at++ : 0);
    return v;
}

static const char *header_of(void *ctx, const char *name)
{
    struct rest *r = ctx;
    return strcmp(name, "X-Id") == 0 && *r->header ? r->header : NULL;
}

static void answer(struct dialogue *d, struct rest *r)
{
    unsigned status = take16(r), len = take16(r);
    size_t left = (size_t)(r->end - r->at);
    if (len > left)
        len = (unsigned)left;
    char *body = malloc(len + 1); /* exactly: an over-read is seen */
    memcpy(body, r->at, len);
    body[len] = '\0';
    snprintf(r->header, sizeof r->header, "%.8s", body);
    r->at += len;
    struct dialogue_answer a = {.status = (int)((status >> 8) % 6 * 100 + (status & 0xff) % 100),
                                .body = body,
                                .at = {SECONDS(1000 + 7 * r->answers++)},
                                .len = len,
                                .header = header_of,
                                .ctx = r,
                                .location = status & 1 ? "http://192.0.2.1/login" : NULL};
    dialogue_take(d, &a);
    free(body);
}

static void look_at(const struct reading *r)
{
    assert(r->label && r->meaning && r->class_ && r->unit && r->index && r->oid);
    assert(!isinf(r->value) && !r->object == !r->source && strlen(r->label) < FIGURES_LABEL_MAX);
    for (const char *c = r->label; *c; c++)
        assert((unsigned char)*c >= 0x20);
}

static void read_figures(const struct dialogue *d, struct rates *rates)
{
    struct meaning meanings[] = {{.name = T("signal"), .class_ = T("rssi"), .unit = T("dBm")}};
    struct arena *arena = arena_create(0);
    struct figure_list figures;
    size_t count;
    const struct dialogue_document *documents = dialogue_documents(d, &count);
    assert(count <= DIALOGUE_REQUESTS_MAX);
    assert(figures_read(&profile, meanings, 1, documents, count, rates, arena, &figures));
    assert(figures.count <= FIGURES_MAX);
    for (size_t i = 0; i < figures.count; i++)
        look_at(&figures.items[i]);
    figures_text(texts, 1, documents, count, arena);
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rest rest = {.at = data, .end = data + size};
    struct dialogue_session session = {.open = false};
    struct rates *rates = rates_create();
    expired[0] = over;
    expired[1] = away;
    for (int talk = 0; talk < 2; talk++) { /* the second finds the session of the first */
        struct dialogue *d = dialogue_create(&profile, "farmer", "hay \"stack", &session);
        unsigned requests = 0;
        while (dialogue_next(d)) {
            answer(d, &rest);
            assert(++requests <= DIALOGUE_REQUESTS_MAX);
        }
        assert((dialogue_end(d) == CONSULTATION_READ) == !*dialogue_reason(d));
        rates_begin(rates, (struct mono){SECONDS(2000 + 60 * talk)});
        read_figures(d, rates);
        dialogue_destroy(d);
    }
    rates_destroy(rates);
    return 0;
}
