#include "tests/poller/wire/wifi/fake_wpa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/poller/wire/wifi/golden.h"

#define FOLDER "/run/wpa_supplicant"

static const char heard_just_now[] = "id=0\nbssid=02:00:00:00:00:00\nfreq=2437\nlevel=-30\nage=0\n"
                                     "flags=[WPA2-PSK-CCMP][ESS]\nssid=barn-guest\n####\n";

static struct sockaddr_un asker;
static socklen_t asker_len;

static void say(const struct fake_wpa *w, const char *text)
{
    sendto(w->fd, text, strlen(text), MSG_DONTWAIT, (struct sockaddr *)&asker, asker_len);
}

static struct fake_network *network_of(struct fake_wpa *w, const char *words)
{
    unsigned long id = strtoul(words, NULL, 10);
    return id < FAKE_NETWORKS_MAX && w->networks[id].there ? &w->networks[id] : NULL;
}

static void answer_list(const struct fake_wpa *w)
{
    char text[1024];
    size_t used = (size_t)snprintf(text, sizeof text, "network id / ssid / bssid / flags\n");
    for (int i = 0; i < FAKE_NETWORKS_MAX; i++)
        if (w->networks[i].there)
            used += (size_t)snprintf(text + used, sizeof text - used, "%d\tbarn-guest\tany\t%s\n", i,
                                     w->connected ? "[CURRENT]" : w->networks[i].enabled ? "" : "[DISABLED]");
    say(w, text);
}

static void answer_add(struct fake_wpa *w)
{
    char text[16];
    for (int i = 0; i < FAKE_NETWORKS_MAX; i++)
        if (!w->networks[i].there) {
            w->networks[i] = (struct fake_network){.there = true};
            snprintf(text, sizeof text, "%d\n", i);
            say(w, text);
            return;
        }
    say(w, "FAIL\n");
}

static void answer_set(struct fake_wpa *w, const char *words)
{
    struct fake_network *n = network_of(w, words);
    const char *value = strchr(words, ' ');
    if (!n || !value) {
        say(w, "FAIL\n");
        return;
    }
    n->marked |= strcmp(value, " id_str \"hayloft\"") == 0;
    if (strncmp(value, " psk ", 5) == 0)
        snprintf(n->psk, sizeof n->psk, "%s", value + 5);
    say(w, "OK\n");
}

static void answer_enable(struct fake_wpa *w, const char *words)
{
    struct fake_network *n = network_of(w, words);
    char text[128];
    if (!n) {
        say(w, "FAIL\n");
        return;
    }
    n->enabled = true;
    say(w, "OK\n");
    say(w, golden_trying);
    w->connected = w->lets_in && strcmp(n->psk, "\"right password\"") == 0;
    snprintf(text, sizeof text, "<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:00:00 completed [id=%ld id_str=]",
             n - w->networks);
    say(w, w->connected ? text : golden_handshake_failed);
    snprintf(text, sizeof text, "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=%ld ssid=\"barn-guest\" auth_failures=1 "
                                "duration=10 reason=WRONG_KEY", n - w->networks);
    if (!w->connected)
        say(w, text);
}

static void answer_remove(struct fake_wpa *w, const char *words)
{
    struct fake_network *n = network_of(w, words);
    if (n)
        n->there = false;
    w->connected &= fake_wpa_networks(w) > 0;
    say(w, n ? "OK\n" : "FAIL\n");
}

static void answer(struct fake_wpa *w, const char *command)
{
    if (strcmp(command, "LIST_NETWORKS") == 0)
        answer_list(w);
    else if (strcmp(command, "STATUS") == 0)
        say(w, w->connected ? golden_status : golden_status_free);
    else if (strcmp(command, "ADD_NETWORK") == 0)
        answer_add(w);
    else if (strncmp(command, "SET_NETWORK ", 12) == 0)
        answer_set(w, command + 12);
    else if (strncmp(command, "GET_NETWORK ", 12) == 0)
        say(w, network_of(w, command + 12) && network_of(w, command + 12)->marked ? "\"hayloft\"" : "FAIL\n");
    else if (strncmp(command, "ENABLE_NETWORK ", 15) == 0)
        answer_enable(w, command + 15);
    else if (strncmp(command, "REMOVE_NETWORK ", 15) == 0)
        answer_remove(w, command + 15);
    else if (strncmp(command, "BSS RANGE=0-", 12) == 0)
        say(w, heard_just_now);
    else if (strncmp(command, "BSS ", 4) == 0)
        say(w, "");
    else
        say(w, "OK\n");
    w->listeners += strcmp(command, "ATTACH") == 0;
    w->listeners -= strcmp(command, "DETACH") == 0;
    if (strncmp(command, "SCAN ", 5) == 0)
        say(w, golden_scanned);
}

bool fake_wpa_start(struct fake_wpa *w, const char *interface)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    *w = (struct fake_wpa){.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), .lets_in = true};
    snprintf(at.sun_path, sizeof at.sun_path, FOLDER "/%s", interface);
    return w->fd >= 0 && bind(w->fd, (struct sockaddr *)&at, sizeof at) == 0;
}

void fake_wpa_serve(struct fake_wpa *w)
{
    char command[1024];
    for (;;) {
        struct sockaddr_un from;
        socklen_t from_len = sizeof from;
        ssize_t got = recvfrom(w->fd, command, sizeof command - 1, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);
        if (got < 0)
            return;
        asker = from;
        asker_len = from_len;
        command[got] = '\0';
        answer(w, command);
    }
}

void fake_wpa_end(struct fake_wpa *w, const char *interface, bool says_so)
{
    char path[128];
    if (says_so)
        say(w, golden_terminating);
    snprintf(path, sizeof path, FOLDER "/%s", interface);
    unlink(path);
    close(w->fd);
    w->fd = -1;
}

size_t fake_wpa_networks(const struct fake_wpa *w)
{
    size_t count = 0;
    for (int i = 0; i < FAKE_NETWORKS_MAX; i++)
        count += w->networks[i].there;
    return count;
}
