"""Verdicts by device family and area, as TAP comments that read as a Markdown table."""
import collections

from figures import percent

AREAS = ("system", "ports", "sensors", "processors", "mempools", "storage", "printerSupplies", "vlans", "fdb",
         "lldpRemote", "poePorts", "pvid", "arp", "vendor", "family", "model", "version", "missing")


def cell(verdicts):
    counted = collections.Counter(v.outcome for v in verdicts)
    if not counted:
        return "-"
    asserted = sum(counted.values()) - counted["apart"]
    text = f"{counted['right']}/{asserted}"
    return text + (f" ({counted['wrong']} wrong)" if counted["wrong"] else "")


def table(rows):
    """rows: (title, devices, verdicts)"""
    areas = [a for a in AREAS if any(v.area == a for _, _, verdicts in rows for v in verdicts)]
    yield "| | devices | " + " | ".join(areas) + " |"
    yield "|---" * (len(areas) + 2) + "|"
    for title, devices, verdicts in rows:
        cells = [cell([v for v in verdicts if v.area == a]) for a in areas]
        yield f"| {title} | {devices} | " + " | ".join(cells) + " |"


def by_area(verdicts, area):
    return [v for v in verdicts if v.area == area]


class Tap:
    """Numbered lines; a share below its bound is not ok, without a bound it is only said."""

    def __init__(self):
        self.count = self.failed = 0

    def say(self, good, text):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {text}")

    def share(self, verdicts, least, text):
        right, asserted, share = percent(verdicts)
        told = f"{text}: {right} of {asserted} right, {share:.1f} %"
        if least is None:
            print(f"# {told}")
        else:
            self.say(share >= least, f"{told} (at least {least:g})")

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0
