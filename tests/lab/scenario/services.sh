# The services that are data files: each delivers a test message that its service could read.
hook=http://localhost:$hook_port
watch_up "  a: {ntfy: {url: $hook/ntfy, token: s3cret}}
  b: {slack: {url: $hook/slack}}
  c: {discord: {url: $hook/discord}}
  d: {gotify: {url: $hook/gotify, token: s3cret}}
  e: {exec: {command: [/bin/sh, -c, \"cat > @FARM@/document\"]}}" || exit 1
for receiver in a b c d e owner; do
    hayloft doctor --send-test $receiver > /dev/null
    check "a test message to $receiver is taken" [ $? = 0 ]
done
got() { jq -s -e --arg p "$1" "any(.[] | select(.path == \$p); $2)" "$farm_dir/hooks" > /dev/null; } # PATH CONDITION
within 15 "ntfy gets text with a title and its token" got /ntfy \
    '(.body | startswith("This is a test")) and (.headers | any(.[0] == "Title") and any(. == ["Authorization", "Bearer s3cret"]))'
within 15 "slack gets JSON" got /slack '.body | fromjson | .text | contains("This is a test")'
within 15 "discord gets JSON that mentions nobody" got /discord \
    '.body | fromjson | (.content | contains("This is a test")) and .allowed_mentions.parse == []'
within 15 "gotify gets JSON with a priority" got /gotify/message \
    '.body | fromjson | (.message | contains("This is a test")) and .priority == 2'
within 15 "a program gets the document" eval 'jq -e ".message == \"test\"" "$farm_dir/document" > /dev/null'
within 15 "a mail arrives" eval '[ "$(mails test)" = 1 ]'
check "no token is in the log" not_logged s3cret
