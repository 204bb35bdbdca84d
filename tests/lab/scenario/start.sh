# Starting and stopping as a person or a boot script does: into the background, with errors to the shell.
farm_up && watch_config && watch_sinks || exit 1
cp "$config" "$farm_dir/good.yaml"
hayloftd() { inside monitor "$farm_build/hayloftd" --config "$config" "$@"; }
holder() { cat "$farm_dir/state/lock"; }
gone() { [ ! -d "/proc/$1" ] || grep -q '^State:.*zombie' "/proc/$1/status"; } # nobody may have reaped it

sed -i 's/^nodes:/nodez:/' "$config"
hayloftd > "$farm_dir/start.txt" 2>&1
check "a bad file ends the start" [ $? -eq 1 ]
check "and the shell is told where" grep -Eq 'hayloft.yaml:[0-9]+:[0-9]+: .*nodez' "$farm_dir/start.txt"
check "nothing was written" [ ! -e "$farm_dir/state/lock" ]

cp "$farm_dir/good.yaml" "$config"
inside monitor bash -c 'exec 0<&- 1>&- 2>&-; exec "$@"' - "$farm_build/hayloftd" --config "$config"
check "it starts with descriptors 0 to 2 closed" [ $? -eq 0 ]
first=$(holder)
echo "$first" >> "$farm_dir/pids"
within 5 "when it returns every part works" eval 'hayloft status > /dev/null 2>&1; [ $? -lt 3 ]'
check "0 to 2 lead nowhere near a socket" eval '! ls -l /proc/$first/fd/[012] | grep -q socket'

hayloftd > "$farm_dir/second.txt" 2>&1
check "a second one is refused" [ $? -eq 1 ]
check "and names the first" grep -q "pid $first" "$farm_dir/second.txt"

roles=$(pgrep -P "$first")
kill -KILL "$first"
daemon=
hayloftd
check "after a kill -9 it starts at once" [ $? -eq 0 ]
for role in $roles; do check "role $role of the killed one is gone" gone "$role"; done
daemon=$(holder)
echo "$daemon" >> "$farm_dir/pids"

kill -TERM "$daemon"
within 5 "it stops within five seconds" gone "$daemon"
watch_start # for the end every scenario has
within 30 "and comes up again" all_up
