# A good file is adopted without disturbing what it does not change; a bad one changes nothing.
watch_up || exit 1
before=$(all_incidents | jq length)
cp "$config" "$farm_dir/good.yaml"
sed -i 's/^nodes:/nodes:\n  broken: {adress: 192.168.77.99}/' "$config"
hayloft reload > "$farm_dir/reload.txt" 2>&1
check "a bad file is refused" [ $? -ne 0 ]
check "with its place and the key that was meant" grep -Eq 'hayloft.yaml:[0-9]+:[0-9]+.*' "$farm_dir/reload.txt"
check "the nodes stay as they were" all_up
sed 's/^nodes:/nodes:\n  monitor: {address: 192.168.77.5, site: house}/' "$farm_dir/good.yaml" > "$config"
hayloft reload > "$farm_dir/reload.txt" 2>&1
check "a good file is adopted" [ $? -eq 0 ]
within 90 "the new node is watched" state_is monitor up
check "the others were not disturbed" eval '[ "$(nodes | jq "[.[] | select(.state == \"up\")] | length")" = 9 ]'
cp "$farm_dir/good.yaml" "$config"
kill -HUP "$daemon"
within 20 "a signal reloads too: the node is gone" eval '! nodes | jq -e ".[] | select(.name == \"monitor\")" > /dev/null'
check "no incident came of it" seen_is "$before"
