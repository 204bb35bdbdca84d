#!/usr/bin/env python3
"""Each role links only the libraries the table grants it. usage: links.py BUILD_FOLDER [LEFT_OUT...]

What is loaded late (poller/base/late.h) is not here: of the engine and the command that is net-snmp.

LEFT_OUT: programs this build shall not have. Without the painter nobody links librrd.
"""
import pathlib
import re
import subprocess
import sys

ANYWHERE = {"libc.so", "libm.so", "ld-linux-x86-64.so", "libgcc_s.so", "libpthread.so",
            "ld-linux-aarch64.so", "ld-linux-armhf.so", "libasan.so", "libubsan.so"}
FENCE = {"libcap-ng.so", "libseccomp.so"}
TABLE = {
    "hayloftd": FENCE,
    "hayloft-config": FENCE | {"libyaml-0.so"},
    "hayloft-engine": FENCE | {"libuv.so", "libcares.so"},
    "hayloft-store": FENCE | {"libuv.so", "libsqlite3.so", "librrd.so", "libcrypt.so"},
    "hayloft-courier": FENCE | {"libuv.so", "libcurl.so", "libcurl-gnutls.so", "libcjson.so",
                        "libupsclient.so"},
    "hayloft-web": FENCE | {"libuv.so", "libmicrohttpd.so", "libsqlite3.so", "libcjson.so",
                            "libz.so"},
    "hayloft-wire": FENCE | {"libuv.so", "libpcap.so"},
    "hayloft-painter": FENCE | {"libuv.so", "librrd.so"},
    "hayloft": FENCE | {"libuv.so", "libsqlite3.so", "libcjson.so"},
}
# What C programs pass on to the libraries they use; a function of ours would be taken for the library's.
SHARED_DATA = {"environ", "__environ", "stdin", "stdout", "stderr", "optarg", "optind", "opterr", "optopt"}


def needed(program):
    out = subprocess.run(["readelf", "-d", str(program)], capture_output=True, text=True, check=True)
    names = re.findall(r"NEEDED.*\[([^\]]+)\]", out.stdout)
    return {re.sub(r"\.so.*$", ".so", name) for name in names}


def exported(program):
    out = subprocess.run(["readelf", "--dyn-syms", "--wide", str(program)], capture_output=True, text=True,
                         check=True)
    rows = [line.split() for line in out.stdout.splitlines()]
    names = {row[7].split("@")[0] for row in rows if len(row) > 7 and row[6].isdigit() and row[3] != "NOTYPE"}
    return {name for name in names - SHARED_DATA if not name.startswith(("__asan", "__ubsan", "__lsan"))}


def main():
    build, left_out = pathlib.Path(sys.argv[1]), set(sys.argv[2:])
    nobodys = {"librrd.so"} if "hayloft-painter" in left_out else set()
    wrong = seen = 0
    for name, granted in TABLE.items():
        program = build / name
        granted = granted - nobodys
        if name in left_out:
            wrong += program.exists()
            print(f"{name}: {'built, though it is switched off' if program.exists() else 'left out'}")
            continue
        if not program.exists():
            print(f"{name}: not built")
            wrong += 1
            continue
        seen += 1
        extra = needed(program) - granted - ANYWHERE
        if exported(program):
            wrong += 1
            print(f"{name} exports {', '.join(sorted(exported(program)))}: a library may take that for its own")
        if extra:
            wrong += 1
            print(f"{name} links {', '.join(sorted(extra))}, which the table does not grant")
    print(f"{seen} programs looked at, {wrong} wrong")
    return 1 if wrong or not seen else 0


sys.exit(main())
