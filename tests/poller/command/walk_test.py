#!/usr/bin/env python3
"""`hayloft walk` against small recordings that a replay agent answers from, against Debian's snmpd, and over some of
../shared/devices: what is shown, where it ends and what it says then, and that a record tells of the device what the
device told, and of its owner nothing. usage: walk_test.py BUILD_FOLDER"""
import json
import os
import pathlib
import pty
import re
import socket
import stat
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[3]
DEVICES = ROOT.parent / "shared" / "devices"
SOME_DEVICES = ["routeros", "unifi_nanohd", "airos-af-ltu", "procurve", "ciscosb_c1200-8t-e-2g", "linux_powermon",
                "aruba-instant", "jetstream_vlans", "zynos_gs1900-fdb", "apc_smt750x-nmc2", "qnap",
                "epmp_epmp-ap-connected-sta"]
SNMPD = "/usr/sbin/snmpd"
AUTH, PRIV = "maplesyrup", "pancakes-too"
# a RouterOS access point with a client, a bridge and an ARP table
OWNED = """1.3.6.1.2.1.1.1.0|4|RouterOS RB952Ui-5ac2nD
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.14988.1
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.1.4.0|4|Hans Mueller <hans@mueller-farm.example>
1.3.6.1.2.1.1.5.0|4|barn-ap.mueller-farm.example
1.3.6.1.2.1.1.6.0|4|Dorfstrasse 12, 48.13743, 11.57549
1.3.6.1.2.1.2.2.1.1.1|2|1
1.3.6.1.2.1.2.2.1.1.2|2|2
1.3.6.1.2.1.2.2.1.2.1|4|ether1
1.3.6.1.2.1.2.2.1.2.2|4|wlan1
1.3.6.1.2.1.2.2.1.3.1|2|6
1.3.6.1.2.1.2.2.1.3.2|2|71
1.3.6.1.2.1.2.2.1.6.1|4x|4c5e0c112233
1.3.6.1.2.1.2.2.1.6.2|4x|4c5e0c112234
1.3.6.1.2.1.2.2.1.7.1|2|1
1.3.6.1.2.1.2.2.1.7.2|2|1
1.3.6.1.2.1.2.2.1.8.1|2|1
1.3.6.1.2.1.2.2.1.8.2|2|1
1.3.6.1.2.1.2.2.1.10.1|65|4125
1.3.6.1.2.1.2.2.1.10.2|65|5125
1.3.6.1.2.1.4.22.1.2.1.192.168.77.9|4x|b827eb445566
1.3.6.1.2.1.4.22.1.3.1.192.168.77.9|64|192.168.77.9
1.3.6.1.2.1.6.13.1.1.192.168.77.1.22.192.168.77.9.40000|2|5
1.3.6.1.2.1.17.1.1.0|4x|4c5e0c112233
1.3.6.1.2.1.17.1.4.1.2.1|2|1
1.3.6.1.2.1.17.4.3.1.1.184.39.235.68.85.102|4x|b827eb445566
1.3.6.1.2.1.17.4.3.1.2.184.39.235.68.85.102|2|1
1.3.6.1.2.1.17.4.3.1.3.184.39.235.68.85.102|2|3
1.3.6.1.2.1.31.1.1.1.1.1|4|ether1
1.3.6.1.2.1.31.1.1.1.1.2|4|wlan1
1.3.6.1.2.1.31.1.1.1.6.1|70|5000000000
1.3.6.1.2.1.31.1.1.1.6.2|70|6000000000
1.3.6.1.2.1.31.1.1.1.18.1|4|to the house of Mueller
1.3.6.1.4.1.14988.1.1.1.2.1.3.160.180.165.119.136.153.2|2|-61
1.3.6.1.4.1.14988.1.1.1.3.1.4.2|4|Muellernetz
1.3.6.1.4.1.14988.1.1.1.3.1.5.2|4x|4c5e0c112234
1.3.6.1.4.1.14988.1.1.1.3.1.6.2|66|1
1.3.6.1.4.1.14988.1.1.1.3.1.7.2|2|2437
1.3.6.1.4.1.14988.1.1.4.4.0|4|6.49.10
1.3.6.1.4.1.14988.1.1.7.3.0|4|9F1A0B77C2D4
"""
SECRETS = ("mueller", "hans", "barn-ap", "dorfstr", "48.13743", "11.57549", "9f1a0b77c2d4", "112233", "112234", "445566",
           "68.85.102", "119.136.153", "192.168.77", "house", "moonshine")
ODD = """1.3.6.1.2.1.1.1.0|4|a lamp
1.3.6.1.2.1.1.5.0|4x|1b5b324a6c616d70
1.3.6.1.4.1.99999.1.1.1.0|2|2
1.3.6.1.4.1.99999.1.1.2.0|4x|3c846a010203
1.3.6.1.4.1.99999.1.1.3.0|2|214
1.3.6.1.4.1.99999.1.1.4.0|70|18446744073709551615
1.3.6.1.4.1.99999.1.2.1.1.7|4x|fffe
1.3.6.1.4.1.99999.1.3.0|68x|9f780441200000
"""
SCALE = """1.3.6.1.2.1.1.1.0|4|Scale 200, BarnOS 3.1
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1.7
1.3.6.1.4.1.99999.1.1.1.0|4|Scale 200
1.3.6.1.4.1.99999.1.2.1.2.1|4|north
1.3.6.1.4.1.99999.1.2.1.2.2|4|south
1.3.6.1.4.1.99999.1.2.1.4.1|66|4125
1.3.6.1.4.1.99999.1.2.1.4.2|2|-1
1.3.6.1.4.1.99999.1.2.1.5.1|2|214
1.3.6.1.4.1.99999.1.2.1.6.1|2|1
"""
ROUND = "1.3.6.1.2.1.1.1.0|4|a wheel\n" + "".join(f"1.3.6.1.2.1.2.2.1.2.{i}|4|port {i}\n" for i in range(1, 7))
MIB = """BARN-MIB DEFINITIONS ::= BEGIN
org OBJECT IDENTIFIER ::= { iso 3 }
dod OBJECT IDENTIFIER ::= { org 6 }
internet OBJECT IDENTIFIER ::= { dod 1 }
private OBJECT IDENTIFIER ::= { internet 4 }
enterprises OBJECT IDENTIFIER ::= { private 1 }
barn OBJECT IDENTIFIER ::= { enterprises 99999 1 1 }
BarnAddress ::= TEXTUAL-CONVENTION DISPLAY-HINT "1x:" STATUS current DESCRIPTION "a MAC" SYNTAX OCTET STRING (SIZE (6))
Tenths ::= TEXTUAL-CONVENTION DISPLAY-HINT "d-1" STATUS current DESCRIPTION "tenths" SYNTAX INTEGER
barnGate OBJECT-TYPE SYNTAX INTEGER { shut(1), open(2) } MAX-ACCESS read-only STATUS current
    DESCRIPTION "the gate" ::= { barn 1 }
barnMac OBJECT-TYPE SYNTAX BarnAddress MAX-ACCESS read-only STATUS current DESCRIPTION "its MAC" ::= { barn 2 }
barnWarmth OBJECT-TYPE SYNTAX Tenths UNITS "C" MAX-ACCESS read-only STATUS current DESCRIPTION "warm" ::= { barn 3 }
END
"""


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(command, words, variables=None, **more):
    environment = {"PATH": os.environ["PATH"], "MIBDIRS": "/nowhere", **(variables or {})}
    for kept in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if kept in os.environ:
            environment[kept] = os.environ[kept]
    return subprocess.run([BUILD / "hayloft", command, *words], capture_output=True, text=True, timeout=100,
                          env=environment, **more)


class Farm:
    """Recordings of a folder, by community."""

    def __init__(self, folder, *words):
        self.folder = pathlib.Path(folder)
        self.process = subprocess.Popen([BUILD / "tests/support/replay_agent", "-q", "-t", "300", *words, folder],
                                        stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().split()[1]

    def words(self, name):
        return ["127.0.0.1", "--port", self.port, "--community", name]

    def walk(self, name, *words, **more):
        return run("walk", [*self.words(name), *words], **more)

    def inspect(self, name):
        return json.loads(run("inspect", [*self.words(name), "--json"]).stdout)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def odd_agent(farm, *manner):
    return Farm(farm.folder, *(word for m in manner for word in ("-o", m)))


# ---- what is shown ----

def every_object_is_a_line_with_its_type(farm):
    got = farm.walk("odd")
    return got.returncode == 0 and got.stdout.splitlines() == [
        "1.3.6.1.2.1.1.1.0 = octets: a lamp", "1.3.6.1.2.1.1.5.0 = octets: 1b 5b 32 4a 6c 61 6d 70",
        "1.3.6.1.4.1.99999.1.1.1.0 = integer: 2", "1.3.6.1.4.1.99999.1.1.2.0 = octets: 3c 84 6a 01 02 03",
        "1.3.6.1.4.1.99999.1.1.3.0 = integer: 214", "1.3.6.1.4.1.99999.1.1.4.0 = counter64: 18446744073709551615",
        "1.3.6.1.4.1.99999.1.2.1.1.7 = octets: ff fe", "1.3.6.1.4.1.99999.1.3.0 = opaque: 10"] and not got.stderr


def names_words_and_hints_come_from_an_installed_mib(farm):
    (farm.folder / "mibs").mkdir(exist_ok=True)
    (farm.folder / "mibs/BARN-MIB.txt").write_text(MIB)
    known = {"MIBDIRS": str(farm.folder / "mibs")}
    got = farm.walk("odd", "1.3.6.1.4.1.99999.1.1", variables=known)
    by_name = farm.walk("odd", "BARN-MIB::barnGate", "barnWarmth", variables=known)
    return got.stdout.splitlines() == [
        "BARN-MIB::barnGate.0 = integer: open (2)", "BARN-MIB::barnMac.0 = octets: 3c:84:6a:01:02:03",
        "BARN-MIB::barnWarmth.0 = integer: 21.4 C",
        "1.3.6.1.4.1.99999.1.1.4.0 = counter64: 18446744073709551615"] and not got.stderr and \
        [line.split()[0] for line in by_name.stdout.splitlines()] == ["BARN-MIB::barnGate.0", "BARN-MIB::barnWarmth.0"]


def an_unknown_name_is_told(farm):
    got = farm.walk("odd", "noSuchThing")
    return got.returncode == 3 and "noSuchThing" in got.stderr and not got.stdout


def a_single_object_may_be_asked_for(farm):
    got = farm.walk("odd", "1.3.6.1.2.1.1.1.0")
    return got.returncode == 0 and got.stdout == "1.3.6.1.2.1.1.1.0 = octets: a lamp\n"


def the_document_has_every_value_as_it_is(farm):
    got = farm.walk("odd", "--json")
    document = json.loads(got.stdout)
    by_oid = {o["oid"]: o for o in document["objects"]}
    return got.returncode == 0 and document["complete"] is True and document["cuts"] == [] and \
        document["count"] == 8 and document["version"] == "2c" and \
        by_oid["1.3.6.1.4.1.99999.1.1.4.0"]["value"] == 18446744073709551615 and \
        by_oid["1.3.6.1.4.1.99999.1.1.2.0"] == {"oid": "1.3.6.1.4.1.99999.1.1.2.0", "type": "octets", "value": None,
                                                "text": "3c 84 6a 01 02 03", "hex": "3c846a010203"} and \
        by_oid["1.3.6.1.2.1.1.1.0"]["value"] == "a lamp" and by_oid["1.3.6.1.4.1.99999.1.3.0"]["value"] == 10


def wrong_words_are_told_before_anything_is_asked(farm):
    runs = [farm.walk("odd", *words) for words in
            (("--objects", "0"), ("--objects", "many"), ("--time", "-1"), ("--record", "/nowhere/at/all"),
             ("--version", "7"), ("--port", "161x"), ("--nonsense",))]
    return all(r.returncode == 3 and r.stderr and not r.stdout for r in runs) and \
        run("walk", []).returncode == 3


# ---- where it ends ----

def a_limit_of_objects_is_said(farm):
    got = farm.walk("odd", "--objects", "3")
    return got.returncode == 1 and len(got.stdout.splitlines()) == 3 and "limit of 3 objects" in got.stderr


def a_limit_of_time_is_said(farm):
    with odd_agent(farm, "delay=400") as slow:
        got = slow.walk("odd", "--time", "1", "--json")
    document = json.loads(got.stdout)
    return got.returncode == 1 and [c["reason"] for c in document["cuts"]] == ["time"] and \
        document["complete"] is False and "limit of 1 s" in got.stderr and document["objects"]


def an_agent_that_goes_round_is_told_with_both_ends(farm):
    with odd_agent(farm, "fault=cycle") as cycle:
        got = cycle.walk("round", "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.1", "--json")
    document = json.loads(got.stdout)
    return got.returncode == 1 and [c["reason"] for c in document["cuts"]] == ["not-rising"] and \
        "goes round: after 1.3.6.1.2.1.2.2.1.2.3 it told 1.3.6.1.2.1.2.2.1.2.1\n" in got.stderr and \
        [o["oid"] for o in document["objects"]] == [*(f"1.3.6.1.2.1.2.2.1.2.{i}" for i in (1, 2, 3)),
                                                    "1.3.6.1.2.1.1.1.0"]


def an_agent_that_never_ends_is_stopped(farm):
    with odd_agent(farm, "fault=endless") as endless:
        got = endless.walk("owned", "--objects", "2000", "--json")
    return got.returncode == 1 and "limit of 2000 objects" in got.stderr and \
        json.loads(got.stdout)["count"] == 2000


def an_agent_that_falls_silent_is_told_with_what_came(farm):
    with odd_agent(farm, "fault=silent", "first=4", "count=0") as dying:
        got = dying.walk("owned", "--json")
    document = json.loads(got.stdout)
    return got.returncode == 1 and document["cuts"][0]["reason"] == "timeout" and document["objects"] and \
        "no answer any more after" in got.stderr


def silence_is_a_failure_and_writes_no_file(farm):
    path = farm.folder / "none.snmprec"
    got = farm.walk("nobody", "--record", str(path), "--json")
    return got.returncode == 2 and json.loads(got.stdout)["error"] == "timeout" and not path.exists() and \
        "wrong community" in got.stderr


def a_closed_port_is_told_as_such(farm):
    got = run("walk", ["127.0.0.1", "--port", "9"])
    return got.returncode == 2 and "nothing listens on that port" in got.stderr


def an_agent_of_version_1_is_walked_all_the_same(farm):
    with odd_agent(farm, "fault=v1-only") as old:
        got = old.walk("owned", "1.3.6.1.2.1.2", "--json")
    document = json.loads(got.stdout)
    return got.returncode == 0 and document["version"] == "1" and document["count"] == 14


def an_agent_without_getbulk_is_walked_all_the_same(farm):
    with odd_agent(farm, "fault=no-bulk") as old:
        got = old.walk("odd", "--json")
    document = json.loads(got.stdout)
    return got.returncode == 0 and document["version"] == "2c" and document["count"] == 8


def a_sign_of_life_is_shown_on_a_terminal(farm):
    leader, follower = pty.openpty()
    with odd_agent(farm, "delay=500") as slow:
        subprocess.run([BUILD / "hayloft", "walk", *slow.words("odd"), "--json"], stdout=subprocess.DEVNULL,
                       stderr=follower, timeout=60, check=False)
    os.close(follower)
    said = os.read(leader, 65536).decode()
    os.close(leader)
    return "walking 127.0.0.1 ... 2 s" in said


# ---- the record ----

def without_owner(document):
    """What must be as before: not who it is and whose, but all that is read."""
    identity = {k: document["identity"].get(k) for k in
                ("sysobjectid", "vendor", "family", "kind", "model", "version", "profile")}
    mac = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", re.I)
    ports = [{k: mac.sub("MAC", v) if k == "name" else v for k, v in p.items()
              if k not in ("alias", "mac", "neighbours", "leads_to")} for p in document["ports"]]
    readings = [{k: r[k] for k in ("class", "meaning", "value", "unit", "limits", "state", "level")}
                for r in document["readings"]]
    tables = {k: len(document.get(k) or []) for k in ("vlans", "fdb", "neighbours", "poe", "arp")}
    return identity, *(sorted(json.dumps(x, sort_keys=True) for x in xs) for xs in (ports, readings)), tables


def records_and_compares(farm, names, *words):
    """Walks each, replays the records, and asks both the same. What differs is printed."""
    good = True
    with tempfile.TemporaryDirectory(prefix="hayloft-walk-") as folder:
        for name in names:
            got = farm.walk(name, "--record", f"{folder}/{name}.snmprec", *words)
            if got.returncode:
                print(f"# {name}: exit {got.returncode}: {got.stderr}")
                return False
        with Farm(folder) as again:
            for name in names:
                for before, after in zip(without_owner(farm.inspect(name)), without_owner(again.inspect(name))):
                    if before != after:
                        print(f"# {name}: {before} became {after}"[:2000])
                        good = False
    return good


def a_record_reads_as_the_device_did(farm):
    return records_and_compares(farm, ["owned"])


def a_record_holds_nothing_of_its_owner(farm):
    path = farm.folder / "records" / "owned.snmprec"
    path.parent.mkdir(exist_ok=True)
    got = farm.walk("owned", "--record", str(path))
    text = path.read_text().lower()
    left = [secret for secret in SECRETS if secret in text]
    for secret in left:
        print(f"# left: {secret}")
    return got.returncode == 0 and not left and "1.3.6.1.2.1.6.13" not in text and \
        "1.3.6.1.4.1.14988.1.1.4.4.0|4|6.49.10" in text and "routeros rb952ui-5ac2nd" in text


def the_community_is_not_in_the_record(farm):
    (farm.folder / "moonshine22.snmprec").write_text("1.3.6.1.2.1.1.1.0|4|asked with moonshine22\n")
    path = farm.folder / "records" / "moonshine.snmprec"
    with Farm(farm.folder) as fresh:
        got = fresh.walk("moonshine22", "--record", str(path))
    return got.returncode == 0 and "moonshine" not in path.read_text()


def a_record_is_for_its_owner_s_eyes_and_replaces_whole(farm):
    path = farm.folder / "records" / "mode.snmprec"
    path.write_text("what was there\n")
    path.chmod(0o644)
    got = farm.walk("odd", "--record", str(path), "--json")
    document = json.loads(got.stdout)
    return got.returncode == 0 and stat.S_IMODE(path.stat().st_mode) == 0o600 and "objects" not in document and \
        document["record"]["objects"] == document["count"] == 8 and "what was" not in path.read_text() and \
        [p.name for p in path.parent.glob("mode*")] == ["mode.snmprec"]


def a_record_that_is_not_whole_says_so(farm):
    path = farm.folder / "records" / "cut.snmprec"
    got = farm.walk("odd", "--objects", "2", "--record", str(path))
    return got.returncode == 1 and "not complete" in path.read_text().splitlines()[0]


def recorded_devices_read_as_before(farm):
    names = [n for n in SOME_DEVICES if (DEVICES / f"{n}.snmprec").exists()]
    with Farm(DEVICES) as devices:
        return len(names) > 5 and records_and_compares(devices, names)


def addresses_of(recording):
    """MACs of ports and forwarding tables and all IPv4 addresses, as octets; without those everybody has."""
    found = set()
    for line in recording.read_text(errors="replace").splitlines():
        oid, tag, value = (line.split("|", 2) + ["", ""])[:3]
        in_index = re.match(r"\.?1\.3\.6\.1\.2\.1\.17\.(?:4\.3\.1\.2|7\.1\.2\.2\.1\.2\.\d+)\.((?:\d+\.){5}\d+)$", oid)
        if in_index and max(numbers := [int(n) for n in in_index[1].split(".")]) < 256:
            found.add(bytes(numbers))
        if tag == "4x" and re.search(r"1\.3\.6\.1\.2\.1\.(?:2\.2\.1\.6|17\.4\.3\.1\.1)\.", oid) and len(value) == 12:
            found.add(bytes.fromhex(value))
        if tag == "64" and re.fullmatch(r"\d+(?:\.\d+){3}", value):
            found.add(bytes(int(n) for n in value.split(".")))
    return {a for a in found if (len(a) == 6 and any(a) and not a[0] & 1) or
            (len(a) == 4 and a[0] not in (0, 127) and a[0] < 224 and a not in (b"\1\1\1\1", b"\x08\x08\x08\x08"))}


def is_left(address, text):
    """As numbers of an OID or with dots, and as hexadecimal with any mark."""
    dotted = ".".join(str(n) for n in address)
    if dotted in text and re.search(rf"(?<![\d.]){re.escape(dotted)}(?![\d.])|\.{re.escape(dotted)}\|", text):
        return True
    for mark in ("", ":", "-", " "):
        form = address.hex(mark) if mark else address.hex()
        if form in text and re.search(rf"(?<![0-9a-f]){form}(?![0-9a-f])", text):
            return True
    return False


def records_of_devices_hold_none_of_their_addresses(farm):
    names = [n for n in SOME_DEVICES if (DEVICES / f"{n}.snmprec").exists()]
    looked = 0
    with Farm(DEVICES) as devices:
        for name in names:
            path = farm.folder / "records" / f"{name}.snmprec"
            devices.walk(name, "--record", str(path))
            text = path.read_text().lower()
            for address in addresses_of(DEVICES / f"{name}.snmprec"):
                looked += 1
                if is_left(address, text):
                    print(f"# {name}: {list(address)} is left")
                    return False
    print(f"# {looked} addresses looked for")
    return looked > 1000


# ---- the page about profiles ----

def blocks_of_the_page():
    """Literal blocks of its worked example: what was typed with what was printed, and the profile."""
    page = (ROOT / "poller/config/hayloft-profile.5.scd").read_text()
    example = page[page.index("# ONE IN TEN MINUTES"):page.index("# OF THE FAMILY")]
    return re.findall(r"```\n(.*?)```", example, re.S)


def runs_of(block):
    return [(typed.split()[1:], printed.rstrip("\n")) for typed, printed in
            re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M)]


def the_page_about_profiles_shows_what_is_really_printed(farm):
    walks, profile, checks = blocks_of_the_page()
    config = farm.folder / "scale" / "hayloft.yaml"
    (config.parent / "profiles").mkdir(parents=True, exist_ok=True)
    (config.parent / "profiles" / "barn-scale.yaml").write_text(profile)
    runs = [(words, printed) for words, printed in runs_of(walks) + runs_of(checks) if words[0] in ("walk", "inspect")]
    for (command, _, *oids), printed in runs:
        got = run(command, [*farm.words("scale"), *oids, "--config", str(config)])
        shown = "\n".join(line.rstrip() for line in got.stdout.rstrip("\n").split("\n"))
        if got.returncode or shown != printed:
            print(f"# {command} {oids}: {got.returncode} {got.stderr}{got.stdout!r} instead of {printed!r}")
            return False
    return [command for (command, *_), _ in runs] == ["walk", "walk", "inspect"]


# ---- Debian's snmpd ----

class Snmpd:
    def __init__(self, folder):
        self.port = free_port()
        conf = pathlib.Path(folder) / "agent.conf"
        conf.write_text(f"agentAddress udp:127.0.0.1:{self.port}\nsysName kitchen-pi\nsysContact Hans Mueller\n"
                        "sysLocation Dorfstrasse 12\nrocommunity moonshine22\n"
                        f'createUser stable SHA-256 "{AUTH}" AES "{PRIV}"\nrouser stable priv\n')
        self.process = subprocess.Popen([SNMPD, "-f", "-Lo", "-C", "-c", conf],
                                        env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder)},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while self.by_2c("1.3.6.1.2.1.1").returncode != 0 and time.monotonic() < until:
            time.sleep(0.1)

    def by_2c(self, *words):
        return run("walk", ["127.0.0.1", "--port", str(self.port), "--community", "moonshine22", *words])

    def by_3(self, *words):
        return run("walk", ["127.0.0.1", "--port", str(self.port), "--v3", "stable", *words],
                   {"HAYLOFT_AUTH_PASSWORD": AUTH, "HAYLOFT_PRIV_PASSWORD": PRIV})

    def inspect(self):
        return json.loads(run("inspect", ["127.0.0.1", "--port", str(self.port), "--community", "moonshine22",
                                          "--json"]).stdout)

    def inspect_settled(self):
        """Its processors' load is there some seconds after its start."""
        until = time.monotonic() + 30
        while True:
            document = self.inspect()
            if any(r["meaning"] == "cpu-load" for r in document["readings"]) or time.monotonic() > until:
                return document
            time.sleep(0.2)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def snmpd_is_walked_by_both_versions(farm, snmpd):
    old, new = (json.loads(walk("1.3.6.1.2.1.1", "--json").stdout) for walk in (snmpd.by_2c, snmpd.by_3))
    pairs = [[(o["oid"], o["value"]) for o in d["objects"] if o["type"] != "ticks"] for d in (old, new)]
    return pairs[0] == pairs[1] and ("1.3.6.1.2.1.1.5.0", "kitchen-pi") in pairs[0] and \
        new["version"] == "3" and new["engine_id"].startswith("80001f88") and "engine_id" not in old


def a_wrong_password_has_its_words(farm, snmpd):
    got = run("walk", ["127.0.0.1", "--port", str(snmpd.port), "--v3", "stable"],
              {"HAYLOFT_AUTH_PASSWORD": "maple-syrup", "HAYLOFT_PRIV_PASSWORD": PRIV})
    return got.returncode == 2 and "auth failed" in got.stderr and "maple" not in got.stdout + got.stderr


def a_record_of_snmpd_is_read_as_snmpd_is(farm, snmpd):
    """All that stands still: counters of a living machine do not."""
    live = snmpd.inspect_settled()
    with tempfile.TemporaryDirectory(prefix="hayloft-walk-") as folder:
        for name, walk in (("old", snmpd.by_2c), ("new", snmpd.by_3)):
            got = walk("--record", f"{folder}/{name}.snmprec")
            text = pathlib.Path(f"{folder}/{name}.snmprec").read_text().lower()
            host = socket.gethostname().lower()
            left = [s for s in ("kitchen", "mueller", "dorfstr", "moonshine", "stable", AUTH) if s in text]
            if got.returncode or left or (len(host) > 5 and host in text):
                print(f"# {name}: {got.returncode} {left} {got.stderr}")
                return False
        with Farm(folder) as again:
            documents = [live, again.inspect("old"), again.inspect("new")]
    told = [(without_owner(d)[0], [(p["index"], p["type"], p["oper"]) for p in d["ports"]],
             {r["meaning"] for r in d["readings"]}) for d in documents]
    if told[0] != told[1] or told[0] != told[2]:
        print(f"# {told}"[:2000])
    return told[0] == told[1] == told[2] and told[0][0]["profile"] == "linux"


# ---- files ----

def only_mibs_are_read_of_what_that_library_could(farm):
    bait = farm.folder / "bait"
    (bait / ".snmp").mkdir(parents=True, exist_ok=True)
    for name in ("snmp.conf", ".snmp/snmp.conf", "FILE-MIB.txt"):
        (bait / name).write_text("mibs +ALL\n")
    before = sorted(bait.rglob("*"))
    trace = farm.folder / "trace"
    hostile = {**os.environ, "HOME": str(bait), "MIBDIRS": str(farm.folder / "mibs"), "SNMPCONFPATH": str(bait),
               "SNMP_PERSISTENT_DIR": str(bait), "MIBFILES": str(bait / "FILE-MIB.txt"), "ASAN_OPTIONS": "detect_leaks=0"}
    got = subprocess.run(["strace", "-f", "-e", "trace=open,openat,openat2,creat", "-o", trace, BUILD / "hayloft",
                          "walk", *farm.words("odd")], capture_output=True, text=True, timeout=60, env=hostile,
                         check=False)
    opened = [m[1] for m in (re.search(r'(?:open(?:at2?)?|creat)\((?:AT_FDCWD, )?"([^"]*)".* = \d', line)
                             for line in trace.read_text().splitlines() if "O_PATH" not in line) if m]
    strange = [path for path in opened if path.startswith((str(bait), "/etc/snmp", "/var/lib/snmp"))]
    for path in strange:
        print(f"# opened: {path}")
    return got.returncode == 0 and any("BARN-MIB" in path for path in opened) and not strange and \
        sorted(bait.rglob("*")) == before


def can_trace():
    try:
        return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


PLAIN = [every_object_is_a_line_with_its_type, names_words_and_hints_come_from_an_installed_mib,
         an_unknown_name_is_told, a_single_object_may_be_asked_for, the_document_has_every_value_as_it_is,
         wrong_words_are_told_before_anything_is_asked, a_limit_of_objects_is_said, a_limit_of_time_is_said,
         an_agent_that_goes_round_is_told_with_both_ends, an_agent_that_never_ends_is_stopped,
         an_agent_that_falls_silent_is_told_with_what_came, silence_is_a_failure_and_writes_no_file,
         a_closed_port_is_told_as_such, an_agent_of_version_1_is_walked_all_the_same,
         an_agent_without_getbulk_is_walked_all_the_same, a_sign_of_life_is_shown_on_a_terminal,
         a_record_reads_as_the_device_did, a_record_holds_nothing_of_its_owner, the_community_is_not_in_the_record,
         a_record_is_for_its_owner_s_eyes_and_replaces_whole, a_record_that_is_not_whole_says_so,
         recorded_devices_read_as_before, records_of_devices_hold_none_of_their_addresses,
         the_page_about_profiles_shows_what_is_really_printed, only_mibs_are_read_of_what_that_library_could]
BY_SNMPD = [snmpd_is_walked_by_both_versions, a_wrong_password_has_its_words, a_record_of_snmpd_is_read_as_snmpd_is]


def reason_to_skip(test):
    if test in (recorded_devices_read_as_before, records_of_devices_hold_none_of_their_addresses) and \
            not DEVICES.is_dir():
        return "no recordings beside the project"
    if test is only_mibs_are_read_of_what_that_library_could and not can_trace():
        return "no strace"
    return "no snmpd" if test in BY_SNMPD and not os.access(SNMPD, os.X_OK) else None


def main():
    tests = [*PLAIN, *BY_SNMPD]
    print(f"1..{len(tests)}")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="hayloft-walk-") as folder:
        (pathlib.Path(folder) / "odd.snmprec").write_text(ODD)
        (pathlib.Path(folder) / "owned.snmprec").write_text(OWNED)
        (pathlib.Path(folder) / "round.snmprec").write_text(ROUND)
        (pathlib.Path(folder) / "scale.snmprec").write_text(SCALE)
        snmpd = Snmpd(folder) if os.access(SNMPD, os.X_OK) else None
        with Farm(folder) as farm:
            for number, test in enumerate(tests, 1):
                skip = reason_to_skip(test)
                good = skip or (test(farm, snmpd) if test in BY_SNMPD else test(farm))
                failed += not good
                print(f"{'ok' if good else 'not ok'} {number} - {test.__name__.replace('_', ' ')}"
                      f"{f' # SKIP {skip}' if skip else ''}", flush=True)
        if snmpd:
            snmpd.stop()
    return 1 if failed else 0


sys.exit(main())
