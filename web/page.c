#include "web/page.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "web/asset.h"
#include "web/html.h"
#include "web/session.h"
#include "web/web.h"

/* The shapes of the signs, once a page. */
static const char sprite[] =
    "<svg class=\"sprite\" aria-hidden=\"true\">"
    "<symbol id=\"ok\" viewBox=\"0 0 20 20\"><circle cx=\"10\" cy=\"10\" r=\"9\"/>"
    "<path d=\"M5.8 10.4l2.9 2.9 5.6-6\"/></symbol>"
    "<symbol id=\"warn\" viewBox=\"0 0 20 20\"><path class=\"f\" d=\"M10 1.6L19.2 18H.8z\"/>"
    "<path d=\"M10 7.4v4.9M10 14.7v.6\"/></symbol>"
    "<symbol id=\"bad\" viewBox=\"0 0 20 20\"><path class=\"f\" d=\"M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2z\"/>"
    "<path d=\"M6.9 6.9l6.2 6.2m0-6.2l-6.2 6.2\"/></symbol>"
    "<symbol id=\"unknown\" viewBox=\"0 0 20 20\"><circle class=\"o\" cx=\"10\" cy=\"10\" r=\"8\"/>"
    "<path d=\"M7.4 7.9c.1-3.3 5.2-3.2 5.1-.1-.1 2-2.5 2-2.5 4M10 14.4v.6\"/></symbol>"
    "<symbol id=\"behind\" viewBox=\"0 0 20 20\"><circle class=\"o d\" cx=\"10\" cy=\"10\" r=\"8\"/>"
    "<path d=\"M6 10h8\"/></symbol>"
    "<symbol id=\"paused\" viewBox=\"0 0 20 20\"><circle class=\"o\" cx=\"10\" cy=\"10\" r=\"8\"/>"
    "<path d=\"M8 7v6m4-6v6\"/></symbol></svg>";

static const char *const sign_names[] = {"ok", "warn", "bad", "unknown", "behind", "paused"};

const char *sign_class(enum sign sign)
{
    return sign_names[sign];
}

void page_sign(struct buf *out, enum sign sign)
{
    html(out, "<svg class=\"i {}\" aria-hidden=\"true\"><use href=\"#{}\"/></svg>", sign_names[sign],
         sign_names[sign]);
}

enum sign sign_of_state(enum node_state state)
{
    switch (state) {
    case STATE_UP: return SIGN_OK;
    case STATE_DEGRADED: return SIGN_WARN;
    case STATE_DOWN: return SIGN_BAD;
    case STATE_UNREACHABLE: return SIGN_BEHIND;
    case STATE_PAUSED: return SIGN_PAUSED;
    case STATE_UNKNOWN: return SIGN_UNKNOWN;
    }
    return SIGN_UNKNOWN;
}

enum sign sign_of_verdict(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_OK: return SIGN_OK;
    case VERDICT_DEGRADED: return SIGN_WARN;
    case VERDICT_FAILING: return SIGN_BAD;
    case VERDICT_UNKNOWN: return SIGN_UNKNOWN;
    }
    return SIGN_UNKNOWN;
}

const char *page_state_word(enum node_state state)
{
    switch (state) {
    case STATE_UP: return "up";
    case STATE_DEGRADED: return "in trouble";
    case STATE_DOWN: return "down";
    case STATE_UNREACHABLE: return "unreachable";
    case STATE_PAUSED: return "paused";
    case STATE_UNKNOWN: return "no data yet";
    }
    return "";
}

void page_time(struct buf *out, struct wall t)
{
    char stamp[CLOCK_TEXT_MAX], text[32];
    time_t then = (time_t)wall_seconds(t), now = (time_t)wall_seconds(clock_wall());
    struct tm then_tm, now_tm;
    if (t.ns <= 0)
        return;
    localtime_r(&then, &then_tm);
    localtime_r(&now, &now_tm);
    bool today = then_tm.tm_yday == now_tm.tm_yday && then_tm.tm_year == now_tm.tm_year;
    if (today)
        strftime(text, sizeof text, "%H:%M", &then_tm);
    else
        strftime(text, sizeof text, "%d %b %H:%M", &then_tm);
    html(out, "<time datetime=\"{}\">{}</time>", wall_rfc3339(t, stamp), text);
}

void page_time_text(struct buf *out, const char *rfc3339)
{
    struct wall t;
    if (rfc3339 && wall_parse(rfc3339, &t))
        page_time(out, t);
}

void page_span_since(struct buf *out, struct wall then)
{
    char text[CLOCK_TEXT_MAX];
    int64_t ns = clock_wall().ns - then.ns;
    if (then.ns > 0)
        html_text(out, span_text(ns > 0 ? ns : 0, text));
}

void page_token(struct exchange *x)
{
    html(&x->reply, "<input type=\"hidden\" name=\"csrf\" value=\"{}\">", x->visitor.csrf);
}

static void put_navigation(struct exchange *x, enum page_place here)
{
    static const struct {
        const char *path, *text;
    } places[] = {{"/", "Now"},
                  {"/incidents", "Incidents"},
                  {"/report", "Report"},
                  {"/seen", "Seen"},
                  {"/health", "Health"}};
    html(&x->reply, "<nav aria-label=\"Pages\"><ul>");
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        html(&x->reply, "<li><a href=\"{}\"", places[i].path);
        html(&x->reply, i == (size_t)here ? " aria-current=\"page\">{}</a></li>" : ">{}</a></li>",
             places[i].text);
    }
    html(&x->reply, "</ul></nav>");
}

static const char *site_title(const struct exchange *x)
{
    const struct config *c = x->web->config;
    return c && c->title && *c->title ? c->title : "hayloft";
}

void page_begin(struct exchange *x, const char *title, enum page_place here)
{
    struct buf *out = &x->reply;
    html(out, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
              "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
              "<meta name=\"color-scheme\" content=\"light dark\"><title>{} \xc2\xb7 {}</title>"
              "<link rel=\"stylesheet\" href=\"{}\"><link rel=\"icon\" href=\"{}\">"
              "<script type=\"module\" src=\"{}\"></script></head><body>",
         title, site_title(x), asset_path("style.css"), asset_path("icon.svg"), asset_path("live.js"));
    buf_text(out, sprite);
    html(out, "<a class=\"skip\" href=\"#main\">Skip to the content</a><header>"
              "<a class=\"brand\" href=\"/\">{}</a>", site_title(x));
    if (x->visitor.may_see)
        put_navigation(x, here);
    html(out, "</header><main id=\"main\">");
}

void page_end(struct exchange *x)
{
    struct buf *out = &x->reply;
    html(out, "</main><footer><p>hayloft " HAYLOFT_VERSION " \xc2\xb7 ");
    page_time(out, clock_wall());
    html(out, "</p>");
    if (x->visitor.signed_in) {
        html(out, "<form method=\"post\" action=\"/logout\">");
        page_token(x);
        html(out, "<button class=\"quiet\">Sign out {}</button></form>", x->visitor.user);
    }
    html(out, "</footer><p class=\"vh\" role=\"status\" id=\"spoken\"></p></body></html>\n");
}

void page_error(struct exchange *x, int status, const char *sentence)
{
    char number[16];
    snprintf(number, sizeof number, "%d", status);
    page_begin(x, number, PLACE_NONE);
    html(&x->reply, "<h1>{}</h1><p class=\"lead\">{}</p><p><a class=\"button\" href=\"/\">To the first page"
                    "</a></p>", status == 404 ? "Not here" : status == 503 ? "One moment" : "This did not work",
         sentence);
    page_end(x);
}
