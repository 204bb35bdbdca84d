# A guest on a VLAN: all is well, then nobody gives guests addresses, then a port of the switch is no member; each is one
# incident with its cause and box, and gone when it is healed. Nothing but a guest's frames leaves the card.
source "$PWD/vlan_farm.sh"
source "$PWD/vlan_watch.sh"
if ! why=$(vlan_possible); then echo "ok guests # SKIP $why"; exit 0; fi
vlan_watch_up || exit 1
vlan_audit_start

within 60 "the network of guests is well" network_is guest ok
check "and nothing is open" nothing_open
vlan_fault dhcp-dead
within 60 "no DHCP for guests is one incident" open_is guest-dhcp-silent
check "it is that network's" cause_has network guest
vlan_heal dhcp-dead
within 60 "healed, nothing is open" nothing_open
vlan_fault not-member-router
within 90 "a port that is no member is one incident" open_is vlan-not-member
check "the switch and the port are named" cause_names 'lan-switch.*port1'
vlan_heal not-member-router
within 90 "healed, nothing is open any more" nothing_open
check "two incidents in all" seen_is 2

audit_end
vlan_forbidden | sed 's/^/# not allowed: /'
check "only frames of guests left" [ -z "$(vlan_forbidden)" ]
check "after kill -9 nothing is left on the card" vlan_nothing_left
watch_start
