#!/bin/bash
# The real daemon in the farm with guests: its configuration, and what is said about its networks. Sourced after
# watch.sh and vlan_farm.sh.
#
#   vlan_networks=both     "guest" has both VLANs; one: 501 alone, and what is handed out there is configured; two: and
#                          "workers" has 502; card: untagged, by the monitor's second card in an access port of VLAN 501
#   vlan_carried=yes       the configuration says that our port carries the VLANs
#   vlan_every=10s         between two probes
#   vlan_pace=N            hayloft's time runs N times faster than that of all others

vlan_config() {
    config=$farm_dir/hayloft.yaml
    {
        cat << YAML
site: Lab farm
state: $farm_dir/state
nodes:
  lan-switch:   {address: 192.168.77.2, site: house$(vlan_asked switch)}
  router:       {address: 192.168.77.1, parent: lan-switch, port: port1, site: house, snmp: {community: public}}
  house-ap:     {address: 192.168.77.14, parent: lan-switch, port: port5, site: house}
  bridge-house: {address: 192.168.77.10, parent: lan-switch, port: port2, site: house}
  bridge-barn:  {address: 192.168.77.11, site: barn}
  barn-node:    {address: 192.168.77.12, parent: bridge-barn, site: barn$(vlan_asked node)}
  barn-cam:     {address: 192.168.77.13, parent: barn-node, class: fixed, site: barn}
  nas:          {address: 192.168.77.20, parent: lan-switch, port: port4, class: fixed, site: house}
links:
  barn bridge: {bridge: [bridge-house, bridge-barn]}
internet:
  gateway: router
  anchors: [203.0.113.1, 203.0.113.2, 203.0.113.3]
  page_url: http://203.0.113.1/
  page_expect: internet is here
  dns_name: anchor.example
notify: {hold: 5s, settle: 5s}
networks:
YAML
        case ${vlan_networks:-both} in
        both) vlan_network guest "vlans: [501, 502], servers: [192.168.101.1, 192.168.102.1]" ;;
        one) vlan_network guest "vlan: 501, $(vlan_expected 501)" ;;
        two) vlan_network guest "vlan: 501, $(vlan_expected 501)"; vlan_network workers "vlan: 502, $(vlan_expected 502)" ;;
        card) vlan_network guest "$(vlan_expected 501)" eth1 house ;;
        esac
    } > "$config"
}

vlan_asked() { vlan_is_mute "$1" || echo ", snmp: {community: public}"; } # NAMESPACE
vlan_expected() { local at; at=$(vlan_subnet "$1"); echo "subnet: $at.0/24, gateway: $at.1, servers: $at.1"; } # VID

vlan_network() { # NAME YAML [INTERFACE SITES]
    cat << YAML
  $1: {$2, interface: ${3:-eth0}, sites: [${4:-house, barn}], carried: ${vlan_carried:-no},
    depth: internet, every: ${vlan_every:-10s}, discover_gap: ${vlan_every:-10s}, isolated_from: [nas, router],
    dns_name: page.example, http: {url: "http://page.example/", expect: internet is here}}
YAML
}

vlan_start() { # hayloft, on a card that nobody else plays with
    vlan_card=eth0
    [ "${vlan_networks:-both}" != card ] || { vlan_card=eth1; vlan_plugged=(switch port6); }
    vlan_joined=$(vlan_groups)
    if [ "${vlan_pace:-1}" = 1 ]; then watch_start; return; fi
    python3 - "$farm_dir/fast-clock" "$vlan_pace" << 'PY'
import struct, sys, time
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("=qqq", int(sys.argv[2]), time.monotonic_ns(), time.time_ns()))
PY
    watch_start_preloaded fast_clock fast-clock
}

vlan_watch_up() { # farm and daemon, until every node is up
    vlan_up && vlan_config && vlan_start || return 1
    farm_wait 90 vlan_all_up || { echo "# not everything came up:"; nodes_table; tail -n 20 "$farm_dir/hayloftd.log"; return 1; }
}
vlan_all_up() { [ "$(nodes | jq -r '[.[] | select(.state == "up")] | length')" = 9 ]; } # 8 and the Internet

# what is known of networks without asking them anything
networks() { inside monitor curl -s -m 2 http://127.0.0.1:8480/api/v1/networks; }
network_is() { [ "$(networks | jq -r --arg n "$1" '.[] | select(.name == $n) | .verdict')" = "$2" ]; } # NAME VERDICT
site_verdict() { networks | jq -r --arg n "$1" --arg s "$2" '.[] | select(.name == $n) | .sites[] | select(.site == $s) | .verdict'; }
site_is() { [ "$(site_verdict "$1" "$2")" = "$3" ]; } # NAME SITE VERDICT
site_is_not() { local is; is=$(site_verdict "$1" "$2"); [ -n "$is" ] && [ "$is" != "$3" ]; }

probe() { hayloft probe "$1" --json 2> /dev/null; } # NETWORK, now
steps_table() { probe "$1" | jq -r '.steps[] | "#   \(.step) \(.verdict) \(.detail // "") \(.ms) ms"'; } # NETWORK

cause_is() { [[ " $1 " = *" $(open_kinds) "* ]]; } # "KIND KIND...": the one that is open is one of these
cause_names() { # REGEX: in the box or the words of the incident
    incidents | jq -r '.[0].cause | "\(.node // "") \(.port // "") \(.link // "") \(.sentence)"' | grep -Eq -- "$1"
}

# --- what leaves the monitor ---

vlan_audit_start() { audit_start "${vlan_plugged[@]}"; } # of all it sends where it plays, until audit_end

# Lines of the audit that must not be: from made-up addresses only what a guest says, from the card's own address
# nothing tagged but that either, and no lease.
vlan_forbidden() {
    local own guest='arp|dhcp-(discover|request|decline|release)|dhcpv6-client|echo6?(-reply)?|rs|ns|na|dns|tcp'
    own=$(inside monitor cat "/sys/class/net/$vlan_card/address")
    awk -v own="$own" -v guest="^($guest)\$" '
        NF != 4 { print; next }
        $2 == own && $3 == "-" && $4 !~ /^dhcp-/ { next } # the machine itself
        $2 == own && $4 ~ /^dhcp-/ && $4 != "dhcp-discover" { print; next }
        $4 !~ guest { print }' "$farm_dir/audit"
}

vlan_groups() { inside monitor ip maddr show dev "$vlan_card" | sort; }
vlan_promiscuous() { inside monitor ip -j -d link show dev "$vlan_card" | jq -e '.[0].promiscuity != 0' > /dev/null; }

# kill -9 of all of hayloft: the card is as it was before
vlan_nothing_left() {
    kill -9 "$daemon"
    farm_wait 10 eval '[ -z "$(ip netns pids "${farm_prefix}monitor" | xargs -r ps -o comm= -p | grep hayloft)" ]' &&
        ! vlan_promiscuous && [ "$(vlan_groups)" = "$vlan_joined" ]
}
