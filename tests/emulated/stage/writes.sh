# What one write of each series costs on this kernel and file system: the ten devices of install.sh, whose
# files exist by now, and the samples that came in a while. Sourced by install.sh.
span=$(sed -n 's/.*emulated\.span=\([0-9]*\).*/\1/p' /proc/cmdline)
store_bytes() { awk '$1 == "write_bytes:" {print $2}' "/proc/$(role_pid store)/io"; }
disk_bytes() { awk '{print $7 * 512}' /sys/block/vda/stat; } # sectors written
write_all() { # each question about a series makes the store write what it held back of it
    local i
    for i in $(seq 10); do
        hayloft graph "shed-$i" ping --out /run/picture.svg > /dev/null 2>&1 || return 1
    done
    sync
}
within 120 "the store writes ten series when asked" write_all # the first time it makes the files
sleep "$span"
sync
store=$(store_bytes) disk=$(disk_bytes)
sleep 10 # what is written besides: the journal, systemd's log
sync
store_idle=$(($(store_bytes) - store)) disk_idle=$(($(disk_bytes) - disk))
store=$(store_bytes) disk=$(disk_bytes) began=$(date +%s)
check "and again what came in $span s" write_all
took=$(($(date +%s) - began))
store=$(($(store_bytes) - store - store_idle * took / 10)) disk=$(($(disk_bytes) - disk - disk_idle * took / 10))
echo "# $(stat -f -c %T /var/lib/hayloft) on $(uname -r): one write of 10 series of ping, $((span / 60)) samples each: the store wrote" \
    "$((store / 1024)) KiB, $((store / 10240)) KiB a file; the disk took $((disk / 1024)) KiB, $((disk / 10240)) KiB a file"
echo "# 60 files, 48 times a day: $((store * 6 * 48 / 1000000)) MB by the store, $((disk * 6 * 48 / 1000000)) MB at the disk"
check "one write of a series is at most 128 KiB at the disk" [ $((disk / 10)) -le 131072 ]
