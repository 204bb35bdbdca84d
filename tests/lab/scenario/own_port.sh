# The monitor's own port is cut: one incident, about ourselves; no node is called down.
watch_up || exit 1
farm_cut monitor
within 20 "our own port cut is one incident about ourselves" open_is watcher-isolated
throughout 20 "and nothing else" open_is watcher-isolated
for node in "${farm_nodes[@]}"; do
    check "$node is not called down" eval "! state_is $node down"
done
farm_heal monitor
within 60 "healed, nothing is open" nothing_open
within 60 "every node is up" all_up
check "it was one incident" seen_is 1
within 20 "what was said is said to the end" eval '[ "$(mails opened)" = "$(mails resolved)" ]'
