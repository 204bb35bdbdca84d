# What a user does on a fresh machine, and all that systemd does to a service of its own.
on_the_net() { ip route | grep -q '^default'; }
within 60 "the machine is on the network" on_the_net

# ---- quickstart

began=$SECONDS
(cd "$clone" && runuser -u farmer -- sudo etc/quickstart --install) > $kept/quickstart 2>&1
code=$?
check "quickstart --install ends well ($((SECONDS - began)) s)" [ $code = 0 ]
[ $code = 0 ] || note < $kept/quickstart
quickstart_said() { grep -q "$1" $kept/quickstart; }
check "it finds every package in place" quickstart_said '^nothing is missing'
check "it finds the programs built" quickstart_said '^nothing changed'
check "it gives a first login" quickstart_said '^login *admin, password .'
check "the unit is active" active
active || { journalctl --unit hayloft.service --no-pager | tail -30 | note; systemctl poweroff; exit; }
check "the unit starts at each boot" systemctl is-enabled --quiet hayloft.service
check "the unit file has nothing systemd complains about" eval '[ -z "$(systemd-analyze verify hayloft.service 2>&1 | grep -i hayloft)" ]'
page=$(sed -n 's/^page  *//p' $kept/quickstart)
check "the page's address is of this machine's card" eval '[[ $page == http://10.0.2.*:8480/ ]]'
(cd "$clone" && runuser -u farmer -- sudo etc/quickstart --install) > $kept/again 2>&1
check "a second quickstart keeps what is there" grep -q '^kept ' $kept/again
check "and ends with the unit active" active

# ---- rights

source "$here/stage/rights.sh"

# ---- page

within 30 "the page wants a login" page_is / 303
check "health needs none" page_is /api/v1/health 200
password=$(sed -n 's/^login *admin, password //p' $kept/quickstart)
curl --silent --output /dev/null --cookie-jar $kept/cookies --header "Origin: http://127.0.0.1:8480" \
    --data-urlencode user=admin --data-urlencode "password=$password" http://127.0.0.1:8480/login
get() { curl --silent --max-time 60 --cookie $kept/cookies "http://127.0.0.1:8480$1"; }
check "the first login opens the page" eval 'get / | grep -q "<html"'
check "and the nodes in it" eval 'get /api/v1/nodes | jq -e "length >= 2" > /dev/null'

# ---- reload: ten devices more that answer, one that does not, and a script to be told

printf '#!/bin/sh\ncat >> /tmp/told\necho >> /tmp/told\ncat /proc/$PPID/status > /tmp/told-by\n' > /usr/local/bin/tell
chmod 755 /usr/local/bin/tell
mkdir -p /etc/hayloft/conf.d
{
    echo "nodes:"
    for i in $(seq 10); do echo "  shed-$i: {address: 127.0.1.$i}"; done
    echo "  lost: {address: 10.0.2.77}"
    echo "receivers:"
    echo "  script: {exec: [/usr/local/bin/tell], local: yes}"
} > /etc/hayloft/conf.d/sheds.yaml
echo "include: conf.d/*.yaml" >> /etc/hayloft/hayloft.yaml
main=$(parent)
check "systemctl reload" systemctl reload hayloft.service
within 90 "it adopts the changed files" state_is shed-10 up
check "and is the same process" [ "$(parent)" = "$main" ]
echo "nodes: [" >> /etc/hayloft/conf.d/sheds.yaml
check "a reload of a broken file fails" eval '! systemctl reload hayloft.service 2> /dev/null'
check "the journal tells its place" said '^/etc/hayloft/conf.d/sheds.yaml:1[0-9]:[0-9]*: '
check "and what runs goes on" state_is shed-10 up
sed -i '$d' /etc/hayloft/conf.d/sheds.yaml

# ---- incidents, messages, pictures

within 420 "what is silent and what is cut off become incidents" open_is internet-down node-down
incidents | note
told() { cat /tmp/systemd-private-*-hayloft.service-*/tmp/"$1" 2> /dev/null; }
within 90 "the script hears of both" eval '[ "$(told told | jq -r "select(.message == \"opened\") | .cause.kind" | sort | paste -sd" ")" = "internet-down node-down" ]'
told told-by > $kept/courier
rights_in $kept/courier courier
within 60 "a picture by librrd" eval 'get /api/v1/graph/here/shed-1/ping.png | head -c 4 | grep -q PNG'
rights_of painter
hayloft backup /var/tmp/backup.tgz > /dev/null 2>&1
tar -tzf /var/tmp/backup.tgz > $kept/backup
check "a backup holds a series of each device" [ "$(grep -c '/ping.rrd$' $kept/backup)" -ge 11 ]

# ---- restart, stop, start

before=$(incidents)
check "systemctl restart" systemctl restart hayloft.service
within 30 "the incidents are the same after it" eval '[ -n "$before" ] && [ "$(incidents)" = "$before" ]'
began=$(date +%s%N)
systemctl stop hayloft.service
took=$((($(date +%s%N) - began) / 1000000))
check "systemctl stop takes at most 5 s ($took ms)" [ $took -le 5000 ]
check "nobody is left" nobody_left
check "it ended by itself" [ "$(unit Result) $(unit ExecMainCode) $(unit ExecMainStatus)" = "success 1 0" ]
systemctl start hayloft.service
within 30 "it starts again" eval 'active && [ "$(incidents)" = "$before" ]'

# ---- a bad configuration at the start

echo "nodes: [" >> /etc/hayloft/conf.d/sheds.yaml
check "a start with a broken file is a failed one" eval '! systemctl restart hayloft.service 2> /dev/null'
sed -i '$d' /etc/hayloft/conf.d/sheds.yaml
within 60 "and comes by itself once the file is good" eval 'active && [ "$(incidents)" = "$before" ]'

# ---- the parent is killed

main=$(parent)
roles=$(pgrep --parent "$main" | paste -sd' ')
kill -KILL "$main"
new_parent() { active && [ "$(parent)" != 0 ] && [ "$(parent)" != "$main" ]; }
within 10 "systemd starts a killed one again" new_parent
within 30 "with the same incidents" eval 'active && [ "$(incidents)" = "$before" ]'
check "no role of the old one lives" eval '! ps -o pid= -p "${roles// /,}" > /dev/null'
for i in 1 2 3 4 5 6; do # it is tried for ever
    main=$(parent)
    kill -KILL "$main"
    await 20 new_parent || break
done
check "and after six more" active

# ---- the parent hangs: the minute of WatchdogSec, and ten seconds for SIGABRT, which a stopped one does not hear

main=$(parent)
kill -STOP "$main"
within 100 "systemd starts a hung one again" new_parent
within 30 "with the same incidents once more" eval 'active && [ "$(incidents)" = "$before" ]'
check "no stopped one is left" eval '! ps -o pid= -p "$main" > /dev/null'

# ---- journal

check "the journal has the lines of the parent" said '^hayloft-parent: parent: '
check "and of a role" eval 'journalctl --unit hayloft.service --boot --no-pager --output cat _COMM=hayloft-web | grep -q "serving at"'
check "and nothing that a fence refused" eval '! journalctl --boot --no-pager --grep "SECCOMP.*hayloft" | grep SECCOMP'

# ---- cron

source "$here/stage/cron.sh"

# ---- doctor

within 60 "the engine answers" eval 'hayloft status > /dev/null; [ $? -le 2 ]'
hayloft doctor > $kept/doctor 2>&1
note < $kept/doctor
check "doctor finds each role with a user of its own" grep -q 'users *ok' $kept/doctor
check "doctor finds both fences" grep -Eq 'fences *ok.*seccomp.*Landlock [1-9]' $kept/doctor
for test in sandbox packets_kernel netinfo_kernel atomic_file clock; do
    check "the unit test of $test on this kernel" eval "'$clone/build/tests/test-poller-base-$test' > $kept/unit 2>&1 || { note < $kept/unit; false; }"
done

source "$here/stage/writes.sh"
check "one that works was never taken for hung" [ "$(journalctl --unit hayloft.service --boot --output cat --no-pager | grep -c 'Watchdog timeout')" = 1 ]
incidents > $kept/incidents
hayloft nodes --json | jq -r '.[] | select(.name == "lost") | .since' > $kept/since
echo "goes down for a reboot"
systemctl reboot
