#include "web/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "web/asset.h"
#include "web/stream.h"
#include "web/web.h"

#define COMPRESS_FROM_BYTES 600
#define COMPRESS_LEVEL 5
#define GZIP_WINDOW (15 + 16) /* zlib: 15 bits, with gzip's header */

/* A page runs nothing but our own files and talks to nobody but us. An SVG brings its style inside. */
static const char page_policy[] =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
static const char image_policy[] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

static bool is_image(const struct exchange *x)
{
    const char *type = x->asset ? x->asset->type : x->type;
    return strncmp(type, "image/", 6) == 0;
}

static bool is_text(const struct exchange *x)
{
    return x->type && (strncmp(x->type, "text/", 5) == 0 || strcmp(x->type, "application/json") == 0 ||
                       strcmp(x->type, "image/svg+xml") == 0);
}

/* The reply compressed into *out. False when it is not worth it or fails. */
static bool compress_reply(const struct exchange *x, struct buf *out)
{
    z_stream z = {0};
    if (!x->accepts_gzip || !is_text(x) || x->reply.len < COMPRESS_FROM_BYTES ||
        deflateInit2(&z, COMPRESS_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    uLong bound = deflateBound(&z, x->reply.len);
    unsigned char *packed = malloc(bound);
    z.next_in = (unsigned char *)x->reply.data;
    z.avail_in = (uInt)x->reply.len;
    z.next_out = packed;
    z.avail_out = (uInt)bound;
    bool ok = packed && deflate(&z, Z_FINISH) == Z_STREAM_END;
    if (ok)
        buf_put(out, packed, z.total_out);
    deflateEnd(&z);
    free(packed);
    return ok && !out->failed;
}

static bool not_modified(const struct exchange *x)
{
    const char *known = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "If-None-Match");
    return x->asset && known && (strstr(known, x->asset->etag) || strcmp(known, "*") == 0);
}

static struct MHD_Response *from_asset(struct exchange *x)
{
    if (not_modified(x)) {
        x->status = 304;
        return MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    }
    if (x->accepts_gzip) {
        struct MHD_Response *r = MHD_create_response_from_buffer(
            x->asset->gzip_len, (void *)(uintptr_t)x->asset->gzip, MHD_RESPMEM_PERSISTENT);
        MHD_add_response_header(r, "Content-Encoding", "gzip");
        return r;
    }
    unsigned char *plain = malloc(x->asset->len + 1);
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)x->asset->gzip,
                  .avail_in = (uInt)x->asset->gzip_len, .next_out = plain,
                  .avail_out = (uInt)x->asset->len};
    if (plain && inflateInit2(&z, GZIP_WINDOW) == Z_OK) {
        inflate(&z, Z_FINISH);
        inflateEnd(&z);
    }
    return plain ? MHD_create_response_from_buffer(x->asset->len, plain, MHD_RESPMEM_MUST_FREE) : NULL;
}

static struct MHD_Response *from_reply(struct exchange *x)
{
    struct buf packed = {0};
    bool compressed = compress_reply(x, &packed);
    size_t len = compressed ? packed.len : x->reply.len;
    char *bytes = compressed ? buf_detach(&packed) : buf_detach(&x->reply);
    buf_fini(&packed);
    if (!bytes)
        return NULL;
    struct MHD_Response *r = MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);
    if (r && compressed)
        MHD_add_response_header(r, "Content-Encoding", "gzip");
    return r;
}

static void add_common(const struct exchange *x, struct MHD_Response *r)
{
    MHD_add_response_header(r, "Content-Security-Policy", is_image(x) ? image_policy : page_policy);
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(r, "X-Frame-Options", "DENY");
    MHD_add_response_header(r, "Referrer-Policy", "same-origin"); /* none at all would blank Origin too */
    MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
    MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    MHD_add_response_header(r, "Vary", "Accept-Encoding, Cookie");
    if (x->web->secure)
        MHD_add_response_header(r, "Strict-Transport-Security", "max-age=15552000");
}

static void add_own(const struct exchange *x, struct MHD_Response *r)
{
    char seconds[16];
    if (x->asset) {
        MHD_add_response_header(r, "ETag", x->asset->etag);
        MHD_add_response_header(r, "Content-Type", x->asset->type);
        MHD_add_response_header(r, "Cache-Control", "public, max-age=31536000, immutable");
    } else {
        MHD_add_response_header(r, "Content-Type", x->type);
        MHD_add_response_header(r, "Cache-Control", "no-store");
    }
    if (x->location)
        MHD_add_response_header(r, "Location", x->location);
    if (x->cookie)
        MHD_add_response_header(r, "Set-Cookie", x->cookie);
    if (x->status == 405)
        MHD_add_response_header(r, "Allow", "GET, HEAD, POST");
    if (x->retry_after_s) {
        snprintf(seconds, sizeof seconds, "%d", x->retry_after_s);
        MHD_add_response_header(r, "Retry-After", seconds);
        MHD_add_response_header(r, "Refresh", seconds);
    }
}

enum MHD_Result response_send(struct exchange *x)
{
    struct MHD_Response *r = x->stream ? stream_response(x) : x->asset ? from_asset(x) : from_reply(x);
    if (!r)
        return MHD_NO;
    add_common(x, r);
    add_own(x, r);
    enum MHD_Result result = MHD_queue_response(x->connection, (unsigned)x->status, r);
    MHD_destroy_response(r);
    return result;
}
