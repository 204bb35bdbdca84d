#!/bin/bash
# The two buildings of farm.sh with guests in them, for scenarios to source after farm.sh.
#
#   isp -- router -- lan-switch -- bridge-house ~air~ bridge-barn -- barn-node -- barn-cam
#                    |  |  |  |                                      |   |
#               monitor | nas house-ap -- phone                      |   tablet
#                     rogue                                       lookout
#
# Guests are on VLAN 501 (192.168.101.0/24) and 502 (192.168.102.0/24): router, lan-switch, house-ap and barn-node
# sort tags, the radios let them through. The router has dnsmasq for leases, another for names and a third for
# router advertisements on each, lets guests out by NAT, keeps them from the main network, and its administration
# (port 80) from them. phone and tablet are guests' own devices on an access port of VLAN 501 (the guest SSID).
# lookout is a machine for a second vantage, on a trunk port too; with vlan_vantage=barn the two change places. The switch's ports beyond those of farm.sh: port5 house-ap, port6 a second card of the monitor, port7 rogue,
# both access ports; SNMP with Q-BRIDGE-MIB on lan-switch and barn-node, as the kernel has it.
#
# Before vlan_up:
#   vlan_vantage=house|barn   where the monitor is (a trunk port)
#   vlan_plug=trunk|access    access: its port carries no VLAN
#   vlan_mute="switch node"   namespaces of boxes without SNMP
#   vlan_old=yes              lan-switch does not know the VLANs
#   vlan_ageing=SECONDS       after which the boxes forget an address they hear no more (20; switches: 300)
#   EMULATED_CARDS="MAC MAC"  two cards of this machine with a cable between them: the monitor's port and its card;
#   vlan_blind=yes            and the card has not been told of the VLANs
#   vlan_loss=PERCENT vlan_seed=N   of the link behind which the probe is: the monitor's cable in the house, the
#                             air between the radios in the barn

vlan_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
farm_build=${HAYLOFT_BUILD:-$vlan_here/../../build}
source "$vlan_here/vlan_box.sh"
source "$vlan_here/vlan_faults.sh"
source "$vlan_here/audit.sh"

# shellcheck disable=SC2034 # read by farm.sh
farm_namespaces=(isp router switch house air barn node cam nas monitor lookout ap phone tablet rogue cable)
vlan_ids=(501 502)
vlan_ageing=${vlan_ageing:-20}

vlan_possible() { # says why not
    farm_possible || return 1
    local tool
    for tool in tc nft busybox bridge; do
        command -v "$tool" > /dev/null || { echo "$tool is not installed"; return 1; }
    done
    [ -e "$vlan_programs" ] || { echo "no clang to build $(basename "$vlan_programs") with"; return 1; }
}

vlan_subnet() { echo "192.168.$(($1 - 400))"; } # VID: its first three numbers

# --- services, each a process that can be ended and started alone ---

# NAME NAMESPACE COMMAND...: known by NAME
vlan_serve() {
    vlan_end "$1"
    farm_start "$2" "${@:3}"
    echo "$farm_last" > "$farm_dir/$1.pid"
}

vlan_end() { # NAME: it is gone when this returns
    local pid
    pid=$(cat "$farm_dir/$1.pid" 2> /dev/null) || return 0
    kill "$pid" 2> /dev/null
    farm_wait 5 eval "! kill -0 $pid 2> /dev/null"
    rm -f "$farm_dir/$1.pid"
}

vlan_dnsmasq() { echo dnsmasq -k -C /dev/null --pid-file= --no-resolv --no-hosts --bind-interfaces --except-interface=lo; }

vlan_dhcp() { # VID [ARGUMENT...]
    local at; at=$(vlan_subnet "$1")
    vlan_serve "dhcp-$1" router $(vlan_dnsmasq) --port=0 -i "v$1.lan" --dhcp-leasefile="$farm_dir/leases-$1" --no-ping \
        --dhcp-authoritative --dhcp-option="6,$at.1" --dhcp-range="${vlan_range:-$at.50,$at.99},1h" "${@:2}"
}

vlan_dns() { # VID [ARGUMENT...]
    vlan_serve "dns-$1" router $(vlan_dnsmasq) --listen-address="$(vlan_subnet "$1").1" --server=203.0.113.1 "${@:2}"
}

vlan_advertise() { # VID: that it is the way out by IPv6
    inside router sysctl -q -w "net.ipv6.conf.v$1/lan.disable_ipv6=0" "net.ipv6.conf.v$1/lan.accept_dad=0"
    ip -n "${farm_prefix}router" -6 addr add "fd00:$1::1/64" dev "v$1.lan" nodad
    vlan_serve "ra-$1" router $(vlan_dnsmasq) --port=0 -i "v$1.lan" --enable-ra --ra-param="v$1.lan,10,60" \
        --dhcp-range="fd00:$1::,ra-stateless,64" --dhcp-leasefile="$farm_dir/leases6-$1"
}

vlan_page() { # NAMESPACE PORT TEXT
    mkdir -p "$farm_dir/page-$1-$2"
    echo "$3" > "$farm_dir/page-$1-$2/index.html"
    farm_start "$1" busybox httpd -f -p "$2" -h "$farm_dir/page-$1-$2"
}

# leaks, opened and portal are empty: faults put rules there. Answers may pass, whoever asked; what was let through once
# by a rule that is gone is not let through again because it goes on.
vlan_rules() {
    inside router nft -f - << 'NFT'
table ip farm {
    chain leaks { }
    chain opened { }
    chain portal { }
    chain forward {
        type filter hook forward priority 0
        ct direction reply accept
        jump leaks
        iifname "v50*" oifname "lan" drop
        iifname "v50*" oifname "v50*" drop
        iifname "lan" oifname "v50*" drop
    }
    chain input {
        type filter hook input priority 0
        iifname != "v50*" accept
        ct direction reply accept
        jump opened
        icmp type echo-request accept
        udp dport 53 accept
        udp dport 67 accept
        tcp dport 53 accept
        drop
    }
    chain prerouting {
        type nat hook prerouting priority -100
        jump portal
    }
    chain postrouting {
        type nat hook postrouting priority 100
        oifname "wan" ip saddr 192.168.96.0/19 masquerade
    }
}
NFT
}

vlan_router() {
    local vid
    box_trunk router lan
    for vid in "${vlan_ids[@]}"; do
        box_join router lan "$vid"
        farm_address router "v$vid.lan" "$(vlan_subnet "$vid").1/24"
    done
    vlan_rules
    for vid in "${vlan_ids[@]}"; do vlan_dhcp "$vid"; vlan_dns "$vid"; vlan_advertise "$vid"; done
    vlan_page router 80 "router administration"
    vlan_page router 8081 "please sign in to use this network"
}

# --- boxes ---

vlan_is_mute() { [[ " ${vlan_mute:-} " = *" $1 "* ]]; }

# NAMESPACE SYSNAME PORT...: SNMP, of the ports that are on the outside only
vlan_agent() {
    vlan_is_mute "$1" && return
    farm_agent "$1" "$2" "pass_persist .1.3.6.1.2.1.17 $(command -v python3) $vlan_here/bridge_mib.py" \
        "include_ifmib_iface_prefix ${*:3}"
}

vlan_switch() {
    local port vid
    farm_bridge switch port1 port2 port3 port4 port5 port6 port7
    box_forgets_after switch br0 "$vlan_ageing"
    box_untagged switch br0
    farm_address switch br0 192.168.77.2/24 192.168.77.1
    for port in port1 port2 port3 port4 port5 port6 port7; do box_trunk switch $port; done
    [ -n "${vlan_old:-}" ] || for vid in "${vlan_ids[@]}"; do box_vlan switch "$vid" "${vlan_switch_trunks[@]}"; done
    [ -n "${vlan_old:-}" ] || { box_access switch port6 501; box_access switch port7 501; }
    vlan_agent switch lan-switch port br0
}

vlan_node() {
    local port vid
    farm_bridge node wan0 lan1 lan2
    box_forgets_after node br0 "$vlan_ageing"
    box_untagged node br0
    farm_address node br0 192.168.77.12/24 192.168.77.1
    for port in wan0 lan1 lan2 wlan0; do box_trunk node $port; done
    for vid in "${vlan_ids[@]}"; do box_vlan node "$vid" "${vlan_node_trunks[@]}"; done
    box_access node wlan0 501
    vlan_agent node barn-node wan lan wlan br0
}

vlan_ap() {
    local vid
    farm_bridge ap eth0
    box_untagged ap br0
    farm_address ap br0 192.168.77.14/24 192.168.77.1
    box_trunk ap eth0
    for vid in "${vlan_ids[@]}"; do box_vlan ap "$vid" eth0; done
    box_access ap wlan0 501
}

# MAC NAMESPACE NAME: a card of the machine; where another farm had it, it comes back in a moment
vlan_card_to() {
    local from
    farm_wait 20 eval "ip -br link | grep -q $1" || return 1
    from=$(ip -br link | awk -v mac="$1" '$3 == mac { print $1 }')
    ip link set "$from" down
    ip link set "$from" netns "$farm_prefix$2" name "$3"
    box_plain "$2" "$3"
}

vlan_monitor() { # its cable, which may lose some of what crosses
    local ns=switch port=port3
    if [ "${vlan_vantage:-house}" = barn ]; then ns=node port=lan2; fi
    if [ -n "${vlan_loss:-}" ] && [ $ns = switch ]; then
        farm_wire $ns $port cable near
        farm_wire cable far monitor eth0
        farm_start cable "$farm_build/tests/lab/radio_link" near far "$vlan_loss" "${vlan_seed:-1}"
    elif [ -n "${EMULATED_CARDS:-}" ]; then
        vlan_card_to ${EMULATED_CARDS% *} $ns $port && vlan_card_to ${EMULATED_CARDS#* } monitor eth0
        # devices without an address: so the card lets these VLANs in
        [ -n "${vlan_blind:-}" ] || {
            ip -n "${farm_prefix}monitor" link add link eth0 name eth0.501 up type vlan id 501
            ip -n "${farm_prefix}monitor" link add link eth0 name eth0.502 up type vlan id 502
        }
    else
        farm_wire $ns $port monitor eth0
    fi
    vlan_plugged=($ns $port)
    if [ $ns = switch ]; then farm_wire node lan2 lookout eth0; else farm_wire switch port3 lookout eth0; fi
}

vlan_hosts() {
    farm_bridge house eth0 air0
    farm_address house br0 192.168.77.10/24 192.168.77.1
    farm_bridge barn air0 eth0
    farm_address barn br0 192.168.77.11/24 192.168.77.1
    farm_address cam eth0 192.168.77.13/24 192.168.77.1
    farm_address nas eth0 192.168.77.20/24 192.168.77.1
    farm_address monitor eth0 192.168.77.5/24 192.168.77.1
    farm_address lookout eth0 192.168.77.6/24 192.168.77.1
    vlan_page nas 80 "the farm's own files"
}

vlan_wires() {
    farm_wire isp wan router wan
    farm_wire router lan switch port1
    box_finds_8021q router lan
    farm_wire switch port2 house eth0
    vlan_monitor
    farm_wire switch port4 nas eth0
    farm_wire switch port5 ap eth0
    farm_wire switch port6 monitor eth1
    farm_wire switch port7 rogue eth0
    farm_wire ap wlan0 phone eth0
    farm_wire house air0 air near
    farm_wire barn air0 air far
    farm_wire barn eth0 node wan0
    farm_wire node lan1 cam eth0
    farm_wire node wlan0 tablet eth0
    local loss=()
    [ "${vlan_vantage:-house}" = barn ] && loss=(${vlan_loss:-})
    [ ${#loss[@]} = 0 ] || loss+=("${vlan_seed:-1}")
    farm_start air "$farm_build/tests/lab/radio_link" near far "${loss[@]}"
    farm_air=$farm_last
}

vlan_up() {
    vlan_switch_trunks=(port1 port2 port5)
    vlan_node_trunks=(wan0)
    if [ "${vlan_plug:-trunk}" = trunk ]; then vlan_switch_trunks+=(port3); vlan_node_trunks+=(lan2); fi
    farm_begin || return 1
    vlan_wires
    farm_isp
    farm_router
    vlan_router
    vlan_switch
    vlan_hosts
    vlan_node
    vlan_ap
    farm_wait 15 farm_answers || { echo "# the farm does not answer"; return 1; }
}

# --- a guest's own device ---

# NAMESPACE: a lease by udhcpc, and with it address and routes. Prints "ADDRESS GATEWAY DNS"; fails without one
guest_lease() {
    local script=$farm_dir/udhcpc
    [ -x "$script" ] || cat > "$script" << 'SH'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr flush dev "$interface"
ip addr add "$ip/24" dev "$interface"
ip route replace default via "$router"
echo "$ip $router $dns"
SH
    chmod +x "$script"
    inside "$1" busybox udhcpc -i eth0 -n -q -f -t "${guest_tries:-3}" -T 1 -s "$script" 2> "$farm_dir/udhcpc-$1.log"
}

# NAMESPACE URL: asked of the name server of the VLAN, through whatever the lease said
guest_page() {
    local host=${2#http://} at
    host=${host%%/*}
    at=$(guest_name "$1" "$host") || return 1
    inside "$1" curl -s -m 3 --resolve "$host:80:$at" "$2"
}

guest_name() { # NAMESPACE NAME [SERVER]: its address
    inside "$1" busybox timeout 3 nslookup -type=a "$2" "${3:-192.168.101.1}" 2> /dev/null |
        sed -n '/^Name:/,$s/^Address\( [0-9]*\)\{0,1\}: //p' | head -n 1 | grep .
}

guest_pings() { inside "$1" ping -q -c 2 -i 0.2 -W 1 "${@:3}" "$2" > /dev/null; } # NAMESPACE ADDRESS [OPTION...]
guest_connects() { inside "$1" busybox nc -w 1 "$2" "$3" < /dev/null > /dev/null 2>&1; } # NAMESPACE ADDRESS PORT
