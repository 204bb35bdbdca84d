# The farm with guests, by ordinary tools and without hayloft: what works when all is well, and that each fault
# is to be seen where it should be, and gone when it is healed. What boxes do to tags is in
# vlan_tags.sh, other places to stand at in vlan_places.sh.
source "$PWD/vlan_farm.sh"
source "$PWD/vlan_tools.sh"
if ! why=$(vlan_possible); then echo "ok vlan # SKIP $why"; exit 0; fi
vlan_up || exit 1

# --- all is well ---
check "a guest in the house has a lease" leases phone
check "and one in the barn" leases tablet
check "both see the Internet's page" eval 'page_is phone "the internet is here" && page_is tablet "the internet is here"'
check "frames of full size cross both buildings" guest_pings tablet 192.168.101.1 -s 1472 -M do
check "guests do not reach the main network" fails leak
check "nor the router's administration" fails guest_connects phone 192.168.101.1 80
check "the monitor's port carries both VLANs" eval 'arps 501 192.168.101.1 && arps 502 192.168.102.1'
check "and no others" fails arps 503 192.168.101.1
audit monitor eth0 leases phone
check "a guest's frames come to the monitor with their tag" saw "$(mac_of phone) 501 dhcp-discover"
check "and only so" fails saw "$(mac_of phone) - .*"

# --- the tables say what the boxes do ---
vlan_at() { tables "$1" "4.3.1.1.$2" | grep -q guest; } # ADDRESS VID
member() { tables 192.168.77.2 "4.3.1.2.501" | grep -q "\"$1"; } # OCTETS; port1 is the highest bit
check "lan-switch has VLAN 501, and its members" farm_wait 15 eval 'vlan_at 192.168.77.2 501 && member EE'
check "barn-node has it" vlan_at 192.168.77.12 501
check "who is heard on it" eval 'tables 192.168.77.2 2.2.1.2.11 | grep -q "\.$(printf "%d.%d.%d.%d.%d.%d" $(mac_of tablet | sed "s/^/0x/; s/:/ 0x/g")) 2"'
check "a VLAN that is not there is not in them" with unknown-vlan farm_wait 5 fails vlan_at 192.168.77.2 501
check "a port that is no member is none in them" with not-member-barn eval 'farm_wait 5 member AE && no_lease tablet && leases phone'
check "the access port's VLAN is in them" with wrong-access farm_wait 5 eval 'tables 192.168.77.2 4.5.1.1.6 | grep -q " 502"'
check "healed, guests have leases" well

# --- services ---
check "no DHCP" with dhcp-dead no_lease phone
check "an empty pool" with pool-empty no_lease phone
check "a wrong subnet" with wrong-subnet leases phone 10.66.0
check "a rogue that is faster" with rogue-dhcp leases phone 192.168.66
check "a lease again" leases phone
advertised() { inside rogue awk '$1 == "Icmp6OutRouterAdvertisements" { exit !$2 }' /proc/net/snmp6; }
rogue_advertises() { audit monitor eth0 farm_wait 10 advertised && saw "$(mac_of rogue) 501 ra"; }
check "a rogue router advertises" with rogue-ra rogue_advertises
check "no DNS" with dns-dead fails guest_name phone page.example
check "a lying DNS" with dns-lies eval '[ "$(guest_name phone page.example)" = 192.168.101.1 ]'
check "no HTTP" with http-dead eval 'fails guest_page phone http://page.example/ && guest_pings phone 203.0.113.1'
check "a portal" with portal page_is phone "please sign in to use this network"
check "a silent gateway" with gateway-silent eval 'leases phone && fails guest_pings phone 192.168.101.1'
check "no Internet" with internet-down eval 'guest_pings phone 192.168.101.1 && fails guest_pings phone 203.0.113.1'
check "a leak by ICMP alone" with leak-icmp eval 'guest_pings phone 192.168.77.20 && fails guest_connects phone 192.168.77.20 80'
check "a leak by TCP alone" with leak-tcp eval 'guest_connects phone 192.168.77.20 80 && fails guest_pings phone 192.168.77.20'
check "the router's administration is open" with admin-open guest_connects phone 192.168.101.1 80
check "no link to the router" with link-down no_lease phone
check "dead air" with radio-dead eval 'no_lease tablet && leases phone'
[ -n "${EMULATED_CARDS:-}" ] || # that cable has no plug
    check "the monitor's own port" with own-port-down eval '[ "$(inside monitor cat /sys/class/net/eth0/carrier)" = 0 ]'
check "healed, all is well" eval 'well && page_is phone "the internet is here" && fails leak && arps 501 192.168.101.1'
