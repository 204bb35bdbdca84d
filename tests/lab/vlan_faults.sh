#!/bin/bash
# What can go wrong with guests' networks, one at a time: vlan_fault NAME, vlan_heal NAME. Sourced by vlan_farm.sh.
# A BOX is lan-switch, bridge-house, bridge-barn or barn-node; down is from the router towards the barn, up the way back.
#
#   unknown-vlan             lan-switch has never heard of VLAN 501
#   not-member-router, -barn its port to the router (port1), to the barn (port2), is no member of VLAN 501
#   eat-BOX-up, -down        the box drops tagged frames of that direction
#   strip-BOX-up, -down      it takes the tag off, and they go on in the main network
#   giants-BOX               it drops tagged frames of full size, both ways
#   wrong-access             the second card's access port is in VLAN 502 instead of 501
#   dhcp-dead pool-empty wrong-subnet rogue-dhcp rogue-ra dns-dead dns-lies http-dead portal gateway-silent
#   internet-down            nobody answers behind the router
#   leak-icmp leak-tcp       guests reach the main network by that alone
#   admin-open               the router's administration answers guests
#   link-down                no link between router and lan-switch
#   radio-dead               the air carries nothing, both radios are up
#   own-port-down            the monitor's own port

vlan_namespace() { # BOX
    case $1 in
    lan-switch) echo switch ;;
    bridge-house) echo house ;;
    bridge-barn) echo barn ;;
    barn-node) echo node ;;
    *) echo "# no box is called $1" >&2; return 1 ;;
    esac
}

# BOX up|down: "PORT WAY" a line, where frames of that direction pass it
vlan_passages() {
    case $1-$2 in
    lan-switch-down) echo port1 ingress ;;
    lan-switch-up) printf '%s ingress\n' port2 port3 port5 ;;
    bridge-house-down) echo eth0 ingress ;;
    bridge-house-up) echo air0 ingress ;;
    bridge-barn-down) echo air0 ingress ;;
    bridge-barn-up) echo eth0 ingress ;;
    barn-node-down) echo wan0 ingress ;;
    barn-node-up) echo wan0 egress ;; # its access ports' frames have no tag before
    *) return 1 ;;
    esac
}

# on|off PROGRAM BOX up|down
vlan_spoil() {
    local ns port way
    ns=$(vlan_namespace "$3") || return 1
    while read -r port way; do
        if [ "$1" = on ]; then
            box_tc "$ns" qdisc add dev "$port" clsact 2> /dev/null # a radio's port has none yet
            box_program "$ns" "$port" 10 "$2" "$way"
        else
            box_unprogram "$ns" "$port" 10 "$way"
        fi
    done < <(vlan_passages "$3" "$4")
}

vlan_rule() { inside router nft add rule ip farm "$@"; } # CHAIN RULE...
vlan_no_rules() { local chain; for chain in "$@"; do inside router nft flush chain ip farm "$chain"; done; }

vlan_rogue() { # COMMAND...: a stranger's box on an access port
    ip -n "${farm_prefix}rogue" addr replace 192.168.66.1/24 dev eth0
    vlan_serve rogue rogue $(vlan_dnsmasq) --port=0 -i eth0 --dhcp-leasefile="$farm_dir/leases-rogue" --no-ping "$@"
}

vlan_all_leased() { # the one address there is belongs to somebody who is not here
    local at; at=$(vlan_subnet 501)
    vlan_end dhcp-501
    echo "$(($(date +%s) + 86400)) 02:00:00:00:00:99 $at.50 elsewhere *" > "$farm_dir/leases-501"
    vlan_range=$at.50,$at.50 vlan_dhcp 501
}

vlan_own_port() { # up|down, seen at both ends
    ip -n "$farm_prefix${vlan_plugged[0]}" link set "${vlan_plugged[1]}" "$1"
    ip -n "${farm_prefix}cable" link set far "$1" 2> /dev/null || true
}

vlan_fault() {
    local name=$1 at; at=$(vlan_subnet 501)
    case $name in
    unknown-vlan) box_forget switch 501 "${vlan_switch_trunks[@]}" ;;
    not-member-router) box_leave switch port1 501 ;;
    not-member-barn) box_leave switch port2 501 ;;
    eat-* | strip-*) name=${1#*-}; vlan_spoil on "${1%%-*}" "${name%-*}" "${name##*-}" ;;
    giants-*) vlan_spoil on giants "${1#*-}" up; vlan_spoil on giants "${1#*-}" down ;;
    wrong-access) box_access switch port6 502 ;;
    dhcp-dead) vlan_end dhcp-501 ;;
    pool-empty) vlan_all_leased ;;
    wrong-subnet)
        vlan_range=10.66.0.50,10.66.0.99,255.255.255.0 vlan_dhcp 501 --shared-network=v501.lan,10.66.0.0 \
            --dhcp-option=3,10.66.0.1 ;;
    rogue-dhcp) vlan_dhcp 501 --dhcp-reply-delay=2; vlan_rogue --dhcp-range=192.168.66.50,192.168.66.99,1h ;;
    rogue-ra)
        inside rogue sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=0 net.ipv6.conf.eth0.accept_dad=0
        ip -n "${farm_prefix}rogue" -6 addr add fd00:66::1/64 dev eth0 nodad
        vlan_rogue --enable-ra --ra-param=eth0,5,60 --dhcp-range=fd00:66::,ra-only,64 ;;
    dns-dead) vlan_end dns-501 ;;
    dns-lies) vlan_dns 501 --address="/#/$at.1" ;;
    http-dead) vlan_rule leaks iifname v501.lan tcp dport 80 drop ;;
    portal) vlan_rule opened tcp dport 8081 accept; vlan_rule portal iifname v501.lan tcp dport 80 redirect to :8081 ;;
    gateway-silent) box_tc router qdisc add dev v501.lan clsact; box_program router v501.lan 10 deaf ;;
    internet-down) box_tc isp qdisc add dev wan clsact; box_program isp wan 10 deaf ;;
    leak-icmp) vlan_rule leaks iifname v501.lan icmp type echo-request accept ;;
    leak-tcp) vlan_rule leaks iifname v501.lan oifname lan meta l4proto tcp accept ;;
    admin-open) vlan_rule opened iifname v501.lan tcp dport 80 accept ;;
    link-down) farm_port 1 down ;;
    radio-dead) farm_cut radio ;;
    own-port-down) vlan_own_port down ;;
    *) echo "# no fault is called $1" >&2; return 1 ;;
    esac
}

vlan_heal() {
    local name=$1
    case $name in
    unknown-vlan)
        box_vlan switch 501 "${vlan_switch_trunks[@]}"
        box_access switch port6 501
        box_access switch port7 501 ;;
    not-member-router) box_join switch port1 501 ;;
    not-member-barn) box_join switch port2 501 ;;
    eat-* | strip-*) name=${1#*-}; vlan_spoil off "${1%%-*}" "${name%-*}" "${name##*-}" ;;
    giants-*) vlan_spoil off giants "${1#*-}" up; vlan_spoil off giants "${1#*-}" down ;;
    wrong-access) box_access switch port6 501 ;;
    dhcp-dead) vlan_dhcp 501 ;;
    pool-empty) vlan_end dhcp-501; rm -f "$farm_dir/leases-501"; vlan_dhcp 501 ;;
    wrong-subnet) vlan_dhcp 501 ;;
    rogue-dhcp) vlan_end rogue; vlan_dhcp 501 ;;
    rogue-ra)
        vlan_end rogue
        ip -n "${farm_prefix}rogue" -6 addr del fd00:66::1/64 dev eth0 ;;
    dns-dead | dns-lies) vlan_dns 501 ;;
    http-dead | leak-icmp | leak-tcp) vlan_no_rules leaks ;;
    admin-open) vlan_no_rules opened ;;
    portal) vlan_no_rules portal opened ;;
    gateway-silent) box_tc router qdisc del dev v501.lan clsact ;;
    internet-down) box_tc isp qdisc del dev wan clsact ;;
    link-down) farm_port 1 up ;;
    radio-dead) farm_heal radio ;;
    own-port-down) vlan_own_port up ;;
    *) echo "# no fault is called $1" >&2; return 1 ;;
    esac
}
