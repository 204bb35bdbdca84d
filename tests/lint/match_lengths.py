#!/usr/bin/env python3
"""A profile matches vendor OID prefixes and documented model words, never a serial number, a host name, a MAC
address, a version of a kernel or a date of building. Every profile of ours is read with the real program;
what its `match` says is looked at here.

usage: match_lengths.py BUILD_FOLDER"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]) / 'hayloft-config'
WORDS_MAX = 40      # characters of one alternative: a model's name, not a whole sysDescr
OBJECT_ID_MAX = 16  # numbers: products stand some four below their vendor
ANYBODY = ('1.3.6.1.4.1.8072', '1.3.6.1.4.1.2021')  # agents many makers use: they name no family
MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
REFUSED = [
    (r'([0-9A-Fa-f]{2}[:-]){2,}[0-9A-Fa-f]{2}', 'a MAC address'),
    (r'\d+\.\d+\.\d+', 'a version: `version` reads those'),
    (r'\b(19|20)\d\d\b|\d{1,2}[/-]\d{1,2}[/-]\d{2,4}', 'a date'),
    (rf'\b({MONTHS})[a-z]* +\d|\b\d+ +({MONTHS})\b|\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ', 'a date'),
    (r'\d\d:\d\d', 'a time'),
    (r'#\s*\d', 'the number of a build'),
    (r'\d{6,}', 'a number as serials have'),
    (r'\b(?=[A-Za-z0-9]*[A-Za-z])(?=(?:[A-Za-z]*\d){5})[A-Za-z0-9]{10,}\b', 'a word as serials are'),
    (r'\b[\w-]+\.(com|net|org|local|lan|home|internal|example)\b', 'a host name'),
    (r'\b(\d{1,3}\.){3}\d{1,3}\b', 'an address'),
    (r'[Ss]erial|\bS/?N\b', 'a serial number'),
]
BAD = ['3c:84:6a:01:02:03', 'Linux 2.6.32.68', r'Linux 3\.3\.8', '^Linux .* #1 Thu Aug 22', 'built 2019',
       'F09FC2A1B2C3', 'SN: 12', 'AS1234567', 'barn-ap.example', '16:38:44', '^' + 'word ' * 12, '12/11/2024',
       'LBE-5AC-Gen2 build #41']
GOOD = ['^RouterOS', '^(RB|CRS|CCR)[0-9]+', 'EdgeOS', 'LBE-5AC-Gen2', 'SG550XG-8F8T', '^Linux UAP', 'DGS-1510-28X',
        'HP .*ProCurve', '^[Ss]cale [0-9]{3}$', 'JetStream T1600G-28TS', 'PowerSwitch N1548P-ON', r'v[0-9]+\.[0-9]+']


def plain(pattern):
    """What the pattern says literally: escapes undone, [0-9] and the like gone."""
    return re.sub(r'\[[^]]*\]|\{[\d,]+\}', '', re.sub(r'\\(.)', r'\1', pattern))


def wrong_with(pattern):
    for alternative in re.split(r'\|', plain(pattern)):
        if len(alternative.strip('^$()')) > WORDS_MAX:
            return f'{len(alternative)} characters where a word or two do'
        for refused, what in REFUSED:
            if re.search(refused, alternative):
                return f'looks like {what}'
    return None


def wrong_with_object_id(oid, alone):
    numbers = oid.split('.')
    if not oid.startswith('1.3.6.1.4.1.') or len(numbers) < 7:
        return 'is no vendor'
    if len(numbers) > OBJECT_ID_MAX:
        return f'has {len(numbers)} numbers'
    if alone and any(oid == a or oid.startswith(a + '.') for a in ANYBODY):
        return 'is anybody: it needs descr or has beside it'
    return None


def run(folder, *args):
    return subprocess.run([PROGRAM, '--config', folder + '/none.yaml', *args], capture_output=True, text=True,
                          timeout=60)


def matches(printed):
    """The ways of `match:` as the program prints them: a list of lists of (key, value)."""
    ways, inside = [], False
    for line in printed.splitlines():
        if not line.startswith(' '):
            inside = line == 'match:'
        elif inside and line == '  -':
            ways.append([])
        elif inside and (found := re.match(r' +(\w+): (.+)$', line)):
            key, value = found.groups()
            ways[-1].append((key, json.loads(value) if value.startswith('"') else value))
        elif inside and (found := re.match(r' +(has):$', line)):
            ways[-1].append(('has', ''))
    return ways


def complaints(printed):
    for way in matches(printed):
        alone = not any(key in ('descr', 'has') for key, _ in way)
        for key, value in way:
            wrong = wrong_with(value) if key in ('descr', 'like') else \
                wrong_with_object_id(value, alone) if key == 'object_id' else None
            if wrong:
                yield f'{key} {value!r} {wrong}'


def itself():
    """What this very test would let through, or stop, and should not."""
    yield from (f'{p!r} is let through' for p in BAD if not wrong_with(p))
    yield from (f'{p!r} is stopped: {wrong_with(p)}' for p in GOOD if wrong_with(p))
    yield from (f'{oid} is let through' for oid in ('1.3.6.1.4.1', '1.3.6.1.2.1.1', '1.3.6.1.4.1.8072.3.2.10')
                if not wrong_with_object_id(oid, True))
    text = 'match:\n  -\n    object_id: 1.3\n    has:\n      -\n        oid: 1.2\n        like: "a\\\\.b"\nmodel:\n  -\n'
    if matches(text) != [[('object_id', '1.3'), ('has', ''), ('oid', '1.2'), ('like', 'a\\.b')]]:
        yield f'what the program prints is not understood: {matches(text)}'


def main():
    wrong = list(itself())
    with tempfile.TemporaryDirectory() as folder:
        r = run(folder, '--list-profiles', '--json')
        listed = json.loads(r.stdout)
        wrong += [f'{e["file"]}:{e["line"]}: {e["text"]}' for e in listed['errors'] + listed['warnings']]
        asked = [profile for profile in listed['profiles'] if profile['source'] == 'snmp']
        for profile in asked:  # the others are chosen by name and match nothing
            printed = run(folder, '--print-profile', profile['name']).stdout
            wrong += [f'{profile["name"]}: {text}' for text in complaints(printed)]
            if not matches(printed):
                wrong.append(f'{profile["name"]}: no match was found in what the program prints')
    for text in wrong:
        print(text)
    print(f'{len(asked)} profiles looked at, {len(wrong)} wrong')
    return 1 if wrong or not asked else 0


sys.exit(main())
