/* The socket wpa_supplicant listens at for one interface. Ours has an abstract address, so nothing of it is left
 * behind, and it is answered also where we have a /tmp of our own (systemd's PrivateTmp). */
#ifndef HAYLOFT_WIRE_WPA_SOCKET_H
#define HAYLOFT_WIRE_WPA_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define WPA_SOCKETS "/run/wpa_supplicant" /* Debian's; readable to the group netdev */

struct wpa_socket;

struct wpa_socket_hooks {
    void (*datagram)(void *ctx, const char *text, size_t len); /* an answer, or an event */
    void (*gone)(void *ctx);                                   /* nobody listens there any more */
};

/* NULL with errno: ENOENT and ECONNREFUSED: no wpa_supplicant has that interface; EACCES: we may not. */
struct wpa_socket *wpa_socket_open(uv_loop_t *loop, const char *interface, const struct wpa_socket_hooks *hooks,
                                   void *ctx);
void wpa_socket_close(struct wpa_socket *s); /* NULL is fine; no callback afterwards */
bool wpa_socket_send(struct wpa_socket *s, const char *command);

#endif
