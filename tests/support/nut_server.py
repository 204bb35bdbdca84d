#!/usr/bin/env python3
"""A NUT server on loopback with the UPS "barn". --mode:

  real       Debian's upsd with its driver dummy-ups
  stale      the same, after the driver fell silent
  no-driver  upsd without a driver
  denied, hang, drip, close, garbage, huge, endless   not upsd, and it misbehaves so

Prints the port when it is ready; 0, and ends with 77, when upsd is not installed."""
import argparse
import os
import pathlib
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

UPSD, DRIVER = pathlib.Path('/lib/nut/upsd'), pathlib.Path('/lib/nut/dummy-ups')  # /usr/sbin's asks nut.conf first
READY_S = 20
UPS = '''battery.charge: 87
battery.charge.low: 30
battery.charge.warning: 60
battery.runtime: 1290
battery.runtime.low: 300
battery.voltage: 26.9
battery.temperature: 31.5
input.voltage: 231.4
input.frequency: 50.0
output.voltage: 230.1
ups.firmware: 2.1
ups.load: 23
ups.status: OL CHRG
ups.temperature: 28.0
'''
processes = []


def die_with_parent():
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def start(*argv, env):
    processes.append(subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                      stdin=subprocess.DEVNULL, preexec_fn=die_with_parent))
    return processes[-1]


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def says(port):
    try:
        with socket.create_connection(('127.0.0.1', port), timeout=2) as s:
            s.sendall(b'LIST VAR barn\n')
            text = ''
            while 'END LIST' not in text and 'ERR' not in text:
                more = s.recv(65536).decode()
                if not more:
                    break
                text += more
            return text
    except OSError:
        return ''


def wait_until(port, wanted):
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        if wanted in says(port):
            return
        time.sleep(0.1)
    sys.exit(f'upsd does not say {wanted} but {says(port)}')


def real(mode):
    if not UPSD.exists() or not DRIVER.exists():
        print(0, flush=True)
        sys.exit(77)
    folder = pathlib.Path(tempfile.mkdtemp(prefix='hayloft-nut-'))
    # whoever ends us may do it by SIGKILL: the end of this pipe is what is noticed then
    processes.append(subprocess.Popen(['sh', '-c', f'read nothing; rm -rf {folder}'], stdin=subprocess.PIPE))
    port, user = free_port(), pwd.getpwuid(os.getuid()).pw_name
    (folder / 'barn.dev').write_text(UPS)
    (folder / 'ups.conf').write_text(f'[barn]\ndriver = dummy-ups\nport = {folder}/barn.dev\npollinterval = 1\n')
    (folder / 'upsd.conf').write_text(f'LISTEN 127.0.0.1 {port}\nMAXAGE 3\nSTATEPATH {folder}\n')
    (folder / 'upsd.users').write_text('')
    for file in folder.iterdir():
        file.chmod(0o600)
    env = dict(os.environ, NUT_CONFPATH=str(folder), NUT_STATEPATH=str(folder), NUT_ALTPIDPATH=str(folder),
               NUT_PIDPATH=str(folder))
    driver = start(DRIVER, '-F', '-a', 'barn', '-u', user, env=env) if mode != 'no-driver' else None
    start(UPSD, '-F', '-u', user, env=env)
    wait_until(port, 'DRIVER-NOT-CONNECTED' if mode == 'no-driver' else 'OL CHRG')
    if mode == 'stale':
        driver.send_signal(signal.SIGSTOP)
        wait_until(port, 'DATA-STALE')
    return port


def misbehave(s, mode):
    s.recv(4096)
    if mode == 'denied':
        s.sendall(b'ERR ACCESS-DENIED\n')
    elif mode == 'hang':
        time.sleep(120)
    elif mode == 'drip':
        for byte in b'BEGIN LIST VAR barn\n' + b'VAR barn ups.status "OL"\n' * 100:
            s.sendall(bytes([byte]))
            time.sleep(0.1)
    elif mode == 'garbage':
        s.sendall(b'\xff\xfe\x00<html>\n"""\n\\' * 50 + b'\n')
    elif mode == 'huge':
        rows = b''.join(b'VAR barn v.%d "%s"\n' % (i, b'x' * (i % 300)) for i in range(5000))
        s.sendall(b'BEGIN LIST VAR barn\nVAR barn ups.status "OB LB"\n' + rows + b'END LIST VAR barn\n')
    elif mode == 'endless':
        s.sendall(b'BEGIN LIST VAR barn\n')
        while True:
            s.sendall(b'VAR barn ups.status "OL"\n' * 100)
    s.close()


def serve(listening, mode):
    def answer(s):
        try:
            misbehave(s, mode)
        except OSError:
            pass

    while True:
        threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()


def end(*_):
    for p in processes[1:]:
        p.kill()
    sys.exit(0)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--log')
    p.add_argument('--mode', default='real')
    a = p.parse_args()
    signal.signal(signal.SIGTERM, end)
    if a.mode in ('real', 'stale', 'no-driver'):
        print(real(a.mode), flush=True)
        sys.stdout.close()
        signal.pause()
    listening = socket.create_server(('127.0.0.1', 0))
    print(listening.getsockname()[1], flush=True)
    sys.stdout.close()
    serve(listening, a.mode)


main()
