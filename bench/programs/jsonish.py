"""A JSON reader and writer in Python, beside the library's."""
import json

def skip(text, i):
    while text[i] in " \n\t,:":
        i += 1
    return i

def parse(text, i=0):
    i = skip(text, i)
    c = text[i]
    if c == "{":
        result = {}
        i = skip(text, i + 1)
        while text[i] != "}":
            key, i = parse(text, i)
            result[key], i = parse(text, i)
            i = skip(text, i)
        return result, i + 1
    if c == "[":
        items = []
        i = skip(text, i + 1)
        while text[i] != "]":
            item, i = parse(text, i)
            items.append(item)
            i = skip(text, i)
        return items, i + 1
    if c == '"':
        end = text.index('"', i + 1)
        return text[i + 1:end], end + 1
    start = i
    while text[i].isalnum() or text[i] in "+-.":
        i += 1
    word = text[start:i]
    constants = {"true": True, "false": False, "null": None}
    if word in constants:
        return constants[word], i
    return (float(word) if "." in word else int(word)), i

def write(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {write(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    if isinstance(value, str):
        return '"' + value + '"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)

document = {"items": [{"id": n, "name": "item %d" % n, "tags": ["a", "b"], "price": n / 4, "live": n % 2 == 0,
                       "next": None} for n in range(120)]}
text = write(document)
assert json.loads(text) == document
for _ in range(40):
    assert parse(text)[0] == document
    assert write(document) == text
for _ in range(300):
    assert json.loads(json.dumps(document)) == document
