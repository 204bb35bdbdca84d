#include "web/asset.h"

#include <assert.h>
#include <string.h>

const struct asset *asset_find(const char *name)
{
    for (size_t i = 0; i < assets_count; i++)
        if (strcmp(assets[i].name + strlen("/a/"), name) == 0)
            return &assets[i];
    return NULL;
}

const char *asset_path(const char *source)
{
    for (size_t i = 0; i < assets_count; i++)
        if (strcmp(assets[i].source, source) == 0)
            return assets[i].name;
    assert(!"a page names a file that was not built in");
    return "";
}
