"""A recursive-descent calculator over characters: string indexing, small objects, dispatch by dict."""

class Lexer:
    def __init__(self, text):
        self.text = text
        self.position = 0
        self.token = None
        self.advance()

    def advance(self):
        text, i = self.text, self.position
        while i < len(text) and text[i] == " ":
            i += 1
        if i == len(text):
            self.token = ("end", None)
        elif text[i].isdigit():
            start = i
            while i < len(text) and text[i].isdigit():
                i += 1
            self.token = ("number", int(text[start:i]))
        elif text[i].isalpha():
            start = i
            while i < len(text) and (text[i].isalnum() or text[i] == "_"):
                i += 1
            self.token = ("name", text[start:i])
        else:
            self.token = (text[i], None)
            i += 1
        self.position = i

class Node:
    def __init__(self, kind, *children):
        self.kind = kind
        self.children = children

def expression(lexer):
    node = term(lexer)
    while lexer.token[0] in ("+", "-"):
        kind = lexer.token[0]
        lexer.advance()
        node = Node(kind, node, term(lexer))
    return node

def term(lexer):
    node = factor(lexer)
    while lexer.token[0] in ("*", "%"):
        kind = lexer.token[0]
        lexer.advance()
        node = Node(kind, node, factor(lexer))
    return node

def factor(lexer):
    kind, value = lexer.token
    lexer.advance()
    if kind == "number":
        return Node("number", value)
    if kind == "name":
        return Node("name", value)
    if kind == "-":
        return Node("negate", factor(lexer))
    assert kind == "(", kind
    node = expression(lexer)
    lexer.advance()
    return node

class Evaluator:
    def __init__(self, names):
        self.names = names

    def visit(self, node):
        return getattr(self, "visit_" + self.table.get(node.kind, node.kind))(*node.children)

    table = {"+": "add", "-": "subtract", "*": "multiply", "%": "modulo"}

    def visit_number(self, value):
        return value

    def visit_name(self, name):
        return self.names[name]

    def visit_negate(self, node):
        return -self.visit(node)

    def visit_add(self, a, b):
        return self.visit(a) + self.visit(b)

    def visit_subtract(self, a, b):
        return self.visit(a) - self.visit(b)

    def visit_multiply(self, a, b):
        return self.visit(a) * self.visit(b)

    def visit_modulo(self, a, b):
        return self.visit(a) % self.visit(b)

SOURCE = "alpha * (12 + beta_2) - 7 * -(gamma % 5) + (1 + (2 + (3 + (4 + 5)))) * 100 "
for _ in range(9000):
    tree = expression(Lexer(SOURCE))
for _ in range(15000):
    value = Evaluator({"alpha": 3, "beta_2": 4, "gamma": 13}).visit(tree)
assert value == 3 * 16 + 21 + 1500
