/* A growable run of bytes that is also a string: data is always NUL-terminated. */
#ifndef HAYLOFT_BASE_BUF_H
#define HAYLOFT_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;      /* never NULL after the first put; owned by the buf */
    size_t len;      /* bytes before the closing NUL */
    size_t capacity;
    bool failed;     /* memory ended; what was put after that is lost */
};

void buf_fini(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_put(struct buf *b, const void *bytes, size_t len);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args);
const char *buf_string(const struct buf *b); /* "" when nothing was put */
/* The data as malloc'd memory, caller frees; the buf is empty afterwards. NULL when it failed. */
char *buf_detach(struct buf *b);

#endif
