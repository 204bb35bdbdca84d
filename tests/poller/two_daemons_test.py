#!/usr/bin/env python3
"""Two whole daemons on loopback, a house and a barn that reports to it over TLS with a pinned key. A door at the barn
opens and shuts meanwhile, and either daemon is killed with SIGKILL in between, parent and roles. In the end the house
has all that the barn has, and nothing twice; a wrong token gets nothing in and is a fault the barn tells. Prints TAP.

usage: two_daemons_test.py BUILD_FOLDER     HAYLOFT_GRAPHS=0: it was built without graphs"""
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

BUILD = pathlib.Path(sys.argv[1])
GRAPHS = os.environ.get('HAYLOFT_GRAPHS') != '0'
DEADLINE_S = 60
TOKEN, WRONG = 'f3a9c1d27b604e58f3a9c1d27b604e58', '00000000000000000000000000000000'
KILLS = ['house', 'barn', 'house', 'barn']
count = failed = 0


def check(what, good, detail=''):
    global count, failed
    count += 1
    failed += not good
    print(f'{"ok" if good else "not ok"} {count} - {what}', flush=True)
    if not good:
        print('\n'.join('# ' + line for line in str(detail)[:4000].splitlines()), flush=True)


def wait_for(condition, deadline_s=DEADLINE_S):
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def certificate(folder):
    """(certificate, key, pin), by the commands of hayloft.yaml(5)."""
    made, key = folder / 'cert.pem', folder / 'key.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                    '-subj', '/CN=house', '-keyout', key, '-out', made], check=True, capture_output=True)
    pin = subprocess.run(f'openssl x509 -in {made} -pubkey -noout | openssl pkey -pubin -outform der |'
                         ' openssl dgst -sha256 -binary | base64', shell=True, check=True, capture_output=True, text=True)
    return made, key, 'sha256//' + pin.stdout.strip()


class Door:
    """Something that listens, or does not."""

    def __init__(self):
        self.port, self.listener = free_port(), None

    def open(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(('127.0.0.1', self.port))
        self.listener.listen(64)

    def shut(self):
        self.listener.close()
        self.listener = None

    def turn(self):
        self.shut() if self.listener else self.open()


def children_of(pid):
    try:
        return [int(child) for child in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()]
    except OSError:
        return []


def is_gone(pid):
    try:
        text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return True
    return text[text.rindex(')') + 2] in 'ZX'


class Daemon:
    def __init__(self, folder, name, scheme, text):
        self.folder, self.name, self.port, self.scheme = folder / name, name, free_port(), scheme
        self.folder.mkdir()
        self.config = self.folder / 'hayloft.yaml'
        self.write(text, TOKEN)

    def write(self, text, token):
        self.text = text
        secrets = self.folder / 'secrets.yaml'
        secrets.write_text(f'token: {token}\n')
        os.chmod(secrets, 0o600)
        self.config.write_text(f'site: {self.name}\nstate: {self.folder}/state\ninternet: off\njournal: {{sync: 1s}}\n'
                               f'keep: {{archives: [{{step: 1s, keep: 2h}}]}}\nnotify: {{hold: 1s, settle: 1s}}\n'
                               + text.replace('PORT', str(self.port)))

    def start(self):
        with open(self.folder / 'log', 'a') as log:
            self.process = subprocess.Popen([BUILD / 'hayloftd', '-d', '--config', self.config], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)

    def kill(self):
        """The parent first, so that it starts nobody again."""
        roles = children_of(self.process.pid)
        self.process.send_signal(signal.SIGKILL)
        for pid in roles:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        return wait_for(lambda: all(is_gone(pid) for pid in roles))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def get(self, path):
        """The document, or None."""
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        try:
            with urllib.request.urlopen(f'{self.scheme}://127.0.0.1:{self.port}{path}', timeout=5,
                                        context=anybody if self.scheme == 'https' else None) as answer:
                return json.load(answer)
        except (OSError, ValueError):
            return None

    def hayloft(self, *args):
        return subprocess.run([BUILD / 'hayloft', *args, '--config', self.config, '--json'], capture_output=True,
                              text=True, timeout=60)

    def rows(self, sql):
        try:
            with sqlite3.connect(f'file:{self.folder}/state/hayloft.db?mode=ro', uri=True) as db:
                return db.execute(sql).fetchall()
        except sqlite3.Error:
            return []


def decided(barn):
    return barn.rows("SELECT at, node, from_state, to_state FROM event WHERE kind = 'state' ORDER BY at, node")


def taken(house):
    return house.rows("SELECT at, node, from_state, to_state FROM vantage_event WHERE vantage = 'barn' AND kind = 'state'"
                      " ORDER BY at, node")


def is_told(house, barn):
    """The barn has nothing more to tell, and the house knows it."""
    vantage = next(iter(house.get('/api/v1/vantages') or []), {})
    return vantage.get('whole') and not barn.rows('SELECT 1 FROM spool') and taken(house) == decided(barn)


def state_of(daemon, node):
    return (daemon.get(f'/api/v1/nodes/{node}') or {}).get('state')


def values(daemon, vantage, node, span):
    at = (time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(t)) for t in span)
    r = daemon.hayloft('graph', node, 'ping', '--vantage', vantage, '--from', next(at), '--to', next(at))
    if r.returncode:
        return {}
    points = [{k: v for k, v in point.items() if v is not None} for point in json.loads(r.stdout)['points']]
    return {point['at']: point for point in points if len(point) > 1}


def reports(house, barn):
    check('the barn reports', wait_for(lambda: any(v['reported'] for v in house.get('/api/v1/vantages') or [])),
          (house.folder / 'log').read_text() + (barn.folder / 'log').read_text())
    check('what it sees is told at the house',
          wait_for(lambda: any(n['name'] == 'door' and n['state'] == 'up'
                               for v in house.get('/api/v1/vantages') or [] for n in v['nodes'])),
          house.get('/api/v1/vantages'))


def killings(house, barn, door):
    daemons = {'house': house, 'barn': barn}
    for number, name in enumerate(KILLS):
        wanted = 'down' if door.listener else 'up'
        door.turn()
        check(f'the door is {wanted} at the barn', wait_for(lambda: state_of(barn, 'door') == wanted),
              barn.get('/api/v1/nodes/door'))
        check(f'{name} dies', daemons[name].kill())
        if name == 'house':
            door.turn()
            other = 'up' if wanted == 'down' else 'down'
            check('the barn goes on', wait_for(lambda: state_of(barn, 'door') == other), barn.get('/api/v1/nodes/door'))
        daemons[name].start()
        check(f'{name} is back', wait_for(lambda: daemons[name].get('/api/v1/nodes') is not None),
              (daemons[name].folder / 'log').read_text()[-2000:])


def nothing_lost(house, barn, began_s):
    check('the house comes to have all of it', wait_for(lambda: len(decided(barn)) >= len(KILLS) and is_told(house, barn)),
          f'{house.get("/api/v1/vantages")}\n{decided(barn)}\n{taken(house)}')
    check('and nothing twice', len(set(taken(house))) == len(taken(house)), taken(house))
    check('each start of the barn is known', len(house.rows('SELECT boot FROM vantage_run WHERE started IS NOT NULL')) ==
          1 + KILLS.count('barn'), house.rows('SELECT * FROM vantage_run'))
    check('the house has no incident of its own about it', house.rows('SELECT cause, node FROM incident') == [],
          house.rows('SELECT cause, node, sentence FROM incident'))
    check("the barn's incidents stand at the house as the barn's",
          house.rows("SELECT count(*) FROM vantage_incident WHERE id LIKE 'barn-%'")[0][0] > 0)
    if not GRAPHS:
        return
    span = (int(began_s), int(time.time()) - 5)
    wait_for(lambda: is_told(house, barn))
    own, reported = values(barn, 'here', 'stone', span), values(house, 'barn', 'stone', span)
    check('series are filled', len(own) > 8, (span, sorted(own)))
    check('the same as at the barn', own == reported,
          f'{len(own)} at the barn, {len(reported)} at the house; only there: {sorted(own.keys() ^ reported.keys())[:20]}')
    check("and none of them is the house's", values(house, 'here', 'stone', span) == {})


def a_wrong_token(house, barn):
    before = taken(house)
    barn.stop()
    barn.write(barn.text, WRONG)
    barn.start()
    check('a wrong token is a fault of the barn',
          wait_for(lambda: any('upstream' in fault and '401' in fault
                               for fault in ((barn.get('/api/v1/status') or {}).get('health') or {}).get('own_faults', []))),
          barn.get('/api/v1/status'))
    check('and gets nothing in', taken(house) == before)
    barn.stop()
    barn.write(barn.text, TOKEN)
    barn.start()
    check('the right one does again', wait_for(lambda: is_told(house, barn) and len(decided(barn)) >= len(before)),
          house.get('/api/v1/vantages'))


def no_secret(folder):
    leaks = [str(path) for path in folder.rglob('*') if path.is_file() and path.name != 'secrets.yaml' and
             any(word.encode() in path.read_bytes() for word in (TOKEN, WRONG))]
    check('no token is in a log or the state', not leaks, leaks)


def main():
    if not shutil.which('openssl'):
        print('1..0 # SKIP openssl is not installed')
        return
    with tempfile.TemporaryDirectory(prefix='hayloft-vantage-') as name:
        folder = pathlib.Path(name)
        made, key, pin = certificate(folder)
        door = Door()
        door.open()
        house = Daemon(folder, 'house', 'https', f'''web: {{listen: "127.0.0.1:PORT", certificate: {made}, key: {key}}}
vantages: {{barn: {{token: !secret token, site: barn}}}}
nodes:
  hearth: {{address: 127.0.0.9, arp: off, ping: {{interval: 2s, count: 2}}, site: barn}}
''')
        barn = Daemon(folder, 'barn', 'http', f'''vantage: barn
web: {{listen: "127.0.0.1:PORT"}}
upstream: {{url: "https://127.0.0.1:{house.port}", token: !secret token, pin: "{pin}", every: 1s}}
nodes:
  door: {{address: 127.0.0.1, ping: off, arp: off, tcp: {{port: {door.port}, interval: 1s, timeout: 500ms}}}}
  stone: {{address: 127.0.0.2, arp: off, ping: {{interval: 1s, count: 2}}}}
''')
        began_s = time.time()
        house.start()
        barn.start()
        try:
            reports(house, barn)
            killings(house, barn, door)
            nothing_lost(house, barn, began_s)
            a_wrong_token(house, barn)
        finally:
            barn.stop()
            house.stop()
        no_secret(folder)
    print(f'1..{count}')
    sys.exit(1 if failed else 0)


main()
