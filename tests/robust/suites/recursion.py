"""Recursion of every kind: through calls and protocols, chains of objects, nested sources and syntax trees. Ends in a value or an
exception in the main thread and in one of 256 KiB, each with the default recursion limit and with one without bound."""
from . import calls, chains, sources

DEPTH = 100_000
MODES = 'main', 'main-unbounded', 'thread', 'thread-unbounded'
ENDLESS = calls.ENDLESS


def groups():
    return ['calls', 'sources', *(f'chain {name}' for name in chains.LINKS)]


def cases(group):
    if group == 'calls':
        return calls.cases()
    return sources.cases(DEPTH) if group == 'sources' else chains.cases(group.removeprefix('chain '), DEPTH)
