# The air between the two radios goes dead: one incident, one message each; and again when it is back.
watch_up || exit 1
farm_cut radio
within 15 "a cut radio link is one open incident, site-cut-off" open_is site-cut-off
check "it names the link" cause_has link "barn bridge"
check "it names the site" cause_has site barn
within 15 "the barn's nodes are affected" affected_are barn-cam barn-node bridge-barn
for node in bridge-barn barn-node barn-cam; do
    within 20 "$node is unreachable" state_is $node unreachable
    check "$node says behind what" [ -n "$(behind_of $node)" ]
done
check "the near radio stays up" state_is bridge-house up
within 20 "one message at each sink" told opened 1
throughout 20 "it stays one incident and one message" eval 'open_is site-cut-off && told opened 1'
farm_heal radio
within 60 "healed, nothing is open" nothing_open
within 60 "every node is up" all_up
within 20 "one message at each sink says so" told resolved 1
throughout 10 "nothing else was said" eval 'told opened 1 && told resolved 1 && told changed 0'
check "it was one incident" seen_is 1
check "no message came twice" each_key_once
