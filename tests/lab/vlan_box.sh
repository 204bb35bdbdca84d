#!/bin/bash
# VLANs of a box in a namespace, also on kernels without 8021q and vlan_filtering; for vlan_farm.sh to source.
#
# A trunk port P has a VLAN device v501.P for each VLAN, or a pair v501.P <-> w501.P where the kernel has none: what P
# receives with tag 501 loses it and comes out of v501.P; what is sent into v501.P gets the tag and leaves by P. A
# switch is a bridge a VLAN: br0 over the ports themselves (untagged, VLAN 1), br501 over their v501.P and over access
# ports, each with a forwarding table of its own. Frames of other VLANs end at the port, as they do at a switch that
# does not know them.
# Filters of a port by preference: 10 faults, 50 to 60 the VLANs it sorts out, 90 the end of all others.

vlan_programs=${farm_build:-${HAYLOFT_BUILD:-build}}/tests/lab/vlan.bpf.o

box_tc() { tc -n "$farm_prefix$1" "${@:2}"; } # NAMESPACE ARGUMENT...

# NAMESPACE PORT PREFERENCE PROGRAM [ingress|egress]
box_program() { box_tc "$1" filter add dev "$2" "${5:-ingress}" prio "$3" protocol all bpf da obj "$vlan_programs" sec "tc/$4"; }
box_unprogram() { box_tc "$1" filter del dev "$2" "${4:-ingress}" prio "$3" 2> /dev/null; } # NAMESPACE PORT PREFERENCE

# NAMESPACE PORT: can this kernel do it by itself?
box_finds_8021q() {
    box_has_8021q=no
    ip -n "$farm_prefix$1" link add link "$2" name v4000.probe type vlan id 4000 2> /dev/null || return
    ip -n "$farm_prefix$1" link del v4000.probe
    box_has_8021q=yes
}

# NAMESPACE PORT: from here on only tags it is told of get in
box_trunk() {
    box_tc "$1" qdisc add dev "$2" clsact
    [ $box_has_8021q = yes ] || box_program "$1" "$2" 90 eat
}
# NAMESPACE BRIDGE: it lets no tag through that its ports have left on a frame
box_untagged() { [ $box_has_8021q = no ] || ip -n "$farm_prefix$1" link set "$2" type bridge vlan_filtering 1; }

vlan_preference() { echo $((50 + $1 - 500)); } # VID

# NAMESPACE PORT VID: the pair, by programs
box_pair() {
    local inner=v$3.$2 outer=w$3.$2
    ip -n "$farm_prefix$1" link add dev "$inner" address "$(inside "$1" cat "/sys/class/net/$2/address")" \
        type veth peer name "$outer"
    box_plain "$1" "$outer"
    box_tc "$1" qdisc add dev "$outer" clsact
    box_tc "$1" filter add dev "$outer" ingress prio 1 protocol all bpf obj "$vlan_programs" sec "tc/push$3" \
        action mirred egress redirect dev "$2"
    box_tc "$1" filter add dev "$2" ingress prio "$(vlan_preference "$3")" protocol all bpf obj "$vlan_programs" \
        sec "tc/pop$3" action mirred egress redirect dev "$outer"
}

box_plain() { # NAMESPACE INTERFACE: up, and with checksums of its own
    inside "$1" ethtool -K "$2" tx off sg off tso off gso off gro off > /dev/null 2>&1
    ip -n "$farm_prefix$1" link set "$2" up
}

# NAMESPACE PORT VID: vVID.PORT is there; in brVID, if there is such a bridge
box_join() {
    if [ $box_has_8021q = yes ]; then ip -n "$farm_prefix$1" link add link "$2" name "v$3.$2" type vlan id "$3"
    else box_pair "$@"; fi
    box_plain "$1" "v$3.$2"
    ! inside "$1" test -d "/sys/class/net/br$3" || ip -n "$farm_prefix$1" link set "v$3.$2" master "br$3"
}

box_leave() { # NAMESPACE PORT VID
    [ $box_has_8021q = yes ] || box_unprogram "$1" "$2" "$(vlan_preference "$3")"
    ip -n "$farm_prefix$1" link del "v$3.$2"
}

# NAMESPACE BRIDGE SECONDS: an address it has not heard for so long
box_forgets_after() { ip -n "$farm_prefix$1" link set "$2" type bridge ageing_time "$((100 * $3))"; }

box_vlan() { # NAMESPACE VID PORT...: the box knows it, and these are its tagged members
    local ns=$1 vid=$2 port; shift 2
    ip -n "$farm_prefix$ns" link add dev "br$vid" type bridge forward_delay 0 stp_state 0
    box_forgets_after "$ns" "br$vid" "$vlan_ageing"
    box_untagged "$ns" "br$vid"
    ip -n "$farm_prefix$ns" link set "br$vid" up
    for port in "$@"; do box_join "$ns" "$port" "$vid"; done
}

box_forget() { # NAMESPACE VID PORT...: as if nobody had ever told it
    local ns=$1 vid=$2 port; shift 2
    for port in "$@"; do box_leave "$ns" "$port" "$vid"; done
    ip -n "$farm_prefix$ns" link del "br$vid"
}

box_access() { ip -n "$farm_prefix$1" link set "$2" master "br${3:-0}"; } # NAMESPACE PORT [VID]: untagged in that one
