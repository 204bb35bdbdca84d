#!/usr/bin/env python3
"""One farm: a daemon that is killed again and again while its devices come and go. Runs inside the farm's
own monitor namespace. usage: one.py FOLDER PREFIX KILLS SEED BUILD

Leaves FOLDER/story.json, what was done and seen, for verdict.py; the sinks' logs, the daemon's log and
its state folder stand beside it."""
import json
import os
import random
import subprocess
import sys
import threading
import time

from victim import Victim
from watch import Watch
from world import World

GAP_MEAN_S = 3.0      # between being clean and the next kill
AIMED_SHARE = 0.3     # of the kills come just when something is committed or accepted
HELD_SHARE = 0.15     # come while the database is locked by another, so that commits wait in the store
AT_START_SHARE = 0.2  # of the kills come while it is still starting after the one before
THINK_S = 0.15        # the sinks take their time, so that kills meet messages on their way
SETTLE_MOST_S = 90
VICTIMS = {"engine": 6, "store": 6, "courier": 4, "web": 2, "painter": 1, "wire": 2, "parent": 3, "all": 5}
# in every third farm the engine lives long enough for flaps, limits and reminders to come of it
ENGINE_SPARED = {**VICTIMS, "engine": 1, "parent": 0.5, "all": 1}
HERE = os.path.dirname(os.path.abspath(__file__))
SUPPORT = f"{os.path.dirname(HERE)}/support"


class Farm:
    def __init__(self, folder, prefix, kills, seed, build):
        self.folder, self.kills_wanted, self.seed = folder, kills, seed
        self.random = random.Random(seed)
        self.victims = ENGINE_SPARED if seed // 10 % 3 == 2 else VICTIMS
        self.victim = Victim(folder, build)
        self.world = World(prefix, seed + 1)
        self.watch = Watch(f"{folder}/state")
        self.sinks = []
        self.kills = []  # {at, who, clean_s or None, gone_s}
        self.acks = []   # [id, wall time of the answer]
        self.counts = [] # [wall time of the answer, values the engine says it has measured in this life]
        self.stalls = [] # [wall time, for how long nothing of ours ran]: the machine is busy with others
        self.ending = threading.Event()
        self.complaints = []

    def start_sinks(self):
        for program, port, log in (("smtp_sink.py", 2525, "mails"), ("webhook_sink.py", 8025, "hooks")):
            open(f"{self.folder}/{log}", "a").close()
            self.sinks.append(subprocess.Popen(
                [sys.executable, f"{SUPPORT}/{program}", "--port", str(port), "--log", f"{self.folder}/{log}",
                 "--think", str(THINK_S)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
        for sink in self.sinks:
            sink.stdout.readline()

    # --- a person, meanwhile ---

    def acknowledge_now_and_then(self):
        chance = random.Random(self.seed + 2)
        while not self.ending.wait(chance.uniform(1, 3)):
            open_now = self.watch.open_incidents()
            if not open_now:
                continue
            id = chance.choice(open_now)
            status, _ = self.victim.command("ack", id, "--by", "harness")
            if status == 0:
                self.acks.append([id, time.time()])

    def count_now_and_then(self):
        while not self.ending.wait(0.7):
            _, status = self.victim.command("status")
            samples = ((status or {}).get("health") or {}).get("samples")
            if samples:
                self.counts.append([time.time(), samples])

    def measure_stalls(self):
        while not self.ending.is_set():
            asleep = time.time()
            time.sleep(0.02)
            late_s = time.time() - asleep - 0.02
            if late_s > 0.1:
                self.stalls.append([asleep, late_s])

    # --- kills ---

    def choose(self):
        there = {*self.victim.roles(), "parent", "all"}
        names = [name for name in self.victims if name in there]
        return self.random.choices(names, [self.victims[name] for name in names])[0]

    def strike(self, who):
        """One kill; the record of it, and whom it hit."""
        if who not in ("parent", "all"):
            hit = self.victim.kill_role(who)
            return hit and ({"at": hit[0], "who": who}, hit[1])
        at, children = self.victim.kill_parent(who == "all")
        kill = {"at": at, "who": who}
        if self.random.random() < 0.5:  # as a supervisor would, with children still there
            self.victim.start()
            kill["gone_s"] = self.victim.wait_gone(children, at)
        else:
            kill["gone_s"] = self.victim.wait_gone(children, at)
            self.victim.start()
        kill["started"] = self.victim.started
        return kill, children

    def look_at_a_picture(self):
        """So that there is a painter to be killed."""
        self.victim.get("/api/v1/graph/here/mast/ping.png?width=400")

    def aim(self):
        """Returns within milliseconds of the next commit or message, or after some seconds of neither."""
        files = [f"{self.folder}/{name}" for name in ("state/hayloft.db-wal", "mails", "hooks")]
        file = self.random.choice(files)
        before, until = os.stat(file).st_mtime_ns, time.time() + 3
        while os.stat(file).st_mtime_ns == before and time.time() < until:
            time.sleep(0.0005)
        time.sleep(self.random.uniform(0, 0.006))

    def lock_database(self):
        """The holder, if it got the lock and had it for a while."""
        holder = subprocess.Popen([sys.executable, f"{HERE}/hold.py", f"{self.folder}/state/hayloft.db-shm"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write("take\n")
        holder.stdin.flush()
        if holder.stdout.readline() == "held\n":
            time.sleep(self.random.uniform(0.05, 0.7))
        return holder

    def one_round(self):
        """A kill, or several on top of each other, then clean again."""
        if self.random.random() < 0.15:
            threading.Thread(target=self.look_at_a_picture, daemon=True).start()
            time.sleep(self.random.uniform(0.01, 0.2))
        way, holder = self.random.random(), None
        if way < AIMED_SHARE:
            self.aim()
        elif way < AIMED_SHARE + HELD_SHARE:
            holder = self.lock_database()
        while True:
            hit = self.strike(self.choose())
            if holder:
                holder.kill()
                holder.wait()
                holder = None
            if not hit:
                continue
            kill, gone = hit
            self.kills.append(kill)
            if len(self.kills) == self.kills_wanted or self.random.random() >= AT_START_SHARE:
                break
            time.sleep(self.random.uniform(0, 0.4))
        since = kill.get("started", kill["at"])
        kill["clean_s"] = self.victim.wait_clean(since, gone)
        if kill["clean_s"] is None and self.victim.daemon.poll() is not None:
            self.complaints.append(f"the daemon ended by itself with {self.victim.daemon.returncode}")
            self.victim.start()
        kill["clean_at"] = time.time()

    def run_kills(self):
        while len(self.kills) < self.kills_wanted:
            time.sleep(min(self.random.expovariate(1 / GAP_MEAN_S), 4 * GAP_MEAN_S))
            self.one_round()

    # --- the end ---

    def all_up(self):
        _, nodes = self.victim.command("nodes")
        return bool(nodes) and all(node["state"] == "up" for node in nodes)

    def is_quiet(self):
        return self.watch.quiet() and self.all_up()

    def settle(self):
        """Everything heals; waits until all is up, resolved and told. Seconds, or None."""
        self.ending.set()
        self.world.finish()
        began = time.time()
        while time.time() - began < SETTLE_MOST_S:
            if self.is_quiet():
                looks = self.watch.looks
                time.sleep(2)  # what was under way comes, and more must not
                if self.watch.looks > looks and self.is_quiet():
                    return time.time() - began
            time.sleep(0.5)
        return None

    def tell(self):
        """What the daemon itself says at the end."""
        _, incidents = self.victim.command("incidents", "--all")
        _, nodes = self.victim.command("nodes")
        for node in nodes or []:  # the files take what the journal holds
            self.victim.get(f"/api/v1/series/here/{node['name']}/ping?points=10")
        return {"incidents": incidents, "nodes": nodes}

    def run(self):
        self.start_sinks()
        self.victim.start()
        began = time.time()
        first = self.victim.wait_clean(began, [])
        if first is None:
            raise RuntimeError("the daemon did not come up")
        self.watch.start()
        self.world.start()
        for side in (self.acknowledge_now_and_then, self.count_now_and_then, self.measure_stalls):
            threading.Thread(target=side, daemon=True).start()
        self.run_kills()
        settled = self.settle()
        told = self.tell()
        self.watch.finish()
        status = self.victim.stop()
        return {"seed": self.seed, "began": began, "first_s": first, "ended": time.time(), "kills": self.kills,
                "acks": self.acks, "counts": self.counts, "stalls": self.stalls,
                "cuts": self.world.cuts, "settled_s": settled, "told": told,
                "stopped_with": status, "looks": self.watch.looks, "complaints": self.complaints + self.watch.complaints,
                "seen": {"incidents": list(self.watch.incidents), "events": list(self.watch.events),
                         "messages": list(self.watch.outbox)}}

    def close(self):
        if self.victim.daemon and self.victim.daemon.poll() is None:
            self.victim.kill_parent(True)
        for sink in self.sinks:
            sink.kill()
        self.world.close()


def main():
    folder, prefix, kills, seed, build = sys.argv[1:]
    farm = Farm(folder, prefix, int(kills), int(seed), build)
    try:
        story = farm.run()
    finally:
        farm.close()
    with open(f"{folder}/story.json", "w") as f:
        json.dump(story, f)


main()
