# Counter truth: what is stored agrees with the kernel's own counters.
span=${LAB_SPAN:-130} # two rounds and what the agent's cache hides
watch_up || exit 1
counter() { inside switch cat "/sys/class/net/$1/statistics/$2"; }

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
sleep 75 # rounds that saw only a part of the stream are left out
start=$(date +%s) began=$(date +%s.%N) from=$(counter port4 tx_bytes)
sleep "$span"
end=$(date +%s) ended=$(date +%s.%N) to=$(counter port4 tx_bytes)
truth=$(awk "BEGIN { printf \"%d\", ($to - $from) / ($ended - $began) }")
file=$farm_dir/state/rrd/here/lan-switch/if-port4.rrd
hayloft graph lan-switch if-port4 --out "$farm_dir/port4.svg" > /dev/null # what is shown is made fresh
check "the port has a file" [ -f "$file" ]
stored=$(rrdtool fetch "$file" AVERAGE -s "$start" -e $((end - 60)) 2> /dev/null |
    awk 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "out_octets") column = i + 1 }
         /^[0-9]+:/ && $column !~ /nan/ { sum += $column; n++ } END { if (n) printf "%d", sum / n; else print 0 }')
error=$(awk -v a="$stored" -v b="$truth" 'BEGIN { d = a - b; if (d < 0) d = -d; printf "%.3f", b ? 100 * d / b : 100 }')
check "stored $stored B/s against the kernel's $truth B/s: $error % apart" awk -v e="$error" 'BEGIN { exit !(e <= 1) }'
