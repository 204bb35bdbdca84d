"""The network of one farm: two namespaces joined by a pair of interfaces, and devices that are addresses
in the far one, there or not. What was cut when is the truth the daemon is held against."""
import random
import subprocess
import threading
import time

NET = "10.77.0."
STEADY = ["switch", "mast", "gate", "shed"]  # never cut: what fails of theirs is a false alarm
FLAPPER = "feeder"
SINGLES = ["nas", "camera", "printer", "heater", "pump", FLAPPER]
BARN = ["bridge-barn", "barn-node", "barn-cam"]  # a chain behind bridge-house
ADDRESS = {name: f"{NET}{10 + i}" for i, name in
           enumerate(STEADY + SINGLES + ["bridge-house"] + BARN)}


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def namespaces_make(prefix):
    """PREFIXmonitor, where the daemon runs, and PREFIXworld."""
    for end in ("monitor", "world"):
        ip("netns", "add", prefix + end)
        ip("-n", prefix + end, "link", "set", "lo", "up")
        subprocess.run(["ip", "netns", "exec", prefix + end, "sysctl", "-q", "-w",
                        "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1",
                        "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0",
                        "net.ipv4.ip_forward=0"], check=True, capture_output=True)
    ip("link", "add", "dev", "eth0", "netns", prefix + "monitor", "type", "veth",
       "peer", "name", "eth0", "netns", prefix + "world")
    for end, address in (("monitor", NET + "5/24"), ("world", NET + "1/24")):
        ip("-n", prefix + end, "addr", "add", address, "dev", "eth0")
        ip("-n", prefix + end, "link", "set", "eth0", "up")


def namespaces_remove(prefix):
    for end in ("monitor", "world"):
        subprocess.run(["ip", "netns", "del", prefix + end], capture_output=True)


class World(threading.Thread):
    """Cuts and heals one unit after another: single devices, or some end of the barn. cuts holds
    [device, from, until or None] in wall seconds."""

    def __init__(self, prefix, seed):
        super().__init__(daemon=True)
        self.random = random.Random(seed)
        self.cuts = []
        self.ending = threading.Event()
        self.ip = subprocess.Popen(["ip", "-n", prefix + "world", "-batch", "-"], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.down = {}
        for name in ADDRESS:
            self.say(f"addr add {ADDRESS[name]}/32 dev eth0")
        self.due = {unit: time.time() + self.random.uniform(1, 8) for unit in SINGLES + ["barn"]}

    def say(self, line):
        self.ip.stdin.write(line + "\n")
        self.ip.stdin.flush()

    def cut(self, names):
        for name in names:
            if name not in self.down:
                self.say(f"addr del {ADDRESS[name]}/32 dev eth0")
                self.down[name] = len(self.cuts)
                self.cuts.append([name, time.time(), None])

    def heal(self, names):
        for name in names:
            if name in self.down:
                self.cuts[self.down.pop(name)][2] = time.time()
                self.say(f"addr add {ADDRESS[name]}/32 dev eth0")

    def turn(self, unit):
        """The unit's next change, and when the one after it is due."""
        names = BARN if unit == "barn" else [unit]
        if not any(name in self.down for name in names):
            self.cut(names[self.random.choice((0, 0, 1, 2)) if unit == "barn" else 0:])
            span = self.random.choice((self.random.uniform(0.3, 2), self.random.uniform(2, 6),
                                       self.random.uniform(6, 14)))
        elif unit == FLAPPER and self.random.random() < 0.7:
            self.heal(names)
            span = self.random.uniform(0.5, 3)
        elif unit == "barn" and self.random.random() < 0.25:
            self.cut(names)  # it gets worse
            span = self.random.uniform(2, 6)
        else:
            self.heal(names)
            span = self.random.choice((self.random.uniform(1, 6), self.random.uniform(4, 12),
                                       self.random.uniform(30, 45)))
        self.due[unit] = time.time() + span

    def run(self):
        while not self.ending.wait(0.05):
            for unit, due in self.due.items():
                if due <= time.time():
                    self.turn(unit)

    def finish(self):
        """All devices back, for good."""
        self.ending.set()
        self.join()
        self.heal(list(ADDRESS))

    def close(self):
        self.ip.stdin.close()
        self.ip.wait()
