# Up again after the plug was pulled while it wrote.
within 60 "it came up with the machine" active
within 60 "with the incidents from before" eval '[ "$(incidents)" = "$(cat $kept/incidents)" ]'
check "a device is down since when it was" [ "$(hayloft nodes --json | jq -r '.[] | select(.name == "lost") | .since')" = "$(cat $kept/since)" ]
check "it started once" [ "$(unit NRestarts)" = 0 ]
check "nothing was refused to it" nothing_refused
within 60 "its page answers" page_is / 303
within 90 "devices that answer are up" state_is shed-10 up
check "the database is whole" [ "$(sqlite3 /var/lib/hayloft/hayloft.db 'PRAGMA integrity_check')" = ok ]
readable() {
    local file
    for file in /var/lib/hayloft/rrd/here/*/*.rrd; do rrdtool info "$file" > /dev/null || return 1; done
}
check "every series is readable" readable
check "a backup can be made" eval 'hayloft backup /var/tmp/backup.tgz > /dev/null 2>&1'
check "no file was set aside" eval '[ -z "$(find /var/lib/hayloft -name "*.bad*" -o -name "*.damaged*" -o -name "*aside*")" ]'
systemctl poweroff
