/* What a wpa_supplicant might say to a join, with names of networks from the air in it: datagrams ended by 0xfe, 0xfd
 * lets time pass. However it answers, what is asked fits, what is told is text, and leaving comes to an end. */
#include <stdlib.h>
#include <string.h>

#include "poller/base/utf8.h"
#include "poller/wire/wifi/wpa_join.h"

#define ENDS 0xfe
#define PASSES 0xfd
#define LEAVE_TURNS_MAX 8

static void look(struct wpa_join *j, struct mono now)
{
    struct wifi_state s;
    const char *command = wpa_join_command(j, now);
    wpa_join_state(j, now, &s);
    if (strlen(command) >= WPA_COMMAND_MAX - 1 || !utf8_is_valid(s.heard, strlen(s.heard)) ||
        !utf8_is_valid(s.detail, strlen(s.detail)))
        abort();
}

static void leave(struct wpa_join *j, struct mono now)
{
    wpa_join_leave(j, now);
    for (int i = 0; !wpa_join_has_left(j); i++) {
        if (i == LEAVE_TURNS_MAX)
            abort();
        look(j, now);
        now = mono_after(now, WPA_ANSWER_NS);
        wpa_join_tick(j, now);
    }
}

static size_t datagram_length(const uint8_t *data, size_t size)
{
    size_t len = 0;
    while (len < size && data[len] != ENDS && data[len] != PASSES)
        len++;
    return len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct wifi_wish wish = {.interface = "wlan1", .ssid = "barn-guest", .password = "right password"};
    struct mono now = {SECONDS(1000)};
    struct wpa_join *j = wpa_join_create(&wish, now);
    look(j, now);
    while (size > 0) {
        size_t len = datagram_length(data, size);
        char *exact = malloc(len ? len : 1);
        memcpy(exact, data, len);
        wpa_join_take(j, exact, len, now);
        free(exact);
        look(j, now);
        if (len < size && data[len] == PASSES) {
            now = mono_after(now, SECONDS(1));
            wpa_join_tick(j, now);
            look(j, now);
        }
        len += len < size;
        data += len;
        size -= len;
    }
    leave(j, now);
    wpa_join_destroy(j);
    return 0;
}
