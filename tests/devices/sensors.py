"""The readings of `hayloft inspect` against the figures of a recording, found by OID and class."""
from figures import Verdict, close, plain, same_unit

ASSERTED = ("exact", "transform", "recomputed", "derived")
SEVERITY = {"ok": "good", "warning": "warn", "critical": "bad"}


class Readings:
    """Found by OID; a figure counted over a table stands below its column."""

    def __init__(self, document):
        self.by_oid = {}
        for reading in document.get("readings", []):
            self.by_oid.setdefault((reading.get("oid") or "").lstrip("."), []).append(reading)

    def at(self, oids, below=False):
        found = [r for oid in oids for r in self.by_oid.get(oid, [])]
        if not found and below:
            found = [r for oid, readings in self.by_oid.items() for r in readings
                     if any(oid.startswith(column + ".") for column in oids)]
        return found


def has_value(reading):
    return reading.get("value") is not None or reading.get("state") is not None


def state_right(reading, sensor, maps):
    """By its number, else by its word, else by how bad it is."""
    value, word = reading.get("value"), reading.get("state")
    if value is not None and (value == sensor["value"] or value in sensor["raw"]):
        return True
    entry = maps.get(sensor.get("stateMap"), {}).get(str(sensor["value"]), {})
    if word and any(plain(word) == plain(t) for t in (entry.get("descr"), *sensor["raw"]) if t is not None):
        return True
    return bool(word) and reading.get("level") is not None and \
        reading["level"] == SEVERITY.get(entry.get("severity"))


def value_right(reading, sensor, maps):
    if sensor["class"] == "state":
        return state_right(reading, sensor, maps)
    return close(reading.get("value"), sensor["value"]) and same_unit(reading.get("unit"), sensor["unit"])


def fault_of(reading, sensor):
    """What a wrong value looks like."""
    got, want = reading.get("value"), sensor["value"]
    said = f"{got} {reading.get('unit') or ''} instead of {want} {sensor['unit']}"
    if not isinstance(got, (int, float)) or sensor["class"] == "state":
        return f"{reading.get('state') or got} instead of {want}"
    if close(-got, want):
        return said + " (sign)"
    if close(got, want):
        return said + " (unit)"
    for factor in (10, 100, 1000, 1e6, 60, 8, 1024):
        if close(got * factor, want) or close(got / factor, want):
            return said + f" (scale, {factor:g} times)"
    return said


def judge(sensor, readings, maps):
    """(outcome, detail) of a figure with a value."""
    found = readings.at(sensor["oids"], below=sensor["raw"] == [None])
    same_class = [r for r in found if r.get("class") == sensor["class"]]
    alive = [r for r in same_class if has_value(r)]
    if any(value_right(r, sensor, maps) for r in alive):
        return "right", ""
    if alive:
        return "wrong", fault_of(alive[0], sensor)
    others = [r for r in found if has_value(r) and value_right(r, sensor, maps)]
    if others:
        return "wrong", f"class {others[0].get('class')} instead of {sensor['class']}"
    return "absent", "" if not same_class else "there, without a value"


def compare(document, expected):
    readings, maps = Readings(document), expected.get("stateMaps", {})
    for sensor in expected.get("sensors", []):
        what = f"{sensor['class']} {sensor['descr'].strip()} {sensor['oids'][0]}"
        check = sensor["check"]
        if check == "missing":
            there = [r for r in readings.at(sensor["oids"]) if has_value(r)]
            yield Verdict("missing", what, "wrong" if there else "right",
                          f"{there[0].get('value')} where the agent has nothing" if there else "")
        elif sensor["value"] is None or check not in ASSERTED + ("corrected",):
            yield Verdict("sensors", what, "apart", check)
        else:
            outcome, detail = judge(sensor, readings, maps)
            if check == "corrected":
                outcome, detail = "apart", f"corrected, {outcome} {detail}"
            yield Verdict("sensors", what, outcome, detail)


def usage(found, percents, bytes_):
    """Is one of these readings the percentage, or one of the amounts?"""
    for reading in found:
        value = reading.get("value")
        if isinstance(value, (int, float)):
            if any(p is not None and abs(value - p) <= 0.51 for p in percents) or \
               any(b is not None and close(value, b) for b in bytes_):
                return "right", ""
    alive = [r for r in found if has_value(r)]
    return ("wrong", f"{alive[0].get('value')} {alive[0].get('unit') or ''} instead of {percents} %") \
        if alive else ("absent", "")


def compare_usage(document, expected):
    """Processors, memory, disks and supplies: a percentage, or the amounts it is made of."""
    readings = Readings(document)
    for area, keys, percents, amounts in (
            ("processors", ("oid",), ("usagePercent",), ()),
            ("mempools", ("usedOid", "freeOid", "percOid"), ("usedPercent",),
             ("usedBytes", "freeBytes", "totalBytes")),
            ("storage", ("usedOid",), ("usedPercent",), ("usedBytes", "freeBytes", "sizeBytes")),
            ("printerSupplies", ("levelOid",), ("percent",), ("rawLevel",))):
        for item in expected.get(area, []):
            oids = [item[k] for k in keys if item.get(k)]
            what = f"{item.get('descr')} {oids[0] if oids else '(no OID)'}"
            found = readings.at(oids)
            if item.get("levelState"): # -3 some left, -2 unknown: never a percentage
                bad = [r for r in found if isinstance(r.get("value"), (int, float)) and r.get("unit") == "%"]
                yield Verdict("missing", what, "wrong" if bad else "right",
                              f"{bad[0]['value']} % of a level that is unknown" if bad else "")
                continue
            if not oids:
                yield Verdict(area, what, "apart", "no OID in the reference")
                continue
            outcome, detail = usage(found, [item.get(k) for k in percents], [item.get(k) for k in amounts])
            yield Verdict(area, what, outcome, detail)
