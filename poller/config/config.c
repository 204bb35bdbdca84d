/* The configuration described as data. One table per struct serves the binder, `check-config --print`,
 * the manual and the slices the roles get; a key is added in its table and nowhere else. */
#include "poller/config/config.h"

#include <string.h>

#include "poller/base/clock.h"

#define DAYS(n) (MINUTES(24 * 60) * (n))
#define MIB(n) ((int64_t)(n) << 20)

#define NODES_MAX 20000
#define LINKS_MAX 20000
#define NETWORKS_MAX 64
#define RECEIVERS_MAX 64
#define REPORTS_MAX 16
#define VANTAGES_MAX 16
#define LIST_MAX 64        /* entries of the small lists */
#define ARCHIVES_MAX 16
#define VLAN_MAX 4094      /* IEEE 802.1Q: 0 and 4095 are reserved */

/* A member whose configuration key is not its C name. */
#define KEY(T, member, key, TYPE) .name = (key), .type = (TYPE), .offset = offsetof(T, member)
#define COUNT(T, member) .count_offset = offsetof(T, member##_count)

const char *const link_kind_words[] = {"wire", "bridge", NULL};
const char *const config_scope_words[] = {"all", "class", "family", "site", NULL};
const char *const receiver_kind_words[] = {"mail", "webhook", "exec", "template", NULL};

static const char *const tls_words[] = {"required", "starttls", "none", NULL};

#define T struct config_check
static const struct field check_fields[] = {
    {FIELD(T, kind, FIELD_VARIANT), .flags = FIELD_HIDDEN},
    {FIELD(T, label, FIELD_TEXT), .help = "tells several checks of one kind on a node apart"},
    {KEY(T, interval_ns, "interval", FIELD_DURATION), .min = SECONDS(1), .max = DAYS(1),
     .help = "time between two rounds; each kind has its own default"},
};
#undef T
const struct record config_check_record = RECORD(config_check, check_fields);

#define T struct config_header
static const struct field setting_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, value, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED},
};
static const struct field header_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, value, FIELD_SECRET), .flags = FIELD_SHORT | FIELD_REQUIRED},
};
#undef T
static const struct record setting_record = RECORD(config_header, setting_fields);
static const struct record header_record = RECORD(config_header, header_fields);

#define LIMIT(member) {KEY(T, limits.member, #member, FIELD_REAL), .standard = "none"}
#define T struct config_threshold
static const struct field threshold_fields[] = {
    {FIELD(T, meaning, FIELD_TEXT)},
    LIMIT(warn_low),
    LIMIT(bad_low),
    LIMIT(warn_high),
    LIMIT(bad_high),
    LIMIT(slack),
};
#undef T
static const struct record threshold_record = RECORD(config_threshold, threshold_fields);

/* The members a node, a link and a group share. */
#define THRESHOLDS(T)                                                                              \
    {FIELD(T, warn, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, warn), .record = &setting_record, \
     .max = LIST_MAX, .help = "where figures warn, as {signal: -70 dBm}"},                         \
    {FIELD(T, bad, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, bad), .record = &setting_record,   \
     .max = LIST_MAX, .help = "where figures are bad, as {signal: -80 dBm}"},                      \
    {FIELD(T, thresholds, FIELD_RECORD), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, thresholds), \
     .record = &threshold_record}

#define T struct config_node
static const struct field node_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {KEY(T, written, "address", FIELD_TEXT), .flags = FIELD_LIST | FIELD_SHORT, COUNT(T, written),
     .max = LIST_MAX, .help = "where it answers: a number or a host name, one or a list, best first"},
    {FIELD(T, address_text, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, addresses, FIELD_ADDR), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, addresses)},
    {FIELD(T, hostname, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, mac, FIELD_MAC), .help = "its Ethernet address, for what has no fixed number"},
    {FIELD(T, class, FIELD_ENUM), .words = node_class_words, .standard = "network",
     .help = "roaming devices never make an incident"},
    {FIELD(T, site, FIELD_TEXT), .help = "the place it stands in; without one, that of `site` at the top"},
    {KEY(T, parents, "parent", FIELD_TEXT), .flags = FIELD_LIST, COUNT(T, parents), .max = LIST_MAX,
     .help = "the node, or the nodes, it hangs behind"},
    {FIELD(T, port, FIELD_TEXT), .help = "the port of its parent it is plugged into, by name"},
    {FIELD(T, family, FIELD_TEXT), .help = "the device family, for defaults and profiles"},
    {FIELD(T, note, FIELD_TEXT), .help = "shown on its page"},
    {FIELD(T, paused, FIELD_BOOL), .standard = "no", .help = "listed, but not asked"},
    THRESHOLDS(T),
    {FIELD(T, checks, FIELD_RECORD), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, checks),
     .record = &config_check_record},
};
#undef T
const struct record config_node_record = RECORD(config_node, node_fields);

#define T struct config_link
static const struct field link_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, kind, FIELD_ENUM), .flags = FIELD_HIDDEN, .words = link_kind_words},
    {FIELD(T, ends, FIELD_TEXT), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, ends)},
    THRESHOLDS(T),
};
#undef T
const struct record config_link_record = RECORD(config_link, link_fields);

#define T struct config_group
static const struct field group_fields[] = {
    {FIELD(T, scope, FIELD_ENUM), .flags = FIELD_HIDDEN, .words = config_scope_words},
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_HIDDEN},
    THRESHOLDS(T),
};
#undef T
const struct record config_group_record = RECORD(config_group, group_fields);

#define T struct config_page
static const struct field page_fields[] = {
    {FIELD(T, url, FIELD_TEXT), .flags = FIELD_SHORT, .help = "plain HTTP page to fetch"},
    {FIELD(T, expect, FIELD_TEXT), .help = "text its body must hold"},
};
#undef T
static const struct record page_record = RECORD(config_page, page_fields);

#define T struct config_wifi
static const struct field wifi_fields[] = {
    {FIELD(T, interface, FIELD_TEXT), .help = "our Wi-Fi card that joins it, as wlan1"},
    {FIELD(T, ssid, FIELD_TEXT), .help = "the name it has on the air"},
    {FIELD(T, password, FIELD_SECRET), .help = "what guests type in; without one, it asks for none"},
};
#undef T
static const struct record wifi_record = RECORD(config_wifi, wifi_fields);

/* The members a network and the LAN share. Without servers and routers, the first that are heard are right. */
#define SERVERS_FIELD {FIELD(T, servers, FIELD_ADDR), .flags = FIELD_LIST, COUNT(T, servers), .max = LIST_MAX, \
     .help = "who may hand out addresses; none: the first that does"}
#define ROUTERS_FIELD {FIELD(T, routers, FIELD_ADDR), .flags = FIELD_LIST, COUNT(T, routers), .max = LIST_MAX, \
     .help = "who may announce itself as an IPv6 router; none: the first that does"}

#define T struct config_network
static const struct field network_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, vlans, FIELD_INT), .flags = FIELD_LIST, COUNT(T, vlans), .min = 1, .max = VLAN_MAX,
     .help = "VLAN ids; none: untagged. `vlan: 501` is short for one"},
    {FIELD(T, interface, FIELD_TEXT), .help = "our interface that carries it"},
    {FIELD(T, sites, FIELD_TEXT), .flags = FIELD_LIST, COUNT(T, sites), .max = LIST_MAX,
     .help = "the places that have it"},
    {FIELD(T, depth, FIELD_ENUM), .words = guest_depth_words, .standard = "lease",
     .help = "how far a probe goes"},
    {KEY(T, every_ns, "every", FIELD_DURATION), .standard = "5m", .min = SECONDS(10), .max = DAYS(1),
     .help = "time between two probes"},
    {KEY(T, discover_gap_ns, "discover_gap", FIELD_DURATION), .standard = "5m", .min = SECONDS(10), .max = DAYS(1),
     .help = "probes ask for an address this often at most"},
    {FIELD(T, isolated_from, FIELD_TEXT), .flags = FIELD_LIST, COUNT(T, isolated_from),
     .max = LIST_MAX, .help = "prefixes or nodes it must not reach"},
    {FIELD(T, http, FIELD_RECORD), .record = &page_record, .help = "the page a guest fetches"},
    {FIELD(T, dns_name, FIELD_TEXT), .help = "name a guest asks for; without one, that of the Internet's check"},
    {FIELD(T, subnet, FIELD_PREFIX), .help = "what it hands out, as 192.168.50.0/24"},
    {FIELD(T, gateway, FIELD_ADDR), .help = "the gateway it hands out"},
    SERVERS_FIELD,
    ROUTERS_FIELD,
    {FIELD(T, ipv6, FIELD_BOOL), .standard = "yes", .help = "look at IPv6 there too"},
    {FIELD(T, port_security, FIELD_BOOL), .standard = "no",
     .help = "our switch port takes one address only: probes use the card's own, and take no lease"},
    {FIELD(T, carried, FIELD_BOOL), .standard = "no",
     .help = "our port carries its VLANs, even when nothing was heard there yet"},
    {FIELD(T, wifi, FIELD_RECORD), .record = &wifi_record, .help = "joined as guests do, by a card of its own"},
};
#undef T
static const struct record network_record = RECORD(config_network, network_fields);

#define T struct config_lan
static const struct field lan_fields[] = {
    {FIELD(T, rogue, FIELD_BOOL), .flags = FIELD_SHORT, .standard = "yes",
     .help = "look for strangers that hand out addresses or announce themselves as a router"},
    {FIELD(T, interface, FIELD_TEXT), .help = "our interface in it; without one, that of the default route"},
    SERVERS_FIELD,
    ROUTERS_FIELD,
};
#undef T
static const struct record lan_record = RECORD(config_lan, lan_fields);

#define T struct config_receiver
#define URL_FIELD {FIELD(T, url, FIELD_SECRET), .flags = FIELD_REQUIRED | FIELD_SHORT,             \
     .help = "where the message is posted"}
#define HEADERS_FIELD {FIELD(T, headers, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, headers),    \
     .record = &header_record, .max = LIST_MAX, .help = "HTTP headers to send"}
#define TEMPLATE_FIELD {KEY(T, template, "template", FIELD_TEXT),                                  \
     .help = "body with {fields}; without one, the incident document"}
#define VERIFY_FIELD {FIELD(T, verify_tls, FIELD_BOOL), .standard = "yes",                         \
     .help = "refuse a server whose certificate does not prove its name"}
#define PRIVATE_FIELD {FIELD(T, private_targets, FIELD_BOOL), .standard = "no",                    \
     .help = "allow link-local addresses"}
#define SERVER_FIELD {FIELD(T, server, FIELD_TEXT), .flags = FIELD_REQUIRED,                       \
     .help = "SMTP server, as host or host:port"}
#define TLS_FIELD {FIELD(T, tls, FIELD_TEXT), .words = tls_words, .standard = "starttls",          \
     .help = "required: TLS from the first byte"}
#define USER_FIELD {FIELD(T, user, FIELD_TEXT), .help = "login of the mail server"}
#define PASSWORD_FIELD {FIELD(T, password, FIELD_SECRET), .help = "and its password"}
#define FROM_FIELD {FIELD(T, from, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "sender's address"}
#define TO_FIELD {FIELD(T, to, FIELD_TEXT), .flags = FIELD_LIST | FIELD_REQUIRED, COUNT(T, to),    \
     .max = LIST_MAX, .help = "addresses it goes to"}
#define COMMAND_FIELD {FIELD(T, command, FIELD_TEXT), .flags = FIELD_LIST | FIELD_REQUIRED | FIELD_SHORT, \
     COUNT(T, command), .max = LIST_MAX, .help = "program and arguments, without a shell"}
#define TIMEOUT_FIELD(usual) {KEY(T, timeout_ns, "timeout", FIELD_DURATION), .standard = (usual),  \
     .min = SECONDS(1), .max = MINUTES(10), .help = "how long one try may take"}

static const struct field mail_fields[] = {SERVER_FIELD, TLS_FIELD, USER_FIELD, PASSWORD_FIELD,
                                           FROM_FIELD, TO_FIELD, VERIFY_FIELD, TIMEOUT_FIELD("30s")};
static const struct field webhook_fields[] = {URL_FIELD, HEADERS_FIELD, TEMPLATE_FIELD, VERIFY_FIELD,
                                              PRIVATE_FIELD, TIMEOUT_FIELD("10s")};
static const struct field exec_fields[] = {COMMAND_FIELD, TIMEOUT_FIELD("30s")};
/* What else a service takes stands in its data file. */
static const struct field service_fields[] = {VERIFY_FIELD, PRIVATE_FIELD, TIMEOUT_FIELD("10s")};
static const struct record mail_record = RECORD(config_receiver, mail_fields);
static const struct record webhook_record = RECORD(config_receiver, webhook_fields);
static const struct record exec_record = RECORD(config_receiver, exec_fields);
static const struct record service_record = RECORD(config_receiver, service_fields);
const struct record *const receiver_kind_records[] = {&mail_record, &webhook_record, &exec_record,
                                                      &service_record};

/* What is hidden here stands below the key of the receiver's kind, described by the views above. */
static const struct field receiver_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, kind, FIELD_ENUM), .flags = FIELD_HIDDEN, .words = receiver_kind_words},
    {FIELD(T, service, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, url, FIELD_SECRET), .flags = FIELD_HIDDEN},
    {FIELD(T, headers, FIELD_RECORD), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, headers),
     .record = &header_record},
    {KEY(T, template, "template", FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, verify_tls, FIELD_BOOL), .flags = FIELD_HIDDEN},
    {FIELD(T, private_targets, FIELD_BOOL), .flags = FIELD_HIDDEN},
    {FIELD(T, server, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, tls, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, user, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, password, FIELD_SECRET), .flags = FIELD_HIDDEN},
    {FIELD(T, from, FIELD_TEXT), .flags = FIELD_HIDDEN},
    {FIELD(T, to, FIELD_TEXT), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, to)},
    {FIELD(T, command, FIELD_TEXT), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, command)},
    {KEY(T, timeout_ns, "timeout", FIELD_DURATION), .flags = FIELD_HIDDEN},
    {FIELD(T, least, FIELD_ENUM), .words = severity_words, .standard = "day",
     .help = "least severity that is sent at once"},
    {KEY(T, remind_ns, "remind", FIELD_DURATION), .standard = "0s", .max = DAYS(30),
     .help = "say it again while it lasts, this often; 0s: never"},
    {FIELD(T, local, FIELD_BOOL), .standard = "no", .help = "works without the Internet"},
    {FIELD(T, always, FIELD_BOOL), .standard = "no",
     .help = "is told of incidents also where there is an upstream, which tells of them too"},
    {FIELD(T, options, FIELD_RECORD), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, options),
     .record = &header_record},
    {FIELD(T, content_type, FIELD_TEXT), .flags = FIELD_HIDDEN},
};
#undef T
const struct record config_receiver_record = RECORD(config_receiver, receiver_fields);

#define T struct config_upstream
static const struct field upstream_fields[] = {
    {FIELD(T, url, FIELD_TEXT), .help = "where its pages are, as https://house.lan:8480"},
    {FIELD(T, token, FIELD_SECRET), .help = "the one it knows this vantage by"},
    {FIELD(T, pin, FIELD_TEXT), .help = "sha256// and the digest of its public key, instead of verify_tls"},
    {FIELD(T, verify_tls, FIELD_BOOL), .standard = "yes",
     .help = "refuse a server whose certificate does not prove its name"},
    {KEY(T, every_ns, "every", FIELD_DURATION), .standard = "1m", .min = SECONDS(1), .max = MINUTES(60),
     .help = "time between two reports; what was decided goes at once"},
};
#undef T
static const struct record upstream_record = RECORD(config_upstream, upstream_fields);

#define T struct config_vantage
static const struct field vantage_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, token, FIELD_SECRET), .flags = FIELD_REQUIRED, .help = "what it proves itself by"},
    {FIELD(T, site, FIELD_TEXT), .flags = FIELD_REQUIRED, .help = "the place it stands in"},
    {FIELD(T, node, FIELD_TEXT), .help = "the node it runs on, when that is watched from here"},
};
#undef T
static const struct record vantage_record = RECORD(config_vantage, vantage_fields);

#define T struct config_report
static const struct field report_fields[] = {
    {FIELD(T, name, FIELD_TEXT), .flags = FIELD_KEY},
    {FIELD(T, at, FIELD_TEXT), .standard = "07:00", .help = "local time of day, as 07:00"},
    {FIELD(T, to, FIELD_TEXT), .flags = FIELD_LIST | FIELD_REQUIRED, COUNT(T, to), .max = LIST_MAX,
     .help = "receivers it goes to"},
};
#undef T
static const struct record report_record = RECORD(config_report, report_fields);

#define T struct config_internet
static const struct field internet_fields[] = {
    {FIELD(T, enabled, FIELD_BOOL), .flags = FIELD_SHORT, .standard = "yes",
     .help = "watch the way to the Internet"},
    {FIELD(T, gateway, FIELD_TEXT), .help = "node or address; without one, the default route's"},
    {FIELD(T, modem, FIELD_TEXT), .help = "node or address between the gateway and the provider"},
    {FIELD(T, anchors, FIELD_TEXT), .flags = FIELD_LIST, COUNT(T, anchors), .max = LIST_MAX,
     .standard = "[1.1.1.1, 8.8.8.8, 9.9.9.9]",
     .help = "well-known hosts of different operators; most of them must answer"},
    {FIELD(T, page_url, FIELD_TEXT), .standard = "http://detectportal.firefox.com/success.txt",
     .help = "plain HTTP page whose body is known; shows a portal in the way"},
    {FIELD(T, page_expect, FIELD_TEXT), .standard = "success", .help = "text that body holds"},
    {FIELD(T, dns_name, FIELD_TEXT), .standard = "example.com",
     .help = "name asked of the router and of an anchor"},
    {FIELD(T, metered, FIELD_BOOL), .standard = "no", .help = "ask less: every byte is paid"},
    {KEY(T, interval_ns, "interval", FIELD_DURATION), .standard = "60s", .min = SECONDS(5),
     .max = DAYS(1), .help = "time between two rounds"},
};
#undef T
static const struct record internet_record = RECORD(config_internet, internet_fields);

#define T struct config_web
static const struct field web_fields[] = {
    {FIELD(T, enabled, FIELD_BOOL), .flags = FIELD_SHORT, .standard = "yes", .help = "serve the pages"},
    {FIELD(T, listen, FIELD_TEXT), .standard = "127.0.0.1:8480",
     .help = "address and port, as 192.168.1.5:8480 or [::]:8480"},
    {FIELD(T, hosts, FIELD_TEXT), .flags = FIELD_LIST, COUNT(T, hosts), .max = LIST_MAX,
     .help = "names a browser may call us by, besides the listening address"},
    {FIELD(T, certificate, FIELD_TEXT), .help = "file with the TLS certificate chain"},
    {FIELD(T, key, FIELD_TEXT), .help = "file with its private key"},
    {FIELD(T, trusted_network, FIELD_BOOL), .standard = "no",
     .help = "serve plain HTTP beyond this machine: everybody on the wire can read along"},
};
#undef T
static const struct record web_record = RECORD(config_web, web_fields);

#define T struct config_journal
static const struct field journal_fields[] = {
    {KEY(T, sync_ns, "sync", FIELD_DURATION), .standard = "10s", .min = SECONDS(1), .max = SECONDS(60),
     .help = "a power cut loses at most this much; 30s spares SD cards"},
    {KEY(T, ceiling_bytes, "ceiling", FIELD_SIZE), .standard = "256 MiB", .min = MIB(16),
     .max = MIB(65536), .help = "most it may take on disk"},
};
#undef T
static const struct record journal_record = RECORD(config_journal, journal_fields);

#define T struct config_archive
static const struct field archive_fields[] = {
    {KEY(T, step_ns, "step", FIELD_DURATION), .flags = FIELD_REQUIRED, .min = SECONDS(1),
     .max = DAYS(7), .help = "span of one value"},
    {KEY(T, keep_ns, "keep", FIELD_DURATION), .flags = FIELD_REQUIRED, .min = MINUTES(1),
     .max = DAYS(36500), .help = "how far back it reaches"},
};
#undef T
static const struct record archive_record = RECORD(config_archive, archive_fields);

#define T struct config_keep
static const struct field keep_fields[] = {
    {FIELD(T, archives, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, archives), .max = ARCHIVES_MAX,
     .record = &archive_record,
     .help = "as [{step: 1m, keep: 2d}, ...]; none: 1m x 2d, 5m x 16d, 30m x 90d, 1d x 5y"},
    {KEY(T, events_ns, "events", FIELD_DURATION), .standard = "5y", .min = DAYS(1), .max = DAYS(36500),
     .help = "how long resolved incidents and events stay"},
    {KEY(T, series_ceiling, "series", FIELD_INT), .standard = "50000", .min = 10, .max = 1000000,
     .help = "most files of series"},
};
#undef T
static const struct record keep_record = RECORD(config_keep, keep_fields);

#define T struct config_notify
static const struct field notify_fields[] = {
    {KEY(T, hold_ns, "hold", FIELD_DURATION), .standard = "30s", .max = MINUTES(60),
     .help = "the first message of an incident waits so long, and is not sent if it is over by then"},
    {KEY(T, settle_ns, "settle", FIELD_DURATION), .standard = "20s", .min = SECONDS(1),
     .max = MINUTES(60),
     .help = "well for so long, and longer each time it came back, before an incident is resolved"},
    {FIELD(T, severities, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, severities), .max = LIST_MAX,
     .record = &setting_record, .help = "another severity for a cause, as {radio-silent: wake}"},
};
#undef T
static const struct record notify_record = RECORD(config_notify, notify_fields);

#define T struct config_text
static const struct field text_fields[] = {
    {FIELD(T, key, FIELD_TEXT)},
    {FIELD(T, text, FIELD_TEXT)},
};
#undef T
static const struct record text_record = RECORD(config_text, text_fields);

#define T struct config
static const struct field config_fields[] = {
    {FIELD(T, generation, FIELD_U64), .flags = FIELD_HIDDEN},
    {KEY(T, title, "site", FIELD_TEXT), .standard = "Home", .help = "what the pages are headed with"},
    {KEY(T, state_dir, "state", FIELD_TEXT), .standard = "/var/lib/hayloft",
     .help = "folder of everything kept"},
    {FIELD(T, language, FIELD_TEXT), .standard = "en", .help = "of sentences, a file in texts/"},
    {FIELD(T, vantage, FIELD_TEXT), .standard = CONFIG_OWN_VANTAGE,
     .help = "what this daemon is called by the one it reports to"},
    {FIELD(T, upstream, FIELD_RECORD), .record = &upstream_record,
     .help = "the hayloft this one reports to, which then sends the messages"},
    {FIELD(T, vantages, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, vantages), .max = VANTAGES_MAX,
     .record = &vantage_record, .help = "those that report to this one"},
    {FIELD(T, groups, FIELD_RECORD), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, groups),
     .record = &config_group_record},
    {FIELD(T, nodes, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, nodes), .max = NODES_MAX,
     .record = &config_node_record, .help = "the devices watched"},
    {FIELD(T, links, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, links), .max = LINKS_MAX,
     .record = &config_link_record, .help = "as {NAME: {bridge: [A, B]}} or {NAME: {wire: [A, B]}}"},
    {FIELD(T, networks, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, networks), .max = NETWORKS_MAX,
     .record = &network_record, .help = "networks played guest on"},
    {FIELD(T, lan, FIELD_RECORD), .record = &lan_record, .help = "the network this machine stands in"},
    {FIELD(T, receivers, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, receivers), .max = RECEIVERS_MAX,
     .record = &config_receiver_record, .help = "where messages go"},
    {FIELD(T, reports, FIELD_RECORD), .flags = FIELD_LIST, COUNT(T, reports), .max = REPORTS_MAX,
     .record = &report_record, .help = "health reports, daily"},
    {FIELD(T, internet, FIELD_RECORD), .record = &internet_record, .help = "the way to the Internet"},
    {FIELD(T, web, FIELD_RECORD), .record = &web_record, .help = "the pages"},
    {FIELD(T, journal, FIELD_RECORD), .record = &journal_record, .help = "what a crash may cost"},
    {FIELD(T, keep, FIELD_RECORD), .record = &keep_record, .help = "how much is kept"},
    {FIELD(T, notify, FIELD_RECORD), .record = &notify_record, .help = "when messages go"},
    {FIELD(T, texts, FIELD_RECORD), .flags = FIELD_LIST | FIELD_HIDDEN, COUNT(T, texts),
     .record = &text_record},
};
#undef T
const struct record config_record = RECORD(config, config_fields);

void config_pack(const struct config *c, field_resolver resolve, struct buf *out)
{
    field_pack(&config_record, c, resolve, out);
}

bool config_unpack(const void *slice, size_t len, field_resolver resolve, struct arena *arena,
                   struct config *out)
{
    struct reader in = reader_over(slice, len);
    return config_unpack_part(&in, resolve, arena, out) && rd_left(&in) == 0;
}

bool config_unpack_part(struct reader *in, field_resolver resolve, struct arena *arena, struct config *out)
{
    return field_unpack(&config_record, in, resolve, arena, out);
}

/* Receivers by name and policy: where and how they are reached stays with the courier. */
static bool receivers_without_secrets(const struct config *c, struct arena *arena, struct config *out)
{
    struct config_receiver *list = arena_take(arena, c->receivers_count * sizeof *list);
    if (!list)
        return false;
    for (size_t i = 0; i < c->receivers_count; i++) {
        const struct config_receiver *r = &c->receivers[i];
        list[i] = (struct config_receiver){.name = r->name, .kind = r->kind, .service = r->service,
                                           .least = r->least, .remind_ns = r->remind_ns,
                                           .local = r->local, .always = r->always};
    }
    out->receivers = list;
    out->receivers_count = c->receivers_count;
    return true;
}

/* Nodes with the kinds of their checks left out: their options hold the communities. */
static bool nodes_without_secrets(const struct config *c, struct arena *arena, struct config *out)
{
    struct config_node *list = arena_copy(arena, c->nodes, c->nodes_count * sizeof *list);
    if (!list)
        return false;
    for (size_t i = 0; i < c->nodes_count; i++) {
        list[i].checks = NULL;
        list[i].checks_count = 0;
    }
    out->nodes = list;
    out->nodes_count = c->nodes_count;
    return true;
}

/* Who reports to whom, without the tokens they do it by. */
static bool vantages_without_secrets(const struct config *c, struct arena *arena, struct config *out)
{
    struct config_vantage *list = arena_copy(arena, c->vantages, c->vantages_count * sizeof *list);
    if (!list)
        return false;
    for (size_t i = 0; i < c->vantages_count; i++)
        list[i].token = NULL;
    out->vantages = list;
    out->vantages_count = c->vantages_count;
    out->vantage = c->vantage;
    out->upstream = c->upstream;
    out->upstream.token = NULL;
    return true;
}

/* Without what guests type in. */
static bool networks_without_secrets(const struct config *c, struct arena *arena, struct config *out)
{
    struct config_network *list = arena_copy(arena, c->networks, c->networks_count * sizeof *list);
    if (!list)
        return false;
    for (size_t i = 0; i < c->networks_count; i++)
        list[i].wifi.password = NULL;
    out->networks = list;
    out->networks_count = c->networks_count;
    return true;
}

static bool slice_engine(const struct config *c, struct arena *arena, struct config *out)
{
    *out = *c;
    out->web = (struct config_web){0};
    return vantages_without_secrets(c, arena, out) && receivers_without_secrets(c, arena, out);
}

static bool slice_store(const struct config *c, struct arena *arena, struct config *out)
{
    out->journal = c->journal;
    out->keep = c->keep;
    return vantages_without_secrets(c, arena, out) && receivers_without_secrets(c, arena, out);
}

static bool slice_courier(const struct config *c, struct arena *arena, struct config *out)
{
    out->receivers = c->receivers;
    out->receivers_count = c->receivers_count;
    out->web = c->web; /* its address, for links in messages */
    out->vantage = c->vantage;
    out->upstream = c->upstream;
    return true;
}

static bool slice_web(const struct config *c, struct arena *arena, struct config *out)
{
    out->web = c->web;
    out->links = c->links;
    out->links_count = c->links_count;
    out->internet = c->internet;
    out->vantages = c->vantages; /* with their tokens: it lets them in */
    out->vantages_count = c->vantages_count;
    return networks_without_secrets(c, arena, out) && nodes_without_secrets(c, arena, out);
}

/* What every slice holds is enough. */
static bool slice_nothing_more(const struct config *c, struct arena *arena, struct config *out)
{
    return true;
}

bool config_slice(const struct config *c, enum role role, struct arena *arena, struct config *out)
{
    static bool (*const slices[ROLE_COUNT])(const struct config *, struct arena *, struct config *) = {
        [ROLE_ENGINE] = slice_engine, [ROLE_STORE] = slice_store, [ROLE_COURIER] = slice_courier,
        [ROLE_WEB] = slice_web, [ROLE_PAINTER] = slice_nothing_more, [ROLE_WIRE] = slice_nothing_more};
    *out = (struct config){.generation = c->generation, .title = c->title,
                           .state_dir = c->state_dir, .language = c->language};
    return slices[role](c, arena, out);
}

const struct config_node *config_node_find(const struct config *c, const char *name)
{
    for (size_t i = 0; i < c->nodes_count; i++)
        if (strcmp(c->nodes[i].name, name) == 0)
            return &c->nodes[i];
    return NULL;
}

static bool same_interface(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

const struct config_network *config_lan_network(const struct config *c)
{
    for (size_t i = 0; i < c->networks_count; i++)
        if (!c->networks[i].vlans_count && !c->networks[i].wifi.ssid &&
            same_interface(c->networks[i].interface, c->lan.interface))
            return &c->networks[i];
    return NULL;
}

const char *config_text_find(const struct config *c, const char *key)
{
    for (size_t i = 0; i < c->texts_count; i++)
        if (strcmp(c->texts[i].key, key) == 0)
            return c->texts[i].text;
    return NULL;
}
