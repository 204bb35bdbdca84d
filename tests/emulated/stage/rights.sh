# Each process as the kernel sees it. Sourced by install.sh.
field() { sed -n "s/^$2:[ \t]*//p" "$1" | tr '\t' ' ' | sed 's/ *$//'; } # FILE NAME, of a /proc/PID/status
names_of() { # HEX: the capabilities in it
    if [ "$((16#$1))" = 0 ]; then echo none; else capsh --decode="$1" | sed 's/.*=//'; fi
}
caps_are() { # FILE NAME CAPABILITIES
    [ "$(names_of "$(field "$1" "$2")")" = "$3" ]
}
only_capability() { # FILE CAPABILITY
    caps_are "$1" CapEff "$2" && caps_are "$1" CapPrm "$2" && caps_are "$1" CapInh none && caps_are "$1" CapAmb none
}
show_rights() { # FILE NAME
    echo "# $2: uid $(field "$1" Uid | cut -d' ' -f1), gid $(field "$1" Gid | cut -d' ' -f1)," \
        "capabilities $(names_of "$(field "$1" CapEff)"), no new privileges $(field "$1" NoNewPrivs)," \
        "seccomp $(field "$1" Seccomp) with $(field "$1" Seccomp_filters) filters"
}
rights_in() { # FILE ROLE
    local file=$1 role=$2 uid gid may=none others= others_are="in no other group"
    uid=$(id -u "_hayloft-$role") gid=$(getent group _hayloft | cut -d: -f3)
    if [ "$role" = wire ]; then # which may ask wpa_supplicant
        may=cap_net_raw others=$(getent group netdev | cut -d: -f3) others_are="in netdev beside it"
    fi
    show_rights "$file" "$role"
    check "$role runs as _hayloft-$role alone" [ "$(field "$file" Uid)" = "$uid $uid $uid $uid" ]
    check "$role is in the group _hayloft and $others_are" eval '[ "$(field "$file" Gid)" = "$gid $gid $gid $gid" ] && [[ "$(field "$file" Groups)" =~ ^($gid|$others)?$ ]]'
    check "$role has this capability, $may, and cannot get another" eval 'only_capability "$file" "$may" && [ "$(field "$file" NoNewPrivs)" = 1 ]'
    check "$role has a list of system calls beyond the parent's" eval '[ "$(field "$file" Seccomp)" = 2 ] && [ "$(field "$file" Seccomp_filters)" -gt "$(field "/proc/$(parent)/status" Seccomp_filters)" ]'
}
rights_of() { # ROLE
    if await 20 role_pid "$1" > /dev/null; then
        cat "/proc/$(role_pid "$1")/status" > $kept/status
        rights_in $kept/status "$1"
    else
        not_ok "$1 runs"
    fi
}
main=/proc/$(parent)/status
show_rights "$main" parent
keeps=cap_dac_read_search,cap_kill,cap_setgid,cap_setuid,cap_net_raw # the last is for wire
check "the parent keeps what restarts need and no more" eval 'caps_are $main CapEff $keeps && caps_are $main CapPrm $keeps && caps_are $main CapBnd $keeps'
check "the parent cannot get rights back and has a list of system calls" [ "$(field "$main" NoNewPrivs) $(field "$main" Seccomp)" = "1 2" ]
for role in engine store web; do rights_of $role; done
! role_pid wire > /dev/null || rights_of wire # it runs while a network is watched
check "the state folder is the store's" [ "$(stat -c '%U %G %a' /var/lib/hayloft)" = "_hayloft-store _hayloft 2750" ]
check "nothing in it is for others" eval '[ -z "$(find /var/lib/hayloft ! -type l -perm /007)" ]'
systemd-analyze security --no-pager hayloft.service | grep '→' | note
check "systemd finds the unit exposed at most 4.0" systemd-analyze security --no-pager --threshold=40 hayloft.service > /dev/null
