# A UPS that loses its mains, runs empty and recovers: its own words become incidents, and end.
farm_up && watch_config "" && watch_sinks || exit 1
sed -i 's|^  nas: .*|  ups: {address: 192.168.77.20, parent: lan-switch, class: fixed, site: house, snmp: {community: ups, interval: 5s}}|' "$config"
mkdir "$farm_dir/ups"

ups_is() { # SOURCE CHARGE: an agent that says so; 3 mains, 5 battery (UPS-MIB, upsOutputSource)
    [ -z "${ups_agent:-}" ] || { kill "$ups_agent"; farm_wait 5 ups_gone; }
    {
        echo "1.3.6.1.2.1.1.1.0|4|a UPS of the lab"
        echo "1.3.6.1.2.1.1.2.0|6|1.3.6.1.2.1.33"
        echo "1.3.6.1.2.1.1.3.0|67|4000000"
        echo "1.3.6.1.2.1.1.5.0|4|ups"
        echo "1.3.6.1.2.1.33.1.2.1.0|2|2"
        echo "1.3.6.1.2.1.33.1.2.4.0|2|$2"
        echo "1.3.6.1.2.1.33.1.4.1.0|2|$1"
    } > "$farm_dir/ups/ups.snmprec"
    farm_start nas "$farm_build/tests/support/replay_agent" -q -a 192.168.77.20 -p 161 "$farm_dir/ups"
    ups_agent=$farm_last
}
ups_gone() { ! kill -0 "$ups_agent" 2> /dev/null; }
sentence_has() { incidents | jq -e --arg t "$1" 'any(.[]; .cause.sentence | contains($t))' > /dev/null; }
ups_state() { hayloft node ups --json | jq -r --arg m "$1" '.readings[] | select(.meaning == $m) | .level'; }

ups_is 3 100
watch_start
within 60 "the UPS is up" state_is ups up
within 60 "its mains are good" eval '[ "$(ups_state output-source)" = good ]'
check "nothing is open" nothing_open

ups_is 5 80
within 60 "without mains there is one incident" open_is ups-on-battery
check "in words" sentence_has "ups runs on its battery: no mains reach it"
check "the reading says so too" [ "$(ups_state output-source)" = bad ]
within 30 "it is told" told opened 1

ups_is 5 11
within 60 "an empty battery is another" open_is battery-low ups-on-battery
check "with its limit" sentence_has "battery charge is below 20 %"

ups_is 3 100
within 120 "when the mains are back both end" nothing_open
within 60 "and that is told" told resolved 2
