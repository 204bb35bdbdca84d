# Up with no card at all: nothing may wait for a network that does not come, and no device is at fault.
check "there is no network" eval '! ip -oneline link | grep -v " lo: "'
within 60 "it came up with the machine" active
check "it started once" [ "$(unit NRestarts)" = 0 ]
within 60 "its page answers here" page_is / 303
within 90 "what can be reached is up" state_is shed-10 up
within 120 "what cannot is unknown or was down before" eval 'hayloft nodes --json | jq -e "all(.[]; .state != \"up\" or (.address | startswith(\"127.\")))" > /dev/null'
incidents | note
hayloft nodes --json | jq -r '.[] | "\(.name) \(.state) \(.reason)"' | note
check "the device from before is down since when it was" [ "$(hayloft nodes --json | jq -r '.[] | select(.name == "lost") | .since')" = "$(cat $kept/since)" ]
check "a picture can be drawn" eval 'hayloft graph shed-10 ping --out /run/picture.svg > /dev/null 2>&1'
check "nothing was refused to it" nothing_refused
systemctl poweroff
