#!/bin/bash
# Frames on a wire, counted by frame_audit. Sourced after farm.sh.

audit_start() { # NAMESPACE INTERFACE: what comes in there, from now on
    audit_log=$farm_dir/$1-frame_audit.log
    rm -f "$audit_log"
    farm_start "$1" "$farm_build/tests/lab/frame_audit" "$2"
    audit_pid=$farm_last
    farm_wait 5 grep -qs ready "$audit_log"
}

audit_count() { # [END]: "COUNT MAC VID KIND" a line in $farm_dir/audit, of all since the start
    local before; before=$(grep -c '^counted$' "$audit_log")
    kill "-${1:-USR1}" "$audit_pid"
    farm_wait 5 eval "[ \"\$(grep -c '^counted\$' \"\$audit_log\")\" -gt $before ]"
    awk '/^(ready|counted)$/ { last = block; block = ""; next } { block = block $0 "\n" } END { printf "%s", last }' \
        "$audit_log" > "$farm_dir/audit"
}
audit_end() { audit_count TERM; }

saw() { grep -q " $1\$" "$farm_dir/audit"; } # "MAC VID KIND", a regular expression
saw_times() { awk -v what="$1" '$0 ~ " " what "$" { n += $1 } END { print n + 0 }' "$farm_dir/audit"; }
saw_senders() { grep -E " $1\$" "$farm_dir/audit" | cut -d' ' -f2 | sort -u | wc -l; }
