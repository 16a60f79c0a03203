# Deep recursion raises, and the program goes on.
import sys
def f(n): return f(n + 1)
try:
    f(0)
except RecursionError as e:
    print(e)
class A:
    def __init__(self): A()
try:
    A()
except RecursionError as e:
    print(e)
class L:
    def __getitem__(self, i): return self[i + 1]
try:
    L()[0]
except RecursionError as e:
    print(e)
def gen(n):
    yield from gen(n + 1)
try:
    list(gen(0))
except RecursionError as e:
    print(e)
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
print(depth(800))
