# The provider's line dies: the Internet is down, the house is not.
watch_up "" || exit 1
farm_cut isp
within 120 "the provider's line cut is internet-down" open_is internet-down
for node in router lan-switch nas; do check "$node stays up" state_is $node up; done
farm_heal isp
within 150 "healed, nothing is open" nothing_open
check "it was one incident" seen_is 1
within 20 "each sink heard both" eval 'told opened 1 && told resolved 1'
