# A link that comes and goes is told at most three times, and the last message is the truth.
# Down for 14 s is surely noticed; for 10 s now and then, so that only many of them are surely told.
flaps=${LAB_FLAPS:-3} down=${LAB_DOWN:-14} up=${LAB_UP:-10}
watch_up || exit 1
for ((i = 0; i < flaps; i++)); do
    farm_cut radio; sleep "$down"
    farm_heal radio; sleep "$up"
done
within 600 "after $flaps flaps all ends quiet" eval 'nothing_open && all_up'
sleep 10 # what waits to be said is said within its hold
total=$(wc -l < "$farm_dir/mails")
check "between 1 and 3 messages were sent ($total)" [ "$total" -ge 1 -a "$total" -le 3 ]
check "the webhook heard as many" [ "$(wc -l < "$farm_dir/hooks")" = "$total" ]
check "the last one tells the final state" last_told resolved
check "no message came twice" each_key_once
