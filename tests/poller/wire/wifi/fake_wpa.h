/* As much of a wpa_supplicant as a join needs: it listens where Debian's does, keeps the networks it is given, and
 * lets in, refuses or says nothing as a test tells it. */
#ifndef HAYLOFT_TESTS_WIRE_WIFI_FAKE_WPA_H
#define HAYLOFT_TESTS_WIRE_WIFI_FAKE_WPA_H

#include <stdbool.h>
#include <stddef.h>

#define FAKE_NETWORKS_MAX 8

struct fake_network {
    bool there, marked, enabled;
    char psk[80];
};

struct fake_wpa {
    int fd;
    bool lets_in;  /* who knows the password "right password" */
    bool connected;
    struct fake_network networks[FAKE_NETWORKS_MAX];
    unsigned listeners; /* ATTACH without DETACH */
};

/* At /run/wpa_supplicant/INTERFACE. False with errno. */
bool fake_wpa_start(struct fake_wpa *w, const char *interface);
void fake_wpa_serve(struct fake_wpa *w); /* answers what has come */
void fake_wpa_end(struct fake_wpa *w, const char *interface, bool says_so);
size_t fake_wpa_networks(const struct fake_wpa *w);

#endif
