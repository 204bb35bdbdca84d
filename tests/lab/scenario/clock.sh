# A board without a clock of its own: it starts in 1970, watches and tells, and once the clock is set all of
# it bears its true time. Then the clock is set back, and forward.

with_wrong_clock() { watch_preload wrong_clock wrong-clock "$@"; } # COMMAND... becomes this process
set_clock() { # SECONDS ahead of the true time, or 1970; and how many of them the machine slept
    python3 - "$farm_dir/wrong-clock" "$1" "${2:-0}" << 'PY'
import os, struct, sys, time
ahead = -int(time.time() * 1e9) + 40 * 10**9 if sys.argv[2] == "1970" else int(sys.argv[2]) * 10**9
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o644) # in place: it is mapped
os.pwrite(fd, struct.pack("=qq", ahead, int(sys.argv[3]) * 10**9), 0)
PY
}
start_with_wrong_clock() { watch_start_preloaded wrong_clock wrong-clock; }

health() { hayloft status --json 2> /dev/null | jq -r ".health.$1"; }
clock_is() { [ "$(health clock_set)" = "$1" ]; }
first_page_says() { inside monitor curl -s http://127.0.0.1:8480/ | grep -q "$1"; }
more_than() { [ "$(health "$2")" -gt "$1" ] 2> /dev/null; }
no_files() { [ -z "$(find "$farm_dir/state/rrd" -type f 2> /dev/null)" ]; }
of_kind() { all_incidents | jq -r ".[] | select(.cause.kind == \"$1\") | $2"; }
calm() { nothing_open && all_up; }
sane_between() { # FROM TO: every time anybody is shown
    { all_incidents; nodes; } | python3 -c '
import datetime, json, re, sys
low, high = float(sys.argv[1]) - 20, float(sys.argv[2]) + 5
stamps = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", sys.stdin.read())
wrong = [s for s in stamps if not low <= datetime.datetime.fromisoformat(s).timestamp() <= high]
for s in wrong: print("# a time that is wrong:", s)
sys.exit(bool(wrong) or not stamps)' "$1" "$2"
}
stored() { # NODE FROM TO: rows of its ping with a value
    hayloft graph "$1" ping --out "$farm_dir/ping.svg" > /dev/null 2>&1 # what is shown is made fresh
    rrdtool fetch "$farm_dir/state/rrd/here/$1/ping.rrd" AVERAGE -r 60 -s "$2" -e "$3" |
        awk 'NR > 2 && $2 !~ /nan/ { n++ } END { print n + 0 }'
}
newest_stored() { rrdtool last "$farm_dir/state/rrd/here/$1/ping.rrd"; }

farm_up && watch_config 'defaults: {all: {ping: {interval: 20s}}}' && watch_sinks && set_clock 1970 || exit 1
year=$(with_wrong_clock date -u +%Y 2> /dev/null)
[ $? != 99 ] || why="this machine lets nothing be mounted in a mount namespace"
case "$(ldd "$farm_build/hayloft-engine")" in
*libasan*|*libtsan*) why="a sanitizer must be the first library of a program" ;;
esac
# only what this machine cannot do is left out: a library that does nothing is a fault
[ -n "${why:-}" ] || check "a program there has a wrong clock" [ "$year" = 1970 ]
if [ -n "${why:-}" ]; then
    for part in start set steps; do say_ok "$part # SKIP $why"; done
    watch_start
    farm_wait 30 all_up
else
    started=$(date +%s)
    start_with_wrong_clock
    within 90 "it starts in 1970 and everything is up" all_up
    within 10 "a fault of its own is open" open_is own-fault
    check "its words are those of the clock" eval '[[ $(of_kind own-fault .cause.sentence) == *"the clock of this machine is not set"* ]]'
    check "the status says so" eval 'hayloft status | grep -q "the clock of this machine is not set"'
    check "and for programs" clock_is false
    check "so does the first page" first_page_says "the clock of this machine is not set"
    within 30 "and a message" told opened 1
    farm_cut radio
    cut=$(date +%s)
    within 20 "the cut is seen" eval '[ "$(of_kind site-cut-off .resolved)" = null ]'
    within 30 "and told" told opened 2
    check "the mail says how long ago, not when" eval '
        tail -n 1 "$farm_dir/mails" | jq -r .body | grep -q "It began .* before this message was written; at what time is uncertain"'
    check "and bears no date" eval '[ "$(tail -n 1 "$farm_dir/mails" | jq -r .date)" = null ]'
    check "nobody reads 1970" eval '! { all_incidents; nodes; hayloft status --json; cat "$farm_dir/mails" "$farm_dir/hooks"; } | grep -q 1970'
    # half of a stored minute must be known: one that ends a minute after the start is
    within 130 "samples of a whole minute wait in memory" eval '[ $(($(date +%s) / 60 * 60)) -ge $((started + 60)) ] && more_than 1000 queue_bytes'
    check "none is in a file" no_files
    engine=$(pgrep -P "$daemon" -f hayloft-engine | head -n 1)
    check "its clock really was wrong" eval '[ "$(nsenter -t "$engine" -m date -u +%Y)" = 1970 ]'

    set_clock 0
    jump=$(date +%s)
    within 10 "the clock is set, and it is known" clock_is true
    within 120 "that fault is over" open_is site-cut-off
    check "the cut has its true time" eval '
        at=$(date -d "$(of_kind site-cut-off .opened)" +%s); [ "$at" -ge $((cut - 15)) ] && [ "$at" -le $((cut + 25)) ]'
    check "all times anybody is shown are true" sane_between "$started" "$(date +%s)"
    rows=$(stored nas "$started" "$jump")
    check "the time before the jump is in the files ($rows rows)" [ "$rows" -ge 1 ]
    check "and nothing from before the start" eval '[ "$(stored nas $((started - 86400 * 300)) $((started - 60)))" = 0 ]'
    farm_heal radio
    within 90 "healed, nothing is open" nothing_open
    within 60 "each message came once at each sink" eval 'told opened 2 && told resolved 2'
    check "the last mail has a date" eval '
        at=$(date -d "$(tail -n 1 "$farm_dir/mails" | jq -r .date)" +%s); [ "$at" -ge "$jump" ] && [ "$at" -le "$(date +%s)" ]'
    within 60 "all is up" all_up

    stored nas "$started" "$(date +%s)" > /dev/null
    before=$(newest_stored nas)
    set_clock -600
    throughout 20 "ten minutes back: nothing is invented" calm
    stored nas "$started" "$(date +%s)" > /dev/null
    check "the file has not gone back" eval '[ "$(newest_stored nas)" -ge "$before" ]'
    within 30 "what overlaps is skipped and counted" more_than 0 samples_skipped
    set_clock 10800
    throughout 20 "three hours forward: nothing is invented" calm
    stored nas "$started" "$(($(date +%s) + 10800))" > /dev/null
    within 60 "and stored on" eval 'stored nas "$started" "$(($(date +%s) + 10800))" > /dev/null; [ "$(newest_stored nas)" -ge $(($(date +%s) + 10700)) ]'

    set_clock 39600 28800 # eight hours asleep; the network comes up a little later than we do
    farm_cut nas
    throughout 20 "after eight hours of sleep nothing is told at once" nothing_open
    farm_heal nas
    throughout 20 "nor later" nothing_open
    check "two incidents in all" seen_is 2

    watch_stop
    set_clock 28800
    start_with_wrong_clock
    within 60 "at its next start the clock is before what is stored: it is doubted" clock_is false
    within 60 "and everything is up" all_up
    within 10 "a fault of its own is open again" open_is own-fault
    within 60 "samples wait in memory again" more_than 1000 queue_bytes
    newest=$(newest_stored nas)
    check "none is in a file again" eval 'stored nas "$started" "$(date +%s)" > /dev/null; [ "$(newest_stored nas)" = "$newest" ]'
    set_clock 39600
    within 10 "set, and known" clock_is true
    within 120 "that is over" nothing_open
    check "no message came twice" each_key_once
    check "no file was set aside" eval '[ -z "$(find "$farm_dir/state/rrd" -name "*.bad-*")" ]'
fi
