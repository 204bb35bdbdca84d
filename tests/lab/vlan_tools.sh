#!/bin/bash
# What scenarios say about guests by ordinary tools. Sourced after vlan_farm.sh.

guest_tries=2
with() { vlan_fault "$1"; "${@:2}"; local code=$?; vlan_heal "$1"; return $code; } # FAULT COMMAND...
leases() { [[ "$(guest_lease "$1")" = "${2:-192.168.101}".* ]]; } # NAMESPACE [SUBNET]
no_lease() { local lease; ! lease=$(guest_tries=1 guest_lease "$1"); }
well() { leases phone && leases tablet; }
page_is() { [ "$(guest_page "$1" http://page.example/)" = "$2" ]; }
leak() { guest_pings phone 192.168.77.20 || guest_connects phone 192.168.77.20 80; }
mac_of() { inside "$1" cat /sys/class/net/eth0/address; }
fails() { ! "$@"; }
arps() { inside monitor arping -q -0 -V "$1" -i eth0 -c 2 -w 1 "$2"; } # VID ADDRESS

# NAMESPACE INTERFACE COMMAND...: what a wire saw while it ran, for saw "MAC VID KIND"; fails when the command does
audit() {
    local log=$farm_dir/$1-frame_audit.log pid code=0
    rm -f "$log"
    farm_start "$1" "$farm_build/tests/lab/frame_audit" "$2"
    pid=$farm_last
    farm_wait 5 grep -qs ready "$log"
    "${@:3}" || code=1
    kill "$pid"
    farm_wait 5 eval "! kill -0 $pid 2> /dev/null"
    cp "$log" "$farm_dir/audit"
    return $code
}
saw() { grep -q " $1\$" "$farm_dir/audit"; }
