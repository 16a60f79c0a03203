import logging
import unittest
import warnings


class TestInventory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stock = {"rope": 3, "paint": 12}

    def setUp(self):
        self.addCleanup(lambda: None)

    def test_total(self):
        """The total counts everything."""
        self.assertEqual(sum(self.stock.values()), 15)

    def test_kinds(self):
        for kind in ("rope", "paint", "tar"):
            with self.subTest(kind=kind, length=len(kind)):
                self.assertIn(kind, self.stock)

    @unittest.skip("no delivery on Sundays")
    def test_delivery(self):
        self.fail()

    @unittest.expectedFailure
    def test_known(self):
        self.assertTrue(self.stock["rope"] > 5)

    @unittest.expectedFailure
    def test_surprise(self):
        pass

    def test_raises(self):
        with self.assertRaisesRegex(KeyError, "ta+r") as caught:
            self.stock["tar"]
        self.assertEqual(caught.exception.args, ("tar",))

    def test_logs(self):
        with self.assertLogs("shop", level="INFO") as logs:
            logging.getLogger("shop").warning("low on %s", "rope")
        self.assertEqual(logs.output, ["WARNING:shop:low on rope"])

    def test_warns(self):
        with self.assertWarns(DeprecationWarning):
            warnings.warn("old", DeprecationWarning)


class TestFailures(unittest.TestCase):
    def test_dict_diff(self):
        self.assertEqual({"a": 1, "b": [1, 2, 3]}, {"a": 1, "b": [1, 2, 4], "c": None})

    def test_text_diff(self):
        self.assertMultiLineEqual("one\ntwo\nthree\n", "one\n2\nthree\n")

    def test_lists(self):
        self.assertListEqual(list(range(5)), [0, 1, 2, 4, 4])

    def test_error(self):
        rope = {}
        print("about to fail")
        return rope["length"] + 1

    def test_chain(self):
        try:
            int("x")
        except ValueError as error:
            raise RuntimeError("wrapped") from error

    def test_almost(self):
        self.assertAlmostEqual(1.0, 1.1, msg="not close")

    def test_no_logs(self):
        with self.assertNoLogs():
            logging.error("boo")


class TestBroken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError("no database")

    def test_never(self):
        pass


class TestAsync(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.value = 41

    async def test_await(self):
        import asyncio
        await asyncio.sleep(0)
        self.assertEqual(self.value, 42)


if __name__ == "__main__":
    unittest.main()
