# The farm with guests from other places, and as it is at people's homes, by ordinary tools and without hayloft.
source "$PWD/vlan_farm.sh"
source "$PWD/vlan_tools.sh"
if ! why=$(vlan_possible); then echo "ok vlan # SKIP $why"; exit 0; fi

vlan_vantage=barn vlan_mute=node vlan_up || exit 1
check "a monitor in the barn is on both VLANs" eval 'arps 501 192.168.101.1 && arps 502 192.168.102.1'
check "a mute box says nothing" fails tables 192.168.77.12 4
farm_down
vlan_plug=access vlan_old=yes vlan_mute=switch vlan_up || exit 1
check "an access port carries no VLAN" fails arps 501 192.168.101.1
check "an old switch lets none through" no_lease phone
farm_down
vlan_loss=5 vlan_seed=7 vlan_up || exit 1
lossy() { inside monitor ping -q -c 200 -i 0.01 -W 1 192.168.77.1 | grep -Eq ' ([4-9]|1[0-7])(\.[0-9]+)?% packet loss'; }
check "a link that loses 5 % each way" lossy
