# From no configuration to a watched farm: what discover finds is a file that works.
farm_up && watch_sinks || exit 1
mkdir -p "$farm_dir/found"
config=$farm_dir/found/hayloft.yaml
discover() { inside monitor "$farm_build/hayloft" discover --write "$config" --state "$farm_dir/state"; }
watched() { grep -E '^  "' "$config"; }

discover > "$farm_dir/discover.txt" 2>&1
check "the gateway is watched" eval 'watched | grep -q "192.168.77.1\""'
check "so is the switch, by the name its agent gives" eval 'watched | grep "192.168.77.2\"" | grep -q "secret snmp"'
check "others are listed, not watched" eval 'grep -Eq "^  # .*192.168.77.20\"" "$config"'
check "the community stands where only root reads" [ "$(stat -c %a "$farm_dir/found/secrets.yaml")" = 600 ]
check "the file is a good configuration" eval "hayloft check-config > /dev/null 2>&1"

discover > "$farm_dir/again.txt" 2>&1
check "a second time it keeps the file" eval 'grep -q "stays as it is" "$farm_dir/again.txt"'

everything_up() { nodes | jq -e 'length > 1 and all(.[] | select(.name != "internet"); .state == "up")' > /dev/null; }
watch_start
within 60 "all it watches is up" everything_up
[ -z "${failed:-}" ] || sed 's/^/#   /' "$farm_dir/discover.txt" "$config"
