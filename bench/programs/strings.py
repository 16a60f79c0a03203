"""Building, formatting, splitting and searching text."""

def build(rounds):
    text = ""
    parts = []
    for i in range(rounds):
        text += "ab"
        parts.append(f"{i}:{i * 2:>6}|{i / 4:.2f}")
        parts.append("%d-%s" % (i, "x"))
        parts.append("{} {!r}".format(i, "y"))
    return len(text), len(",".join(parts))

def search(rounds):
    line = "The quick brown fox jumps over the lazy dog; name=value; other = 12"
    total = 0
    for i in range(rounds):
        words = line.split()
        total += len(words) + line.find("lazy") + line.count("o")
        total += len(line.replace("fox", "cat").upper().strip())
        if line.startswith("The") and words[0].lower() == "the" and "dog" in line:
            total += 1
        key, _, value = words[-3].partition("=")
        total += len(key) + len(value)
        total += ord(line[i % 60])
    return total

assert build(90000) == (180000, 3522229)
assert search(90000) == 19723500
