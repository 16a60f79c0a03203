"""pickle and copy of nested data."""
import copy
import pickle

class Item:
    def __init__(self, n):
        self.n = n
        self.children = [n, str(n), (n, n / 2)]

data = {"items": [Item(n) for n in range(300)], "names": {str(n): n for n in range(500)}, "set": set(range(100))}
for protocol in (2, 4, 5):
    for _ in range(40):
        again = pickle.loads(pickle.dumps(data, protocol))
    assert again["items"][7].children == [7, "7", (7, 3.5)] and again["names"] == data["names"]
for _ in range(25):
    clone = copy.deepcopy(data)
assert clone["items"][0] is not data["items"][0]
for _ in range(300):
    copy.copy(data["items"][0])
