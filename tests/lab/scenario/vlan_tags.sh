# What each of the four boxes between a guest in the barn and the router can do to tags, by ordinary tools and without
# hayloft: that it is to be seen where it should be, and gone when it is healed.
source "$PWD/vlan_farm.sh"
source "$PWD/vlan_tools.sh"
if ! why=$(vlan_possible); then echo "ok vlan # SKIP $why"; exit 0; fi
vlan_up || exit 1

check "without the VLAN no guest has a lease" with unknown-vlan eval 'no_lease phone && no_lease tablet'
check "nor where the router's port is no member" with not-member-router no_lease phone
router=$(inside router cat /sys/class/net/lan/address)
for box in lan-switch bridge-house bridge-barn barn-node; do
    # DIRECTION: no lease, and the router hears of it or not
    eaten() { with "eat-$box-$1" audit router lan no_lease tablet && "router_heard_$1"; }
    router_heard_up() { fails saw "$(mac_of tablet) .* dhcp-discover"; }
    router_heard_down() { saw "$(mac_of tablet) 501 dhcp-discover"; }
    # no lease, and untagged frames at the router, or at the barn's end
    stripped_up() { with "strip-$box-up" audit router lan no_lease tablet && saw "$(mac_of tablet) - dhcp-discover"; }
    stripped_down() { with "strip-$box-down" audit cam eth0 no_lease tablet && saw "$router - dhcp-server"; }
    check "$box eats tags upwards" eaten up
    check "$box eats tags downwards" eaten down
    check "$box strips tags upwards" stripped_up
    check "$box strips tags downwards" stripped_down
    check "$box drops giants" with "giants-$box" eval \
        'leases tablet && guest_pings tablet 192.168.101.1 && fails guest_pings tablet 192.168.101.1 -s 1472 -M do'
    check "$box healed" guest_pings tablet 192.168.101.1 -s 1472 -M do
done
