"""What malformed marshal data and byte code show: undefined opcodes, sets cut short."""
import marshal

code = compile('x=1\ny=x', 'a', 'exec')
for opcode in (185, 190, 200, 219, 228, 232, 250, 3, 255, 0):
    print(opcode, code.replace(co_code=bytes([151, 0, opcode, 7]) + code.co_code[4:]).co_code.hex())
for data in (b'>\x02\x00\x00\x00i\x01\x00\x00\x00i\x02\x00\x00\x00', b'\xbe\x00\x00\x00\x00', b'>\x00\x00\x00\x04i\x01\x00\x00\x00{0',
             b'<\x00\x00\x00\x04i\x01\x00\x00\x00{0', b'>\x00\x00\x00\x04i\x01\x00\x00\x00', b'>\x01\x00\x00\x000'):
    try:
        print(marshal.loads(data))
    except Exception as error:
        print(type(error).__name__, error)

# A NULL in a code object makes it one: the container says so, a dict ends there.
part = marshal.dumps(compile('', 'f', 'exec').co_filename, 2)
whole = marshal.dumps(compile('', 'f', 'exec'), 2)
at = whole.find(part)
broken = whole[:at] + b'0' + whole[at + len(part):]
for before, after in ((b'', b''), (b'(\1\0\0\0', b''), (b'[\1\0\0\0', b''), (b'{', b'N0'), (b'<\1\0\0\0', b''), (b'(\1\0\0\0(\1\0\0\0', b'')):
    try:
        print(marshal.loads(before + broken + after))
    except TypeError as error:
        print(error)
