#!/usr/bin/env python3
"""BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363) of a box of vlan_farm.sh, for snmpd's pass_persist.

All of it is read from the kernel of the namespace it runs in, so that the tables say what the box does: br0 is VLAN 1,
br501 is VLAN 501; a port in br501 is an untagged member, v501.PORT in it makes PORT a tagged one.
"""
import json
import subprocess
import sys
import time

ROOT = (1, 3, 6, 1, 2, 1, 17)
FRESH_S = 1.0
LEARNED, SELF = 3, 4
DISABLED, FORWARDING = 1, 5
ACTIVE, PERMANENT = 1, 2
FDB_ID_BASE = 10  # a filtering database is not called as its VLAN


def asked(*command):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(run.stdout) if run.stdout.strip() else []


def hexed(octets):
    return " ".join("%02X" % o for o in octets)


def outside(name):
    """The port behind v501.PORT, or the port itself."""
    return name.rpartition(".")[2]


class Box:
    """The bridges, their ports by bridge port number, and who is behind which."""

    def __init__(self):
        links = {link["ifname"]: link for link in asked("ip", "-j", "-d", "link", "show")}
        self.address = links["br0"]["address"]
        self.ageing_s = links["br0"]["linkinfo"]["info_data"]["ageing_time"] // 100
        self.vlans = sorted(int(n[2:]) or 1 for n in links if n.startswith("br") and n[2:].isdigit())
        inside = {n: self.vlan_of(link.get("master")) for n, link in links.items() if link.get("master")}
        ports = sorted({outside(n) for n in inside}, key=lambda n: links[n]["ifindex"])
        self.numbers = {name: number for number, name in enumerate(ports, 1)}
        self.index = {name: links[name]["ifindex"] for name in ports}
        self.running = {name: links[name].get("operstate") == "UP" for name in ports}
        self.pvid = {name: inside.get(name, 1) for name in ports}
        self.members = {v: {outside(n) for n, of in inside.items() if of == v} for v in self.vlans}
        self.addresses = {}
        for row in asked("bridge", "-j", "fdb", "show"):
            vlan, port = self.vlan_of(row.get("master")), outside(row["ifname"])
            if vlan and port in self.numbers and "self" not in row.get("flags", []):
                own = row.get("state") == "permanent"
                self.addresses[vlan, tuple(bytes.fromhex(row["mac"].replace(":", "")))] = (port, own)

    @staticmethod
    def vlan_of(bridge):
        return (int(bridge[2:]) or 1) if bridge and bridge.startswith("br") and bridge[2:].isdigit() else None

    def port_list(self, names):
        """PortList: the first bit of the first octet is bridge port 1."""
        octets = bytearray(max(1, (len(self.numbers) + 7) // 8))
        for name in names:
            bit = self.numbers[name] - 1
            octets[bit // 8] |= 0x80 >> bit % 8
        return hexed(octets)

    def untagged(self, vlan):
        return {name for name in self.members[vlan] if self.pvid[name] == vlan}

    def fdb_id(self, vlan):
        return FDB_ID_BASE + self.vlans.index(vlan)


def objects(box):
    """(OID under ROOT, type, value), the instance part included."""
    yield (1, 1, 0), "octet", hexed(bytes.fromhex(box.address.replace(":", "")))
    yield (1, 2, 0), "integer", len(box.numbers)
    yield (2, 4, 0), "counter", 0
    yield (4, 2, 0), "integer", box.ageing_s
    for name, number in box.numbers.items():
        yield (1, 4, 1, 1, number), "integer", number
        yield (1, 4, 1, 2, number), "integer", box.index[name]
        yield (2, 15, 1, 1, number), "integer", number
        yield (2, 15, 1, 3, number), "integer", FORWARDING if box.running[name] else DISABLED
        yield (7, 1, 4, 5, 1, 1, number), "gauge", box.pvid[name]
    yield (7, 1, 1, 4, 0), "gauge", len(box.vlans)
    for vlan in box.vlans:
        members, untagged = box.port_list(box.members[vlan]), box.port_list(box.untagged(vlan))
        yield (7, 1, 4, 2, 1, 3, 0, vlan), "gauge", box.fdb_id(vlan)
        yield (7, 1, 4, 2, 1, 4, 0, vlan), "octet", members
        yield (7, 1, 4, 2, 1, 5, 0, vlan), "octet", untagged
        yield (7, 1, 4, 2, 1, 6, 0, vlan), "integer", PERMANENT
        yield (7, 1, 4, 3, 1, 1, vlan), "string", "lan" if vlan == 1 else "guest-%d" % vlan
        yield (7, 1, 4, 3, 1, 2, vlan), "octet", members
        yield (7, 1, 4, 3, 1, 4, vlan), "octet", untagged
        yield (7, 1, 4, 3, 1, 5, vlan), "integer", ACTIVE
    for (vlan, mac), (port, own) in box.addresses.items():
        yield (4, 3, 1, 1) + mac, "octet", hexed(mac)
        yield (4, 3, 1, 2) + mac, "integer", box.numbers[port]
        yield (4, 3, 1, 3) + mac, "integer", SELF if own else LEARNED
        yield (7, 1, 2, 2, 1, 2, box.fdb_id(vlan)) + mac, "integer", box.numbers[port]
        yield (7, 1, 2, 2, 1, 3, box.fdb_id(vlan)) + mac, "integer", SELF if own else LEARNED


class Tables:
    """Sorted, read anew once a second at most."""

    def __init__(self):
        self.read_s, self.rows, self.names = -FRESH_S, {}, []

    def renew(self):
        if time.monotonic() - self.read_s < FRESH_S:
            return
        self.rows = {ROOT + oid: (kind, value) for oid, kind, value in objects(Box())}
        self.names = sorted(self.rows)
        self.read_s = time.monotonic()

    def find(self, oid, after):
        self.renew()
        if not after:
            return oid if oid in self.rows else None
        return next((name for name in self.names if name > oid), None)


def main():
    tables = Tables()
    for line in sys.stdin:
        word = line.strip()
        if word == "PING":
            print("PONG", flush=True)
            continue
        oid = tuple(int(n) for n in sys.stdin.readline().strip().strip(".").split("."))
        if word == "set":
            sys.stdin.readline()
            print("not-writable", flush=True)
            continue
        found = tables.find(oid, word == "getnext")
        if found is None:
            print("NONE", flush=True)
        else:
            print("." + ".".join(map(str, found)), *tables.rows[found], sep="\n", flush=True)


main()
