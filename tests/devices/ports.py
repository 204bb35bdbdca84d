"""The ports of `hayloft inspect` against those of a recording: what the agent has must be shown as it is,
what it has not must be absent, never 0."""
from figures import Verdict, shown

NAME_MOST = 64   # PORT_NAME_MAX of collectors/snmp/port.h
TEXT_MOST = 255  # PORT_TEXT_MAX
GAUGE_FULL = 4294967295
OPER = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}
ADMIN = {1: "up", 2: "down", 3: "testing"}


def base_name(port):
    for key in ("ifName", "ifDescr"):
        name = shown(port.get(key) or "", NAME_MOST)
        if name:
            return name
    return ""


def speed(port):
    high, low = port.get("ifHighSpeed") or 0, port.get("ifSpeed") or 0
    if 0 < high < GAUGE_FULL:
        return high * 1000000
    return low if 0 < low < GAUGE_FULL else None


def counter(port, wide, narrow):
    return port[wide] if wide in port else port.get(narrow)


def wanted(port):
    """What each member of a port in the document must be; None: absent. Names are judged apart."""
    return {"type": port.get("ifType"),
            "speed_bps": speed(port),
            "in_octets": counter(port, "ifHCInOctets", "ifInOctets"),
            "out_octets": counter(port, "ifHCOutOctets", "ifOutOctets"),
            "in_errors": port.get("ifInErrors"),
            "out_errors": port.get("ifOutErrors")}


def judge_number(got, want):
    if want is None:
        return "right" if got is None else "wrong"
    if got is None:
        return "absent"
    return "right" if float(got) == float(want) else "wrong"


def judge_status(got, raw, words):
    """A value that is missing or not in the MIB is unknown."""
    want = words.get(raw, "unknown")
    if got is None:
        return "right" if want == "unknown" else "absent"
    return "right" if got == want else "wrong"


def judge_name(got, port, count):
    base = base_name(port)
    if not got:
        return "absent"
    if not base:
        return "right"
    unique = count[base] == 1
    return "right" if got == base or (not unique and got.startswith(base[:40])) else "wrong"


def judge_alias(got, port):
    want = shown(port.get("ifAlias") or "", TEXT_MOST)
    return "right" if (got or "") == want else ("wrong" if got else "absent")


def compare_port(got, port, count):
    index = port["ifIndex"]

    def verdict(member, outcome, want):
        return Verdict("ports", f"port {index} {member}", outcome,
                       f"{got.get(member)!r} instead of {want!r}" if outcome != "right" else "")
    for member, want in wanted(port).items():
        yield verdict(member, judge_number(got.get(member), want), want)
    for member, key, words in (("oper", "ifOperStatus", OPER), ("admin", "ifAdminStatus", ADMIN)):
        yield verdict(member, judge_status(got.get(member), port.get(key), words), port.get(key))
    yield verdict("name", judge_name(got.get("name"), port, count), base_name(port))
    yield verdict("alias", judge_alias(got.get("alias"), port), port.get("ifAlias"))


def compare(document, expected):
    recorded = {p["ifIndex"]: p for p in expected.get("ports", [])}
    got = {}
    for port in document.get("ports", []):
        if port.get("index") in got:
            yield Verdict("ports", f"port {port.get('index')}", "wrong", "shown twice")
        got[port.get("index")] = port
    count = {}
    for port in recorded.values():
        count[base_name(port)] = count.get(base_name(port), 0) + 1
    for index, port in recorded.items():
        if index in got:
            yield from compare_port(got[index], port, count)
        else:
            yield Verdict("ports", f"port {index}", "absent", base_name(port))
    for index in got.keys() - recorded.keys():
        yield Verdict("ports", f"port {index}", "wrong", "not in the recording")
