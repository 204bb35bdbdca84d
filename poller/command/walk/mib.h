/* What the MIBs installed on this machine call an object, by net-snmp's parser. It is used in the
 * process of a command only, whose user says by MIBDIRS and MIBS what to read; by default all of
 * the library's own folders. No other file of that library is read, and nothing is printed by it.
 */
#ifndef HAYLOFT_COMMAND_WALK_MIB_H
#define HAYLOFT_COMMAND_WALK_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing of ours about SNMP is seen here: that library has functions and structures of the same
 * names. */
struct enum_list;

enum mib_syntax { MIB_OTHER, MIB_INTEGER, MIB_OCTETS, MIB_BITS };

struct mib_object {
    const char *module, *label;
    const char *hint, *units; /* NULL: none */
    enum mib_syntax syntax;
    const struct enum_list *words; /* the library's */
    size_t index_at;               /* the first number behind the object */
};

void mib_load(void); /* once; takes a second where all MIBs of the world are installed */
/* False: no MIB that was read defines it. Texts live as long as the process. */
bool mib_find(const uint32_t *numbers, size_t count, struct mib_object *out);
const char *mib_word(const struct mib_object *o, int64_t value); /* NULL: none */
/* A label, or MODULE::label, with or without numbers behind it: "ifTable", "IF-MIB::ifDescr.3".
 * *count is the room there is, and then what was used. */
bool mib_parse(const char *text, uint32_t *numbers, size_t *count);

#endif
