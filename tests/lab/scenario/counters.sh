# Counter truth: what is stored agrees with the kernel's own counters.
span=${LAB_SPAN:-130} # two rounds and what the agent's cache hides
watch_up || exit 1
# Who asked a moment before gets the agent's figures of that moment, for 3 s: of two rounds that is more than 1 %.
# nsCacheTimeout (NET-SNMP-AGENT-MIB) of ifTable, in whole seconds:
inside switch env MIBS= snmpset -v2c -c tune -Oqv 127.0.0.1 1.3.6.1.4.1.8072.1.5.3.1.2.1.3.6.1.2.1.2.2 i 1 > /dev/null || exit 1

# a steady stream from the monitor to the NAS: in at port3, out at port4
farm_start nas python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("192.168.77.20", 9000))
while True: s.recv(2048)'
farm_start monitor python3 -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); at = time.monotonic()
while True:
    for _ in range(10): s.sendto(b"x" * 1000, ("192.168.77.20", 9000))
    at += 0.02; time.sleep(max(0, at - time.monotonic()))'
# the kernel's counter with its time, twice a second: the truth for any stretch
inside switch python3 -c '
import sys, time
while True:
    print(time.time(), open("/sys/class/net/port4/statistics/tx_bytes").read().strip(), flush=True)
    time.sleep(0.5)' > "$farm_dir/truth" & echo $! >> "$farm_dir/pids"
sleep 75 # rounds that saw only a part of the stream are left out
start=$(date +%s)
sleep "$span"
end=$(date +%s)
file=$farm_dir/state/rrd/here/lan-switch/if-port4.rrd
hayloft graph lan-switch if-port4 --out "$farm_dir/port4.svg" > /dev/null # what is shown is made fresh
check "the port has a file" [ -f "$file" ]
rrdtool fetch "$file" AVERAGE -s "$start" -e $((end - 60)) > "$farm_dir/stored"
# the rows that are stored, and the kernel's own rate over just the stretch they stand for
said=$(python3 - "$farm_dir/truth" "$farm_dir/stored" <<'PY'
import bisect, math, sys
truth = [tuple(map(float, line.split())) for line in open(sys.argv[1]) if len(line.split()) == 2]
lines = open(sys.argv[2]).read().splitlines()
column = lines[0].split().index("out_octets") + 1
rows = [(int(l.split(":")[0]), float(l.split()[column])) for l in lines if l[:1].isdigit()]
rows = [(t, v) for t, v in rows if not math.isnan(v)]
times = [t for t, _ in truth]

def octets(at):
    i = max(1, min(bisect.bisect(times, at), len(times) - 1))
    (t0, c0), (t1, c1) = truth[i - 1], truth[i]
    return c0 + (c1 - c0) * (at - t0) / (t1 - t0)

step = rows[1][0] - rows[0][0] if len(rows) > 1 else 60
begin, end = rows[0][0] - step, rows[-1][0]
kernel = (octets(end) - octets(begin)) / (end - begin)
stored = sum(v for _, v in rows) / len(rows)
print(f"{len(rows)} rows, {stored:.0f} B/s against the kernel's {kernel:.0f} B/s: "
      f"{100 * abs(stored - kernel) / kernel:.3f} % apart")
PY
)
check "stored $said" awk -v e="$(sed 's/.*: \([0-9.]*\) %.*/\1/' <<< "$said")" 'BEGIN { exit !(e != "" && e <= 1) }'
