# Nobody takes messages while it happens: they wait, and leave in order, once, with the time it was.
sink_is_gone() { ! sink_takes "$1"; }
stop_sinks() {
    local pid
    for pid in $(ip netns pids "${farm_prefix}monitor"); do
        tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -q _sink.py && kill -9 "$pid"
    done
    farm_wait 5 sink_is_gone $smtp_port && farm_wait 5 sink_is_gone $hook_port
}
courier_pid() { pgrep -P "$daemon" -f hayloft-courier | head -n 1; }

watch_up || exit 1
check "nobody takes messages" stop_sinks
farm_cut radio
within 20 "an incident opens" open_is site-cut-off
opened=$(incidents | jq -r '.[0].opened')
within 40 "its message is tried and waits" eval '[ "$(incidents | jq -r "[.[0].messages[] | select(.attempts > 0 and .sent == null)] | length")" = 2 ]'
kill -9 "$(courier_pid)"
farm_heal radio
within 60 "it is over before anybody heard of it" nothing_open
check "nothing was delivered" eval '[ ! -s "$farm_dir/mails" ] && [ ! -s "$farm_dir/hooks" ]'
watch_sinks
within 90 "both messages arrive at both sinks" eval 'told opened 1 && told resolved 1'
check "in order" eval '[ "$(jq -r .message "$farm_dir/mails" | paste -sd " ")" = "opened resolved" ] && [ "$(jq -r .message "$farm_dir/hooks" | paste -sd " ")" = "opened resolved" ]'
check "the mail's date is when it was written" eval '
    written=$(date -d "$(head -n 1 "$farm_dir/mails" | jq -r .date)" +%s) at=$(date -d "$opened" +%s)
    [ $((written - at)) -ge 0 ] && [ $((written - at)) -le 15 ]'
check "no message came twice" each_key_once
