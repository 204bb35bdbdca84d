#!/usr/bin/env python3
"""`hayloft inspect --v3` against Debian's snmpd on loopback: where passwords come from and where never, what is said
of refusals, and which files are opened. usage: inspect_v3_test.py BUILD_FOLDER"""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[3]
SNMPD = "/usr/sbin/snmpd"
AUTH, PRIV = "maplesyrup", "pancakes-too"
GOOD = {"HAYLOFT_AUTH_PASSWORD": AUTH, "HAYLOFT_PRIV_PASSWORD": PRIV}


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Agent:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        (self.folder / "agent.conf").write_text(
            f"agentAddress udp:127.0.0.1:{self.port}\nsysName lab-switch\n"
            f'createUser barn SHA-256 "{AUTH}" AES "{PRIV}"\nrouser barn auth\n'
            f'createUser cisco SHA "{AUTH}" AES-256-C "{PRIV}"\nrouser cisco priv\n')
        self.process = subprocess.Popen([SNMPD, "-f", "-Lo", "-C", "-c", self.folder / "agent.conf"],
                                        env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": folder},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while self.inspect(GOOD, "--v3", "barn").returncode != 0 and time.monotonic() < until:
            time.sleep(0.1)

    def words(self, *words):
        return [BUILD / "hayloft", "inspect", "127.0.0.1", "--port", str(self.port), *words]

    def inspect(self, variables, *words, before=()):
        return subprocess.run([*before, *self.words(*words)], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], **variables})

    def document(self, variables, *words):
        return json.loads(self.inspect(variables, "--json", *words).stdout)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def passwords_come_from_the_environment(agent):
    got = agent.document(GOOD, "--v3", "barn")
    return got["identity"]["sysname"] == "lab-switch" and got["identity"]["engine_id"].startswith("80001f88")


def the_level_is_what_the_passwords_allow(agent):
    only_auth = agent.inspect({"HAYLOFT_AUTH_PASSWORD": AUTH}, "--v3", "barn")
    none = agent.inspect({}, "--v3", "barn")
    return only_auth.returncode == 0 and none.returncode == 2 and "may not read this at level noAuthNoPriv" in none.stderr


def protocols_are_chosen_by_their_words(agent):
    return agent.inspect(GOOD, "--v3", "cisco", "--auth", "sha1", "--priv", "aes256c").returncode == 0


def passwords_come_from_a_file(agent):
    path = agent.folder / "passwords"
    path.write_text(f"{AUTH}\n{PRIV}\n")
    path.chmod(0o600)
    return agent.inspect({}, "--v3", "barn", "--passwords", str(path)).returncode == 0


def a_file_others_may_read_is_refused(agent):
    path = agent.folder / "open"
    path.write_text(f"{AUTH}\n{PRIV}\n")
    path.chmod(0o644)
    run = agent.inspect({}, "--v3", "barn", "--passwords", str(path))
    return run.returncode == 3 and "mode 0644" in run.stderr and "chmod 600" in run.stderr


def a_file_that_is_none_is_named(agent):
    run = agent.inspect({}, "--v3", "barn", "--passwords", "/nowhere/passwords")
    return run.returncode == 3 and "/nowhere/passwords" in run.stderr


def a_password_as_an_argument_is_refused_and_not_repeated(agent):
    runs = [agent.inspect({}, "--v3", "barn", *words) for words in
            (("--auth-password", AUTH), (f"--priv-password={PRIV}",))]
    return all(r.returncode == 3 and "HAYLOFT_AUTH_PASSWORD" in r.stderr and AUTH not in r.stderr and
               PRIV not in r.stderr for r in runs)


def short_passwords_and_unknown_words_are_told_before_anything_is_asked(agent):
    short = agent.inspect({"HAYLOFT_AUTH_PASSWORD": "seven77"}, "--v3", "barn")
    word = agent.inspect(GOOD, "--v3", "barn", "--auth", "sha3")
    level = agent.inspect(GOOD, "--v3", "barn", "--level", "high")
    alone = agent.inspect({"HAYLOFT_PRIV_PASSWORD": PRIV}, "--v3", "barn")
    return all(r.returncode == 3 for r in (short, word, level, alone)) and "8 characters" in short.stderr and \
        "sha256" in word.stderr and "authNoPriv" in level.stderr and "auth_password" in alone.stderr


def refusals_have_their_words_and_hold_no_secret(agent):
    rows = (("auth-password", "barn", {**GOOD, "HAYLOFT_AUTH_PASSWORD": "maple-syrup"}),
            ("auth-decryption", "barn", {**GOOD, "HAYLOFT_PRIV_PASSWORD": "pancakes-2"}),
            ("auth-user", "nobody", GOOD))
    for word, user, variables in rows:
        run = agent.inspect(variables, "--json", "--v3", user)
        if run.returncode != 2 or json.loads(run.stdout)["error"] != word or "auth failed" not in run.stderr or \
                any(secret in run.stdout + run.stderr for secret in variables.values()):
            print("#", word, run)
            return False
    return True


def is_ours(path):
    own = ("/etc/ld.so.", "/etc/localtime", "/usr/share/zoneinfo/", "/proc/", "/sys/", "/dev/", "/etc/hayloft/", "/usr/share/hayloft/",
           "/usr/local/share/hayloft/", str(ROOT / "etc"), str(BUILD.resolve()))
    return path.startswith(own) or (path.startswith(("/lib/", "/usr/lib/", "/lib64/")) and ".so" in path)


def no_file_of_net_snmp_or_openssl_is_opened(agent):
    """Neither reads a configuration of its own, whatever the environment offers."""
    trace, bait = agent.folder / "trace", agent.folder / "bait"
    bait.mkdir()
    for name in ("snmp.conf", "SNMPv2-MIB.txt", "openssl.cnf"):
        (bait / name).write_text("mibs +ALL\n")
    hostile = {"HOME": bait, "MIBS": "ALL", "MIBDIRS": bait, "SNMPCONFPATH": bait, "SNMP_PERSISTENT_DIR": bait,
               "OPENSSL_CONF": bait / "openssl.cnf", "ASAN_OPTIONS": "detect_leaks=0"}
    run = agent.inspect({**GOOD, **hostile}, "--v3", "barn",
                        before=["strace", "-f", "-e", "trace=open,openat,openat2,creat", "-o", trace])
    lines = [line for line in trace.read_text().splitlines() if "O_PATH" not in line] # which only names a file
    opened = [os.path.normpath(found[1]) for found in
              (re.search(r'open(?:at2?)?\((?:AT_FDCWD, )?"([^"]*)".* = \d', line) for line in lines) if found]
    strange = [path for path in opened if not is_ours(path)]
    for path in strange:
        print(f"# opened: {path}")
    return run.returncode == 0 and any("libnetsnmp" in path for path in opened) and not strange


def can_trace():
    try:
        return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def main():
    checks = [passwords_come_from_the_environment, the_level_is_what_the_passwords_allow,
              protocols_are_chosen_by_their_words, passwords_come_from_a_file, a_file_others_may_read_is_refused,
              a_file_that_is_none_is_named, a_password_as_an_argument_is_refused_and_not_repeated,
              short_passwords_and_unknown_words_are_told_before_anything_is_asked,
              refusals_have_their_words_and_hold_no_secret, no_file_of_net_snmp_or_openssl_is_opened]
    print(f"1..{len(checks)}")
    if not os.access(SNMPD, os.X_OK):
        for i, check in enumerate(checks, 1):
            print(f"ok {i} - {check.__name__} # SKIP no snmpd")
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        agent = Agent(folder)
        try:
            for i, check in enumerate(checks, 1):
                if "opened" in check.__name__ and not can_trace():
                    print(f"ok {i} - {check.__name__} # SKIP no strace")
                    continue
                good = check(agent)
                failed += not good
                print(f'{"ok" if good else "not ok"} {i} - {check.__name__.replace("_", " ")}')
        finally:
            agent.stop()
    return 1 if failed else 0


sys.exit(main())
