/* Nothing a value holds can end a header: text goes through one writer that lets printable ASCII
 * through and encodes the rest as RFC 2047 words, folded; addresses are checked before they are used. */
#include "poller/courier/receivers/mail_text.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

#include "poller/base/base64.h"

#define WORD_BYTES 33 /* 56 characters with their frame: a line with a header's name stays below 76 */
#define LINE_MAX_CHARS 72
#define ADDRESS_MAX 254 /* RFC 5321 4.5.3.1 with room for the angle brackets */

bool mail_address(const char *written, char *out, size_t size)
{
    const char *open = strrchr(written, '<'), *start = open ? open + 1 : written;
    size_t len = open ? strcspn(start, ">") : strlen(start);
    if (len == 0 || len >= size || len > ADDRESS_MAX || (open && start[len] != '>'))
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)start[i] <= ' ' || (unsigned char)start[i] > '~' ||
            strchr("<>\",;:()[]\\", start[i]))
            return false;
    const char *at = memchr(start, '@', len);
    if (!at || at == start || at == start + len - 1)
        return false;
    memcpy(out, start, len);
    out[len] = 0;
    return true;
}

static bool is_plain(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < ' ' || (unsigned char)*s > '~')
            return false;
    return true;
}

/* Words of whole characters, one a line. */
static void put_encoded(const char *s, struct buf *out)
{
    size_t left = strlen(s);
    for (bool first = true; left; first = false) {
        size_t len = left < WORD_BYTES ? left : WORD_BYTES;
        while (len > 1 && len < left && ((unsigned char)s[len] & 0xc0) == 0x80)
            len--;
        buf_text(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        base64_put(s, len, out);
        buf_text(out, "?=");
        s += len;
        left -= len;
    }
}

/* Printable ASCII, folded at blanks. */
static void put_folded(const char *s, size_t column, struct buf *out)
{
    while (*s) {
        size_t word = strcspn(s + 1, " ") + 1; /* a blank goes with the word behind it */
        if (column + word > LINE_MAX_CHARS && *s == ' ') {
            buf_text(out, "\r\n");
            column = 0;
        }
        buf_put(out, s, word);
        column += word;
        s += word;
    }
}

static void put_header(const char *name, const char *value, struct buf *out)
{
    buf_printf(out, "%s: ", name);
    if (is_plain(value) && !strstr(value, "=?") && strlen(value) < 900)
        put_folded(value, strlen(name) + 2, out);
    else
        put_encoded(value, out);
    buf_text(out, "\r\n");
}

/* "Name <address>" with the name encoded when it must be; an address alone as it is. */
static void put_mailbox(const char *written, struct buf *out)
{
    char address[ADDRESS_MAX + 1];
    if (!mail_address(written, address, sizeof address))
        return;
    const char *open = strrchr(written, '<');
    if (!open) {
        buf_text(out, address);
        return;
    }
    struct buf name = {0};
    size_t len = (size_t)(open - written);
    while (len && written[len - 1] == ' ')
        len--;
    buf_put(&name, written, len);
    if (len) {
        put_encoded(buf_string(&name), out);
        buf_char(out, ' ');
    }
    buf_printf(out, "<%s>", address);
    buf_fini(&name);
}

static void put_date(struct wall date, struct buf *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t t = (time_t)wall_seconds(date);
    struct tm tm;
    char zone[8] = "+0000";
    localtime_r(&t, &tm);
    strftime(zone, sizeof zone, "%z", &tm);
    buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d %s\r\n", days[tm.tm_wday], tm.tm_mday,
               months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, zone);
}

/* A key made of anything becomes dot-atom text (RFC 5322 3.2.3). */
static void put_id(const char *header, const char *key, const char *from, struct buf *out)
{
    char address[ADDRESS_MAX + 1] = "";
    const char *at = mail_address(from, address, sizeof address) ? strchr(address, '@') : NULL;
    buf_printf(out, "%s: <", header);
    static const char atoms[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    for (; *key; key++)
        if (strchr(atoms, *key))
            buf_char(out, *key);
        else
            buf_printf(out, "_%02x", (unsigned char)*key);
    buf_printf(out, "%s>\r\n", at ? at : "@hayloft.invalid");
}

/* Quoted-printable (RFC 2045 6.7): readable where it is ASCII, no line over 76, every line end CRLF. */
static void put_quoted(const char *s, struct buf *out)
{
    size_t column = 0;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '\r')
            continue;
        if (c == '\n') {
            buf_text(out, "\r\n");
            column = 0;
            continue;
        }
        if (column > LINE_MAX_CHARS) {
            buf_text(out, "=\r\n");
            column = 0;
        }
        bool last_blank = c == ' ' && (s[1] == '\n' || s[1] == '\r' || !s[1]);
        if (c < ' ' || c > '~' || c == '=' || last_blank || (c == '.' && column == 0)) {
            buf_printf(out, "=%02X", c);
            column += 3;
        } else {
            buf_char(out, (char)c);
            column++;
        }
    }
}

void mail_text(const struct mail *m, struct buf *out)
{
    buf_text(out, "From: ");
    put_mailbox(m->from, out);
    buf_text(out, "\r\nTo: ");
    for (size_t i = 0; i < m->to_count; i++) {
        buf_text(out, i ? ",\r\n " : "");
        put_mailbox(m->to[i], out);
    }
    buf_text(out, "\r\n");
    put_header("Subject", m->subject, out);
    if (m->date.ns)
        put_date(m->date, out);
    put_id("Message-ID", m->key, m->from, out);
    if (m->thread && *m->thread)
        put_id("References", m->thread, m->from, out);
    put_header("X-Hayloft-Key", m->key, out);
    put_header("X-Hayloft-Message", m->kind, out);
    buf_text(out, "Auto-Submitted: auto-generated\r\n"
                  "MIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    put_quoted(m->text, out);
    buf_text(out, "\r\n");
}
