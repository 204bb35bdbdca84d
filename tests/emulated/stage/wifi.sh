# A guest on the air: three radios of the kernel's own making (mac80211_hwsim). One is the access point's, in a network
# of its own; one is our card's, with Debian's wpa_supplicant; one is another guest's, or the neighbour's.
air=/run/air
guests() { ip netns exec air "$@"; }
access_point() { # LINE...: what it is like from now on
    access_point_off
    printf '%s\n' interface=wlan0 driver=nl80211 hw_mode=g channel=6 "$@" > $air/hostapd.conf
    guests hostapd -B -P $air/hostapd.pid $air/hostapd.conf > $air/hostapd.log || note < $air/hostapd.log
    guests ip address replace 10.77.0.1/24 dev wlan0
}
access_point_off() {
    [ -f $air/hostapd.pid ] || return 0
    kill "$(cat $air/hostapd.pid)"
    await 20 eval '! guests pidof hostapd > /dev/null'
}
protected() { printf '%s\n' wpa=2 wpa_key_mgmt="$1" rsn_pairwise=CCMP "$2=$3"; } # KIND KEY PASSWORD
wpa2() { protected WPA-PSK wpa_passphrase "${1:-quarter past nine}"; }
cli() { wpa_cli -i wlan1 "$@" 2> /dev/null; }
nothing_of_ours() { [ "$(cli list_networks | wc -l)" = 1 ]; }
card_is_known() { [ -S /run/wpa_supplicant/wlan1 ] && cli ping | grep -q PONG; }
card() { # LINE...: the configuration the system has for our card
    printf '%s\n' "$@" > /etc/wpa_supplicant/wpa_supplicant-wlan1.conf
    systemctl restart wpa_supplicant@wlan1
    await 30 card_is_known
}
listens="ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev"
configure() { # LINE...: of the network
    {
        echo "site: Barn"
        echo "internet: off"
        echo "lan: off"
        echo "networks:"
        echo "  guest:"
        printf '    %s\n' "$@"
    } > /etc/hayloft/hayloft.yaml
    chmod 600 /etc/hayloft/hayloft.yaml
    systemctl reload hayloft.service
}
has_open() { [[ " $(open_kinds) " == *" $1 "* ]]; } # others may be left of the stages before
none_open() { [[ " $(open_kinds) " != *" guest-"* ]]; }
doctor_says() { hayloft doctor 2> /dev/null | grep -q "wifi *$1"; }
probe() {
    hayloft probe guest --json > $kept/probe 2> $kept/probe.err
    jq -r '.steps[] | "\(.step): \(.verdict) \(.detail) (\(.ms | round) ms)"' $kept/probe | note
    jq -r '"\(.verdict): \(.sentence)"' $kept/probe | note
}
step() { jq -r --arg s "$1" '[.steps[] | select(.step == $s)] | last | "\(.verdict) \(.detail)"' $kept/probe; }
step_is() { [[ "$(step "$1")" == $2 ]]; } # STEP PATTERN
probed() { # TEXT, then STEP PATTERN...
    local text=$1; shift
    probe
    while [ $# -gt 0 ]; do
        if step_is "$1" "$2"; then ok "$text: $1"; else not_ok "$text: $1 is $(step "$1")"; fi
        shift 2
    done
    within 30 "and nothing of ours is left" nothing_of_ours
}

# ---- radios, an access point, our card

mkdir -p $air /etc/wpa_supplicant
within 60 "the service came up with the machine" active
modprobe mac80211_hwsim radios=3
await 30 [ -e /sys/class/net/wlan2 ]
if [ ! -e /sys/class/net/wlan2 ]; then
    not_ok "this kernel makes radios"
    systemctl poweroff
    exit
fi
rfkill unblock all 2> /dev/null
ip netns add air
iw phy "$(cat /sys/class/net/wlan0/phy80211/name)" set netns name air
guests ip link set lo up
access_point ssid="Barn guests" "$(wpa2)"
guests dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --bind-interfaces --interface=wlan0 --pid-file= \
    --dhcp-leasefile=$air/leases --dhcp-range=10.77.0.50,10.77.0.99 --dhcp-option=3,10.77.0.1 \
    --address=/farm.example/10.77.0.1 > $air/dnsmasq.log 2>&1 &
mkdir -p $air/pages && echo "all is well: success" > $air/pages/index.html
guests python3 -m http.server --directory $air/pages 80 > $air/pages.log 2>&1 &
card "$listens"
check "our card's wpa_supplicant listens" card_is_known
check "wire's user may ask it" eval 'id -nG _hayloft-wire | grep -qw netdev'
check "a network on the air is configured" configure "wifi: {interface: wlan1, ssid: Barn guests, password: quarter past nine}" \
    "depth: internet" "every: 10m" "dns_name: farm.example" "http: {url: http://farm.example/, expect: success}"

check "the doctor finds the card well" doctor_says "ok *_hayloft-wire may ask wpa_supplicant to join by wlan1"

# ---- it works

probed "a guest on the air" scan "ok *channel 6 ?2.4 GHz?*" join "ok by 02:*" link "ok wlan1" offer "ok 10.77.0.*" \
    lease "ok 10.77.0.*" gateway "ok 10.77.0.1 is at *" fullsize "ok *" dns "ok *10.77.0.1*" http "ok *"
check "the address was given back" eval '[ ! -s $air/leases ]'
check "the machine took no address there" eval '[ -z "$(ip -4 -oneline address show dev wlan1)" ]'
check "no promiscuous mode is left" eval '! ip -details link show wlan1 | grep -q "promiscuity [1-9]"'
access_point ssid="Barn guests" ignore_broadcast_ssid=1 "$(wpa2)"
probed "one that hides its name" scan "ok *channel 6*" join "ok *" offer "ok *"
access_point ssid="Barn guests" ieee80211w=2 "$(protected SAE sae_password 'quarter past nine')"
probed "by WPA3" scan "ok *" join "ok *" offer "ok *"

# ---- it does not let us in

access_point ssid="Barn guests" "$(wpa2 'half past nine')"
probed "another password" scan "ok *" join "failing the password is wrong*4-way handshake*"
within 330 "that is an incident, once the machine is up long enough" has_open guest-wifi-refused
hayloft incidents | note
check "with the reason in its sentence" eval 'hayloft incidents --json | jq -r ".[].cause.sentence" | grep -q "password is wrong"'
cat /sys/class/net/wlan1/address > $air/denied
access_point ssid="Barn guests" macaddr_acl=0 deny_mac_file=$air/denied "$(wpa2)"
probed "a list of MAC addresses" join "failing *a list of MAC addresses*status 1*"
access_point ssid="Barn guests" max_num_sta=1 "$(wpa2)"
printf '%s\n' 'ctrl_interface=/run/other' 'network={' 'ssid="Barn guests"' 'psk="quarter past nine"' '}' > $air/other.conf
wpa_supplicant -B -P $air/other.pid -i wlan2 -c $air/other.conf > /dev/null
await 60 eval 'iw dev wlan2 link | grep -q "^Connected"'
probed "an access point that is full" join "failing *is full*status 17*"
kill "$(cat $air/other.pid)"
access_point ssid="Barn guests" ieee80211w=2 "$(protected SAE sae_password 'half past nine')"
probed "another password by WPA3" join "failing the password is wrong*WPA3*"
access_point ssid="Barn guests"
probed "one that asks for no password" join "failing it asks for no password*"

# ---- it is not there

access_point ssid=Barn "$(wpa2)"
probed "a name that is heard no more" scan "failing 'Barn guests' is not on the air; heard instead: 'Barn', 02:*channel 6*"
within 60 "that is another incident's cause" has_open guest-wifi-absent
access_point ssid="Barn guests" "$(wpa2)"
probed "and again" scan "ok *" join "ok *" offer "ok *"
within 90 "then nothing of it is open any more" none_open

# ---- nothing is left by one that is killed

hayloft probe guest --json > /dev/null 2>&1 &
asked=$!
within 60 "a probe is in the network" eval 'cli list_networks | grep -q CURRENT'
kill -KILL "$(role_pid wire)"
wait $asked
within 60 "wire is back by itself" eval 'role_pid wire > /dev/null'
left=$(cli add_network) # as one that was killed leaves it, before the next comes
check "a network of ours is left" eval '{ cli set_network $left id_str "\"hayloft\"" && cli set_network $left ssid "\"Barn guests\"" && cli set_network $left key_mgmt NONE && cli enable_network $left; } > /dev/null'
probed "the next probe" scan "ok *" join "ok *" offer "ok *"

# ---- the card is the system's

neighbour=(ssid=Barn "$(wpa2)" bss=wlan0_1 ssid="Barn guests" "$(wpa2)")
access_point "${neighbour[@]}"
home=('network={' 'ssid="Barn"' 'psk="quarter past nine"' '}')
card "$listens" "${home[@]}"
await 60 eval 'cli status | grep -q wpa_state=COMPLETED'
probe
check "a card the system joins elsewhere is not taken" step_is scan "unknown wlan1 is the system's: it joins 'Barn' with it*"
check "and stays where it was" eval 'cli status | grep -q "^ssid=Barn$"'
access_point ssid="Barn guests" "$(wpa2)"
guest=('network={' 'ssid="Barn guests"' 'psk="quarter past nine"' '}')
card "$listens" "${guest[@]}"
await 60 eval 'cli status | grep -q wpa_state=COMPLETED'
probe
check "what the system has joined is used as it is" step_is join "ok *as the system had joined it"
check "and an address offered" step_is offer "ok *"
check "and it stays joined" eval 'cli status | grep -q wpa_state=COMPLETED'
printf '%s\n' "${guest[@]}" > /etc/wpa_supplicant/wpa_supplicant-wlan1.conf
systemctl restart wpa_supplicant@wlan1
within 60 "the system joins without anybody listening" eval 'iw dev wlan1 link | grep -q "^Connected"'
probe
check "so it is where wpa_supplicant does not listen" step_is join "ok *as the system had joined it"
check "and an address offered there" step_is offer "ok *"

# ---- without the right

card "$listens"
gpasswd -d _hayloft-wire netdev > /dev/null
systemctl restart hayloft.service
within 60 "the service is up again" active
probe
check "without the right to ask it says which" step_is scan "unknown hayloft may not ask*group netdev*"
within 60 "and that is no fault of the network" none_open
check "so does the doctor, with the way out" doctor_says "degraded .*usermod -aG netdev _hayloft-wire"
gpasswd -a _hayloft-wire netdev > /dev/null
systemctl poweroff
