/* A plain page fetched by hand, whose body is known: what else comes is a portal's, or nothing. */
#include <stdlib.h>
#include <string.h>

#include "collectors/guest/probe_internal.h"

#define PATIENCE_NS SECONDS(12)

/* ---- what came ---- */

static bool is_our_own_secure_page(const struct plain_page *page, const struct page_place *place)
{
    const char *secure = "https://";
    size_t len = strlen(place->host);
    return strncmp(page->location, secure, strlen(secure)) == 0 &&
           strncasecmp(page->location + strlen(secure), place->host, len) == 0;
}

static bool is_expected(const struct probe *p, const struct plain_page *page)
{
    const char *expect = p->setting->page_expect;
    if (!expect && page->status / 100 == 3)
        return is_our_own_secure_page(page, &p->paging->place);
    return page->status / 100 == 2 && (!expect || plain_page_holds(page, expect));
}

static bool is_portal(const struct probe *p, const struct plain_page *page)
{
    if (page->status / 100 == 3)
        return !is_our_own_secure_page(page, &p->paging->place);
    return page->status / 100 == 2 || page->status == 511; /* RFC 6585: network authentication required */
}

static void judge_page(struct probe *p, const struct plain_page *page)
{
    const struct page_place *place = &p->paging->place;
    int64_t took = mono_since(probe_now(p), p->begun);
    if (is_expected(p, page))
        probe_step(p, GUEST_HTTP, VERDICT_OK, GUEST_NONE, took, "%s: %d", place->host, page->status);
    else if (is_portal(p, page))
        probe_step(p, GUEST_HTTP, VERDICT_FAILING, GUEST_PORTAL, took, "another page than that of %s came%s%s",
                   place->host, page->location[0] ? ", from " : "", page->location);
    else
        probe_step(p, GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED, took, "%s answers with %d%s%s", place->host,
                   page->status, page->location[0] ? " and " : "", page->location);
}

static void judge_no_page(struct probe *p)
{
    const struct paging *g = p->paging;
    char at[ADDR_TEXT_MAX];
    addr_text(&g->at, at);
    if (g->talk.state == TCP_REFUSED)
        probe_step(p, GUEST_HTTP, VERDICT_FAILING, GUEST_REFUSED, 0, "%s port %u refuses", at, g->place.port);
    else if (!g->talk.connected)
        probe_step(p, GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED, 0, "%s port %u does not answer", at,
                   g->place.port);
    else
        probe_step(p, GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED, 0, "%s port %u %s", at, g->place.port,
                   g->talk.answer_len ? "does not answer as a web server" : "lets us in and then says nothing");
}

/* A private address for a public name is a lie when the page is not there either. */
static void judge_name(struct probe *p)
{
    char address[ADDR_TEXT_MAX];
    if (p->name_is_private && !probe_step_is(p, GUEST_HTTP, VERDICT_OK))
        probe_revise(p, GUEST_DNS, VERDICT_FAILING, GUEST_DNS_LIES, "%s is said to be %s, where its page is not",
                     names_default(p), addr_text(&p->resolved.addresses[0], address));
}

static void drain(struct probe *p)
{
    struct tcp_segment s;
    while (tcp_dialogue_next(&p->paging->talk, &s))
        post_tcp(p, &p->paging->at, &s);
}

static void conclude(struct probe *p)
{
    struct paging *g = p->paging;
    struct plain_page page;
    tcp_dialogue_stop(&g->talk);
    drain(p);
    g->talking = false;
    if (plain_page_read(g->talk.answer, g->talk.answer_len, &page))
        judge_page(p, &page);
    else
        judge_no_page(p);
    judge_name(p);
    probe_next(p);
}

/* ---- asking ---- */

static void carry_on(struct probe *p)
{
    struct paging *g = p->paging;
    struct plain_page page;
    drain(p);
    bool known = plain_page_read(g->talk.answer, g->talk.answer_len, &page) && (page.whole || is_expected(p, &page));
    if (known || tcp_dialogue_is_over(&g->talk) || !mono_before(probe_now(p), g->until))
        conclude(p);
    else
        probe_wait(p, mono_since(mono_earlier(g->talk.next, g->until), probe_now(p)));
}

static void talk(struct probe *p, const struct addr *at)
{
    struct paging *g = p->paging;
    uint32_t random = probe_random(p);
    size_t len = page_question_write(&g->place, g->question);
    struct tcp_dialogue_plan plan = {.from = probe_port(p), .to = g->place.port, .sequence = random,
                                     .question = g->question, .question_len = len,
                                     .answer = g->answer, .answer_room = sizeof g->answer};
    struct host_end end;
    g->at = *at;
    g->talking = true;
    g->until = mono_after(probe_now(p), PATIENCE_NS);
    post_end(p, at, &end); /* asks for a neighbour's MAC before the first segment is sent again */
    tcp_dialogue_open(&g->talk, &plan, probe_now(p));
    carry_on(p);
}

static void no_address(struct probe *p)
{
    probe_step(p, GUEST_HTTP, VERDICT_UNKNOWN, GUEST_DNS_FAILED, 0, "there is no address for %s",
               p->paging->place.host);
    probe_next(p);
}

static void tick(struct probe *p)
{
    if (p->paging->talking) {
        tcp_dialogue_due(&p->paging->talk, probe_now(p));
        carry_on(p);
    } else if (!names_ask(p)) {
        no_address(p);
    }
}

static void look_up(struct probe *p)
{
    const struct page_place *place = &p->paging->place;
    struct addr literal;
    bool asked_before = dns_name_equal(place->host, names_default(p));
    if (addr_parse(place->host, &literal))
        talk(p, &literal);
    else if (asked_before && p->resolved.address_count)
        talk(p, &p->resolved.addresses[0]);
    else if (asked_before || !name_query_begin(&p->names, place->host, p->chosen.resolvers, p->chosen.resolver_count,
                                               probe_random(p)))
        no_address(p);
    else
        tick(p);
}

static void begin(struct probe *p)
{
    p->paging = calloc(1, sizeof *p->paging);
    if (p->paging && page_place_read(p->setting->page_url, &p->paging->place)) {
        look_up(p);
        return;
    }
    probe_step(p, GUEST_HTTP, VERDICT_UNKNOWN, GUEST_NONE, 0, "only plain pages (http://) can be fetched by hand");
    probe_next(p);
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    struct paging *g = p->paging;
    if (!h || h->vid != p->setting->vid)
        return;
    if (g->talking && h->kind == HEARD_TCP && addr_equal(&h->ip.from, &g->at) && addr_equal(&h->ip.to, &p->us.addr)) {
        tcp_dialogue_take(&g->talk, &h->tcp, probe_now(p));
        carry_on(p);
    } else if (!g->talking && names_hear(p, h)) {
        if (name_query_has_address(&p->names))
            talk(p, &p->names.answer.addresses[0]);
        else
            no_address(p);
    }
}

const struct phase phase_page = {begin, tick, hear};
