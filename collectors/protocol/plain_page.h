/* One plain page asked for by hand (RFC 9112), as far as telling needs: which page came, or which instead. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_PLAIN_PAGE_H
#define HAYLOFT_COLLECTORS_PROTOCOL_PLAIN_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_HOST_MAX 254
#define PAGE_PATH_MAX 512
#define PAGE_QUESTION_MAX 1024
#define PAGE_LOCATION_MAX 256

struct page_place {
    char host[PAGE_HOST_MAX]; /* name or IPv4 address */
    uint16_t port;
    char path[PAGE_PATH_MAX]; /* with its query; at least "/" */
};

struct plain_page {
    bool whole;                 /* all of the body is there; else only the other side's leaving tells */
    int status;                 /* 100 to 599 */
    char location[PAGE_LOCATION_MAX]; /* of a redirection: from the network, printable bytes only, cut; or "" */
    const uint8_t *body;        /* points into the answer */
    size_t body_len;
};

/* False: no plain http address, or one that is too long or holds blanks or control characters. */
bool page_place_read(const char *url, struct page_place *out);
/* A GET after which the other side closes; its length. */
size_t page_question_write(const struct page_place *p, char out[static PAGE_QUESTION_MAX]);
/* False: not (yet) an answer whose head is whole. */
bool plain_page_read(const uint8_t *bytes, size_t len, struct plain_page *out);
/* Does the body hold this text? */
bool plain_page_holds(const struct plain_page *p, const char *text);

#endif
