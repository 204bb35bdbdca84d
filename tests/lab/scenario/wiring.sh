# The tables of a real agent: whom the router hears by ARP, by name, read by themselves and anew when asked for.
watch_up || exit 1
router() { hayloft node router --json | jq -e "$@" > /dev/null; }
arp_has() { router --arg n "$1" '.arp | any(.node == $n)'; }

within 90 "the router's tables are read" router '.tables_at and (.arp | length > 0)'
check "they say when" router '.tables.arp.at and (.tables.arp.cut | not)'
check "and the router's own name for the port" router '.arp | any(.port_name == "lan")'
check "people are told as well" eval 'hayloft node router | grep -Eq "^[0-9]+ address(es)? in its ARP and ND, read"'

inside router ip neigh flush dev lan nud all
inside router ping -c 1 -W 2 192.168.77.20 > /dev/null
before=$(hayloft node router --json | jq -r .tables_at)
newer() { hayloft probe router --json > "$farm_dir/probe.json"; [[ "$(hayloft node router --json | jq -r .tables_at)" > "$before" ]]; }
within 20 "a probe has them read anew" newer
check "and counts what it found" jq -e '.steps[] | select(.step == "snmp tables") | .verdict == "ok" and (.detail | test("arp [0-9]+"))' "$farm_dir/probe.json"
within 60 "whom the router has just spoken to is in them" eval 'hayloft probe router > /dev/null; arp_has nas'
