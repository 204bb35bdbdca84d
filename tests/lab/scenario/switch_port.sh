# A port of the switch goes down under a node: the port is named.
watch_up || exit 1
farm_cut nas
within 15 "a node behind a dead port is an incident" eval '[ "$(open_count)" = 1 ]'
within 20 "its cause is the port" open_is port-down
check "the port is named" cause_has port port4
check "the switch is named" eval 'incidents | jq -e ".[0].cause | .sentence | contains(\"lan-switch\")" > /dev/null'
check "the node is affected" affected_are nas
within 20 "one message at each sink" told opened 1
farm_heal nas
within 60 "healed, nothing is open" nothing_open
within 20 "one message at each sink says so" told resolved 1
check "it was one incident" seen_is 1
