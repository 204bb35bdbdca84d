#!/usr/bin/env python3
"""Reads every NN.yaml here with the real program: NN.ok is what it prints back, NN.err what it complains
of, both exactly. Then files no repository can hold: folders, pipes, huge and broken ones.

usage: run.py HAYLOFT-CONFIG [--update]"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
failures = []


def run(program, folder, *args):
    return subprocess.run([program, *args], cwd=folder, capture_output=True, text=True, timeout=20,
                          stdin=subprocess.DEVNULL, close_fds=True)


def expect(what, good, detail=''):
    print(('ok   ' if good else 'FAIL ') + what)
    if not good:
        failures.append(what)
        print(detail)


def golden(program, folder, name, update):
    stem = name[:-len('.yaml')]
    ok, err = (os.path.join(HERE, stem + end) for end in ('.ok', '.err'))
    refused = os.path.exists(err)
    r = run(program, folder, '--config', name, '--check' if refused else '--print')
    path, got = (err, r.stderr) if refused else (ok, r.stdout)
    if update:
        open(path, 'w').write(got)
    wanted = open(path).read() if os.path.exists(path) else '(no such file)'
    expect(f'{name} {"is refused as" if refused else "prints back as"} {os.path.basename(path)}',
           got == wanted and r.returncode == (1 if refused else 0),
           f'--- wanted\n{wanted}--- got (exit {r.returncode})\n{got}{r.stderr if not refused else ""}')
    if not refused:
        open(os.path.join(folder, 'again.yaml'), 'w').write(r.stdout)
        again = run(program, folder, '--config', 'again.yaml', '--print')
        expect(f'{name}: the print reads back', again.stdout == r.stdout, again.stderr)


def refuse(program, folder, what, path, said):
    r = run(program, folder, '--config', path, '--check')
    expect(f'{what} is refused', r.returncode == 1 and said in r.stderr, r.stderr)


def write(folder, name, data, mode=0o644):
    path = os.path.join(folder, name)
    with open(path, 'wb') as f:
        f.write(data)
    os.chmod(path, mode)


def strange_files(program, folder):
    refuse(program, folder, 'a missing file', 'absent.yaml', 'No such file')
    refuse(program, folder, 'a folder', '.', 'it is a folder')
    refuse(program, folder, 'a device', '/dev/zero', 'it is no plain file')
    os.mkfifo(os.path.join(folder, 'pipe.yaml'))
    refuse(program, folder, 'a pipe nobody writes', 'pipe.yaml', 'it is no plain file')
    write(folder, 'huge.yaml', b'site: x\n' * 200000)
    refuse(program, folder, 'a file over 1 MiB', 'huge.yaml', 'larger than 1 MiB')
    write(folder, 'nul.yaml', b'site: farm\nnodes: {\0\0\0')
    refuse(program, folder, 'a file with NUL', 'nul.yaml', 'nul.yaml:2:9: a NUL byte')
    write(folder, 'half.yaml', b'')
    refuse(program, folder, 'an empty file', 'half.yaml', 'the file is empty')
    write(folder, 'latin.yaml', 'site: Höhe\n'.encode('latin-1'))
    refuse(program, folder, 'a file that is no UTF-8', 'latin.yaml', 'latin.yaml:1:9: ')
    write(folder, 'wide.yaml', 'site: farm\n'.encode('utf-16'))
    refuse(program, folder, 'UTF-16', 'wide.yaml', 'a NUL byte')


def includes(program, folder):
    write(folder, 'loop.yaml', b'include: loop.yaml\n')
    refuse(program, folder, 'a file that includes itself', 'loop.yaml',
           'loop.yaml:1:10: this file is included already')
    write(folder, 'lost.yaml', b'include: [nowhere.yaml]\n')
    refuse(program, folder, 'an include that is not there', 'lost.yaml', 'lost.yaml:1:11: cannot read')
    os.mkdir(os.path.join(folder, 'conf.d'))
    write(folder, 'main.yaml', b'include: conf.d/*.yaml\nnodes: {router: {address: 10.0.0.1, ping: off}}\n')
    r = run(program, folder, '--config', 'main.yaml', '--check')
    expect('a pattern that finds nothing is fine', r.returncode == 0, r.stderr)
    write(folder, 'conf.d/barn.yaml', b'nodes: {barn: {address: 10.0.0.2, parent: router, ping: off}}\n')
    r = run(program, folder, '--config', 'main.yaml', '--print')
    expect('included nodes are there', r.returncode == 0 and 'barn:' in r.stdout, r.stderr)
    write(folder, 'conf.d/two.yaml', b'site: x\nnodes: {router: 10.0.0.3}\n')
    refuse(program, folder, 'a node in two files', 'main.yaml',
           "key 'router' is given twice, first in conf.d/two.yaml:2")
    write(folder, 'conf.d/two.yaml', b'nodes: {shed: {adress: 10.0.0.3}}\n')
    refuse(program, folder, 'a typo in an included file', 'main.yaml',
           "conf.d/two.yaml:1:16: unknown key 'adress'; did you mean 'address'?")


def secrets(program, folder):
    hook = b'receivers: {me: {webhook: {url: !secret hook}}}\n'
    write(folder, 'uses.yaml', hook)
    os.remove(os.path.join(folder, 'secrets.yaml'))
    refuse(program, folder, 'a secret without secrets.yaml', 'uses.yaml',
           'uses.yaml:1:33: cannot read secrets.yaml')
    write(folder, 'secrets.yaml', b'hook: http://127.0.0.1/very-hidden\n', 0o644)
    refuse(program, folder, 'secrets.yaml others may read', 'uses.yaml',
           'secrets.yaml may be read by others (mode 0644): chmod 600 it')
    os.chmod(os.path.join(folder, 'secrets.yaml'), 0o600)
    r = run(program, folder, '--config', 'uses.yaml', '--print')
    expect('a secret is named and not shown', r.returncode == 0 and '!secret hook' in r.stdout and
           'very-hidden' not in r.stdout + r.stderr, r.stdout + r.stderr)


def no_leaks(program, folder):
    """Configurations with a mistake in a line that holds a secret: it is told, the secret is not."""
    node = 'nodes: {a: {address: 10.0.0.1, ping: off, %s}}\n'
    hook = 'receivers: {me: {webhook: {url: "http://127.0.0.1/hunter2", %s}}}\n'
    broken = {
        'a mistake beside it': node % 'snmp: {community: hunter2, port: x}',
        'the short form': node % 'snmp: hunter2, pause: x',
        'a short form in quotes': node % 'snmp: "hunter2", pause: x',
        'a mistyped key': node % 'snmp: {comunity: hunter2}',
        'another mistyped key': node % 'api: {profile: asus-mesh, user: a, pasword: hunter2}',
        'too short a password': node % 'snmp: {version: 3, user: a, auth_password: hunter2}',
        'an address with a key in it': hook % 'template: "{nonsense}"',
        'a header': hook % 'headers: {Authorization: "Bearer hunter2", X: "a\\nb"}',
        'a mistyped option of a service': 'receivers: {me: {ntfy: {urll: "https://ntfy.example/hunter2"}}}\n',
        'the token of a service': 'receivers: {me: {ntfy: {url: "https://n.example/a", token: hunter2, hide: x}}}\n',
        'the short form of a service': 'receivers: {me: {ntfy: "https://ntfy.example/hunter2", hide: x}}\n',
        'a mail server': 'receivers: {me: {mail: {server: a, user: b, password: hunter2, tls: maybe}}}\n',
        'a forgotten quote': 'nodes:\n  a: {address: 10.0.0.1, snmp: {community: "hunter2}}\n',
        'a forgotten colon': 'nodes:\n  a:\n    snmp:\n      version: 3\n      auth_password hunter2\n      user: b\n',
        'a forgotten blank': 'nodes:\n  a:\n    snmp:\n      user: b\n      auth_password:hunter2\n',
        'a tab': 'nodes:\n  a:\n    snmp:\n\tcommunity: hunter2\n',
        'the next line': 'nodes:\n  a:\n    address: 10.0.0.1\n    snmp:\n      version: 3\n      user: b\n'
                         '      auth_password:\n        hunter2\n',
        'the same key twice': node % 'snmp: {community: hunter2, community: hunter2}',
        'a list of it': node % 'snmp: {community: [hunter2, hunter2]}',
        'a NUL behind it': 'nodes: {a: {address: 10.0.0.1, snmp: {community: hunter2, x: \0}}}\n',
    }
    for what, text in broken.items():
        write(folder, 'leak.yaml', text.encode())
        r = run(program, folder, '--config', 'leak.yaml', '--check')
        expect(f'{what} gives no secret away', r.returncode == 1 and r.stderr and 'hunter2' not in r.stderr + r.stdout,
               r.stderr)
    write(folder, 'leak.yaml', b'nodes: {a: {address: 10.0.0.1, ping: off, snmp: !secret farm}}\n')
    for what, text in {'no colon': 'farm hunter2\n', 'a list': '- hunter2\n', 'a map': 'farm: {a: hunter2}\n',
                       'a NUL': 'farm: hunter2\0\n', 'twice': 'farm: hunter2\nfarm: hunter2\n',
                       'a quote': 'farm: "hunter2\n', 'a tag': 'farm: !x hunter2\n'}.items():
        write(folder, 'secrets.yaml', text.encode(), 0o600)
        r = run(program, folder, '--config', 'leak.yaml', '--check')
        expect(f'secrets.yaml with {what} gives none away', r.returncode == 1 and r.stderr and
               'hunter2' not in r.stderr + r.stdout, r.stderr)


def example(program, folder):
    text = open(os.path.join(HERE, '..', '..', 'etc', 'hayloft.yaml')).read()
    write(folder, 'example.yaml', text.encode())
    r = run(program, folder, '--config', 'example.yaml', '--check')
    expect('the example reads well', r.returncode == 0 and not r.stderr, r.stderr)
    whole = re.sub(r'(?m)^#(?=[a-z]|  )', '', text)
    whole = whole.replace('  router:       {address: 192.168.1.1}\n', '', 1).replace('include:', '#', 1)
    write(folder, 'whole.yaml', whole.encode())
    write(folder, 'secrets.yaml', b'snmp: a\nmail: b\ncore_auth: maplesyrup\ncore_priv: maplesyrup\nhouse: 0123456789abcdef\n'
          b'stable: 0123456789abcdef\nguest_wifi: maplesyrup\n', 0o600)
    r = run(program, folder, '--config', 'whole.yaml', '--check')
    expect('the example with nothing commented out reads well', r.returncode == 0 and not r.stderr, r.stderr)


def modes(program, folder):
    write(folder, 'state.yaml', b'state: /srv/hay\nnods: {}\n')
    r = run(program, folder, '--config', 'state.yaml', '--state-dir')
    expect('the state folder is told even of a file with mistakes', r.stdout == '/srv/hay\n', r.stderr)
    write(folder, 'torn.yaml', b'site: x\nstate: "/srv/torn" # here\nnodes: {{\n')
    r = run(program, folder, '--config', 'torn.yaml', '--state-dir')
    expect('and of one that is no YAML at the moment', r.stdout == '/srv/torn\n', r.stderr)
    r = run(program, folder, '--config', 'state.yaml', '--check', '--json')
    expect('mistakes come as JSON', r.returncode == 1 and '"line": 2, "column": 1' in r.stdout, r.stdout)


def compare(what, path, got, update):
    if update:
        open(path, 'w').write(got)
    wanted = open(path).read() if os.path.exists(path) else '(no such file)'
    expect(what, got == wanted, f'--- wanted\n{wanted}--- got\n{got}')


def profile_names(folder):
    return sorted(name[:-len('.yaml')] for name in os.listdir(folder) if name.endswith('.yaml'))


def printed(program, folder, name):
    return run(program, folder, '--config', 'home.yaml', '--print-profile', name)


def profiles(program, update):
    """Each folder below profiles/ is what a user has there: NAME.err is all that is said of it, NAME.ok how
    its profiles are read, which must read the same again."""
    cases = os.path.join(HERE, 'profiles')
    for case in sorted(c for c in os.listdir(cases) if os.path.isdir(os.path.join(cases, c))):
        with tempfile.TemporaryDirectory() as folder:
            ok, err = (os.path.join(cases, case + end) for end in ('.ok', '.err'))
            write(folder, 'home.yaml', b'nodes: {barn: 10.0.0.1}\n')
            shutil.copytree(os.path.join(cases, case), os.path.join(folder, 'profiles'))
            if not os.path.exists(ok):
                r = run(program, folder, '--config', 'home.yaml', '--check')
                compare(f'profiles/{case} is refused as {case}.err', err, r.stderr, update)
                expect(f'profiles/{case}: the whole configuration is refused', r.returncode == 1)
                continue
            names = profile_names(os.path.join(folder, 'profiles'))
            first = ''.join(printed(program, folder, name).stdout for name in names)
            compare(f'profiles/{case} is read as {case}.ok', ok, first, update)
            for name in names:
                write(folder, f'profiles/{name}.yaml', printed(program, folder, name).stdout.encode())
            again = ''.join(printed(program, folder, name).stdout for name in names)
            expect(f'profiles/{case}: the print reads back', again == first, again)


def manual(program, folder):
    """What hayloft-profile(5) has its reader write."""
    page = os.path.join(HERE, '..', '..', 'poller', 'config', 'hayloft-profile.5.scd')
    example = re.search(r'(?s)```\n(vendor: .*?)```', open(page).read()).group(1)
    write(folder, 'home.yaml', b'nodes: {barn: 10.0.0.1}\n')
    os.mkdir(os.path.join(folder, 'profiles'))
    write(folder, 'profiles/barn-scale.yaml', example.encode())
    r = run(program, folder, '--config', 'home.yaml', '--check')
    expect('the example of the manual reads well', r.returncode == 0 and not r.stderr, r.stderr)
    lines = [line.split('  ')[0].strip() for line in
             re.search(r'(?s)```\n(x / 10 .*?)```', open(page).read()).group(1).splitlines()]
    for line in lines:
        text = ('standard: yes\nmatch: {has: 1.3.6}\nreadings:\n  - oid: 1.3.6.1\n    meaning: count\n'
                "    value: '" + line.replace("'", "''") + "'\n    with: {"
                + ', '.join(f'{n}: 1.3.6.2' for n in ('noise', 'unit', 'used', 'size') if n in line) + '}\n')
        write(folder, 'profiles/barn-scale.yaml', text.encode())
        r = run(program, folder, '--config', 'home.yaml', '--check')
        expect(f'the manual\'s {line} reads well', r.returncode == 0 and not r.stderr, r.stderr)
    expect('the manual has examples', len(lines) > 5)
    shutil.rmtree(os.path.join(folder, 'profiles'))


def own_profiles(program, folder):
    r = run(program, folder, '--config', 'nowhere.yaml', '--list-profiles', '--json')
    told = json.loads(r.stdout)
    expect('our own profiles are well', r.returncode == 0 and told['ok'] and not told['errors'] and
           not told['warnings'] and len(told['profiles']) > 2, r.stdout + r.stderr)
    write(folder, 'home.yaml', b'nodes: {barn: 10.0.0.1}\n')
    os.mkdir(os.path.join(folder, 'profiles'))
    write(folder, 'profiles/airos.yaml', b'vendor: Me\nfamily: Mine\nmatch: {object_id: 1.3.6.1.4.1.10002.1}\n')
    write(folder, 'profiles/.airos.yaml.swp', b'an editor')
    write(folder, 'profiles/notes.txt', b'notes')
    r = run(program, folder, '--config', 'home.yaml', '--list-profiles')
    expect("a user's file stands in for ours", r.returncode == 0 and '1 of profiles' in r.stdout and
           'airos: profiles/airos.yaml stands in for ours' in r.stdout, r.stdout + r.stderr)
    expect('and is what is read', 'vendor: Me\n' in printed(program, folder, 'airos').stdout)
    r = printed(program, folder, 'arios')
    expect('a profile that is not there', r.returncode == 1 and "did you mean 'airos'?" in r.stderr, r.stderr)
    r = run(program, folder, '--config', 'home.yaml', '--check')
    expect('check tells of them', r.returncode == 0 and '1 of profiles' in r.stdout, r.stdout + r.stderr)
    os.mkfifo(os.path.join(folder, 'profiles', 'pipe.yaml'))
    refuse(program, folder, 'a pipe among profiles', 'home.yaml', 'pipe.yaml: it is no plain file')
    os.remove(os.path.join(folder, 'profiles', 'pipe.yaml'))
    for i in range(520):
        write(folder, f'profiles/p{i}.yaml', b'standard: yes\n')
    refuse(program, folder, 'too many profiles', 'home.yaml', 'more than 512 profiles')
    shutil.rmtree(os.path.join(folder, 'profiles'))
    write(folder, 'profiles', b'a file')
    refuse(program, folder, 'a file where the folder of profiles would be', 'home.yaml', 'Not a directory')
    os.remove(os.path.join(folder, 'profiles'))


def main():
    program, update = os.path.abspath(sys.argv[1]), '--update' in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(os.listdir(HERE)):
            if name.endswith('.yaml'):
                shutil.copy(os.path.join(HERE, name), folder)
        os.chmod(os.path.join(folder, 'secrets.yaml'), 0o600)
        for name in sorted(os.listdir(HERE)):
            if name.endswith('.yaml') and name[0].isdigit():
                golden(program, folder, name, update)
        for part in (strange_files, includes, secrets, no_leaks, example, modes, manual, own_profiles):
            part(program, folder)
    profiles(program, update)
    print(f'{len(failures)} failed')
    return 1 if failures else 0


sys.exit(main())
