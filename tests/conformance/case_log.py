"""Runs one module of CPython's test suite and logs each case as it ends: "pass ID", "fail ID" or "skip ID".

usage: krait case_log.py MODULE LOGFILE

The log is written line by line, so that a crash keeps what came before it.
"""
import os
import sys
import unittest


class LoggingResult(unittest.TextTestResult):
    log = -1
    failed_subtests = ()

    def note(self, word, test):
        case = getattr(test, 'test_case', test)
        os.write(self.log, f'{word} {case.id()}\n'.replace('\r', ' ').encode('utf-8', 'backslashreplace'))

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


def main():
    module_name, log_path = sys.argv[1:]
    sys.path[0] = os.getcwd()
    LoggingResult.log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    from test import support
    support.verbose = 0
    suite = unittest.defaultTestLoader.loadTestsFromName('test.' + module_name)
    unittest.TextTestRunner(resultclass=LoggingResult, verbosity=0).run(suite)


if __name__ == '__main__':
    main()
