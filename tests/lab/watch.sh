#!/bin/bash
# The real daemon in the farm's monitor, its sinks, and what a scenario says about them. Sourced after
# farm.sh. Every assertion prints "ok TEXT" or "not ok TEXT"; tests/lab/run gives the numbers.

smtp_port=2525
hook_port=8025

say_ok() { echo "ok $*"; }
say_not_ok() {
    echo "not ok $*"
    failed=1
}
check() { if "${@:2}"; then say_ok "$1"; else say_not_ok "$1"; fi; } # TEXT COMMAND...

within() { # SECONDS TEXT CONDITION...
    local from took
    from=$(date +%s%N)
    if farm_wait "$1" "${@:3}"; then
        took=$((($(date +%s%N) - from) / 100000000))
        say_ok "$2 (${took%?}.${took: -1} s)"
    else
        say_not_ok "$2 (not within $1 s)"
    fi
}

# stays true for so long
throughout() { # SECONDS TEXT CONDITION...
    local deadline=$(($(date +%s) + $1))
    while [ "$(date +%s)" -lt $deadline ]; do
        "${@:3}" || { say_not_ok "$2"; return; }
        sleep 0.5
    done
    say_ok "$2"
}

watch_config() { # [EXTRA YAML, where @FARM@ is the farm's folder]
    config=$farm_dir/hayloft.yaml
    cat > "$config" << YAML
site: Lab farm
state: $farm_dir/state
nodes:
  lan-switch:   {address: 192.168.77.2, site: house, snmp: {community: public}}
  router:       {address: 192.168.77.1, parent: lan-switch, port: port1, site: house, snmp: {community: public}}
  bridge-house: {address: 192.168.77.10, parent: lan-switch, port: port2, site: house}
  bridge-barn:  {address: 192.168.77.11, site: barn}
  barn-node:    {address: 192.168.77.12, parent: bridge-barn, site: barn}
  barn-cam:     {address: 192.168.77.13, parent: barn-node, class: fixed, site: barn}
  nas:          {address: 192.168.77.20, parent: lan-switch, port: port4, class: fixed, site: house}
links:
  barn bridge: {bridge: [bridge-house, bridge-barn]}
internet:
  gateway: router
  anchors: [203.0.113.1, 203.0.113.2, 203.0.113.3]
  page_url: http://203.0.113.1/
  page_expect: internet is here
  dns_name: anchor.example
notify: {hold: ${hold:-5s}}
receivers:
  owner: {mail: {server: "127.0.0.1:$smtp_port", tls: none, from: watch@lab.example, to: [owner@lab.example]}}
  hook:  {webhook: {url: "http://127.0.0.1:$hook_port/accept"}}
${1:-}
YAML
    sed -i "s|@FARM@|$farm_dir|g" "$config"
}

watch_sinks() {
    farm_start monitor python3 "$farm_here/../support/smtp_sink.py" --port $smtp_port --log "$farm_dir/mails"
    farm_start monitor python3 "$farm_here/../support/webhook_sink.py" --port $hook_port --log "$farm_dir/hooks"
    touch "$farm_dir/mails" "$farm_dir/hooks"
    farm_wait 10 sink_takes $smtp_port && farm_wait 10 sink_takes $hook_port
}
sink_takes() { inside monitor python3 -c "import socket; socket.create_connection(('127.0.0.1', $1), 1)" 2> /dev/null; }

hayloft() { inside monitor "$farm_build/hayloft" "$1" --config "$config" "${@:2}"; }

watch_start() {
    mkdir -p "$farm_dir/state"
    ip netns exec "${farm_prefix}monitor" "$farm_build/hayloftd" --config "$config" -d \
        >> "$farm_dir/hayloftd.log" 2>&1 < /dev/null &
    daemon=$!
    echo $daemon >> "$farm_dir/pids"
}

# LIBRARY FILE COMMAND...: becomes the command, in a mount namespace of its own in the monitor where every program is
# given the library, and it the farm's FILE as /mnt/FILE: the daemon scrubs the environment of its roles, so there is
# no other way in. Nothing outside changes. 99: this machine lets nothing be mounted.
watch_preload() {
    exec ip netns exec "${farm_prefix}monitor" unshare -m bash -c '
        mount -t tmpfs none /mnt && chmod 755 /mnt && cp -a /etc /mnt/etc && cp "$1" /mnt/library.so &&
            : > "/mnt/$2" && mount --bind "$3/$2" "/mnt/$2" &&
            echo /mnt/library.so > /mnt/etc/ld.so.preload && mount --bind /mnt/etc /etc || exit 99
        shift 3; exec "$@"' - "$HAYLOFT_BUILD/tests/lab/$1.so" "$2" "$farm_dir" "${@:3}"
}
# LIBRARY FILE
watch_start_preloaded() {
    mkdir -p "$farm_dir/state"
    watch_preload "$1" "$2" "$farm_build/hayloftd" --config "$config" -d >> "$farm_dir/hayloftd.log" 2>&1 < /dev/null &
    daemon=$!
    echo $daemon >> "$farm_dir/pids"
}

watch_up() { # farm, sinks and daemon, until every node is up and nothing is open
    farm_up && watch_config "${1:-}" && watch_sinks && watch_start || return 1
    farm_wait 90 all_up || { echo "# not everything came up:"; nodes_table; tail -n 20 "$farm_dir/hayloftd.log"; return 1; }
}

watch_stop() {
    kill -TERM "$daemon" 2> /dev/null
    wait "$daemon" 2> /dev/null
}

nodes() { hayloft nodes --json 2> /dev/null; }
incidents() { hayloft incidents --json 2> /dev/null; }
all_incidents() { hayloft incidents --all --json 2> /dev/null; }
nodes_table() { nodes | jq -r '.[] | "#   \(.name) \(.state) \(.reason // "") \(.behind // "")"'; }
incidents_table() {
    all_incidents | jq -r '.[] | "#   \(.id) \(.cause.kind) opened \(.opened) resolved \(.resolved) \(.cause.sentence) affected \(.affected | join(","))"'
}

all_up() { [ "$(nodes | jq -r '[.[] | select(.state == "up")] | length')" = 8 ]; } # 7 and the Internet
state_is() { [ "$(nodes | jq -r --arg n "$1" '.[] | select(.name == $n) | .state')" = "$2" ]; } # NODE STATE
behind_of() { nodes | jq -r --arg n "$1" '.[] | select(.name == $n) | .behind // ""'; }
open_count() { incidents | jq -r length; }
open_kinds() { incidents | jq -r '[.[].cause.kind] | sort | join(" ")'; }
open_is() { [ "$(open_kinds)" = "$*" ]; }
nothing_open() { [ "$(open_count)" = 0 ]; }
seen_is() { [ "$(all_incidents | jq -r length)" = "$1" ]; } # incidents ever
cause_has() { incidents | jq -e --arg k "$1" --arg v "$2" '.[0].cause[$k] == $v' > /dev/null; } # FIELD VALUE
affected_are() { [ "$(incidents | jq -r '.[0].affected | sort | join(" ")')" = "$*" ]; }

mails() { jq -r --arg m "$1" 'select(.message == $m) | .key' "$farm_dir/mails" | wc -l; }
hooks() { jq -r --arg m "$1" 'select(.message == $m) | .key' "$farm_dir/hooks" | wc -l; }
told() { [ "$(mails "$1")" = "$2" ] && [ "$(hooks "$1")" = "$2" ]; } # KIND TIMES at each sink
last_told() { [ "$(tail -n 1 "$farm_dir/mails" | jq -r .message)" = "$1" ]; }
each_key_once() { [ -z "$(jq -r .key "$farm_dir/mails" | sort | uniq -d)$(jq -r .key "$farm_dir/hooks" | sort | uniq -d)" ]; }

watch_end() { # what every scenario ends with
    [ -n "${daemon:-}" ] || return 0 # it was about the farm alone
    check "$name: the daemon still runs" kill -0 "$daemon"
    check "$name: no role died by itself" not_logged 'died|crash|killed by|Sanitizer'
    [ -z "${failed:-}" ] && return
    echo "# --- nodes"; nodes_table
    echo "# --- incidents"; incidents_table
    echo "# --- how they went"; all_incidents | jq -r '.[] | .id as $id | .timeline[] | "#   \($id) \(.at) \(.text)"'
    echo "# --- mails"; jq -r '"#   \(.key) \(.subject)"' "$farm_dir/mails"
    echo "# --- log"; tail -n 40 "$farm_dir/hayloftd.log" | sed 's/^/#   /'
}
not_logged() { ! grep -Eq "$1" "$farm_dir/hayloftd.log"; }
