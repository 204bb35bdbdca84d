#!/usr/bin/env python3
"""The tables that show the wiring, from a recorded switch through the running daemon to documents, people and the
API; read anew when asked for, and old when the switch is gone. usage: tables_test.py BUILD_FOLDER"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

from house import House
from recordings import WIRED

BUILD = pathlib.Path(sys.argv[1])
CAMERA, RADIO = "02:00:00:00:00:01", "02:00:00:00:00:09"
NODES = f"""  barn-switch: {{address: 127.0.0.1, ping: {{interval: 2s, count: 2}}, arp: off,
    snmp: {{community: switch, port: PORT, interval: 5s, timeout: 1s, retries: 0}}}}
  barn-cam: {{mac: "{CAMERA}", class: fixed, arp: off}}
  barn-radio: {{address: 127.0.0.3, ping: {{interval: 2s, count: 2}}, arp: off}}
"""
count = failed = 0


def check(what, good, detail=""):
    global count, failed
    count += 1
    failed += not good
    print(f'{"ok" if good else "not ok"} {count} - {what}', flush=True)
    if not good:
        print("\n".join("# " + line for line in str(detail).splitlines()), flush=True)


class Agent:
    def __init__(self, folder):
        (folder / "switch.snmprec").write_text(WIRED)
        self.process = subprocess.Popen([BUILD / "tests/support/replay_agent", "-q", "-t", "170", folder],
                                        stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().split()[1]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def node(house):
    return house.document("node", "barn-switch")[0] or {}


def are_read(house):
    check("the tables are there soon after the start", house.wait_for(lambda: node(house).get("tables_at")),
          house.ask("node", "barn-switch").stderr)
    got = node(house)
    one, two = got["ports"]
    check("the forwarding table has VLAN, port and whose it is", got["fdb"] ==
          [{"mac": CAMERA, "port": 102, "port_name": "gi2", "vid": 20, "node": "barn-cam"}], got["fdb"])
    check("a neighbour is the node of that name", got["neighbours"][0]["node"] == "barn-radio" and
          got["neighbours"][0]["port_name"] == "gi1", got["neighbours"])
    check("VLANs have members, tagged and untagged", got["vlans"] ==
          [{"vid": 20, "name": "cameras", "members": ["gi1", "gi2"], "untagged": ["gi2"]}], got["vlans"])
    check("ports lead to them", [lead["node"] for lead in one["leads_to"] + two["leads_to"]] ==
          ["barn-radio", "barn-cam"], got["ports"])
    check("ARP and power are there", len(got["arp"]) == 1 and got["poe"][0]["class"] == 3, (got["arp"], got["poe"]))
    check("each list has its time and nothing is cut", all(t["at"] and not t["cut"] for t in got["tables"].values()),
          got["tables"])


def are_shown(house):
    text = house.ask("node", "barn-switch").stdout
    check("people read where ports lead", re.search(r"^gi1 +barn-radio +ath0 +lldp", text, re.M) and
          re.search(r"^gi2 +barn-cam +- +heard here", text, re.M), text)
    check("VLANs and power too", re.search(r"^20 +cameras +gi2 +gi1", text, re.M) and
          re.search(r"^delivering +gi1", text, re.M) and "1 address heard at its ports" in text, text)
    if (BUILD / "hayloft-web").exists():
        base = f"http://127.0.0.1:{house.port}"
        with urllib.request.urlopen(f"{base}/api/v1/nodes/barn-switch", timeout=30) as r:
            by_web = json.load(r)
        wanted = ("neighbours", "vlans", "fdb", "arp", "poe", "tables", "tables_at")
        mine = node(house)
        check("the API has the same", all(by_web[k] == mine[k] for k in wanted), {k: by_web[k] for k in wanted})
        with urllib.request.urlopen(f"{base}/node/barn-switch", timeout=30) as r:
            page = r.read().decode()
        check("the page shows it", "Where its ports lead" in page and "cameras" in page and CAMERA in page, page)


def are_read_anew(house):
    before = node(house)["tables_at"]
    house.wait_for(lambda: house.document("probe", "barn-radio")[0])  # a second passes: times have no fractions
    r = None

    def newer():
        nonlocal r
        _, r = house.document("probe", "barn-switch")
        return node(house)["tables_at"] > before

    check("a probe has them read anew", house.wait_for(newer), r)
    steps = {s["step"]: s for s in json.loads(r.stdout)["steps"]}
    check("and says what was found", steps["snmp tables"]["verdict"] == "ok" and
          steps["snmp tables"]["detail"] == "neighbours 1, vlans 1, fdb 1, arp 1, poe 1, stp 2", steps)


def grow_old(house, agent):
    agent.stop()
    before = node(house)
    document, r = house.document("probe", "barn-switch")
    steps = {s["step"]: s["verdict"] for s in document["steps"]} if document else {}
    check("without the switch a probe says that they could not be read", steps.get("snmp tables") == "degraded" and
          steps.get("snmp") == "failing", r)
    now = node(house)
    check("what was read stays, with the time it was read", now["tables_at"] == before["tables_at"] and
          now["fdb"] == before["fdb"] and now["vlans"] == before["vlans"], now["tables"])


def go_with_their_check(house):
    house.write({"lo": "127.0.0.1"}, re.sub(r",\n +snmp: \{[^}]*\}", "", NODES))
    check("a reload takes the check away", house.ask("reload").returncode == 0)
    got = node(house)
    check("and the tables with it", got["tables_at"] is None and got["fdb"] == got["vlans"] == [], got["tables"])


def main():
    with tempfile.TemporaryDirectory(prefix="hayloft-tables-") as folder, \
            tempfile.TemporaryDirectory(prefix="hayloft-agent-") as recordings:
        agent = Agent(pathlib.Path(recordings))
        house = House(BUILD, folder)
        house.write({"lo": "127.0.0.1"}, NODES.replace("PORT", agent.port))
        try:
            if house.start():
                are_read(house)
                are_shown(house)
                are_read_anew(house)
                grow_old(house, agent)
                go_with_their_check(house)
            else:
                check("the daemon starts", False, (house.folder / "log").read_text())
        finally:
            house.stop()
            agent.stop()
    print(f"1..{count}")


main()
sys.exit(1 if failed else 0)
