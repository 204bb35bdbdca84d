# Up with no card at all: nothing may wait for a network that does not come, no device is at fault, and what
# was down before is not well again because nobody can ask.
check "there is no network" eval '! ip -oneline link | grep -v " lo: "'
within 60 "it came up with the machine" active
check "it started once" [ "$(unit NRestarts)" = 0 ]
within 60 "its page answers here" page_is / 303
within 90 "what can be reached is up" state_is shed-10 up
within 300 "what cannot is unknown" state_is router unknown
within 60 "the one problem is our own" open_is internet-down node-down own-fault
incidents | note
check "the others are those from before" [ "$(incidents | grep -v own-fault)" = "$(cat $kept/incidents)" ]
check "a device is down since when it was" [ "$(hayloft nodes --json | jq -r '.[] | select(.name == "lost") | .since')" = "$(cat $kept/since)" ]
check "a picture can be drawn" eval 'hayloft graph shed-10 ping --out /run/picture.svg > /dev/null 2>&1'
check "nothing was refused to it" nothing_refused
systemctl poweroff
