"""VLANs, forwarding tables, neighbours, PoE and ARP of `hayloft inspect` against a recording.

An entry is found by its values, whatever its members are called: an FDB entry is right when one item of
the document holds its MAC and its port, as number or as name."""
from figures import Verdict, leaves


class Items:
    """A list of the document; each item as the set of its values."""

    def __init__(self, document, *names):
        self.sets = [frozenset(leaves(item)) for name in names for item in document.get(name) or []]
        self.by_value = {}
        for one in self.sets:
            for value in one:
                self.by_value.setdefault(value, []).append(one)

    def judge(self, key, others):
        """others: alternatives, of which one must stand beside the key; empty: the key is enough."""
        found = self.by_value.get(str(key).casefold(), [])
        if not found:
            return "absent"
        others = [str(o).casefold() for o in others if o not in (None, "")]
        return "right" if not others or any(o in one for one in found for o in others) else "wrong"


def port_names(document, expected):
    names = {p.get("index"): [p.get("name")] for p in document.get("ports", [])}
    for port in expected.get("ports", []):
        names.setdefault(port["ifIndex"], []).extend([port.get("ifName"), port.get("ifDescr")])
    return names


def vlans(document, expected):
    items = Items(document, "vlans")
    for vlan in expected.get("vlans") or expected.get("referenceVlans") or []:
        yield Verdict("vlans", f"VLAN {vlan['vid']}", items.judge(vlan["vid"], [vlan.get("name")]),
                      vlan.get("name") or "")


def fdb(document, expected):
    items, names = Items(document, "fdb"), port_names(document, expected)
    for entry in expected.get("fdb", []):
        if not entry.get("mac"):
            continue
        index = entry.get("ifIndex")
        where = [index, *names.get(index, [])] if index is not None else []
        yield Verdict("fdb", f"{entry['mac']} at {index}", items.judge(entry["mac"], where),
                      f"base port {entry.get('port')}")


def neighbours(document, expected):
    items, names = Items(document, "neighbours"), port_names(document, expected)
    for row in expected.get("lldpRemote", []):
        number = row.get("localPortNum")
        key = row.get("chassisId") or row.get("sysName")
        if not key or not str(key).strip("0:"):
            continue # an empty row
        where = [number, *names.get(number, [])]
        base = expected.get("bridge", {}).get("basePortIfIndex", {}).get(str(number))
        where += [base, *names.get(base, [])]
        outcome = items.judge(key, where)
        if outcome == "wrong" and items.judge(key, [row.get("portId"), row.get("sysName")]) == "right":
            outcome = "right" # the local port number is the agent's own
        yield Verdict("lldpRemote", f"{key} at port {number}", outcome, row.get("sysName") or "")


def poe(document, expected):
    items, names = Items(document, "poe"), port_names(document, expected)
    for row in expected.get("poePorts", []):
        port = row.get("port")
        outcomes = [items.judge(k, []) for k in (port, *names.get(port, [])) if k not in (None, "")]
        yield Verdict("poePorts", f"port {port}", "right" if "right" in outcomes else "absent", "")


def pvid(document, expected):
    shown = {p.get("index"): p.get("pvid") for p in document.get("ports", [])}
    base = expected.get("bridge", {}).get("basePortIfIndex", {})
    for number, vid in (expected.get("pvid") or {}).items():
        got = shown.get(base.get(number, int(number)))
        outcome = "absent" if got is None else "right" if got == vid else "wrong"
        yield Verdict("pvid", f"bridge port {number}", outcome, f"{got} instead of {vid}")


def padded(mac):
    return ":".join(part.zfill(2) for part in mac.split(":")) if mac else ""


def arp(document, expected):
    items = Items(document, "arp", "neighbours")
    for row in expected.get("arp", []):
        yield Verdict("arp", f"{row['ip']} {row['mac']}", items.judge(row["ip"], [padded(row["mac"])]), "")


def compare(document, expected):
    for part in (vlans, fdb, neighbours, poe, pvid, arp):
        yield from part(document, expected)
