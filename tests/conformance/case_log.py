"""Runs one module of CPython's test suite and logs each case as it ends: "pass ID", "fail ID" or "skip ID".

usage: krait case_log.py MODULE LOGFILE

Tests are found and run as regrtest does it. The log is written line by line, so that a crash keeps what came before it.
"""
import importlib
import os
import sys
import unittest


class LoggingResult(unittest.TextTestResult):
    log = -1
    failed_subtests = ()

    def note(self, word, test):
        case = test.test_case if type(test).__name__ == '_SubTest' else test
        os.write(self.log, f'{word} {type(case).id(case)}\n'.replace('\r', ' ').encode('utf-8', 'backslashreplace'))

    def startTest(self, test):
        self.failed_subtests = []
        super().startTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note('pass', test)

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.note('pass', test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.note('fail', test)

    def addError(self, test, error):
        super().addError(test, error)
        self.note('fail', test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note('skip', test)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None and test not in self.failed_subtests:
            self.failed_subtests.append(test)
            self.note('fail', test)


# Waits for a connection that some hosts never make, under CPython too.
NEVER_ENDING = ('test.test_socket.ThreadedVSOCKSocketStreamTest.',)


def ending(suite):
    """The suite without the cases that may never end."""
    kept = unittest.TestSuite()
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            kept.addTest(ending(test))
        elif not test.id().startswith(NEVER_ENDING):
            kept.addTest(test)
    return kept


def main():
    module_name, log_path = sys.argv[1:]
    sys.path[0] = os.getcwd()
    LoggingResult.log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    from test import support
    support.verbose = 0
    support.use_resources = ('cpu',)  # no network, no windows, no sound, nothing that takes minutes
    module = importlib.import_module('test.' + module_name)
    runner = unittest.TextTestRunner(resultclass=LoggingResult, verbosity=0)
    if hasattr(module, 'test_main'):
        support.get_test_runner = lambda *args, **kwargs: runner
        module.test_main()
    else:
        runner.run(ending(unittest.defaultTestLoader.loadTestsFromModule(module)))


if __name__ == '__main__':
    main()
