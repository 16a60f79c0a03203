#!/usr/bin/python3.11
"""Runs the fuzzers: fuzz.py KRAIT SECONDS [TARGET...]. See README.md."""
import glob
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = '/usr/bin/python3.11'
BATCH = 1500
BATCH_LIMIT = 240
INSTRUMENTED_PATIENCE = 6  # how much longer a batch may take in an asan build
FINDINGS_PER_TARGET = 20


def batch_limit(python):
    with open(python, 'rb') as file:
        return BATCH_LIMIT * (INSTRUMENTED_PATIENCE if b'__asan_init' in file.read() else 1)


class Run:
    """One batch in one interpreter: its lines, and how it ended."""

    def __init__(self, python, target, seed, first, count, trace=None):
        command = [python, os.path.join(HERE, 'worker.py'), target, str(seed), str(first), str(count)]
        self.command = ' '.join(command)
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE='1', PYTHONHASHSEED='0', LC_ALL='C.UTF-8')
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(command + ([trace] if trace else []), stdout=out, stderr=err,
                                       stdin=subprocess.DEVNULL, env=environment, cwd=tempfile.gettempdir())
            try:
                self.status = process.wait(batch_limit(python))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.status = 'hang'
            out.seek(0)
            err.seek(0)
            self.lines = out.read().decode('utf-8', 'replace').splitlines()
            self.errors = err.read().decode('utf-8', 'replace')[-4000:]

    @property
    def ended_well(self):
        return self.status == 0


class Target:
    def __init__(self, name):
        self.name = name
        with open(os.path.join(HERE, 'targets', name + '.py')) as file:
            self.has_oracle = 'ORACLE = False' not in file.read()
        self.cases = self.findings = 0

    def report(self, kind, body):
        self.findings += 1
        folder = os.path.join(HERE, 'findings')
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, f'{self.name}-{os.getpid()}-{self.findings}-{kind}.txt')
        with open(path, 'w', errors='backslashreplace') as file:
            file.write(body)
        print(f'{self.name}: {kind}, see {path}', flush=True)

    def batch(self, krait, seed):
        mine = Run(krait, self.name, seed, 0, BATCH)
        self.cases += len(mine.lines)
        if not mine.ended_well:
            self.report_end(krait, seed, mine)
            return
        if not self.has_oracle:
            return
        theirs = Run(ORACLE, self.name, seed, 0, BATCH)
        for ours, wanted in zip(mine.lines, theirs.lines):
            if ours != wanted and not ours.endswith(' slow') and not wanted.endswith(' slow'):
                self.report_difference(krait, seed, ours, wanted)
                if self.findings >= FINDINGS_PER_TARGET:
                    return

    def report_end(self, krait, seed, run):
        with tempfile.NamedTemporaryFile('r', errors='replace') as trace:
            again = Run(krait, self.name, seed, 0, BATCH, trace.name)
            case = trace.read()
        kind = 'hang' if run.status == 'hang' else 'crash'
        self.report(kind, f'{run.command}\nended with {run.status}, again with {again.status}\n'
                          f'case {case}\n{run.errors}\n')

    def report_difference(self, krait, seed, ours, wanted):
        index = ours.split(' ', 1)[0]
        with tempfile.NamedTemporaryFile('r', errors='replace') as trace:
            again = Run(krait, self.name, seed, int(index), 1, trace.name)
            case = trace.read()
        self.report('difference', f'{again.command}\ncase {case}\nkrait:   {ours}\ncpython: {wanted}\n')


def main():
    krait, seconds = os.path.abspath(sys.argv[1]), float(sys.argv[2])
    names = sys.argv[3:] or sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(HERE, 'targets', '*.py')))
    seed = int(os.environ.get('FUZZ_SEED', time.time()))
    targets = [Target(name) for name in names]
    for target in targets:
        end = time.monotonic() + seconds
        while time.monotonic() < end and target.findings < FINDINGS_PER_TARGET:
            target.batch(krait, seed)
            seed += 1
        print(f'{target.name}: {target.cases} cases, {target.findings} findings', flush=True)
    return any(target.findings for target in targets)


if __name__ == '__main__':
    sys.exit(main())
