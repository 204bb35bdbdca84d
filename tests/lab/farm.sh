#!/bin/bash
# Two buildings in network namespaces of one machine, for scenarios to source.
#
#   isp -- router -- lan-switch -- bridge-house ~air~ bridge-barn -- barn-node -- barn-cam
#                     |      |
#                  monitor  nas
#
# Real: the kernel's bridges and addresses, net-snmp on router and switch, dnsmasq on the router. The two
# radios answer ping and nothing else; between them is radio_link, whose air can go dead while both ends
# stay up. The isp has three anchors, DNS and a page. Nothing leads out of the machine.
#
# Namespaces carry the prefix hayloft-PID-, so that several farms stand side by side; farm_down runs at
# every exit. Switch ports are named as a switch names them: port1 router, port2 bridge-house, port3
# monitor, port4 nas.

# shellcheck disable=SC2034 # read by scenarios
farm_nodes=(router lan-switch bridge-house bridge-barn barn-node barn-cam nas)
farm_namespaces=(isp router switch house air barn node cam nas monitor)

farm_possible() { # says why not
    [ "$(id -u)" = 0 ] || { echo "only root can make namespaces"; return 1; }
    local tool
    for tool in ip ethtool snmpd dnsmasq python3 jq; do
        command -v "$tool" > /dev/null || { echo "$tool is not installed"; return 1; }
    done
    local probe=hayloft-$$-probe
    if ! ip netns add "$probe" 2> /dev/null; then echo "this kernel gives no namespaces"; return 1; fi
    ip -n "$probe" link add dev probe0 type bridge 2> /dev/null
    local bridges=$?
    ip netns del "$probe"
    [ $bridges = 0 ] || { echo "this kernel has no bridges"; return 1; }
}

inside() { ip netns exec "$farm_prefix$1" "${@:2}"; } # NAMESPACE COMMAND...

# NAMESPACE COMMAND... in the background, ended by farm_down
farm_start() {
    ip netns exec "$farm_prefix$1" "${@:2}" > "$farm_dir/$1-$(basename "$2").log" 2>&1 < /dev/null &
    echo $! >> "$farm_dir/pids"
    farm_last=$!
    disown # the shell says nothing when it is killed
}

farm_settle() { # NAMESPACE: a quiet, plain IPv4 host
    inside "$1" sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
        net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
        net.ipv4.ping_group_range="0 2147483647"
    inside "$1" sysctl -q -w net.bridge.bridge-nf-call-iptables=0 2> /dev/null
    ip -n "$farm_prefix$1" link set lo up
}

farm_wire() { # NAMESPACE INTERFACE NAMESPACE INTERFACE
    ip link add dev "$2" netns "$farm_prefix$1" type veth peer name "$4" netns "$farm_prefix$3" || return 1
    local end
    for end in "$1 $2" "$3 $4"; do
        set -- $end
        # the receiver would see checksums that a real card fills in
        inside "$1" ethtool -K "$2" tx off sg off tso off gso off gro off > /dev/null 2>&1
        ip -n "$farm_prefix$1" link set "$2" up
    done
}

farm_bridge() { # NAMESPACE PORT...
    local ns=$1 port; shift
    ip -n "$farm_prefix$ns" link add dev br0 type bridge forward_delay 0 stp_state 0
    for port in "$@"; do ip -n "$farm_prefix$ns" link set "$port" master br0; done
    inside "$ns" ethtool -K br0 tx off sg off tso off gso off gro off > /dev/null 2>&1
    ip -n "$farm_prefix$ns" link set br0 up
}

farm_address() { # NAMESPACE INTERFACE ADDRESS/LENGTH [GATEWAY]
    ip -n "$farm_prefix$1" addr add "$3" dev "$2"
    [ -z "${4:-}" ] || ip -n "$farm_prefix$1" route add default via "$4"
}

farm_agent() { # NAMESPACE SYSNAME [LINE OF CONFIGURATION...]
    local conf=$farm_dir/snmpd-$1.conf
    mkdir -p "$farm_dir/snmp-$1"
    printf '%s\n' "agentAddress udp:161" "rocommunity public" "rwcommunity tune" "sysName $2" "sysLocation house" \
        "sysDescr lab $2" "sysServices 6" "${@:3}" > "$conf"
    SNMP_PERSISTENT_DIR=$farm_dir/snmp-$1 farm_start "$1" snmpd -f -Lo -C -c "$conf" -I -smux
}

farm_isp() {
    local a
    for a in 203.0.113.1 203.0.113.2 203.0.113.3; do farm_address isp lo "$a/32"; done
    farm_address isp wan 198.51.100.1/30
    ip -n "${farm_prefix}isp" route add 192.168.77.0/24 via 198.51.100.2
    farm_start isp dnsmasq -k -C /dev/null --pid-file= --no-resolv --no-hosts --listen-address=203.0.113.1 \
        --bind-interfaces --address=/anchor.example/203.0.113.1 --address=/page.example/203.0.113.1
    farm_start isp python3 "$farm_here/isp_page.py"
}

farm_router() {
    farm_address router wan 198.51.100.2/30 198.51.100.1
    farm_address router lan 192.168.77.1/24
    inside router sysctl -q -w net.ipv4.ip_forward=1
    farm_agent router router
    farm_start router dnsmasq -k -C /dev/null --pid-file= --no-resolv --no-hosts -i lan \
        --except-interface=lo --bind-interfaces --server=203.0.113.1 \
        --dhcp-range=192.168.77.100,192.168.77.150,1h --dhcp-leasefile="$farm_dir/leases" --no-ping
}

farm_hosts() {
    farm_bridge switch port1 port2 port3 port4
    farm_address switch br0 192.168.77.2/24 192.168.77.1
    farm_agent switch lan-switch
    farm_bridge house eth0 air0
    farm_address house br0 192.168.77.10/24 192.168.77.1
    farm_bridge barn air0 eth0
    farm_address barn br0 192.168.77.11/24 192.168.77.1
    farm_bridge node wan0 lan1
    farm_address node br0 192.168.77.12/24 192.168.77.1
    farm_address cam eth0 192.168.77.13/24 192.168.77.1
    farm_address nas eth0 192.168.77.20/24 192.168.77.1
    farm_address monitor eth0 192.168.77.5/24 192.168.77.1
}

# The namespaces, empty; $farm_dir, $farm_prefix and inside are there afterwards.
farm_begin() {
    farm_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
    farm_build=${HAYLOFT_BUILD:-$farm_here/../../build}
    farm_prefix=hayloft-$$-
    farm_dir=$(mktemp -d -t hayloft-farm-XXXXXX)
    : > "$farm_dir/pids"
    trap farm_down EXIT
    trap 'exit 130' INT TERM
    local ns
    for ns in "${farm_namespaces[@]}"; do
        ip netns add "$farm_prefix$ns" || return 1
        farm_settle "$ns"
    done
}

# Wires everything up.
farm_up() {
    farm_begin || return 1
    farm_wire isp wan router wan
    farm_wire router lan switch port1
    farm_wire switch port2 house eth0
    farm_wire switch port3 monitor eth0
    farm_wire switch port4 nas eth0
    farm_wire house air0 air near
    farm_wire barn air0 air far
    farm_wire barn eth0 node wan0
    farm_wire node lan1 cam eth0
    farm_start air "$farm_build/tests/lab/radio_link" near far
    farm_air=$farm_last
    farm_isp
    farm_router
    farm_hosts
    farm_wait 10 farm_answers || { echo "# the farm does not answer"; return 1; }
}

farm_answers() { # everything, from the monitor
    local a
    for a in 1 2 10 11 12 13 20; do
        inside monitor ping -q -c 1 -W 1 "192.168.77.$a" > /dev/null || return 1
    done
    inside monitor ping -q -c 1 -W 1 203.0.113.1 > /dev/null
}

farm_wait() { # SECONDS CONDITION...: 0 as soon as it holds
    local deadline=$(($(date +%s%N) + $1 * 1000000000)); shift
    until "$@"; do
        [ "$(date +%s%N)" -lt "$deadline" ] || return 1
        sleep 0.2
    done
}

farm_port() { ip -n "${farm_prefix}switch" link set "port$1" "$2"; } # NUMBER up|down

farm_cut() { # radio monitor node house nas isp all
    case $1 in
    radio) kill -USR1 "$farm_air" ;;
    monitor) farm_port 3 down ;;
    node) ip -n "${farm_prefix}barn" link set eth0 down ;;
    house) farm_port 2 down ;;
    nas) farm_port 4 down ;;
    isp) ip -n "${farm_prefix}isp" route del 192.168.77.0/24 ;; # its plug is fine, it just is not there
    all) farm_cut radio; farm_cut node; farm_port 1 down; farm_port 2 down; farm_port 3 down; farm_port 4 down ;;
    *) echo "# nothing called $1 to cut" >&2; return 1 ;;
    esac
}

farm_heal() {
    case $1 in
    radio) kill -USR2 "$farm_air" ;;
    monitor) farm_port 3 up ;;
    node) ip -n "${farm_prefix}barn" link set eth0 up ;;
    house) farm_port 2 up ;;
    nas) farm_port 4 up ;;
    isp) ip -n "${farm_prefix}isp" route replace 192.168.77.0/24 via 198.51.100.2 ;;
    all) farm_heal radio; farm_heal node; farm_port 1 up; farm_port 2 up; farm_port 3 up; farm_port 4 up ;;
    *) echo "# nothing called $1 to heal" >&2; return 1 ;;
    esac
}

farm_down() {
    trap - EXIT
    [ -n "${farm_dir:-}" ] || return
    exec 2> /dev/null # the shell reports each job it sees killed
    local pid ns left
    mapfile -t left < "$farm_dir/pids"
    for pid in "${left[@]}"; do kill "$pid" 2> /dev/null; done
    for ns in "${farm_namespaces[@]}"; do
        for pid in $(ip netns pids "$farm_prefix$ns" 2> /dev/null); do kill -9 "$pid" 2> /dev/null; done
        ip netns del "$farm_prefix$ns" 2> /dev/null
    done
    wait 2> /dev/null
    [ -n "${farm_keep:-}" ] && echo "# kept: $farm_dir" || rm -rf "$farm_dir"
    farm_dir=
}
