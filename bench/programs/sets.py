"""Set building, membership and algebra."""

def graph(n):
    return {i: {(i * 7 + k) % n for k in range(6)} for i in range(n)}

def reachable(edges, start):
    seen, todo = {start}, [start]
    while todo:
        node = todo.pop()
        for other in edges[node]:
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return len(seen)

def algebra(rounds):
    evens, threes = set(range(0, 60, 2)), set(range(0, 60, 3))
    total = 0
    for i in range(rounds):
        total += len(evens & threes) + len(evens | threes) + len(evens - threes) + len(evens ^ threes)
        if {2, 4} <= evens and i not in threes:
            total += 1
        evens.discard(i)
        if i < 60 and i % 2 == 0:
            evens.add(i)
    return total

edges = graph(20000)
assert [reachable(edges, k) for k in range(0, 20000, 3000)] == [20000] * 7
assert algebra(60000) == 6059980
