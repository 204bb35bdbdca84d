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

tables() { inside monitor snmpwalk -v2c -c public -t 1 -r 1 -Oqn "$1" "1.3.6.1.2.1.17.7.1.$2"; } # ADDRESS OID of Q-BRIDGE

# NAMESPACE INTERFACE COMMAND...: what a wire saw while it ran, for saw "MAC VID KIND"; fails when the command does
audit() {
    local code=0
    audit_start "$1" "$2"
    "${@:3}" || code=1
    audit_end
    return $code
}
