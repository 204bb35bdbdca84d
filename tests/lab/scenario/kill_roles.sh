# kill -9 of one role after another, in quiet and in an incident: back within seconds, nothing said twice.
watch_up || exit 1
role_pid() { pgrep -P "$daemon" -f "hayloft-$1" | head -n 1; }
kill_role() {
    local old; old=$(role_pid "$1")
    [ -n "$old" ] || return 1
    kill -9 "$old"
    farm_wait 5 eval "[ -n \"\$(role_pid $1)\" ] && [ \"\$(role_pid $1)\" != $old ]"
}
for role in engine store web; do check "$role killed in quiet is back within 5 s" kill_role $role; done
within 90 "all is up again" all_up
check "no incident came of it" seen_is 0
farm_cut radio
within 20 "an incident opens" open_is site-cut-off
for role in engine store engine; do check "$role killed in an incident is back within 5 s" kill_role $role; done
within 30 "it is still the same one incident" eval 'open_is site-cut-off && seen_is 1'
within 30 "one message at each sink" told opened 1
farm_heal radio
check "store killed while it heals is back within 5 s" kill_role store
within 90 "healed, nothing is open" nothing_open
within 60 "one message at each sink says so" told resolved 1
check "one incident in all" seen_is 1
check "no message came twice" each_key_once
kill -9 "$daemon"; wait "$daemon" 2> /dev/null
farm_wait 5 eval '[ -z "$(inside monitor true; ip netns pids "${farm_prefix}monitor" | xargs -r ps -o comm= -p | grep hayloft-)" ]' # roles end with their parent
watch_start
within 30 "after kill -9 of all it starts by itself" eval 'nodes > /dev/null && [ -n "$(nodes)" ]'
within 90 "and all is up" all_up
check "still one incident" seen_is 1
