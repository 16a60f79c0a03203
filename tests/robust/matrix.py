"""Runs suites of cases none of which may end the process: matrix.py KRAIT SUITE [--mode MODE] [--group GROUP] [WORD...]

Suites: recursion (every kind of recursion and nesting, 100,000 deep) and hostile (every method of every built-in type and
every function of every built-in module, called with objects that do harm). The cases of a group (those whose name has one of
the WORDs in it) run in a child process each, in every mode of the suite. A case that ends the process is a finding; one
that takes longer than half a minute of CPU time is one if CPython 3.11 is done with it in that time. Takes long: not part of
`make test`.
"""
import argparse
import importlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = '/usr/bin/python3.11'
LIMIT = 30  # seconds of CPU time for one case
MEMORY = 160 << 20
MODES = {'main': (0, 0), 'main-unbounded': (0, 1), 'thread': (1, 0), 'thread-unbounded': (1, 1)}  # in a thread, without limit
SMALL_STACK = 256 * 1024


class Child:
    """In the child process: runs the cases of a group from one on, and says which runs."""

    def __init__(self, suite, group, first, last, unbounded, words):
        self.suite, self.group, self.unbounded = suite, group, unbounded
        self.first, self.last, self.words = first, last, words
        self.out = os.fdopen(os.dup(1), 'w', buffering=1)

    def __call__(self):
        sys.stdout = sys.stderr = open(os.devnull, 'w')
        if self.unbounded:
            sys.setrecursionlimit(10 ** 9)
        for index, (label, function) in enumerate(self.suite.cases(self.group)):
            if self.is_wanted(index, label):
                self.out.write(f'start {index} {label}\n')
                signal.setitimer(signal.ITIMER_PROF, LIMIT)
                outcome = self.outcome(function)
                signal.setitimer(signal.ITIMER_PROF, 0)
                self.out.write(f'end {outcome}\n')
        self.out.write('done\n')
        os._exit(0)

    def is_wanted(self, index, label):
        if label in ('build', 'free'):
            return True
        if self.unbounded and label in self.suite.ENDLESS:
            return False
        return self.first <= index <= self.last and any(word in f'{self.group}: {label}' for word in self.words)

    @staticmethod
    def outcome(function):
        try:
            function()
            kind = None
        except BaseException as error:
            kind = type(error)
        return kind.__name__ if kind else 'value'  # made when the traceback has given back the case's memory


def child(suite, mode, group, first, last, *words):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    in_thread, unbounded = MODES[mode]
    body = Child(load(suite), group, int(first), int(last), unbounded, words)
    if not in_thread:
        return body()
    threading.stack_size(SMALL_STACK)
    thread = threading.Thread(target=body)
    thread.start()
    thread.join()


def load(suite):
    sys.path.insert(0, HERE)
    return importlib.import_module(f'suites.{suite}')


class Matrix:
    def __init__(self, krait, suite, words):
        self.krait, self.suite, self.words = os.path.abspath(krait), suite, words or ['']
        self.outcomes, self.findings, self.slow = {}, [], 0

    def child(self, python, mode, group, first, last):
        """The lines that a child process wrote, its status and the end of its errors."""
        command = [python, os.path.abspath(__file__), '--child', self.suite, mode, group, str(first), str(last), *self.words]
        with tempfile.TemporaryFile('w+') as out, tempfile.TemporaryFile('w+') as err, tempfile.TemporaryDirectory() as folder:
            try:
                status = subprocess.run(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, cwd=folder, timeout=40 * LIMIT).returncode
            except subprocess.TimeoutExpired:
                status = -signal.SIGPROF
            out.seek(0)
            err.seek(0, os.SEEK_END)
            err.seek(max(0, err.tell() - 600))
            return out.read().splitlines(), status, err.read()

    def run(self, mode, group):
        first, last = 0, 10 ** 9
        while first is not None:
            lines, status, errors = self.child(self.krait, mode, group, first, last)
            running = self.count(lines, first)
            if lines and lines[-1] == 'done':
                return
            index, label = running.split(' ', 1) if running else (first, 'between the cases')
            self.judge(mode, group, index, label, status, errors)
            first = int(index) + 1 if running and label != 'free' else None

    def count(self, lines, first):
        """Notes the outcomes; answers what was running at the end."""
        running = None
        for line in lines:
            word, _, rest = line.partition(' ')
            if word == 'end':
                if int(running.split()[0]) >= first:
                    self.outcomes[rest] = self.outcomes.get(rest, 0) + 1
                running = None
            elif word == 'start':
                running = rest
        return running

    def judge(self, mode, group, index, label, status, errors):
        kind = f'ended with {status}'
        if status == -signal.SIGPROF:
            kind = 'slow'
            lines, _, _ = self.child(ORACLE, mode, group, index, index)
            if not lines or lines[-1] != 'done':
                self.slow += 1
                return
        self.findings.append(f'{mode}: {group}: {label}: {kind}')
        print(self.findings[-1], errors, flush=True)


def main():
    if sys.argv[1] == '--child':
        return child(*sys.argv[2:])
    parser = argparse.ArgumentParser()
    parser.add_argument('krait')
    parser.add_argument('suite', choices=('recursion', 'hostile'))
    parser.add_argument('words', nargs='*')
    parser.add_argument('--mode', action='append', choices=MODES)
    parser.add_argument('--group', action='append')
    options = parser.parse_args()
    suite = load(options.suite)
    matrix = Matrix(options.krait, options.suite, options.words)
    for mode in options.mode or suite.MODES:
        for group in options.group or suite.groups():
            matrix.run(mode, group)
    print(sum(matrix.outcomes.values()), 'cases:', ', '.join(f'{n} {kind}' for kind, n in sorted(matrix.outcomes.items())))
    print(f'{matrix.slow} slow in CPython too, {len(matrix.findings)} findings')
    return bool(matrix.findings)


if __name__ == '__main__':
    sys.exit(main())
