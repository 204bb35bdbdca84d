/* Whether a folder lies on a card that writing wears out: SD or eMMC. Read from the kernel's own names. */
#ifndef HAYLOFT_DISCOVER_CARD_H
#define HAYLOFT_DISCOVER_CARD_H

#include <stdbool.h>

/* sys: where sysfs is, "/sys". The nearest folder above counts while the folder itself is still to be made. */
bool card_holds(const char *sys, const char *folder);
/* Of a device's place in sysfs: ".../mmc_host/mmc0/mmc0:0001/block/mmcblk0/mmcblk0p2". */
bool card_is_named(const char *place);

#endif
