/* Files that are part of the program: compressed when it was built, named by what they hold, so that a
 * browser may keep them for ever. */
#ifndef HAYLOFT_WEB_ASSET_H
#define HAYLOFT_WEB_ASSET_H

#include <stddef.h>

struct asset {
    const char *source;    /* "style.css" */
    const char *name;      /* "/a/style-0123abcd.css" */
    const char *type;
    const char *etag;      /* with its quotes */
    const unsigned char *gzip;
    size_t gzip_len, len;  /* compressed; as it was */
};

extern const struct asset assets[];
extern const size_t assets_count;

const struct asset *asset_find(const char *name);          /* by its name in the path; NULL */
const char *asset_path(const char *source);                /* "/a/style-0123abcd.css" */

#endif
