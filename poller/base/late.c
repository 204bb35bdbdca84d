#include "poller/base/late.h"

#include <dlfcn.h>
#include <string.h>

#include "poller/base/log.h"

bool late_load(const char *soname, const struct late_symbol *symbols)
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        log_warnx("library", "%s", dlerror());
        return false;
    }
    for (const struct late_symbol *s = symbols; s->name; s++) {
        void *found = dlsym(library, s->name);
        memcpy(s->at, &found, sizeof found); /* C knows no conversion from data to functions */
        if (!found) {
            log_warnx("library", "%s has no %s", soname, s->name);
            dlclose(library);
            return false;
        }
    }
    return true;
}
