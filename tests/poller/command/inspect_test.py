#!/usr/bin/env python3
"""`hayloft inspect` against small recordings that a replay agent answers from.
usage: inspect_test.py BUILD_FOLDER"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from recordings import WIRED

BUILD = pathlib.Path(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[3]
FULL = """1.3.6.1.2.1.1.1.0|4|a switch
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.1.5.0|4|barn-switch
1.3.6.1.2.1.2.2.1.2.7|4|port 7
1.3.6.1.2.1.2.2.1.3.7|2|6
1.3.6.1.2.1.2.2.1.7.7|2|1
1.3.6.1.2.1.2.2.1.8.7|2|2
1.3.6.1.2.1.2.2.1.10.7|65|1000
1.3.6.1.2.1.2.2.1.14.7|65|3
1.3.6.1.2.1.31.1.1.1.1.7|4|g7
1.3.6.1.2.1.31.1.1.1.6.7|70|5000000000
1.3.6.1.2.1.31.1.1.1.15.7|66|1000
1.3.6.1.2.1.31.1.1.1.18.7|4|to the barn
"""
LOOPBACK = """1.3.6.1.2.1.2.2.1.2.1|4|lo
1.3.6.1.2.1.2.2.1.3.1|2|24
1.3.6.1.2.1.2.2.1.8.1|2|1
"""
BARE = "1.3.6.1.2.1.1.1.0|4|a lamp\n"


class Agent:
    def __init__(self, folder, *words):
        self.process = subprocess.Popen([BUILD / "tests/support/replay_agent", "-q", "-t", "120", *words, folder],
                                        stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().split()[1]

    def inspect(self, name, *words):
        return subprocess.run([BUILD / "hayloft", "inspect", "127.0.0.1", "--port", self.port, "--community", name,
                               *words], capture_output=True, text=True, timeout=60)

    def document(self, name, *words):
        return json.loads(self.inspect(name, "--json", *words).stdout)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def shows_who_it_is_and_which_ports_it_has(agent):
    got = agent.document("full")
    port = {k: v for k, v in got["ports"][0].items() if k != "mac"}
    return got["identity"]["sysname"] == "barn-switch" and got["uptime_s"] == 86400 and \
        got["identity"]["sysobjectid"] == "1.3.6.1.4.1.9.1" and len(got["ports"]) == 1 and \
        port == {"index": 7, "name": "g7", "alias": "to the barn", "type": 6, "speed_bps": 1000000000,
                 "admin": "up", "oper": "down", "in_octets": 5000000000, "in_errors": 3}


def a_loopback_is_shown_as_the_agent_has_it(agent):
    ports = agent.document("loopback")["ports"]
    return [(p["index"], p["name"], p["type"]) for p in ports] == [(1, "lo", 24), (7, "g7", 6)]


def does_not_invent_an_uptime_or_ports(agent):
    got, text = agent.document("bare"), agent.inspect("bare").stdout
    return got["uptime_s"] is None and got["ports"] == [] and got["identity"]["sysdescr"] == "a lamp" and \
        "up for" not in text and "a lamp" in text


def shows_how_it_is_wired(agent):
    got = agent.document("wired")
    one, two = got["ports"]
    return got["vlans"] == [{"vid": 20, "name": "cameras", "members": ["gi1", "gi2"], "untagged": ["gi2"]}] and \
        got["fdb"] == [{"mac": "02:00:00:00:00:01", "port": 102, "port_name": "gi2", "vid": 20}] and \
        got["neighbours"][0]["name"] == "barn-radio" and got["neighbours"][0]["port_name"] == "gi1" and \
        got["arp"] == [{"address": "10.0.0.5", "mac": "02:00:00:00:00:05", "port": 101, "port_name": "gi1"}] and \
        got["poe"][0]["detection"] == "delivering" and got["poe"][0]["class"] == 3 and \
        one["stp"] == "forwarding" and two["pvid"] == 20 and two["addresses"] == 1 and \
        one["leads_to"] == [{"name": "barn-radio", "node": None, "port": "ath0", "known_by": "lldp"}] and \
        all(t["at"] and not t["cut"] for t in got["tables"].values()) and got["tables_at"] and got["stations"] == []


def tells_people_how_it_is_wired(agent):
    text = agent.inspect("wired").stdout
    return re.search(r"^gi1 +barn-radio +ath0 +lldp", text, re.M) and \
        re.search(r"^20 +cameras +gi2 +gi1", text, re.M) and re.search(r"^delivering +gi1", text, re.M) and \
        "1 address heard at its ports" in text and "VLANs, read 0 s ago" in text


def has_no_words_for_what_it_does_not_tell(agent):
    got, text = agent.document("bare"), agent.inspect("bare").stdout
    return got["vlans"] == got["fdb"] == got["neighbours"] == [] and got["tables"]["fdb"]["count"] == 0 and \
        "VLANs" not in text and "leads to" not in text


def the_same_agent_by_version_1_has_32_bit_counters(agent):
    (port,) = agent.document("full", "--version", "1")["ports"]
    return port["in_octets"] == 1000 and port["name"] == "g7"


def silence_is_a_failure_with_its_words(agent):
    run = agent.inspect("nobody", "--json")
    return run.returncode == 2 and json.loads(run.stdout)["error"] == "timeout" and \
        "no answer: down, filtered or wrong community" in run.stderr


def a_closed_port_is_told_as_such(agent):
    closed = subprocess.run([BUILD / "hayloft", "inspect", "127.0.0.1", "--port", "9"], capture_output=True,
                            text=True, timeout=60)
    return closed.returncode == 2 and "nothing listens on that port" in closed.stderr


def opened_files(trace):
    """Those that were there: libraries are searched where they are not, too. O_PATH only names one, and reads
    nothing: a role's sandbox is made of such."""
    for line in trace.splitlines():
        if "O_PATH" in line:
            continue
        found = re.search(r'open(?:at2?)?\((?:AT_FDCWD, )?"([^"]*)".* = \d', line)
        if found:
            yield found[1]


def it_opens_no_file_of_another_program(agent):
    """Row 35: a library of SNMP would read MIBs and configuration from wherever its environment says."""
    with tempfile.TemporaryDirectory(prefix="hayloft-inspect-") as bait:
        trace = pathlib.Path(bait) / "trace"
        for name in ("snmp.conf", "SNMPv2-MIB.txt", ".snmp/snmp.conf"):
            (pathlib.Path(bait) / name).parent.mkdir(exist_ok=True)
            (pathlib.Path(bait) / name).write_text("mibs +ALL\n")
        hostile = {"HOME": bait, "MIBS": "ALL", "MIBDIRS": bait, "SNMPCONFPATH": bait, "SNMP_PERSISTENT_DIR": bait,
                   "MIBFILES": f"{bait}/SNMPv2-MIB.txt", "ASAN_OPTIONS": "detect_leaks=0"}
        run = subprocess.run(["strace", "-f", "-e", "trace=open,openat,openat2", "-o", trace, BUILD / "hayloft",
                              "inspect", "127.0.0.1", "--port", agent.port, "--community", "full", "--json"],
                             capture_output=True, text=True, timeout=60, env={**os.environ, **hostile})
        ours = ("/lib/", "/usr/lib/", "/lib64/", "/etc/ld.so.", "/proc/", "/sys/", "/dev/", "/etc/hayloft/",
                "/usr/share/hayloft/", "/usr/local/share/hayloft/", "/etc/localtime",
                "/usr/share/zoneinfo/", str(ROOT / "etc"), str(BUILD.resolve()))
        opened = list(opened_files(trace.read_text()))
        strange = [path for path in opened if not path.startswith(ours)]
        for path in strange:
            print(f"# opened: {path}")
        return run.returncode == 0 and len(opened) > 3 and not strange


def can_trace():
    try:
        return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def main():
    tests = [shows_who_it_is_and_which_ports_it_has, a_loopback_is_shown_as_the_agent_has_it,
             does_not_invent_an_uptime_or_ports, shows_how_it_is_wired, tells_people_how_it_is_wired,
             has_no_words_for_what_it_does_not_tell,
             the_same_agent_by_version_1_has_32_bit_counters, silence_is_a_failure_with_its_words,
             a_closed_port_is_told_as_such, it_opens_no_file_of_another_program]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="hayloft-inspect-") as folder:
        (pathlib.Path(folder) / "full.snmprec").write_text(FULL)
        (pathlib.Path(folder) / "loopback.snmprec").write_text(FULL + LOOPBACK)
        (pathlib.Path(folder) / "bare.snmprec").write_text(BARE)
        (pathlib.Path(folder) / "wired.snmprec").write_text(WIRED)
        agent = Agent(folder)
        for number, test in enumerate(tests, 1):
            skipped = test is it_opens_no_file_of_another_program and not can_trace()
            good = skipped or test(agent)
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - {test.__name__.replace('_', ' ')}"
                  f"{' # SKIP no strace' if skipped else ''}")
        agent.stop()
    print(f"1..{len(tests)}")
    return 1 if failed else 0


sys.exit(main())
