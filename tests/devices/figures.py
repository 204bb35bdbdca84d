"""What a comparison says, and when two figures or two texts are the same."""
import collections
import json
import re
import unicodedata

# outcome: right, wrong, absent; apart: not asserted, told beside the others
Verdict = collections.namedtuple("Verdict", "area what outcome detail")

INVISIBLE = re.compile("[\x00-\x1f\x7f\x80-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")
UNITS = {"bit/s": "bps", "°c": "c", "celsius": "c", "degc": "c", "percent": "%", "seconds": "s",
         "minutes": "min", "ratio": "", "count": "", "enum": "", "index": "", "id": "",
         "db above -96 dbm": "db", "octets": "b", "bytes": "b"}


def close(got, want):
    """Within what rounding to two decimals or a thousandth explains; zero is only zero."""
    if got is None or isinstance(got, bool) or not isinstance(got, (int, float)):
        return False
    slack = max(abs(want) * 1e-3, 0.0051 if abs(want) >= 1 else abs(want) * 1e-2)
    return abs(got - want) <= slack


def same_unit(got, want):
    """An absent unit contradicts nothing."""
    def plain(unit):
        unit = (unit or "").strip().lower()
        return UNITS.get(unit, unit)
    return not plain(got) or not plain(want) or plain(got) == plain(want)


def shown(text, most):
    """A text from the network as hayloft shows it; "hex:..." stands for octets that are no text."""
    if text.startswith("hex:"):
        raw = bytes.fromhex(text[4:])
        text = "".join(c if c != "\ufffd" else "?" for c in decoded(raw))
    text = INVISIBLE.sub("?", text.rstrip("\0 "))
    while len(text.encode()) > most:
        text = text[:-1]
    return text


def decoded(raw):
    """UTF-8 with one replacement for each octet that is none."""
    out, at = [], 0
    while at < len(raw):
        for size in (1, 2, 3, 4):
            try:
                out.append(raw[at:at + size].decode())
                at += size
                break
            except UnicodeDecodeError:
                continue
        else:
            out.append("\ufffd")
            at += 1
    return "".join(out)


def plain(text):
    """Letters and digits alone, for names that are written in many ways."""
    text = unicodedata.normalize("NFKD", str(text)).casefold()
    return "".join(c for c in text if c.isalnum())


def alike(got, want):
    """One name holds the other."""
    a, b = plain(got or ""), plain(want or "")
    if not a or not b:
        return False
    return a == b or (min(len(a), len(b)) >= 3 and (a in b or b in a))


def leaves(item):
    """All values in a document's item, as text in one form."""
    if isinstance(item, dict):
        for value in item.values():
            yield from leaves(value)
    elif isinstance(item, list):
        for value in item:
            yield from leaves(value)
    elif item is not None and not isinstance(item, bool):
        yield str(int(item) if isinstance(item, float) and item.is_integer() else item).casefold()


def numbers_below(document, limit=2 ** 53):
    """JSON without numbers that a double cannot hold: they would be compared as they are not."""
    return json.loads(document, parse_int=lambda t: int(t) if abs(int(t)) < limit else float(t))


def percent(verdicts):
    """(right, of those that are asserted, percent)"""
    asserted = [v for v in verdicts if v.outcome != "apart"]
    right = sum(v.outcome == "right" for v in asserted)
    return right, len(asserted), 100.0 * right / len(asserted) if asserted else 100.0
