/* What the parent may do: users of their own for the roles where it can give them, and nothing left
 * of its capabilities but what restarting them needs. */
#ifndef HAYLOFT_RIGHTS_H
#define HAYLOFT_RIGHTS_H

#include "poller/crew.h"

/* The users _hayloft-<role>, when all exist, CAP_SETUID is held and we are installed; else all
 * unset: one user for all. */
void rights_find_users(struct crew_user users[static ROLE_COUNT]);

/* Gives away every other capability and forbids calls no part of hayloft has a use for. What the
 * parent starts inherits it. */
void rights_drop(void);

#endif
