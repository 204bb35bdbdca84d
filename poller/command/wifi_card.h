/* May guests be played on the air by a card of this machine? What is looked at, and what is said of it. */
#ifndef HAYLOFT_COMMAND_WIFI_CARD_H
#define HAYLOFT_COMMAND_WIFI_CARD_H

#include <stdbool.h>
#include <stddef.h>

#define WIFI_CARD_TEXT_MAX 320

struct wifi_card_look {
    const char *interface;
    const char *user;     /* hayloft-wire runs as */
    bool there, wifi;     /* such an interface; it is a Wi-Fi card's */
    int error;            /* errno of looking for wpa_supplicant's socket for it; 0: it is there */
    bool may;             /* that user may go into its folder */
    const char *group;    /* of that folder; NULL: not known */
};

struct wifi_card_look wifi_card_look(const char *interface); /* points to what lives until the next one */
/* True: all is well. */
bool wifi_card_says(const struct wifi_card_look *l, char out[static WIFI_CARD_TEXT_MAX]);

#endif
