# A second hayloft in the barn, on the machine of barn-cam. The air goes dead and comes back: one incident and one
# message each at the house, which says what the barn saw meanwhile; then again with a node of the barn away meanwhile.
# The barn has messages of its own for nobody.
token=f3a9c1d27b604e58f3a9c1d27b604e58

barn_config() {
    local pin
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=house \
        -keyout "$farm_dir/key.pem" -out "$farm_dir/cert.pem" 2> /dev/null || return 1
    pin=$(openssl x509 -in "$farm_dir/cert.pem" -pubkey -noout | openssl pkey -pubin -outform der |
        openssl dgst -sha256 -binary | base64)
    (umask 077 && echo "token: $token" > "$farm_dir/secrets.yaml")
    mkdir -p "$farm_dir/barn/state"
    cp "$farm_dir/secrets.yaml" "$farm_dir/barn/"
    cat > "$farm_dir/barn/hayloft.yaml" << YAML
site: Lab barn
state: $farm_dir/barn/state
vantage: barn
internet: off
upstream: {url: "https://192.168.77.5:8480", token: !secret token, pin: "sha256//$pin", every: 5s}
nodes:
  barn-node:    {address: 192.168.77.12, site: barn}
  bridge-barn:  {address: 192.168.77.11, parent: barn-node, site: barn}
  bridge-house: {address: 192.168.77.10, site: house}
  router:       {address: 192.168.77.1, parent: bridge-house, site: house}
links:
  barn bridge: {bridge: [bridge-barn, bridge-house]}
receivers:
  nobody: {webhook: {url: "http://192.168.77.5:$hook_port/barn"}}
YAML
}

barn_start() {
    ip netns exec "${farm_prefix}cam" "$farm_build/hayloftd" --config "$farm_dir/barn/hayloft.yaml" -d \
        >> "$farm_dir/barn/log" 2>&1 < /dev/null &
    barn=$!
    echo $barn >> "$farm_dir/pids"
}

at_barn() { inside cam "$farm_build/hayloft" "$1" --config "$farm_dir/barn/hayloft.yaml" "${@:2}" --json 2> /dev/null; }
barn_sees() { hayloft node "$1" --json 2> /dev/null | jq -e --arg s "$2" '.seen_from[0].vantage == "barn" and .seen_from[0].state == $s' > /dev/null; }
barn_has() { [ "$(at_barn incidents | jq -r '[.[].cause.kind] | length')" -ge "$1" ]; } # OPEN INCIDENTS
resolved_are() { [ "$(all_incidents | jq -r '[.[] | select(.resolved != null)] | length')" = "$1" ]; }
last_settled() { all_incidents | jq -r 'max_by(.opened) | .evidence[0].fact'; }
none_of_barn() { ! grep -q '"path": "/barn"' "$farm_dir/hooks"; }

farm_up || exit 1
if ! command -v openssl > /dev/null; then
    echo "ok openssl is not installed # SKIP"; echo "ok skipped"; echo "ok skipped"; exit 0
fi
barn_config || exit 1
watch_config "web: {listen: \"192.168.77.5:8480\", certificate: @FARM@/cert.pem, key: @FARM@/key.pem}
vantages: {barn: {token: !secret token, site: barn, node: barn-cam}}"
watch_sinks && watch_start || exit 1
barn_start
within 90 "every node is up" all_up
within 60 "the house is told what the barn sees" barn_sees barn-node up

farm_cut radio
within 15 "a cut radio link is one open incident, site-cut-off" open_is site-cut-off
within 30 "the barn sees that the house is away" barn_has 1
throughout 20 "it stays one incident" open_is site-cut-off
farm_heal radio
within 150 "healed, nothing is open" nothing_open
check "the house says what the barn saw" [ "$(last_settled)" = "seen from barn, its LAN was fine throughout: it was the radio link" ]
within 20 "one message at each sink says so" told resolved 1
check "it was one incident" seen_is 1

farm_cut radio
within 15 "cut again" open_is site-cut-off
ip -n "${farm_prefix}node" link set lan1 down # the machine of the barn's hayloft loses its plug as well
throughout 25 "nothing more is said" open_is site-cut-off
ip -n "${farm_prefix}node" link set lan1 up
farm_heal radio
within 150 "healed, nothing is open" nothing_open
case $(last_settled) in
*"nothing there answered from "*"barn itself ran"*) say_ok "the house says what the barn saw: $(last_settled)" ;;
*) say_not_ok "the house says what the barn saw: $(last_settled)" ;;
esac
within 60 "every node is up" all_up
within 60 "the barn reports again" barn_sees barn-node up
check "nobody heard of the barn's own incidents" none_of_barn
check "no message came twice" each_key_once
check "the barn's hayloft still runs" kill -0 "$barn"
check "no token is in a log" eval '! grep -rq "$token" "$farm_dir/hayloftd.log" "$farm_dir/barn/log"'
