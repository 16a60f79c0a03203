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
