# The daemon as somebody who is not root: with only CAP_NET_RAW, with no right where ping_group_range lets it,
# and with neither, which is our own fault and no device's.
farm_up && watch_config "web: {enabled: false}" && watch_sinks || exit 1
nobody=65534
chmod 755 "$farm_dir" && mkdir -p "$farm_dir/its/bin" # where somebody else may read, whatever folder we build in
cp "$farm_build"/hayloft{d,,-config,-courier,-engine,-painter,-store,-web,-wire} "$farm_dir/its/bin"
cp -r "$farm_here/../../etc" "$farm_dir/its/etc" && chmod -R a+rX "$farm_dir/its"
mkdir "$farm_dir/state" && chown -R $nobody "$farm_dir/state" "$config"

pings_for() { inside monitor sysctl -q -w net.ipv4.ping_group_range="$1"; } # GROUPS
start_as_nobody() { # CAPABILITIES
    ip netns exec "${farm_prefix}monitor" setpriv --reuid $nobody --regid $nobody --clear-groups --inh-caps "-all$1" --ambient-caps "-all$1" \
        --bounding-set "-all$1" "$farm_dir/its/bin/hayloftd" -d --config "$config" >> "$farm_dir/hayloftd.log" 2>&1 < /dev/null &
    daemon=$!
    echo $daemon >> "$farm_dir/pids"
}
caps_are() { grep -q "^Cap$1:[[:space:]]*$2$" "/proc/$daemon/status"; } # SET MASK
nobody_else_has_any() {
    local pid
    for pid in $(pgrep -P "$daemon" -f 'hayloft-(engine|store|courier|config|painter)'); do
        grep -q '^CapPrm:[[:space:]]*0000000000000000$' "/proc/$pid/status" || return 1
    done
}
doctor_says() { hayloft doctor | grep -q "$1"; }
forget() { watch_stop; rm -rf "$farm_dir/state"; mkdir "$farm_dir/state"; chown $nobody "$farm_dir/state"; }

pings_for "1 0"
start_as_nobody ,+net_raw
within 60 "with only CAP_NET_RAW all of the farm is up" all_up
check "it could have had no other" caps_are Bnd 0000000000002000
check "with the sockets open it keeps that one, for wire alone" caps_are Prm 0000000000002000
check "and no other part has one" nobody_else_has_any
check "doctor says that it may capture" doctor_says "capture *ok *hayloftd (pid $daemon) may"
check "nothing is open" nothing_open
forget

pings_for "0 2147483647"
start_as_nobody ""
within 60 "with no right at all, where ping_group_range allows, all is up" all_up
check "it has none indeed" caps_are Bnd 0000000000000000
check "doctor says that it may not capture" doctor_says "capture *degraded *hayloftd (pid $daemon) may not"
check "nothing is open then" nothing_open
forget

pings_for "1 0"
start_as_nobody ""
within 20 "with neither it says at once what is missing" open_is own-fault
check "in a sentence with the way out" eval 'incidents | jq -r ".[0].cause | .sentence + .check_first" | grep -q CAP_NET_RAW'
check "no device is called down for it" eval '[ "$(nodes | jq "[.[] | select(.state == \"down\" or .state == \"unreachable\")] | length")" = 0 ]'
[ -z "${failed:-}" ] || { incidents_table; nodes_table; }
