# Numbers that do not fit where C code wants them, and which argument is looked at first.
import _imp
import _thread
import ast
import asyncio
import binascii
import csv
import datetime
import os
import threading
import time


def attempt(label, function):
    try:
        print(label, function())
    except Exception as error:
        print(label, type(error).__name__, error)


for value in 2**31, -2**31 - 1, 2**63, -2**70, 1.5:
    attempt("date", lambda: datetime.date(value, 1, 1))
    attempt("datetime", lambda: datetime.datetime(1, 1, 1, minute=value))
    attempt("time", lambda: datetime.time(fold=value))
    attempt("replace", lambda: datetime.date(1, 1, 1).replace(day=value))
    attempt("stat", lambda: os.stat(value))
    attempt("truncate", lambda: os.truncate(value, 1))
    attempt("dup", lambda: os.dup(value))
    attempt("utime", lambda: os.utime("/nonexistent/x", (value, 0)))
    attempt("utime ns", lambda: os.utime("/nonexistent/x", ns=(value, 0)))
    attempt("clock_settime_ns", lambda: time.clock_settime_ns(99, value))
for lock in _thread.allocate_lock(), threading.RLock():
    for arguments in (True, -5), (True, -0.5), (False, 1), (True, 1e300), (True, 2**70), (True, float("nan")):
        attempt("acquire", lambda: lock.acquire(*arguments))
attempt("base64", lambda: binascii.a2b_base64(memoryview(b"abcd")[::2]))
attempt("base64", lambda: binascii.a2b_base64(b"a", strict_mode="yes"))
attempt("base64", lambda: binascii.b2a_base64(b"a", newline=0))
attempt("qp", lambda: binascii.b2a_qp(b"a b", quotetabs=None))
attempt("qp", lambda: binascii.b2a_qp(b"a b", quotetabs=1))
attempt("csv", lambda: csv.writer(1, "no such dialect"))
attempt("csv", lambda: csv.Dialect(**{1: 2}))
attempt("code", lambda: _imp._fix_co_filename(1, 1))
attempt("code", lambda: _imp._fix_co_filename((lambda: 0).__code__, 1))
attempt("buffer", lambda: int(memoryview(b"1234")[::2]))
attempt("buffer", lambda: float(memoryview(b"1234")[::2]))
attempt("buffer", lambda: float(memoryview(b"12")))
attempt("zip", lambda: zip(**{1: 2}))
attempt("newline", lambda: open(os.devnull, newline="q"))
attempt("ast", lambda: ast.AST(1))


async def over_a_list():
    async for _ in [1, 2]:
        pass


attempt("async for", lambda: asyncio.run(over_a_list()))
