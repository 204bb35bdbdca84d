"""Holds the story of one farm (one.py) against what the daemon kept, what the sinks accepted and what was
true. judge() answers figures and complaints; each complaint names the promise it breaks."""
import bisect
import collections
import json
import math
import re
import sqlite3
import subprocess
import sys

from victim import CLEAN_MOST_S, ECHOES, HOLD_S, INTERVAL_S, SILENT_S
from world import BARN, SINGLES, STEADY

GONE_MOST_S = 1
HEARTBEAT_S = INTERVAL_S * 5 // 2 + 1  # of a file; a longer time between two samples is unknown
LOSS = 6               # its place among the values of a ping
SAMPLES_MOST_S = 1     # lost, or on their way to the journal
NOTICED_IN_S = 5 + SILENT_S  # a silence that lasts so long while the engine lives is an incident
LATE_S = 1.5           # between a device's return and the engine's noticing
PROMISES = {
    "clean": f"after each kill all is clean within {CLEAN_MOST_S} s, without a hand",
    "gone": f"a killed parent's roles are gone within {GONE_MOST_S} s",
    "events": "nothing once committed is missing: events, incidents, messages",
    "chain": "each node's transitions follow from one another",
    "incidents": "each outage is one incident, none is false, all are resolved and stay so",
    "messages": "each message is accepted by its sink, in order, and what was opened is resolved there",
    "twice": "a message comes twice only where a kill lies between, with its key",
    "samples": f"no more than {SAMPLES_MOST_S} s of samples is lost",
    "files": "the RRD files hold every sample of the journal",
    "roles": "no role ends by itself, nothing is damaged",
}


def whole_seconds(rows):
    """(time, loss) of the updates a file gets, its stamps cut to milliseconds: unknown values have whole seconds
    at their ends. A row that lacks something is stamped with the full second before it, and a row before one that
    lacks something, or before a gap, stands up to the next full second; a gap ends at one too."""
    updates = []
    known = None  # the last row, if it lacked nothing
    for _, _, values, at_ns in rows:
        ms, lacks = at_ns // 1_000_000, any(math.isnan(v) for v in values)
        if lacks:
            ms -= ms % 1000
        if updates and ms <= updates[-1][0]:
            continue
        gap = updates and ms - updates[-1][0] > HEARTBEAT_S * 1000
        if known and (gap or lacks) and updates[-1][0] < (full := math.ceil(updates[-1][0] / 1000) * 1000) < ms:
            updates.append((full, known[LOSS]))
        if gap and not lacks and ms - ms % 1000 > updates[-1][0]:
            updates.append((ms - ms % 1000, math.nan))
        updates.append((ms, values[LOSS]))
        known = None if lacks else values
    return [(ms / 1000, loss) for ms, loss in updates]


def expected_losses(rows):
    """(second, loss) as an RRD file has it where samples are close enough: a sample holds for all the time
    since the one before; seconds that one update fills get their mean."""
    begun = None  # of the second that is not yet full, the sum so far
    updates = whole_seconds(rows)
    for (a, _), (b, loss) in zip(updates, updates[1:]):
        first, last = math.floor(a), math.floor(b)
        if b - a > HEARTBEAT_S or math.isnan(loss):
            begun = 0 if b == last else None
        elif last > first:
            if begun is not None:
                mean = (begun + loss * (last - a)) / (last - first)
                yield from ((second, mean) for second in range(first + 1, last + 1))
            begun = loss * (b - last)
        elif begun is not None:
            begun += loss * (b - a)


class Judge:
    def __init__(self, folder, build):
        self.folder, self.build = folder, build
        with open(f"{folder}/story.json") as f:
            self.story = json.load(f)
        self.kills = self.story["kills"]
        self.complaints, self.measured = [], []
        self.figures = collections.Counter()
        self.worst = collections.defaultdict(float)
        db = sqlite3.connect(f"file:{folder}/state/hayloft.db?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        self.sound = db.execute("PRAGMA integrity_check").fetchone()[0]
        self.events = db.execute("SELECT * FROM event ORDER BY at, id").fetchall()
        self.incidents = {row["id"]: dict(row) for row in db.execute("SELECT * FROM incident")}
        self.outbox = db.execute("SELECT * FROM outbox ORDER BY position").fetchall()
        for row in self.incidents.values():
            row["affected"] = [r[0] for r in db.execute(
                "SELECT node FROM incident_affected WHERE incident = ?", (row["id"],))]
            row["timeline"] = [(r[0] / 1e9, r[1]) for r in db.execute(
                "SELECT at, text FROM incident_timeline WHERE incident = ? ORDER BY position", (row["id"],))]
        self.nodes = dict(db.execute("SELECT name, state FROM node").fetchall())
        db.close()
        self.sinks = {receiver: [json.loads(line) for line in open(f"{folder}/{log}")]
                      for receiver, log in (("mail", "mails"), ("hook", "hooks"))}
        self.worst["longest stall of the machine, s"] = max((late for _, late in self.story["stalls"]), default=0)
        self.engine_dead = self.dead_spans("engine")
        self.store_dead = self.dead_spans("store")

    def complain(self, promise, text):
        self.complaints.append((promise, text))

    def dead_spans(self, role):
        """[from, until] in which it was, or may have been, dead: until all was clean again."""
        spans, since = [], None
        for kill in self.kills:
            if since is None and kill["who"] in (role, "parent", "all"):
                since = kill["at"]
            if since is not None and kill.get("clean_s") is not None:
                spans.append((since, kill["clean_at"]))
                since = None
        if since is not None:
            spans.append((since, math.inf))
        return spans

    @staticmethod
    def overlap(spans, begin, end):
        return sum(max(0, min(end, b) - max(begin, a)) for a, b in spans)

    def longest_alive(self, begin, end):
        longest, at = 0, begin
        for a, b in self.engine_dead:
            longest = max(longest, min(a, end) - at)
            at = max(at, b)
        return max(longest, end - at)

    # --- after each kill ---

    def judge_kills(self):
        for kill in self.kills:
            self.figures[f"kills of {kill['who']}"] += 1
            if "clean_s" in kill:
                self.worst["slowest clean start, s"] = max(self.worst["slowest clean start, s"], kill["clean_s"] or 99)
                if kill["clean_s"] is None or kill["clean_s"] > CLEAN_MOST_S:
                    self.complain("clean", f"{kill['who']} killed at {kill['at']:.3f}: clean after {kill['clean_s']} s")
            if "gone_s" in kill:
                self.worst["slowest end of orphans, s"] = max(self.worst["slowest end of orphans, s"], kill["gone_s"])
                if kill["gone_s"] > GONE_MOST_S:
                    self.complain("gone", f"parent killed at {kill['at']:.3f}: roles gone after {kill['gone_s']:.2f} s")
        if self.story["stopped_with"] != 0:
            self.complain("roles", f"the daemon stopped with {self.story['stopped_with']}")

    def judge_log(self):
        bad = re.compile(r"signal (?!9;)\d|ended with status|damaged|set aside|assert|Sanitizer|hangs|cannot be|"
                         r"left out|malformed|will be tried again|refused|does not fit|runtime error")
        with open(f"{self.folder}/log", errors="replace") as log:
            for line in log:
                if bad.search(line):
                    self.complain("roles", line.strip())
        if self.sound != "ok":
            self.complain("roles", f"database: {self.sound}")

    # --- what was committed ---

    def judge_kept(self):
        seen = self.story["seen"]
        for what, there in (("incidents", self.incidents), ("events", {e["id"] for e in self.events}),
                            ("messages", {m["key"] for m in self.outbox})):
            self.figures[what] += len(there)
            for missing in sorted(set(seen[what]) - set(there)):
                self.complain("events", f"{what}: {missing} was committed and is missing")
        for text in self.story["complaints"]:
            self.complain("events", text)
        told = {i["id"] for i in self.story["told"]["incidents"] or []}
        for missing in sorted(self.incidents.keys() - told):
            self.complain("events", f"`hayloft incidents --all` does not list {missing}")
        for id, at in self.story["acks"]:
            self.figures["acknowledgements"] += 1
            # the engine answers; within a second it is with the store, if there is one
            hit = any(kill["who"] in ("engine", "store", "parent", "all") and -2 < kill["at"] - at < 1
                      for kill in self.kills)
            if not hit and not self.incidents[id]["acknowledged"]:
                self.complain("events", f"{id} was acknowledged at {at:.3f} and is not")

    def judge_chain(self):
        state = {}
        for e in self.events:
            if e["kind"] != "state":
                continue
            before = state.get(e["node"], e["from_state"])
            if before != e["from_state"]:
                self.complain("chain", f"{e['node']} was {before} and went from {e['from_state']} to"
                              f" {e['to_state']} at {e['at'] / 1e9:.3f}")
            state[e["node"]] = e["to_state"]
        for node, now in self.nodes.items():
            if state.get(node, now) != now:
                self.complain("chain", f"{node} is {now} and its last event says {state[node]}")

    # --- incidents against the truth ---

    def state_at(self, node, at):
        state = None
        for e in self.events:
            if e["kind"] == "state" and e["node"] == node and e["at"] / 1e9 <= at:
                state = e["to_state"]
        return state

    def affecting(self, node):
        return [i for i in self.incidents.values() if node in i["affected"]]

    def judge_cut(self, node, begin, end):
        """A cut of one device is noticed when there is time, and is one incident."""
        opened = [i["id"] for i in self.affecting(node) if begin <= i["opened"] / 1e9 <= end + LATE_S]
        if len(opened) > 1:
            self.complain("incidents", f"{node}, cut once at {begin:.3f}, is {len(opened)} incidents: {opened}")
        if self.longest_alive(begin, end) < NOTICED_IN_S:
            return
        self.figures["outages long enough to be noticed"] += 1
        if self.state_at(node, end) not in ("down", "unreachable"):
            self.complain("incidents", f"{node} is {self.state_at(node, end)} at {end:.3f}, cut since {begin:.3f}")
        if not any(i["opened"] / 1e9 <= end and (i["resolved"] or math.inf) / 1e9 >= end
                   for i in self.affecting(node)):
            self.complain("incidents", f"{node} was cut from {begin:.3f} to {end:.3f} and no incident was open")

    def judge_incidents(self):
        cuts = collections.defaultdict(list)
        for node, begin, end in self.story["cuts"]:
            cuts[node].append((begin, end))
            self.figures["outages"] += 1
        for node in SINGLES:
            for begin, end in cuts[node]:
                self.judge_cut(node, begin, end)
        for i in self.incidents.values():
            opened = i["opened"] / 1e9
            if not i["resolved"]:
                self.complain("incidents", f"{i['id']} ({i['cause']} {i['node']}) is still open")
            if i["cause"] == "own-fault":
                self.figures["own faults"] += 1
                continue
            if not any(begin - 0.5 <= opened <= end + LATE_S
                       for node in i["affected"] for begin, end in cuts[node]):
                self.complain("incidents", f"{i['id']} ({i['cause']} {i['node']}) opened at {opened:.3f} is false:"
                              f" nothing of {i['affected']} was cut")
            if set(i["affected"]) - set(SINGLES + BARN):
                self.complain("incidents", f"{i['id']} affects {i['affected']}")

    # --- messages ---

    def failing_spans(self, incident):
        spans, since = [], None
        for at, text in incident["timeline"]:
            if since is None and text in ("opened", "failing again"):
                since = at
            elif since is not None and (text.startswith("well again") or text == "resolved"):
                spans.append((since, at))
                since = None
        return spans

    def judge_untold(self, incident):
        """Nobody was told: then it was never open for longer than the hold, as far as anybody could see."""
        if any(text.startswith("part of") for _, text in incident["timeline"]) or len(incident["timeline"]) >= 40:
            return
        for begin, end in self.failing_spans(incident):
            alive = end - begin - self.overlap(self.engine_dead, begin, end)
            if alive > HOLD_S + 1:
                self.complain("messages", f"{incident['id']} failed for {alive:.1f} s and nobody was told")

    def judge_told(self, incident, receiver, kinds):
        line = " ".join(kind for kind in kinds if kind != "reminder")
        if not re.fullmatch(r"(opened( changed)* resolved ?)+", line):
            self.complain("messages", f"{incident} told {receiver}: {line or 'nothing'}")

    def judge_outbox(self):
        rows = collections.defaultdict(list)
        for row in self.outbox:
            rows[row["incident"], row["receiver"]].append(row["kind"])
            if row["state"] != "sent":
                self.complain("messages", f"{row['key']} is {row['state']}: {row['error']}")
        for id, incident in self.incidents.items():
            mail, hook = rows[id, "mail"], rows[id, "hook"]
            if not mail and not hook:
                self.figures["incidents over before anybody had to be told"] += 1
                self.judge_untold(incident)
                continue
            for receiver, kinds in (("mail", mail), ("hook", hook)):
                self.judge_told(id, receiver, kinds)

    def kill_between(self, begin, end):
        """One that can make a message come twice. The sink may read what a killed courier had sent."""
        return any(kill["who"] in ("courier", "store", "parent", "all") and begin - 0.5 <= kill["at"] <= end
                   for kill in self.kills)

    def judge_sink(self, receiver):
        rows = {row["key"]: row for row in self.outbox if row["receiver"] == receiver}
        accepted, newest = {}, {}
        for line in self.sinks[receiver]:
            key, at = line["key"], line["time"]
            row = rows.get(key)
            self.figures["messages accepted"] += 1
            if not row:
                self.complain("messages", f"{receiver} accepted {key}, which nobody committed")
                continue
            if row["kind"] != line["message"]:
                self.complain("messages", f"{key} came as {line['message']}")
            if row["position"] < newest.get(row["incident"], 0):
                self.complain("messages", f"{key} came behind a later message of its incident")
            newest[row["incident"]] = max(row["position"], newest.get(row["incident"], 0))
            if key in accepted:
                self.figures["messages that came twice"] += 1
                if not self.kill_between(accepted[key], at):
                    self.complain("twice", f"{receiver} got {key} at {accepted[key]:.3f} and again at {at:.3f}")
            accepted[key] = at
        for key in rows.keys() - accepted.keys():
            self.complain("messages", f"{key} is {rows[key]['state']}, and {receiver} never accepted it")

    # --- samples ---

    def read_rows(self):
        """{node: [(at, written, values)]} of the ping series, in order; and who measured when, for the counts."""
        done = subprocess.run([f"{self.build}/tests/kills/journal_rows", f"{self.folder}/state"],
                              capture_output=True, text=True)
        if done.returncode:
            self.complain("samples", done.stderr.strip())
        series = collections.defaultdict(list)
        for line in done.stdout.splitlines():
            boot, node, object, at, written, *values = line.split()
            self.measured.append((int(at) / 1e9, boot, len(values)))
            if object == "ping":
                series[node].append((int(at) / 1e9, int(written) / 1e9, [float(v) for v in values], int(at)))
        self.measured.sort()
        for rows in series.values():
            rows.sort()
        return series

    def judge_counts(self):
        """What a living engine says it has measured is in the journal, unless it was killed within a second."""
        at, per_boot, boot = 0, collections.Counter(), None
        for asked, values in self.story["counts"]:
            while at < len(self.measured) and self.measured[at][0] <= asked:
                boot = self.measured[at][1]
                per_boot[boot] += self.measured[at][2]
                at += 1
            if any(a - SAMPLES_MOST_S <= asked <= b for a, b in self.engine_dead):
                continue
            self.figures["counts of samples compared"] += 1
            if per_boot[boot] < values:
                self.complain("samples", f"at {asked:.3f} the engine had measured {values} values and the journal"
                              f" has {per_boot[boot]}")

    def stalled(self, begin, end):
        """Seconds between for which nothing of ours got to run."""
        return sum(late for at, late in self.story["stalls"] if at < end and at + late > begin)

    def judge_losses(self):
        """Samples leave the engine in the order they were measured, dozens a second: what a kill took is what
        stands between the newest one in the journal and the kill."""
        times = [at for at, *_ in self.measured]
        alive_since = self.story["began"] + self.story["first_s"]
        for killed, clean in self.engine_dead:
            if killed - alive_since > 2 * INTERVAL_S:
                newest = times[bisect.bisect(times, killed) - 1]
                lost = killed - newest - self.stalled(newest, killed)
                self.worst["most samples lost, s"] = max(self.worst["most samples lost, s"], lost)
                self.figures["engine kills whose samples were looked for"] += 1
                if lost > SAMPLES_MOST_S:
                    self.complain("samples", f"none after {newest:.3f}, engine killed at {killed:.3f}")
            alive_since = clean

    def judge_gap(self, node, a, b):
        """Between two samples of a node that always answers stands an engine's death, or a busy machine kept us
        from asking in time; but not for long."""
        if any(a - 0.1 <= at <= b for at, _ in self.engine_dead):
            return
        self.figures["rounds a busy machine left out"] += 1
        if b - a > 3 * INTERVAL_S + self.stalled(a, b):
            self.complain("samples", f"{node}: none between {a:.3f} and {b:.3f}, and the engine lived")

    def judge_samples(self, series):
        for node in STEADY:
            rows = series[node]
            if not rows:
                self.complain("samples", f"{node} has none")
                continue
            for (a, *_), (b, *_) in zip(rows, rows[1:]):
                if b - a > 1.5 * INTERVAL_S:
                    self.judge_gap(node, a, b)
                elif b == a:
                    self.complain("samples", f"{node}: twice at {a:.6f}")
            if self.story["ended"] - rows[-1][0] > 3 * INTERVAL_S + 10:
                self.complain("samples", f"{node}: none after {rows[-1][0]:.3f}")
        for node, rows in series.items():
            self.figures["samples"] += len(rows)
            for at, written, *_ in rows:
                if self.overlap(self.store_dead, at, written):
                    continue
                self.worst["longest way to the journal, s"] = max(self.worst["longest way to the journal, s"], written - at)
                if written - at > SAMPLES_MOST_S + self.stalled(at, written):
                    self.complain("samples", f"{node}: {at:.3f} was in the journal only at {written:.3f}")

    def judge_file(self, node, rows):
        """The second-by-second archive against the journal: where samples meet the heartbeat each second
        is known, and `sent` is their echoes."""
        begin, end = math.ceil(rows[0][0]) + 1, math.floor(rows[-1][0]) - 1
        file = f"{self.folder}/state/rrd/here/{node}/ping.rrd"
        done = subprocess.run(["rrdtool", "fetch", file, "AVERAGE", "-r", str(INTERVAL_S), "-s", str(begin - 1),
                               "-e", str(end)], capture_output=True, text=True)
        lines = done.stdout.splitlines()
        if done.returncode or not lines:
            self.complain("files", f"{file}: {done.stderr.strip()}")
            return
        sources = lines[0].split()
        stored = {int(line.split(":")[0]): line.split()[1:] for line in lines if line[:1].isdigit()}
        at = {name: sources.index(name) for name in ("sent", "loss")}
        wrong = []
        for second, loss in expected_losses(rows):
            if not begin <= second <= end:
                continue
            self.figures["seconds compared with the files"] += 1
            values = [float(v) for v in stored.get(second, ["nan"] * len(sources))]
            if not 0 < values[at["sent"]] <= ECHOES or not abs(values[at["loss"]] - loss) < 2e-3:  # stamps there are cut to milliseconds
                wrong.append((second, values[at["loss"]], loss))
        if wrong:
            self.complain("files", f"{node}: {len(wrong)} seconds are missing or wrong, the first {wrong[0]}")

    def judge(self):
        self.judge_kills()
        self.judge_log()
        self.judge_kept()
        self.judge_chain()
        self.judge_incidents()
        self.judge_outbox()
        for receiver in self.sinks:
            self.judge_sink(receiver)
        series = self.read_rows()
        self.judge_samples(series)
        self.judge_losses()
        self.judge_counts()
        for node, rows in series.items():
            self.judge_file(node, rows)
        if self.story["settled_s"] is None:
            self.complain("incidents", "it did not come to rest when everything was well again")
        return self.complaints, self.figures, self.worst


def main():
    complaints, figures, worst = Judge(*sys.argv[1:]).judge()
    for name, value in [*figures.items(), *worst.items()]:
        print(f"{name}: {value}")
    for promise, text in complaints:
        print(f"{promise}: {text}")


if __name__ == "__main__":
    main()
