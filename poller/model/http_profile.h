/* What we know of a device's own web interface, as data: how one logs in, which pages hold JSON, which
 * figures stand where in it and what they mean. Read from profiles of `source: http` by the configuration
 * child, sent with each question to the courier, which alone talks HTTP. hayloft-profile(5) explains each
 * key.
 *
 * Pointers are RFC 6901; where several elements are meant a segment may be *: every element of a list,
 * every member of an object. Texts that are sent are templates (template.h). */
#ifndef HAYLOFT_MODEL_HTTP_PROFILE_H
#define HAYLOFT_MODEL_HTTP_PROFILE_H

#include "poller/model/profile.h"

#define HTTP_PROFILE_MAX_BYTES 49152 /* packed: it travels in one message */
#define HTTP_COLUMNS_MAX 16
#define HTTP_EACH_MAX 16 /* so often at most a page is asked for elements of another */

struct http_pair {
    char *name, *value; /* value: a template */
};

/* What an answer may look like; all that is given must hold. */
struct http_sign {
    int64_t status;           /* 0: any */
    char *location, *body;    /* POSIX extended, over the Location header and the beginning of the body */
    char *pointer, *like;     /* something stands there; POSIX extended over its text */
};

/* A text of an answer that later requests need. */
struct http_keep {
    char *name;
    char *pointer, *header;   /* one of both */
};

/* One request. GET, or POST when there is something to send. */
struct http_ask {
    char *path;               /* with its query */
    char *json;               /* sent as application/json */
    struct http_pair *form, *multipart, *headers;
    size_t form_count, multipart_count, headers_count;
};

struct http_step { /* of a login */
    struct http_ask ask;
    struct http_keep *keep;
    size_t keep_count;
    struct http_sign *refused; /* user or password are wrong */
    size_t refused_count;
    struct http_sign *locked;  /* no login for now, whatever the password */
    size_t locked_count;
    struct http_sign *absent;  /* this firmware has no such page: the next step is another way in */
    size_t absent_count;
    bool enough;               /* what comes after it is not needed */
};

struct http_each {
    char *page, *pointer;      /* asked once for each text there, as {each} */
};

struct http_page {
    char *name;
    struct http_ask ask;
    struct http_each each;     /* page NULL: asked once */
    struct http_sign *absent;  /* this device has no such page: its figures are absent */
    size_t absent_count;
    bool optional;             /* so it is with whatever goes wrong with it */
};

/* Where model, version or serial stand; of several the first that gives a text. */
struct http_text {
    char *page, *pointer;
    char *like, *form;         /* as of struct profile_text */
};

struct http_column {
    char *name, *pointer;      /* from the row */
    bool rate;                 /* per second, of a counter */
    bool count;                /* how many elements or members stand there */
};

struct http_reading {
    char *page;
    char *rows;                /* NULL: the document is the one row */
    char *pointer;             /* from the row */
    char *meaning, *class_, *unit, *label, *value, *when; /* from here on as of struct profile_reading */
    double *absent;
    size_t absent_count;
    struct http_column *with;
    size_t with_count;
    struct profile_word *states;
    size_t states_count;
    enum profile_sum sum;
    bool rate;                 /* x is per second, of a counter */
    bool count;                /* x is how many elements or members stand there */
    struct reading_limits limits;
    char *object, *source;
};

struct http_profile {
    char *name, *file, *source; /* source: "http" */
    char *summary, *vendor, *family, *kind, *menu;
    bool unseen;
    char *scheme;              /* http or https */
    bool cookies;              /* what the device sets is sent back */
    struct http_step *login;
    size_t login_count;
    struct http_sign *expired; /* a page says so when the login is no longer good */
    size_t expired_count;
    struct http_page *pages;
    size_t pages_count;
    struct http_text *model, *version, *serial;
    size_t model_count, version_count, serial_count;
    struct http_reading *readings;
    size_t readings_count;
};

extern const struct record http_profile_record;

/* The page of that name; NULL: none. */
const struct http_page *http_profile_page(const struct http_profile *p, const char *name);
/* May a template of the profile name it? user password basic (both, as Basic authentication writes them)
 * and what login keeps; each only where the page has one. */
bool http_profile_knows(const struct http_profile *p, bool each, const char *name);

#endif
