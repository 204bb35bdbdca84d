#include "poller/wire/wifi/nl80211.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_BYTES 32768 /* the kernel's largest */
#define QUESTION_BYTES 64
#define PARTS_MAX 256
#define ELEMENT_SSID 0 /* IEEE 802.11 table 9-92 */

struct question {
    struct nlmsghdr head;
    struct genlmsghdr kind;
    uint8_t attributes[QUESTION_BYTES];
};

static struct question question_of(uint16_t type, uint8_t command)
{
    return (struct question){.head = {.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN), .nlmsg_type = type,
                                      .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = 1},
                             .kind = {.cmd = command, .version = 1}};
}

static void put(struct question *q, uint16_t type, const void *data, size_t len)
{
    struct nlattr *a = (void *)((uint8_t *)&q->head + NLMSG_ALIGN(q->head.nlmsg_len));
    a->nla_type = type;
    a->nla_len = (uint16_t)(NLA_HDRLEN + len);
    memcpy((uint8_t *)a + NLA_HDRLEN, data, len);
    q->head.nlmsg_len = NLMSG_ALIGN(q->head.nlmsg_len) + NLA_ALIGN(a->nla_len);
}

/* The kernel answers before send returns, a dump with its next part at each receive. Returns how long; 0: none. */
static size_t receive(int fd, void *answer)
{
    ssize_t got = recv(fd, answer, ANSWER_BYTES, MSG_DONTWAIT);
    return got > 0 ? (size_t)got : 0;
}

static size_t ask(int fd, const struct question *q, void *answer)
{
    return send(fd, q, q->head.nlmsg_len, MSG_DONTWAIT) < 0 ? 0 : receive(fd, answer);
}

/* ---- answers ---- */

struct attributes {
    const uint8_t *at;
    size_t left;
};

/* Behind the heads of the first message; false: it is an error, or cut. */
static bool open_message(const void *message, size_t len, struct attributes *out)
{
    struct nlmsghdr head;
    if (len < NLMSG_LENGTH(GENL_HDRLEN))
        return false;
    memcpy(&head, message, sizeof head);
    if (head.nlmsg_len > len || head.nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) || head.nlmsg_type < NLMSG_MIN_TYPE)
        return false;
    *out = (struct attributes){(const uint8_t *)message + NLMSG_LENGTH(GENL_HDRLEN),
                               head.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN)};
    return true;
}

static bool next_attribute(struct attributes *a, uint16_t *type, const uint8_t **data, size_t *len)
{
    struct nlattr head;
    if (a->left < NLA_HDRLEN)
        return false;
    memcpy(&head, a->at, sizeof head);
    if (head.nla_len < NLA_HDRLEN || head.nla_len > a->left)
        return false;
    *type = head.nla_type & NLA_TYPE_MASK;
    *data = a->at + NLA_HDRLEN;
    *len = head.nla_len - NLA_HDRLEN;
    size_t taken = NLA_ALIGN((size_t)head.nla_len);
    a->at += taken < a->left ? taken : a->left;
    a->left -= taken < a->left ? taken : a->left;
    return true;
}

bool nl80211_read_family(const void *message, size_t len, uint16_t *family)
{
    struct attributes a;
    uint16_t type;
    const uint8_t *data;
    size_t size;
    if (!open_message(message, len, &a))
        return false;
    while (next_attribute(&a, &type, &data, &size))
        if (type == CTRL_ATTR_FAMILY_ID && size == sizeof *family) {
            memcpy(family, data, sizeof *family);
            return true;
        }
    return false;
}

static void take_ssid(const uint8_t *data, size_t len, struct wifi_look *out)
{
    out->ssid = (struct ssid){.len = (uint8_t)len};
    memcpy(out->ssid.bytes, data, len);
    out->joined = true;
}

bool nl80211_read_interface(const void *message, size_t len, struct wifi_look *out)
{
    struct attributes a;
    uint16_t type;
    const uint8_t *data;
    size_t size;
    if (!open_message(message, len, &a))
        return false;
    out->wifi = true;
    while (next_attribute(&a, &type, &data, &size)) {
        if (type == NL80211_ATTR_SSID && size > 0 && size <= SSID_BYTES_MAX) {
            take_ssid(data, size, out);
        } else if (type == NL80211_ATTR_WIPHY_FREQ && size == sizeof out->freq_mhz) {
            memcpy(&out->freq_mhz, data, sizeof out->freq_mhz);
        }
    }
    return true;
}

/* IEEE 802.11: elements of an identifier, a length and so many bytes; the name is the first. */
static void take_name_element(const uint8_t *data, size_t len, struct wifi_look *out)
{
    if (len >= 2 && data[0] == ELEMENT_SSID && data[1] > 0 && data[1] <= SSID_BYTES_MAX && data[1] <= len - 2)
        take_ssid(data + 2, data[1], out);
}

/* Of an access point that was heard: taken when it is marked as the one we are joined to. */
static void read_access_point(const uint8_t *bytes, size_t len, struct wifi_look *out)
{
    struct attributes a = {bytes, len};
    struct wifi_look found = *out;
    uint16_t type;
    const uint8_t *data;
    size_t size;
    uint32_t status = UINT32_MAX;
    while (next_attribute(&a, &type, &data, &size)) {
        if (type == NL80211_BSS_STATUS && size == sizeof status)
            memcpy(&status, data, sizeof status);
        else if (type == NL80211_BSS_BSSID && size == sizeof found.bssid)
            memcpy(&found.bssid, data, sizeof found.bssid);
        else if (type == NL80211_BSS_FREQUENCY && size == sizeof found.freq_mhz)
            memcpy(&found.freq_mhz, data, sizeof found.freq_mhz);
        else if (type == NL80211_BSS_INFORMATION_ELEMENTS)
            take_name_element(data, size, &found);
    }
    if (status == NL80211_BSS_STATUS_ASSOCIATED)
        *out = found;
}

bool nl80211_read_scan(const void *part, size_t len, struct wifi_look *out)
{
    const uint8_t *at = part;
    struct nlmsghdr head;
    for (size_t taken; len >= sizeof head; at += taken, len -= taken) {
        struct attributes a;
        uint16_t type;
        const uint8_t *data;
        size_t size;
        memcpy(&head, at, sizeof head);
        if (head.nlmsg_type == NLMSG_DONE || !open_message(at, len, &a))
            return false;
        while (next_attribute(&a, &type, &data, &size))
            if (type == NL80211_ATTR_BSS)
                read_access_point(data, size, out);
        taken = NLMSG_ALIGN(head.nlmsg_len) < len ? NLMSG_ALIGN(head.nlmsg_len) : len;
    }
    return true;
}

/* ---- asking ---- */

static bool find_family(int fd, uint16_t *family)
{
    static const char name[] = NL80211_GENL_NAME;
    uint8_t answer[ANSWER_BYTES];
    struct question q = question_of(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
    put(&q, CTRL_ATTR_FAMILY_NAME, name, sizeof name);
    return nl80211_read_family(answer, ask(fd, &q, answer), family);
}

static void look_at_scan(int fd, uint16_t family, uint32_t index, struct wifi_look *out)
{
    uint8_t answer[ANSWER_BYTES];
    struct question q = question_of(family, NL80211_CMD_GET_SCAN);
    q.head.nlmsg_flags |= NLM_F_DUMP;
    put(&q, NL80211_ATTR_IFINDEX, &index, sizeof index);
    size_t got = out->wifi ? ask(fd, &q, answer) : 0;
    for (int i = 0; i < PARTS_MAX && got && nl80211_read_scan(answer, got, out); i++)
        got = receive(fd, answer);
}

struct wifi_look nl80211_look(const char *interface)
{
    struct wifi_look out = {.known = false};
    uint8_t answer[ANSWER_BYTES];
    uint16_t family;
    uint32_t index = if_nametoindex(interface);
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    if (fd >= 0 && index && find_family(fd, &family)) {
        struct question q = question_of(family, NL80211_CMD_GET_INTERFACE);
        put(&q, NL80211_ATTR_IFINDEX, &index, sizeof index);
        out.known = true;
        nl80211_read_interface(answer, ask(fd, &q, answer), &out);
        look_at_scan(fd, family, index, &out);
    }
    if (fd >= 0)
        close(fd);
    return out;
}
