# A daemon that starts on a full disk, and on one that takes no writes: it watches, judges and tells from memory,
# says what is missing, and is on the disk again by itself once it can be.
if [ -z "${LAB_MOUNTS:-}" ]; then LAB_MOUNTS=1 exec unshare --mount bash "$PWD/run" --one full_disk; fi
farm_up && watch_config && watch_sinks || exit 1
state=$farm_dir/state
mkdir -p "$state"
mount -t tmpfs -o size=24m none "$state"
dd if=/dev/zero of="$state/filler" bs=64k 2> /dev/null
dd if=/dev/zero of="$state/filler2" bs=1 2> /dev/null
own_faults() { hayloft status --json 2> /dev/null | jq -r '.health.own_faults[]'; }
says() { own_faults | grep -q "$1"; }
no_faults() { [ "$(hayloft status --json 2> /dev/null | jq -r '.health.own_faults | length')" = 0 ]; }
mailed() { jq -r 'select(.message == "'"$1"'") | .key + " " + .subject' "$farm_dir/mails" | grep -c "$2"; }

watch_start
within 90 "on a full disk every node comes up" all_up
check "there is no database on it" [ ! -s "$state/hayloft.db" ]
within 5 "it says what cannot be written and how much is missing" says "hayloft.db: No space left on device, [1-9][0-9]* bytes missing"
within 5 "and that the journal cannot be made" says "/journal: No space left on device, 4194304 bytes missing"
within 30 "the full disk itself is told" told opened 1
farm_cut radio
within 20 "a cut radio is judged" state_is barn-cam unreachable
within 30 "and told" told opened 2
farm_heal radio
within 90 "so is its end" told resolved 1
rm "$state/filler" "$state/filler2"
within 20 "with room again no fault is left" no_faults
check "the database is on disk" [ -s "$state/hayloft.db" ]
check "and what happened meanwhile is in it" [ "$(all_incidents | jq -r '[.[] | select(.cause.kind == "site-cut-off" and .resolved != null)] | length')" = 1 ]
within 30 "the disk is told to be well again" told resolved 2
check "every message that left is in it" [ "$(all_incidents | jq -r '[.[].messages[] | select(.sent != null)] | length')" = 8 ]
check "no message came twice" each_key_once

watch_stop
mount -o remount,ro "$state"
watch_start
farm_cut radio
within 60 "on a read-only disk a cut radio is told" told opened 4 # and that it is read-only
check "nobody reaches it by its socket" eval '! hayloft status > /dev/null 2>&1 || [ $? -ge 3 ]'
nsenter --mount="/proc/$daemon/ns/mnt" mount -o remount,rw "$state" && mount -o remount,rw "$state"
within 30 "writable again, the command line reaches it" eval 'hayloft status > /dev/null 2>&1; [ $? -lt 3 ]'
within 20 "no fault is left" no_faults
check "the incident is in the database" [ "$(incidents | jq -r '[.[] | select(.cause.kind == "site-cut-off")] | length')" = 1 ]
farm_heal radio
within 90 "all is up" all_up
check "no message came twice" each_key_once
