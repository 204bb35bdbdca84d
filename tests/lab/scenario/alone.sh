# A machine with nothing but loopback: hayloft comes up, watches the machine itself, and says so.
farm_namespaces=(monitor)
farm_prefix=hayloft-$$- farm_build=$HAYLOFT_BUILD farm_dir=$(mktemp -d -t hayloft-farm-XXXXXX) config=$farm_dir/hayloft.yaml
touch "$farm_dir/pids" "$farm_dir/mails" "$farm_dir/hooks"
trap farm_down EXIT
ip netns add "${farm_prefix}monitor" && farm_settle monitor || exit 1

inside monitor "$farm_build/hayloft" discover --write "$config" --state "$farm_dir/state" > "$farm_dir/discover.txt" 2>&1
check "a configuration is made" [ $? -eq 0 ]
check "it says that there is no network" grep -q "none but loopback: hayloft will watch its own machine" "$farm_dir/discover.txt"
watch_start
within 30 "its one node is up" eval 'nodes | jq -e "map(.address + .state) == [\"127.0.0.1up\"]" > /dev/null'
within 10 "all is well with it" eval "hayloft status > /dev/null"
check "its page answers" eval 'inside monitor curl -sf http://127.0.0.1:8480/health > /dev/null'
check "nothing is open" nothing_open
[ -z "${failed:-}" ] || sed 's/^/#   /' "$farm_dir/discover.txt" "$config"
