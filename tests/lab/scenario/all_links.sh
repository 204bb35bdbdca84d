# Every link dies at once and comes back: nothing lost, nothing invented.
watch_up || exit 1
farm_cut all
within 20 "all links dead is one incident about ourselves" open_is watcher-isolated
throughout 15 "and nothing else" open_is watcher-isolated
farm_heal all
within 90 "healed, nothing is open" nothing_open
within 60 "every node is up" all_up
throughout 30 "and it stays quiet" nothing_open
check "it was one incident" seen_is 1
check "no message came twice" each_key_once
within 20 "each sink heard the same" eval '[ "$(wc -l < $farm_dir/mails)" = "$(wc -l < $farm_dir/hooks)" ]'
