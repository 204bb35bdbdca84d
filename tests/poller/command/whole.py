#!/usr/bin/env python3
"""The command line against a running daemon that watches loopback: documents, exit codes, and that nothing
but the document is on standard output. usage: whole.py BUILD_FOLDER"""
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile

from house import DEADLINE_S, House

BUILD = pathlib.Path(sys.argv[1])
count = failed = 0


def check(what, good, detail=''):
    global count, failed
    count += 1
    failed += not good
    print(f'{"ok" if good else "not ok"} {count} - {what}')
    if not good:
        print('\n'.join('# ' + line for line in str(detail).splitlines()))


def without_daemon(house):
    for command in (['nodes'], ['node', 'lo'], ['probe', 'lo'], ['reload'], ['user', 'list']):
        r = house.ask(*command)
        check(f'{command[0]} without a daemon says so and ends with 3',
              r.returncode == 3 and 'not running' in r.stderr and not r.stdout, r)
    document, r = house.document('status')
    check('status without a daemon is unknown, also as a document',
          r.returncode == 3 and document and document['verdict'] == 'unknown', r)
    check('an unknown command ends with 3', house.ask('nonsense').returncode == 3)


def looking(house):
    def all_up():
        document, _ = house.document('nodes')
        return document and {n['name']: n['state'] for n in document} == {'lo': 'up', 'two': 'up'}

    check('both nodes come up', house.wait_for(all_up), house.ask('nodes').stdout)
    document, r = house.document('status')
    check('status tells nodes and incidents', r.returncode == 0 and document['nodes_up'] == 2 and
          document['nodes_total'] == 2 and 'health' in document and not r.stderr, r)
    def has_series():
        document, _ = house.document('node', 'lo')
        return document and any(s['object'] == 'ping' for s in document['series'])

    check('a node has its series', house.wait_for(has_series), house.ask('node', 'lo', '--json').stdout)
    check('a node that is not there ends with 3', house.ask('node', 'barn').returncode == 3)
    check('a state that is none ends with 3', house.ask('nodes', '--state', 'upp').returncode == 3)
    document, r = house.document('probe', 'two')
    check('a probe tells its steps', document and document['name'] == 'two' and
          document['verdict'] == 'ok' and any(s['step'] == 'ping' for s in document['steps']), r)
    document, r = house.document('incidents')
    check('incidents are a list', document == [] and r.returncode == 0, r)
    r = house.ask('ack', 'no-such-incident')
    check('acknowledging nothing is refused', r.returncode in (2, 3) and r.stderr, r)
    document, r = house.document('report')
    check('the report has every node', document and {n['name'] for n in document['nodes']} == {'lo', 'two'}, r)
    document, r = house.document('doctor')
    check('the doctor finds engine and store well', document and {'engine', 'store'} <=
          {f['what'] for f in document['findings']}, r)
    capture = next((f for f in document['findings'] if f['what'] == 'capture'), {}) if document else {}
    check('the doctor says whether the daemon may capture', capture.get('verdict') == ('ok' if os.geteuid() == 0 else
          'degraded') and 'hayloftd (pid' in capture.get('text', ''), r)
    r = house.ask('doctor', '--send-test', 'nobody')
    check('a test to nobody is refused', r.returncode == 2, r)
    document, r = house.document('doctor', '--send-test', 'sink')
    check('a test message is followed until it was sent', document and document['state'] == 'sent' and
          r.returncode == 0, r)
    document, r = house.document('doctor')
    check('the doctor knows that the last message to a receiver went out', document and any(
          f['what'] == 'receiver' and 'sink' in f['text'] and 'went out' in f['text']
          for f in document['findings']), r)


def first_picture(house):
    """As any program may ask for it, of a node whose measurements are still held back by the store."""
    answers = []

    def drawn():
        with socket.create_connection(('127.0.0.1', house.port), timeout=DEADLINE_S) as s:
            s.sendall(b'GET /api/v1/graph/here/two/ping.png HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n')
            answers.append(b''.join(iter(lambda: s.recv(65536), b'')))
        return b' 200 ' in answers[-1][:20] and b'\x89PNG' in answers[-1]

    if (BUILD / 'hayloft-painter').exists() and (BUILD / 'hayloft-web').exists():
        series = house.folder / 'state/rrd/here/two/ping.rrd'
        check('nothing of the node is on disk yet', not series.exists())
        check('a PNG by the web has what the store held back', house.wait_for(drawn), answers[-1][:800])


def users(house):
    r = house.ask('user', 'add', 'anna', stdin='correct horse\n')
    check('a user is added with the password of standard input', r.returncode == 0, r)
    check('a short password is refused', house.ask('user', 'add', 'bob', stdin='short\n').returncode == 3)
    document, r = house.document('user', 'add', 'carl', '--generate')
    check('a password is made', document and len(document['password']) >= 16, r)
    document, r = house.document('user', 'list')
    check('both are listed', sorted(document or []) == ['anna', 'carl'], r)
    house.ask('user', 'remove', 'carl')
    document, r = house.document('user', 'list')
    check('one is left', document == ['anna'], r)


def reloading(house):
    house.write({'lo': '127.0.0.1', 'two': '127.0.0.2', 'three': '127.0.0.3'})
    r = house.ask('reload')
    check('a changed configuration is adopted', r.returncode == 0, r)
    check('its node is there', house.wait_for(lambda: house.ask('node', 'three').returncode == 0))
    house.write({'lo': '127.0.0.1'}, 'nods: 3\n')
    r = house.ask('reload')
    check('a bad one is refused with its place', r.returncode == 2 and 'did you mean' in r.stderr, r)
    document, _ = house.document('nodes')
    check('and changes nothing', len(document) == 3, document)
    house.write({'lo': '127.0.0.1', 'two': '127.0.0.2'})
    check('a good one is adopted again', house.ask('reload').returncode == 0)


def profiles(house):
    """A user's profile is read with the configuration, and refuses it as any other mistake would."""
    folder = house.folder / 'profiles'
    folder.mkdir()
    (folder / 'barn.yaml').write_text('vendor: Me\nfamily: Barn\nmatch: {object_id: 1.3.6.1.4.1.99999}\n')
    before = house.document('status')[0]['health']['generation']
    check('a profile is adopted', house.ask('reload').returncode == 0 and
          house.document('status')[0]['health']['generation'] == before + 1)
    r = house.ask('check-config', '--profiles')
    check('profiles are counted', r.returncode == 0 and f'1 of {folder}' in r.stdout, r)
    document, r = house.document('check-config', '--profiles')
    check('and listed as a document', r.returncode == 0 and
          [p for p in document['profiles'] if p['name'] == 'barn' and p['family'] == 'Barn'], r)
    r = house.ask('check-config', '--profiles', 'barn')
    check('one is shown as it is read', r.returncode == 0 and r.stdout.startswith('vendor: Me\n'), r)
    (folder / 'barn.yaml').write_text('vendor: Me\nfamly: Barn\nmatch: {object_id: 1.3.6.1.4.1.99999}\n')
    r = house.ask('reload')
    check('a bad one refuses the reload with its place', r.returncode != 0 and
          "barn.yaml:2:1: unknown key 'famly'; did you mean 'family'?" in r.stderr, r)
    check('and what runs goes on', house.document('status')[0]['health']['generation'] == before + 1)
    (folder / 'barn.yaml').unlink()
    folder.rmdir()
    check('without it all is as before', house.ask('reload').returncode == 0)


def damaged(house, times):
    """Every damaged file is refused with a place or adopted with a print that reads back; refused ones
    change nothing. The seed is fixed, so a finding can be found again."""
    dice, base, bytes_ = random.Random(1), house.config.read_text(), '{}[]:,"-&*!#\n x09az'
    adopted = tried = 0
    while tried < times:
        text = base
        for _ in range(dice.randint(1, 2)):
            at = dice.randrange(len(text))
            if dice.random() < 0.6: # a slip of the finger: another digit, another letter
                at = dice.choice([m.start() for m in re.finditer('[0-9a-z]', text)])
                text = text[:at] + dice.choice('0123456789' if text[at].isdigit() else 'aeilnor') + text[at + 1:]
            else:
                text = text[:at] + dice.choice(bytes_) + text[at + dice.choice((0, 1, 1, 5)):]
        # nobody but loopback may be asked, and where it is kept and heard stays
        if not all(kept in text for kept in ('address: 127.0.0.1,', 'address: 127.0.0.2,', f':{house.port}"')) or \
                not text.startswith(f'state: {house.folder}/state\n'):
            continue
        tried += 1
        house.config.write_text(text)
        generation = house.document('status')[0]['health']['generation']
        r = house.ask('reload')
        now = house.document('status')[0]['health']['generation']
        if r.returncode == 0:
            adopted += 1
            first = house.ask('check-config', '--print')
            (house.folder / 'again.yaml').write_text(first.stdout)
            second = subprocess.run([BUILD / 'hayloft', 'check-config', '--print', '--config',
                                     house.folder / 'again.yaml'], capture_output=True, text=True, timeout=30)
            good = now == generation + 1 and first.stdout and first.stdout == second.stdout
        else:
            good = now == generation and re.search(r'home\.yaml:\d+:\d+: ', r.stderr)
        if not good:
            check('a damaged file is refused with a place or prints back', False, f'{text}\n{r}')
            break
    else:
        check(f'{times} damaged files: {adopted} adopted, the others refused with a place', adopted > times / 20)
    house.config.write_text(base)
    check('the good file is adopted after all of them', house.ask('reload').returncode == 0)


def pictures(house):
    if not (BUILD / 'hayloft-painter').exists():
        for to in (('--out', str(house.folder / 'first.svg')), ('--json',)):
            r = house.ask('graph', 'lo', 'ping', *to)
            check(f'without graphs none is drawn, and the reason is told ({to[0]})',
                  r.returncode == 3 and not r.stdout and 'built without graphs' in r.stderr, r)
        return
    first = str(house.folder / 'first.svg')
    check('the first picture comes', house.wait_for(
        lambda: house.ask('graph', 'lo', 'ping', '--out', first).returncode == 0))
    for name, start in (('ping.svg', b'<svg'), ('ping.png', b'\x89PNG')):
        path = house.folder / name
        r = house.ask('graph', 'lo', 'ping', '--from', '-10m', '--out', str(path))
        check(f'{name} is drawn', r.returncode == 0 and start in path.read_bytes()[:200], r)
    document, r = house.document('graph', 'lo', 'ping', '--from', '-10m')
    check('the points come as a document', document and 'points' in document, r)
    r = house.ask('graph', 'lo', 'nothing', '--out', str(house.folder / 'n.svg'))
    check('an object without series is told', r.returncode == 3 and r.stderr, r)


def keeping(house):
    path = str(house.folder / 'backup.tgz')
    profile = house.folder / 'profiles' / 'barn-scale.yaml'
    own = ('vendor: Barn\nfamily: BarnOS\nmatch: {object_id: 1.3.6.1.4.1.99999.1}\nreadings:\n'
           '  - {oid: 1.3.6.1.4.1.99999.1.2.0, meaning: count}\n')
    profile.parent.mkdir()
    profile.write_text(own)
    document, r = house.document('backup', path)
    check('a backup is made while running', document and document['database_bytes'] > 0, r)
    check('with the own profiles', document and document['profiles_files'] == 1 and
          document['profiles_bytes'] == len(own), r)
    r = house.ask('restore', path)
    check('a restore over a running daemon is refused', r.returncode == 3 and 'stop it first' in r.stderr, r)
    house.ask('user', 'remove', 'anna')
    house.stop()
    kept = house.config.read_text()
    house.config.write_text(kept.replace('site: Test', 'site: Later'))
    profile.unlink()
    r = house.ask('restore', path)
    check('the backup is restored', r.returncode == 0, r)
    beside = house.folder / 'home.yaml.restored'
    check('the configuration of the backup lies beside the present one',
          beside.exists() and beside.read_text() == kept and 'site: Later' in house.config.read_text(), r)
    beside = profile.with_name('barn-scale.yaml.restored')
    check('so does a profile that is gone', beside.exists() and beside.read_text() == own and
          not profile.exists(), r)
    check('the daemon starts over it', house.start(), (house.folder / 'log').read_text())
    document, r = house.document('user', 'list')
    check('what was removed after the backup is back', document == ['anna'], r)
    document, r = house.document('report')
    check('the report says that a backup was restored',
          document and any('restored' in str(c) for c in document['changes']), r)
    bad = house.folder / 'bad.tar'
    bad.write_bytes(b'no tar at all')
    check('what is no backup is refused', house.ask('restore', str(bad), '--list').returncode == 3)


def of_another(house):
    """After --install the files belong to the store's user, and whoever asks is root."""
    if os.geteuid() != 0 or not (BUILD / 'hayloft-painter').exists():
        print('# files of another user: only root can make them, and only the painter reads them')
        return
    house.stop()
    house.folder.chmod(0o711)
    for path in [house.folder / 'state', *(house.folder / 'state').rglob('*')]:
        os.chown(path, 12345, 12346)
        path.chmod(0o2750 if path.is_dir() else 0o640)
    svg = house.folder / 'of_another.svg'
    r = house.ask('graph', 'lo', 'ping', '--out', str(svg))
    check('root draws a series of another user', r.returncode == 0 and b'<svg' in svg.read_bytes()[:200], r)


def main():
    with tempfile.TemporaryDirectory(prefix='hayloft-command-') as folder:
        house = House(BUILD, folder)
        without_daemon(house)
        try:
            if not house.start():
                check('the daemon starts', False, (house.folder / 'log').read_text())
                return
            for part in (looking, first_picture, users, reloading, profiles, pictures):
                part(house)
            damaged(house, 200)
            keeping(house)
            of_another(house)
        finally:
            house.stop()
    print(f'1..{count}')


main()
sys.exit(1 if failed else 0)
