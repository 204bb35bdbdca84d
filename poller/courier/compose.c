#include "poller/courier/compose.h"

#include <string.h>
#include <time.h>

#define LATE_NS MINUTES(5)  /* then a message says when it was written */
#define NAMES_SHOWN 12
#define EVIDENCE_SHOWN 8

static const char *value(const struct document *d, const char *name)
{
    const char *v = document_value(d, name);
    return v ? v : "";
}

/* "Tue 24 Nov 10:02", in the house's own time; what cannot be read stays as it is. */
static const char *local_time(const char *stamp, char *out, size_t size)
{
    struct wall w;
    struct tm tm;
    if (!wall_parse(stamp, &w))
        return stamp;
    time_t t = (time_t)wall_seconds(w);
    localtime_r(&t, &tm);
    strftime(out, size, "%a %e %b %H:%M", &tm);
    return out;
}

/* Up to the first full stop, question mark or line end. */
static size_t first_sentence(const char *text)
{
    size_t len = strcspn(text, "\r\n");
    for (size_t i = 0; i + 1 < len; i++)
        if (strchr(".?!", text[i]) && text[i + 1] == ' ')
            return text[i] == '.' ? i : i + 1;
    return len && text[len - 1] == '.' ? len - 1 : len;
}

/* Cuts at a character's edge, with an ellipsis. */
static void put_clipped(struct buf *out, const char *text, size_t len, size_t room)
{
    if (len > room) {
        len = room > 3 ? room - 3 : 0;
        while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
        buf_put(out, text, len);
        buf_text(out, "\xe2\x80\xa6");
        return;
    }
    buf_put(out, text, len);
}

static const char *lead(enum message_kind kind)
{
    switch (kind) {
    case MESSAGE_CHANGED: return "Now: ";
    case MESSAGE_RESOLVED: return "Solved: ";
    case MESSAGE_REMINDER: return "Still: ";
    case MESSAGE_DIGEST: return "While you could not be reached: ";
    case MESSAGE_TEST: return "Test: ";
    case MESSAGE_OPENED: case MESSAGE_REPORT: return "";
    }
    return "";
}

void compose_subject(const struct document *d, struct buf *out)
{
    const char *what = value(d, "cause.sentence");
    if (!*what)
        what = value(d, "text");
    if (!*what)
        what = "a message from hayloft";
    if (*value(d, "title"))
        buf_printf(out, "[%.60s] ", value(d, "title"));
    buf_text(out, lead(document_kind(d)));
    size_t room = out->len < SUBJECT_MAX_BYTES ? SUBJECT_MAX_BYTES - out->len : 0;
    put_clipped(out, what, first_sentence(what), room);
}

static void put_names(const struct document *d, struct buf *out)
{
    const char *name;
    size_t i = 0;
    if (!document_entry(d, "affected", 0))
        return;
    buf_text(out, "\nAffected: ");
    for (; i < NAMES_SHOWN && (name = document_entry(d, "affected", i)); i++)
        buf_printf(out, "%s%s", i ? ", " : "", name);
    size_t more = 0;
    while (document_entry(d, "affected", i + more))
        more++;
    if (more)
        buf_printf(out, " and %zu more", more);
    buf_char(out, '\n');
}

static void put_list(const struct document *d, const char *list, const char *head, size_t most,
                     struct buf *out)
{
    const char *entry;
    for (size_t i = 0; i < most && (entry = document_entry(d, list, i)); i++)
        buf_printf(out, "%s- %s\n", i ? "" : head, entry);
}

/* What the clock says is a guess; how long things took is not. */
static void put_spans(const struct document *d, struct buf *out)
{
    char span[CLOCK_TEXT_MAX];
    struct wall opened, resolved;
    if (!wall_parse(value(d, "opened"), &opened))
        return;
    if (wall_parse(value(d, "resolved"), &resolved))
        buf_printf(out, "\nIt lasted %s", span_text(resolved.ns - opened.ns, span));
    else
        buf_printf(out, "\nIt began %s before this message was written",
                   span_text(document_created(d).ns - opened.ns, span));
    buf_text(out, "; at what time is uncertain, for the clock of the machine that watches is not set.\n");
}

static void put_times(const struct document *d, struct wall now, struct buf *out)
{
    char a[CLOCK_TEXT_MAX], b[CLOCK_TEXT_MAX], span[CLOCK_TEXT_MAX];
    struct wall opened, resolved;
    const char *from = value(d, "opened"), *to = value(d, "resolved");
    if (!*from)
        return;
    if (!document_times_are_true(d)) {
        put_spans(d, out);
        return;
    }
    buf_printf(out, "\nSince %s", local_time(from, a, sizeof a));
    if (*to)
        buf_printf(out, ", until %s", local_time(to, b, sizeof b));
    if (*to && wall_parse(from, &opened) && wall_parse(to, &resolved))
        buf_printf(out, " (%s)", span_text(resolved.ns - opened.ns, span));
    buf_text(out, ".\n");
    if (now.ns - document_created(d).ns > LATE_NS)
        buf_printf(out, "This message was written %s and could not leave earlier.\n",
                   local_time(value(d, "created"), a, sizeof a));
}

static void compose_incident(const struct document *d, struct wall now, struct buf *out)
{
    bool over = document_kind(d) == MESSAGE_RESOLVED;
    buf_printf(out, "%s%s\n", over ? "This is over: " : "", value(d, "cause.sentence"));
    if (!over && *value(d, "cause.check_first"))
        buf_printf(out, "\nCheck first: %s\n", value(d, "cause.check_first"));
    put_times(d, now, out);
    put_names(d, out);
    put_list(d, "evidence", "\nWhat was seen:\n", EVIDENCE_SHOWN, out);
    if (!over)
        put_list(d, "also_possible", "\nAlso possible:\n", EVIDENCE_SHOWN, out);
    if (*value(d, "url"))
        buf_printf(out, "\n%s\n", value(d, "url"));
}

void compose_text(const struct document *d, struct wall now, struct buf *out)
{
    if (*value(d, "cause.sentence"))
        compose_incident(d, now, out);
    else
        buf_printf(out, "%s\n", *value(d, "text") ? value(d, "text") : "A message from hayloft.");
}
