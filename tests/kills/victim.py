"""One hayloftd, its configuration and its roles, and ways to kill them."""
import json
import os
import signal
import subprocess
import time
import urllib.request

from world import ADDRESS, BARN, SINGLES, STEADY

ROLES = ("engine", "store", "web", "courier", "painter", "wire")
PERMANENT = {"engine", "store", "web"}
CLEAN_MOST_S = 5
WEB = "127.0.0.1:8480"
HOLD_S, SETTLE_S, INTERVAL_S, ECHOES = 0.3, 1, 1, 4
SILENT_S = 1.5  # from the first lost echo to the verdict, at most


def configuration(folder):
    lines = ["site: Kills", f"state: {folder}/state", "internet: off", "lan: off", "nodes:"]
    for name in STEADY + SINGLES:
        parent = "" if name == "switch" else ", parent: switch"
        lines.append(f"  {name}: {{address: {ADDRESS[name]}, site: house{parent}}}")
    lines.append(f"  bridge-house: {{address: {ADDRESS['bridge-house']}, site: house, parent: switch}}")
    for name, parent in zip(BARN, ("", ", parent: bridge-barn", ", parent: barn-node")):
        lines.append(f"  {name}: {{address: {ADDRESS[name]}, site: barn{parent}}}")
    return "\n".join(lines) + f"""
links:
  barn bridge: {{bridge: [bridge-house, bridge-barn]}}
defaults:
  all: {{ping: {{interval: {INTERVAL_S}s, count: {ECHOES}, timeout: 150ms, confirm: 4, confirm_gap: 100ms}}}}
notify: {{hold: {HOLD_S * 1000:.0f}ms, settle: {SETTLE_S}s}}
journal: {{sync: 1s}}
keep: {{archives: [{{step: 1s, keep: 2h}}, {{step: 60s, keep: 2d}}]}}
web: {{listen: "{WEB}"}}
receivers:
  mail: {{mail: {{server: "127.0.0.1:2525", tls: none, from: watch@farm.example, to: [owner@farm.example]}}}}
  hook: {{webhook: {{url: "http://127.0.0.1:8025/accept"}}, remind: 3s}}
"""


def children_of(pid):
    """{pid: program} of what lives."""
    found = {}
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            pids = f.read().split()
    except OSError:
        return found
    for child in pids:
        try:
            with open(f"/proc/{child}/stat") as f:
                text = f.read()
        except OSError:
            continue
        if text[text.rindex(")") + 2] != "Z":
            found[int(child)] = text[text.index("(") + 1:text.rindex(")")]
    return found


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            text = f.read()
    except OSError:
        return True
    return text[text.rindex(")") + 2] in "ZX"


class Victim:
    def __init__(self, folder, build):
        self.folder, self.build = folder, build
        self.config = f"{folder}/hayloft.yaml"
        self.daemon = None
        self.started = 0
        os.makedirs(f"{folder}/state/journal", mode=0o750)
        with open(self.config, "w") as f:
            f.write(configuration(folder))
        # a reader that never moves keeps every segment, so that all samples can be found at the end
        with open(f"{folder}/state/journal/cursors", "w") as f:
            f.write("harness 0\n")

    def start(self):
        with open(f"{self.folder}/log", "ab") as log:
            self.daemon = subprocess.Popen([f"{self.build}/hayloftd", "--config", self.config, "-d"],
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.started = time.time()

    def command(self, *words):
        """(exit status, document or None)"""
        try:
            done = subprocess.run([f"{self.build}/hayloft", words[0], "--config", self.config, "--json",
                                   *words[1:]], capture_output=True, text=True, timeout=10)
        except subprocess.TimeoutExpired:
            return -1, None
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError:
            return done.returncode, None

    def get(self, path):
        """The body, or None."""
        try:
            with urllib.request.urlopen(f"http://{WEB}{path}", timeout=5) as answer:
                return answer.read()
        except OSError:
            return None

    def roles(self):
        """{role: pid}"""
        return {name.removeprefix("hayloft-"): pid for pid, name in children_of(self.daemon.pid).items()
                if name.removeprefix("hayloft-") in ROLES}

    # --- killing ---

    def kill_role(self, role):
        """(wall time, killed pids), or None when it is not there"""
        pid = self.roles().get(role)
        if not pid:
            return None
        at = time.time()
        os.kill(pid, signal.SIGKILL)
        return at, [pid]

    def kill_parent(self, also_children):
        """The parent first, so that it starts nobody again."""
        children = list(children_of(self.daemon.pid))
        at = time.time()
        self.daemon.send_signal(signal.SIGKILL)
        if also_children:
            # those of the moment before, and who was started since
            for pid in {*children, *children_of(self.daemon.pid)}:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.daemon.wait()
        return at, children

    @staticmethod
    def wait_gone(pids, since):
        """Seconds until none of pids is left; those left after 5 s are ended."""
        while any(not is_gone(pid) for pid in pids):
            if time.time() - since > 5:
                for pid in pids:
                    if not is_gone(pid):
                        os.kill(pid, signal.SIGKILL)
                return 5.0
            time.sleep(0.01)
        return time.time() - since

    # --- clean again? ---

    def answers(self, killed):
        """Every role is there, the engine has its state and has measured, and the pages answer."""
        roles = self.roles()
        if not PERMANENT <= roles.keys() or set(roles.values()) & set(killed):
            return False
        _, status = self.command("status")
        health = (status or {}).get("health") or {}
        if health.get("restoring", True) or not health.get("samples"):
            return False
        return self.get("/api/v1/health") is not None

    def journaled(self):
        """When the journal was written last."""
        with os.scandir(f"{self.folder}/state/journal") as files:
            return max((f.stat().st_mtime for f in files if f.name.endswith(".seg")), default=0)

    def wait_clean(self, since, killed, most_s=20):
        """Seconds from since until all answers and samples measured after that have reached the journal;
        None: the daemon has ended, or it took longer than most_s."""
        answered = None
        while time.time() - since < most_s:
            if self.daemon.poll() is not None:
                return None
            if not answered and self.answers(killed):
                answered = time.time()
            if answered and self.journaled() > answered:
                return time.time() - since
            time.sleep(0.05)
        return None

    def stop(self):
        """The exit status, or None when it had to be killed."""
        self.daemon.terminate()
        try:
            return self.daemon.wait(10)
        except subprocess.TimeoutExpired:
            self.kill_parent(True)
            return None
