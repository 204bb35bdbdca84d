#!/usr/bin/env python3
"""Every header compiles alone, and twice in a row."""
import concurrent.futures
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c",
         '-DHAYLOFT_VERSION="lint"', "-I", str(ROOT), "-"]
LIBRARIES = ["libuv", "libcares", "sqlite3", "libcurl", "libcjson", "yaml-0.1", "libcap-ng",
             "libseccomp", "libmicrohttpd", "librrd", "libpcap"]


def pkg_config_flags():
    flags = []
    for name in LIBRARIES:
        out = subprocess.run(["pkg-config", "--cflags", name], capture_output=True, text=True)
        flags += out.stdout.split() if out.returncode == 0 else []
    return flags


def check(path, extra):
    source = f'#include "{path}"\n#include "{path}"\nextern int not_empty;\n'
    run = subprocess.run(["cc", *extra, *FLAGS], input=source, capture_output=True, text=True)
    return path, run.returncode, run.stderr


def main():
    headers = [p.relative_to(ROOT).as_posix() for p in sorted(ROOT.glob("**/*.h"))
               if p.relative_to(ROOT).parts[0] in ("poller", "collectors", "graphs", "web", "tests")
               and "node_modules" not in p.parts]
    extra = pkg_config_flags()
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, code, text in pool.map(lambda p: check(p, extra), headers):
            if code:
                bad += 1
                print(f"{path} does not stand alone:\n{text}")
    print(f"{len(headers)} headers, {bad} do not compile alone")
    return 1 if bad or not headers else 0


sys.exit(main())
