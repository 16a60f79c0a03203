"""measure.py KRAIT CPYTHON [--write] [--rounds N] [PROGRAM...]: see run.sh. CPYTHON may be empty."""
import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
REPORT = os.path.join(os.path.dirname(HERE), "docs", "benchmarks.md")
STARTS = [("start-up, -S -E -c pass", ["-S", "-E", "-c", "pass"]), ("start-up, -c pass", ["-c", "pass"])]
START_ROUNDS = 40


def measure(command):
    """User + system seconds and peak memory in KiB of one run.

    Linux hands the parent's peak on to a child, so the small program time(1) stands between where there is one."""
    time_file = f"/tmp/krait-bench-{os.getpid()}"
    timed = ["/usr/bin/time", "-o", time_file, "-f", "%M"] if os.access("/usr/bin/time", os.X_OK) else []
    null = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    whole = timed + command
    pid = os.posix_spawn(whole[0], whole, os.environ, file_actions=null)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: exit status {status}")
    peak = usage.ru_maxrss
    if timed:
        with open(time_file) as file:
            peak = int(file.read())
        os.remove(time_file)
    return usage.ru_utime + usage.ru_stime, peak


def best(interpreters, arguments, rounds):
    """Runs alternate between the interpreters; the least time and memory of each."""
    results = [(math.inf, math.inf) for _ in interpreters]
    for _ in range(rounds):
        for i, interpreter in enumerate(interpreters):
            results[i] = tuple(map(min, results[i], measure([interpreter, *arguments])))
    return results


def row(name, results):
    (seconds, memory), *other = results
    cells = [name, f"{seconds * 1000:.1f}", f"{memory / 1024:.1f}"]
    for other_seconds, other_memory in other:
        cells += [f"{other_seconds * 1000:.1f}", f"{other_memory / 1024:.1f}"]
        cells += [f"{other_seconds / seconds:.2f}x", f"{memory / other_memory:.2f}x"]
    return cells


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def table(rows, header):
    widths = [max(len(line[i]) for line in [header, *rows]) for i in range(len(header))]
    lines = [" | ".join(cell.ljust(width) if not i else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))) for line in [header, *rows]]
    rule = " | ".join("-" * width for width in widths)
    return "\n".join(f"| {line} |" for line in [lines[0], rule, *lines[1:]])


def main(krait, cpython, arguments):
    write = "--write" in arguments
    rounds = int(arguments[arguments.index("--rounds") + 1]) if "--rounds" in arguments else 5
    chosen = [name for name in arguments if not name.startswith("--") and not name.isdigit()]
    interpreters = [krait] + ([cpython] if cpython else [])
    header = ["program", "krait ms", "MiB"] + (["CPython ms", "MiB", "speed", "memory"] if cpython else [])
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    rows, pairs = [], []
    for name, start in [] if chosen else STARTS:
        rows.append(row(name, best(interpreters, start, START_ROUNDS)))
        print(*rows[-1], sep="  ", flush=True)
    for name in chosen or sorted(os.listdir(PROGRAMS)):
        name = name.removesuffix(".py")
        results = best(interpreters, ["-S", "-E", os.path.join(PROGRAMS, name + ".py")], rounds)
        rows.append(row(name, results))
        pairs.append(results)
        print(*rows[-1], sep="  ", flush=True)
    if cpython:
        speed = geometric_mean([theirs[0] / ours[0] for ours, theirs in pairs])
        memory = geometric_mean([ours[1] / theirs[1] for ours, theirs in pairs])
        rows.append(["geometric mean of the programs", "", "", "", "", f"{speed:.2f}x", f"{memory:.2f}x"])
    text = table(rows, header)
    print(text)
    if write:
        with open(REPORT, "w") as file:
            file.write("# Benchmarks\n\n`bench/run.sh build/release/krait --write` on one machine, both interpreters in "
                       "turn, user + system time, best run.\nSpeed: CPython's time by krait's (more is better); memory: "
                       "krait's peak by CPython's (less is better).\n\n" + text + "\n")


main(sys.argv[1], sys.argv[2], sys.argv[3:])
