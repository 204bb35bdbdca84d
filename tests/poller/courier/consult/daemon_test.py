#!/usr/bin/env python3
"""A whole daemon that reads fake devices' own interfaces, and a UPS behind a real upsd where there is one: figures
come out at `hayloft node`, a wrong password is its own trouble and is not tried again, and no password is found
in any log, state or document.

usage: daemon_test.py BUILD_FOLDER"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1])
SUPPORT = pathlib.Path(__file__).resolve().parents[3] / 'support'
DEADLINE_S = 30
PASSWORD, WRONG = 'hay "&+% stack', 'straw-in-the-wind'
count = failed = 0


def check(what, good, detail=''):
    global count, failed
    count += 1
    failed += not good
    print(f'{"ok" if good else "not ok"} {count} - {what}')
    if not good:
        print('\n'.join('# ' + line for line in str(detail).splitlines()))


def wait_for(condition):
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Fake:
    """A device of fake_device.py, or the NUT server."""

    def __init__(self, folder, kind, *command):
        self.log = folder / f'{kind}.log'
        self.process = subprocess.Popen([sys.executable, SUPPORT / command[0], *command[1:], '--log', self.log],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def requests_to(self, path):
        if not self.log.exists():
            return 0
        return sum(json.loads(line)['path'] == path for line in self.log.read_text().splitlines())

    def stop(self):
        self.process.terminate()
        self.process.wait()


def hayloft(config, *args):
    return subprocess.run([BUILD / 'hayloft', *args, '--config', config, '--json'], capture_output=True, text=True,
                          timeout=60)


def document(config, *args):
    r = hayloft(config, *args)
    try:
        return json.loads(r.stdout)
    except ValueError:
        return None


def write(folder, mesh, radio, server):
    config = folder / 'home.yaml'
    secrets = folder / 'secrets.yaml'
    secrets.write_text(f"device: '{PASSWORD}'\nold: '{WRONG}'\n")
    os.chmod(secrets, 0o600)
    config.write_text(f'''state: {folder}/state
site: Test
internet: off
lan: off
web: {{listen: "127.0.0.1:{free_port()}"}}
nodes:
  mesh:
    address: 127.0.0.1
    ping: {{interval: 2s, count: 2}}
    arp: off
    api: {{profile: asus-mesh, user: farmer, password: !secret device, url: "http://127.0.0.1:{mesh.port}", interval: 2s}}
  radio:
    address: 127.0.0.2
    ping: {{interval: 2s, count: 2}}
    arp: off
    api: {{profile: airos-http, user: farmer, password: !secret old, url: "http://127.0.0.1:{radio.port}", interval: 2s}}
  ups:
    address: 127.0.0.3
    arp: off
    ups: {{url: "nut://127.0.0.1:{server.port or 1}/barn", interval: 2s}}
''')
    return config


def series_of(config, node):
    found = document(config, 'node', node)
    return {(s['object'], s['name']): s['value'] for s in found['series']} if found else {}


def check_of(config, node):
    found = document(config, 'node', node)
    return next((c for c in found['checks'] if c['kind'] == 'api'), {}) if found else {}


def figures(config, mesh):
    barn = ('mesh-04:D4:C4:00:00:02', 'signal_5g')
    check('a figure is a series of the node', wait_for(lambda: series_of(config, 'mesh').get(barn) == -67),
          series_of(config, 'mesh'))
    check('the check is well', wait_for(lambda: check_of(config, 'mesh').get('verdict') == 'ok'),
          check_of(config, 'mesh'))
    before = mesh.requests_to('/appGet.cgi')
    check('it goes on asking', wait_for(lambda: mesh.requests_to('/appGet.cgi') >= before + 6))
    check('by one login', mesh.requests_to('/login.cgi') == 1, mesh.requests_to('/login.cgi'))


def a_ups(config, server):
    if not server.port:
        print('# upsd is not installed: no UPS')
        return
    check('a UPS behind NUT is read', wait_for(lambda: series_of(config, 'ups').get(('ups', 'battery_charge')) == 87),
          series_of(config, 'ups'))
    check('and its power comes from the mains', series_of(config, 'ups').get(('ups', 'output_source')) == 3,
          series_of(config, 'ups'))


def refusal(config, radio):
    check('a wrong password has its reason', wait_for(lambda: check_of(config, 'radio').get('reason') == 'auth-refused'),
          check_of(config, 'radio'))
    check('the node itself is up all the same',
          wait_for(lambda: (document(config, 'node', 'radio') or {}).get('state') in ('up', 'degraded')),
          document(config, 'node', 'radio'))
    check('it is an incident', wait_for(lambda: any(i['cause']['node'] == 'radio'
                                                    for i in document(config, 'incidents') or [])),
          document(config, 'incidents'))
    check('and was tried once', radio.requests_to('/api/auth') == 1, radio.requests_to('/api/auth'))


def a_new_courier(config, folder, mesh):
    """A killed courier takes its sessions with it: the next one logs in."""
    ours = {p.parent.name for p in pathlib.Path('/proc').glob('[0-9]*/stat')
            if int(parent_of(p.parent.name) or 0) == daemon.pid and 'courier' in name_of(p.parent.name)}
    for pid in ours:
        os.kill(int(pid), signal.SIGKILL)
    check('a courier was there', len(ours) == 1, ours)
    check('the next one logs in', wait_for(lambda: mesh.requests_to('/login.cgi') == 2))
    before = mesh.requests_to('/appGet.cgi')
    check('and reads on', wait_for(lambda: mesh.requests_to('/appGet.cgi') >= before + 4))


def name_of(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/comm').read_text()
    except OSError:
        return ''


def parent_of(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()[1]
    except (OSError, IndexError):
        return None


def no_secret(config, folder):
    said = [hayloft(config, *args).stdout for args in (['node', 'mesh'], ['node', 'radio'], ['incidents', '--all'],
                                                       ['status'], ['doctor'])]
    leaks = [str(path) for path in folder.rglob('*') if path.is_file() and path.name != 'secrets.yaml' and
             any(word.encode() in path.read_bytes() for word in (PASSWORD, WRONG, 'aGF5'))]
    check('no password is in a log or the state', not leaks, leaks)
    check('nor in what is said', not any(word in text for text in said for word in (PASSWORD, WRONG)), said)
    printed = subprocess.run([BUILD / 'hayloft', 'check-config', '--print', '--config', config], capture_output=True,
                             text=True, timeout=60)
    check('nor printed with the configuration', printed.returncode == 0 and WRONG not in printed.stdout and
          '!secret old' in printed.stdout, printed)


with tempfile.TemporaryDirectory(prefix='hayloft-consult-') as name:
    place = pathlib.Path(name)
    asus = Fake(place, 'asus', 'fake_device.py', '--kind', 'asus')
    airos = Fake(place, 'airos8', 'fake_device.py', '--kind', 'airos8')
    nut = Fake(place, 'nut', 'nut_server.py')
    home = write(place, asus, airos, nut)
    with open(place / 'daemon.log', 'w') as log:
        daemon = subprocess.Popen([BUILD / 'hayloftd', '-d', '--config', home], stdout=log, stderr=log,
                                  stdin=subprocess.DEVNULL)
    try:
        check('the daemon starts', wait_for(lambda: hayloft(home, 'status').returncode in (0, 1, 2)),
              (place / 'daemon.log').read_text())
        figures(home, asus)
        a_ups(home, nut)
        refusal(home, airos)
        a_new_courier(home, place, asus)
        no_secret(home, place)
    finally:
        daemon.terminate()
        daemon.wait(timeout=DEADLINE_S)
        asus.stop()
        airos.stop()
        nut.stop()
        if failed:
            print('\n'.join('# ' + line for line in (place / 'daemon.log').read_text().splitlines()[-30:]))
print(f'1..{count}')
sys.exit(1 if failed else 0)
