/* What stands in for addresses and texts that are nobody else's business. One original has one
 * stand-in, and no two have the same, so that what belonged together still does. Pure.
 *
 * First all originals are noted, then asked for: a stand-in is never what another original was.
 *
 *   MAC    keeps its maker (three octets) when it has one; groups and zero stay
 *   IPv4   keeps its last octet, and whether it is private; what is in one /24 stays in one
 *   IPv6   keeps whether it is local, and one /64 stays one; an end made of a MAC follows that
 *   text   keeps its length, and where letters, digits and marks stand
 *
 * Addresses that mean the same everywhere stay: loopback, masks, groups, well-known name servers.
 */
#ifndef HAYLOFT_COMMAND_WALK_STANDINS_H
#define HAYLOFT_COMMAND_WALK_STANDINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct standins;

enum standin_kind { STANDIN_MAC, STANDIN_IP4, STANDIN_IP6, STANDIN_TEXT, STANDIN_KINDS };

struct standins *standins_create(void); /* NULL: no memory */
void standins_destroy(struct standins *s);

/* Is it one that may be told? len is 6, 4 or 16, of texts any. */
bool standins_is_common(enum standin_kind kind, const uint8_t *original, size_t len);
bool standins_note(struct standins *s, enum standin_kind kind, const uint8_t *original,
                   size_t len); /* false: no memory */
bool standins_knows(const struct standins *s, enum standin_kind kind, const uint8_t *original,
                    size_t len);
/* Writes len octets, also over the original. False: no memory, nothing was written. */
bool standins_replace(struct standins *s, enum standin_kind kind, uint8_t *octets, size_t len);

/* So many originals were replaced. */
size_t standins_count(const struct standins *s, enum standin_kind kind);
typedef bool (*standins_fn)(void *ctx, enum standin_kind kind, const uint8_t *original, size_t len);
/* All that were noted; false as soon as fn says so. */
bool standins_each(const struct standins *s, standins_fn fn, void *ctx);

#endif
