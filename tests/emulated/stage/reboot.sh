# Up again after `systemctl reboot`, nobody's hand in it.
within 60 "it came up with the machine" active
within 60 "with the incidents from before" eval '[ "$(incidents)" = "$(cat $kept/incidents)" ]'
check "a device is down since when it was" [ "$(hayloft nodes --json | jq -r '.[] | select(.name == "lost") | .since')" = "$(cat $kept/since)" ]
check "it was stopped in order before" eval 'journalctl --unit hayloft.service --boot -1 --no-pager --output cat | grep -q "Deactivated successfully"'
check "and started once" [ "$(unit NRestarts)" = 0 ]
check "nothing was refused to it" nothing_refused
within 60 "its page answers" page_is / 303
within 90 "devices that answer are up" state_is shed-10 up
await 30 eval '[ "$(hayloft node shed-1 --json | jq ".series | length")" -gt 0 ]' # a sample was taken
echo "pull the plug"
sleep 600
