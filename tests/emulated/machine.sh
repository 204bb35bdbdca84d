# A stock Debian 12 machine, emulated: its disk, its start, its end. Sourced by run.
#
#   $cache/root      the installed system with etc/packages in it; made anew when the list changes
#   $cache/project   the clone as a user of that machine has it, built inside $cache/root: compiling in the
#                    emulator would take hours, and the compiler, libraries and paths are the same ones
#   $work            of this run: disk, kernel, what the serial lines said
#
# The machine reaches nobody: its card ends in the emulator, which plays router and name server (10.0.2.2,
# 10.0.2.3), answers ping for them and forwards nothing.

release=bookworm
owner=1000 # the user the clone belongs to
clone=/home/farmer/hayloft
extra="linux-image-amd64,initramfs-tools,sudo,curl,jq,libcap2-bin,sqlite3,rrdtool,libcmocka-dev" # for the test's own use
extra+=",wpasupplicant,hostapd,iw,dnsmasq-base" # and a guest network on the air

machine_possible() { # says why not
    local missing=() package
    [ "$(id -u)" = 0 ] || { echo "needs root to make a disk"; return 1; }
    [ "$(dpkg --print-architecture 2> /dev/null)" = amd64 ] || { echo "emulates amd64 on amd64 alone"; return 1; }
    while read -r package; do
        dpkg-query -W -f '${Status}\n' "$package" 2> /dev/null | grep -q ' installed' || missing+=("$package")
    done < <(sed 's/#.*//' "$here/packages" | grep .)
    [ ${#missing[@]} = 0 ] && return
    apt-get update -qq 2> /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > "$work/apt" 2>&1 ||
        { echo "cannot install ${missing[*]}: $(tail -1 "$work/apt")"; return 1; }
}

packages_wanted() { { sed 's/#.*//' "$top/etc/packages" | grep .; echo "$extra"; } | paste -sd,; }

set_up_root() { # what an installer would have asked
    local root=$1
    echo barn-pi > "$root/etc/hostname"
    printf '127.0.0.1 localhost\n127.0.1.1 barn-pi\n' > "$root/etc/hosts"
    echo 'nameserver 10.0.2.3' > "$root/etc/resolv.conf"
    echo '/dev/vda / ext4 errors=remount-ro 0 1' > "$root/etc/fstab"
    cat > "$root/etc/network/interfaces" << 'END'
auto lo
iface lo inet loopback
allow-hotplug ens3
iface ens3 inet static
    address 10.0.2.15/24
    gateway 10.0.2.2
END
    grep -q ^farmer: "$root/etc/passwd" || chroot "$root" useradd --create-home --uid $owner --shell /bin/bash farmer
    echo 'farmer ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/farmer"
    mkdir -p "$root/var/log/journal" # logs outlive a power cut
    install -D -m 644 "$here/emulated.service" "$root/etc/systemd/system/emulated.service"
    ln -sf ../emulated.service "$root/etc/systemd/system/multi-user.target.wants/emulated.service"
}

make_root() {
    local key
    key="$release $(packages_wanted)"
    [ "$(cat "$cache/key" 2> /dev/null)" = "$key" ] && return
    echo "# making a Debian machine: a few minutes, once"
    rm -rf "$cache" && mkdir -p "$cache" || return 1
    apt-config dump | grep -E '^Acquire::(Check-|http|https|Retries)' > "$work/apt.conf" # proxies, clocks
    if ! mmdebstrap --variant=standard --aptopt="$work/apt.conf" --include="$(packages_wanted)" \
        $release "$cache/root" > "$work/debootstrap" 2>&1; then
        tail -5 "$work/debootstrap"
        return 1
    fi
    echo "$key" > "$cache/key"
}

# The files as they are in this clone, committed or not, with their times: so make knows what changed.
copy_project() {
    mkdir -p "$cache/project"
    find "$cache/project" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
    (cd "$top" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' f; do
        [ -e "$f" ] && printf '%s\0' "$f"
    done | tar --null -T - -c) | tar -C "$cache/project" -x && chown -R $owner:$owner "$cache/project"
}

build_project() { # in a mount namespace, so that nothing stays behind
    set_up_root "$cache/root" && mkdir -p "$cache/root$clone" || return 1
    unshare --mount bash -c "
        mount --bind '$cache/project' '$cache/root$clone' && mount -t proc proc '$cache/root/proc' &&
        mount --rbind /dev '$cache/root/dev' &&
        exec chroot --userspec=$owner:$owner '$cache/root' env HOME=/home/farmer LC_ALL=C.UTF-8 sh -ec '
            cd $clone
            [ -f build/build.ninja ] || meson setup build
            ninja -C build -j $(nproc)'" > "$work/build" 2>&1 || { tail -20 "$work/build"; return 1; }
}

make_disk() {
    cp "$cache"/root/boot/vmlinuz-* "$work/vmlinuz" && cp "$cache"/root/boot/initrd.img-* "$work/initrd" || return 1
    unshare --mount bash -c "
        mount --bind '$cache/project' '$cache/root$clone' &&
        mke2fs -q -t ext4 -d '$cache/root' '$work/disk' 4G" > "$work/mke2fs" 2>&1 || { cat "$work/mke2fs"; return 1; }
}

power_on() { # KERNEL_WORDS OPTION...
    qemu-system-x86_64 -accel "$accelerator" -cpu max -smp 2 -m 1024 -nodefaults -no-user-config -display none \
        -no-reboot -kernel "$work/vmlinuz" -initrd "$work/initrd" -append "console=ttyS0 $1" "${@:2}" > "$work/emulator" 2>&1 &
    machine=$!
}

# The processor itself where it can, else translation. A /dev/kvm that opens is no proof: the kernel has to speak.
find_accelerator() {
    accelerator=tcg
    [ -w /dev/kvm ] || return
    local deadline=$((SECONDS + 15)) spoke=no
    accelerator=kvm
    power_on "" -serial "file:$work/console.kvm"
    while [ $spoke = no ] && [ $SECONDS -lt $deadline ] && kill -0 "$machine" 2> /dev/null; do
        grep -q 'Linux version' "$work/console.kvm" 2> /dev/null && spoke=yes
        sleep 0.2
    done
    machine_pull_plug
    [ $spoke = yes ] || accelerator=tcg
}

machine_boot() { # STAGE: from power on; the guest's test runs that stage. Console and words are appended
    local card=(-netdev user,id=n,restrict=on,ipv6=off -device virtio-net-pci,netdev=n,addr=3)
    [ "$1" = no-network ] && card=()
    : > "$work/words.$1"
    power_on "root=/dev/vda rw quiet emulated.stage=$1 emulated.span=${EMULATED_SPAN:-180}" \
        -drive "file=$work/disk,if=virtio,format=raw" -device virtio-rng-pci "${card[@]}" \
        -serial "file:$work/console.$1" -serial "file:$work/words.$1"
}

machine_pull_plug() { kill -KILL "$machine" 2> /dev/null; wait "$machine" 2> /dev/null; machine=; }

# Until the machine went off by itself or asks for its plug to be pulled. False when neither came in time.
machine_watch() { # STAGE SECONDS
    local deadline=$((SECONDS + $2))
    while kill -0 "$machine" 2> /dev/null; do
        if grep -q '^pull the plug' "$work/words.$1"; then
            machine_pull_plug
            return 0
        fi
        [ $SECONDS -lt $deadline ] || { machine_pull_plug; return 1; }
        sleep 0.2
    done
    wait "$machine"
    machine=
}
