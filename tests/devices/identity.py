"""The system group, vendor, family, model and version of `hayloft inspect` against what a device tells and is
known to be."""
import pathlib

from figures import Verdict, alike, shown

TEXT_MOST = 255  # DEVICE_TEXT_MAX of collectors/snmp/device.h
SYSTEM = {"sysname": "sysName", "sysdescr": "sysDescr", "location": "sysLocation"}
FAMILIES = pathlib.Path(__file__).with_name("families.tsv")
WORDINGS = pathlib.Path(__file__).with_name("wordings.tsv")


def read_families():
    rows = {}
    for line in FAMILIES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, vendors, families = line.split("\t")
            rows[name] = (vendors.split("|"), families.split("|"))
    return rows


def read_wordings():
    """Where the reference says it in other words: by (os, member, what it says) what is right."""
    lines = WORDINGS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {(name, member, reference): right for name, member, reference, right, _ in rows}


def judge(got, wanted):
    if not got:
        return "right" if "-" in wanted else "absent"
    return "right" if any(alike(got, w) for w in wanted) else "wrong"


def judge_version(got, want):
    """A version within a longer text of versions is right, a part of a number is not."""
    if not got:
        return "absent"
    short, long = sorted((got.strip().lower().lstrip("v"), want.strip().lower()), key=len)
    at = long.find(short)
    whole = at >= 0 and not (long[at - 1:at].isdigit() or (long[at - 1:at] == "." and short[0].isdigit()))
    return "right" if whole else "wrong"


def compare(document, device, families):
    """device: os, hardware, version as far as they are known."""
    got = document.get("identity", {})
    known = families.get(device.get("os"))
    asked = []
    if known:
        asked += [("vendor", judge(got.get("vendor"), known[0]), "|".join(known[0])),
                  ("family", judge(got.get("family"), known[1]), "|".join(known[1]))]
    if device.get("hardware"):
        asked.append(("model", judge(got.get("model"), [device["hardware"]]), device["hardware"]))
    if device.get("version"):
        asked.append(("version", judge_version(got.get("version"), device["version"]), device["version"]))
    for member, outcome, want in asked:
        right = read_wordings().get((device.get("os"), member, want))
        if right is not None:
            outcome = "right" if got.get(member) == right else "wrong"
        yield Verdict(member, f"{device.get('os')} {member}", outcome,
                      f"{got.get(member)!r} instead of {want!r}" if outcome != "right" else "")


def compare_system(document, expected):
    """What the agent itself says of the device; empty is as good as absent."""
    got, told = document.get("identity", {}), expected.get("system", {})
    wanted = {member: shown(told.get(key) or "", TEXT_MOST) for member, key in SYSTEM.items()}
    wanted["sysobjectid"] = (told.get("sysObjectID") or "").lstrip(".")
    for member, want in wanted.items():
        have = got.get(member) or ""
        outcome = "right" if have == want else "wrong" if have else "absent"
        yield Verdict("system", member, outcome, f"{have!r} instead of {want!r}")
    ticks, uptime = told.get("sysUpTimeTicks"), document.get("uptime_s")
    if ticks is None:
        outcome = "right" if uptime is None else "wrong"
    else:
        outcome = "absent" if uptime is None else "right" if 0 <= uptime - ticks // 100 <= 60 else "wrong"
    yield Verdict("system", "uptime", outcome, f"{uptime} s of {ticks} hundredths")
