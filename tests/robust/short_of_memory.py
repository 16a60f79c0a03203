"""Calls in processes whose address space ends shortly above what is in use."""
import os
import resource


def address_space():
    with open('/proc/self/statm') as sizes:
        return int(sizes.read().split()[0]) * resource.getpagesize()


def outcome(call, room, failures):
    """The exit status of a process that makes the call with so much room, where the failures are nothing unusual."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            limit = address_space() + room
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            try:
                call()
            except failures:
                pass
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def show_outcomes(calls, failures, rooms):
    for name, call in calls.items():
        print(name, sorted({outcome(call, megabytes << 20, failures) for megabytes in rooms}), flush=True)
