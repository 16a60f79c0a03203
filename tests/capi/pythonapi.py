# Functions of the C API that nothing in the library calls, through ctypes.
import ctypes, sys
from ctypes import byref, c_char_p, c_double, c_int, c_long, c_ssize_t, c_ulong, c_void_p, c_wchar_p, create_string_buffer, py_object

api = ctypes.pythonapi

def function(name, result, *arguments):
    f = getattr(api, name)
    f.restype, f.argtypes = result, arguments
    return f

def borrowed(name, *arguments):  # ctypes would take over the reference of a py_object
    f = function(name, c_void_p, *arguments)
    return lambda *values: ctypes.cast(f(*values), py_object).value

def show(call, *arguments):
    try:
        print(repr(call(*arguments)))
    except Exception as error:
        print(type(error).__name__, error)

# --- numbers as text ---
to_double = function("PyOS_string_to_double", c_double, c_char_p, c_void_p, py_object)
for text in (b"1.5", b"-inf", b"1e400", b"", b"1x", b" 1"):
    show(to_double, text, None, OverflowError)
to_ulong = function("PyOS_strtoul", c_ulong, c_char_p, c_void_p, c_int)
to_long = function("PyOS_strtol", c_long, c_char_p, c_void_p, c_int)
for text, base in ((b"  12z", 10), (b"0x1f", 0), (b"0x1f", 16), (b"0b101", 0), (b"0o17", 0), (b"0017", 0), (b"0xg", 0),
                   (b"99999999999999999999", 10), (b"zz", 36), (b"7", 1)):
    show(to_ulong, text, None, base)
for text in (b"-12", b"+9223372036854775807", b"-9223372036854775808", b"-9223372036854775809"):
    show(to_long, text, None, 10)
to_text = function("PyOS_double_to_string", c_void_p, c_double, ctypes.c_char, c_int, c_int, c_void_p)
kind = c_int()
for value, code, precision, flags in ((0.1, b"r", 0, 2), (3.0, b"r", 0, 2), (3.0, b"r", 0, 0), (2.5, b"E", 3, 1),
                                      (float("nan"), b"F", 0, 0), (1e10, b"g", 4, 4), (-0.01, b"f", 0, 8)):
    print(ctypes.string_at(to_text(value, code, precision, flags, byref(kind))), kind.value)

# --- packed floats ---
buffer = create_string_buffer(8)
for size in (2, 4, 8):
    pack = function(f"PyFloat_Pack{size}", c_int, c_double, c_char_p, c_int)
    unpack = function(f"PyFloat_Unpack{size}", c_double, c_char_p, c_int)
    for little in (0, 1):
        pack(1.25, buffer, little)
        print(buffer.raw[:size], unpack(buffer, little))
    show(pack, 1e300, buffer, 0)

# --- bytes ---
print(function("PyBytes_FromFormat", py_object, c_char_p)(b"%d|%5i|%ld|%s|%.2s|%c|%%|%x|%zu|%y", 7, 8, c_long(-9), b"abc", b"xyz",
                                                           65, 255, c_ssize_t(5)))
print(function("PyByteArray_Concat", py_object, py_object, py_object)(bytearray(b"a"), b"b"))
print(function("PyByteArray_FromObject", py_object, py_object)([1, 2]))
print(function("PyBytes_DecodeEscape", py_object, c_char_p, c_ssize_t, c_char_p, c_ssize_t, c_char_p)(b"a\\n\\x41", 7, None, 0, None))

# --- code, functions, frames ---
empty = function("PyCode_NewEmpty", py_object, c_char_p, c_char_p, c_int)(b"file.py", b"name", 12)
print(empty.co_filename, empty.co_name, empty.co_firstlineno, list(empty.co_lines()))
try:
    exec(empty)
except AssertionError as error:
    print("AssertionError", error.__traceback__.tb_next.tb_lineno)

def sample(a, b=2, *, c=3) -> int: return a
new = function("PyFunction_New", py_object, py_object, py_object)(sample.__code__, globals())
function("PyFunction_SetDefaults", c_int, py_object, py_object)(new, (5,))
function("PyFunction_SetKwDefaults", c_int, py_object, py_object)(new, {"c": 4})
print(new.__defaults__, new.__kwdefaults__, borrowed("PyFunction_GetAnnotations", py_object)(sample))
show(function("PyFunction_SetDefaults", c_int, py_object, py_object), new, 3)
frame = sys._getframe()
print(function("PyFrame_GetCode", py_object, py_object)(frame) is frame.f_code,
      function("PyFrame_GetLineNumber", c_int, py_object)(frame) == frame.f_lineno)

# --- source text ---
compile_text = function("Py_CompileString", py_object, c_char_p, c_char_p, c_int)
print(eval(compile_text(b"6 * 7", b"<x>", 258)))
show(compile_text, b"6 *", b"<x>", 258)
run = function("PyRun_String", py_object, c_char_p, c_int, py_object, py_object)
namespace = {}
run(b"import math\nx = math.floor(2.5)", 257, namespace, namespace)
print(namespace["x"])

# --- files, the process ---
function("PyFile_WriteString", c_int, c_char_p, py_object)(b"text\n", sys.stdout)
function("PyFile_WriteObject", c_int, py_object, py_object, c_int)("repr", sys.stdout, 0)
print()
print(function("Py_GetPlatform", c_char_p)(), c_ulong.in_dll(api, "Py_Version").value == sys.hexversion)
print(borrowed("PyThreadState_GetDict")() is borrowed("PyThreadState_GetDict")())
print(function("_Py_normpath", c_wchar_p, c_wchar_p, c_ssize_t)(ctypes.create_unicode_buffer("/a/./b//../c/"), -1))
print([hex(c_int.in_dll(api, flag).value) for flag in ("Py_OptimizeFlag", "Py_VerboseFlag", "Py_IsolatedFlag", "Py_UTF8Mode")])

# --- instructions, ordered dicts, pickle buffers ---
import opcode, pickle
effect = function("PyCompile_OpcodeStackEffectWithJump", c_int, c_int, c_int, c_int)
for name in ("LOAD_CONST", "FOR_ITER", "CALL", "BUILD_LIST"):
    print(name, [effect(opcode.opmap[name], 3, jump) for jump in (0, 1, -1)])
print(effect(255, 0, 0), effect(-7, 0, 0))
ordered = function("PyODict_New", py_object)()
function("PyODict_SetItem", c_int, py_object, py_object, py_object)(ordered, "k", 1)
print(ordered)
show(function("PyODict_DelItem", c_int, py_object, py_object), ordered, "z")
buffer = function("PyPickleBuffer_FromObject", py_object, py_object)(b"abc")
print(bytes(buffer), function("PyPickleBuffer_Release", c_int, py_object)(buffer))
show(function("PyPickleBuffer_GetBuffer", c_void_p, py_object), buffer)
show(function("PyPickleBuffer_GetBuffer", c_void_p, py_object), 3)

# --- characters, keywords and errors of the evaluator's own kind ---
upper, lower, title, fold = (function(f"_PyUnicode_To{form}Full", c_int, ctypes.c_uint32, c_void_p)
                             for form in ("Upper", "Lower", "Title", "Folded"))
for character in "a\xdf\u0130\ufb03\u1f80":
    for map_full in (upper, lower, title, fold):
        mapped = (ctypes.c_uint32 * 3)()
        count = map_full(ord(character), mapped)
        print(count, ascii("".join(map(chr, mapped[:count]))), end="; ")
    print()
values = (py_object * 2)(1, "x")
print(function("_PyStack_AsDict", py_object, c_void_p, py_object)(values, ("a", "b")))
thread = function("PyThreadState_Get", c_void_p)()
dict_call = function("_PyObject_FastCallDictTstate", py_object, c_void_p, py_object, c_void_p, c_ssize_t, py_object)
show(dict_call, thread, dict, None, 0, {"k": 1})
show(function("_PyObject_Call", py_object, c_void_p, py_object, py_object, py_object), thread, sorted, ([2, 1],), {"reverse": True})
show(function("_PyErr_SetString", c_int, c_void_p, py_object, c_char_p), thread, KeyError, b"text")
show(function("_PyErr_SetObject", c_int, c_void_p, py_object, py_object), thread, KeyError, (1, 2))
show(function("_PyErr_SetNone", c_int, c_void_p, py_object), thread, IndexError)
show(function("_PyErr_Format", c_void_p, c_void_p, py_object, c_char_p, c_int), thread, OSError, b"%d", 5)
show(function("_PyErr_NoMemory", c_void_p, c_void_p), thread)
prepend = function("_PyObject_Call_Prepend", py_object, c_void_p, py_object, py_object, py_object, py_object)
show(prepend, thread, print, 1, (2, 3), {"sep": "-"})
show(prepend, thread, min, 4, (3,), {})
get_method = function("_PyObject_GetMethod", c_int, py_object, py_object, c_void_p)
for owner, attribute in (([], "append"), (sys, "getsizeof"), (ctypes.Structure, "mro"), (new, "__call__")):
    method = py_object()
    print(get_method(owner, attribute, byref(method)), type(method.value).__name__)
show(get_method, 3, "nothing", byref(py_object()))
merge = function("_PyDict_MergeEx", c_int, py_object, py_object, c_int)
target = {"a": 1}
print(merge(target, {"a": 2, "b": 3}, 0), target, merge(target, {"a": 4}, 1), target)
show(merge, target, {"c": 5, "b": 6}, 2)

# --- a getter that answers null without an exception ---
class Silent: pass

class Definition(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("get", ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p)), ("set", c_void_p),
                ("doc", c_char_p), ("closure", c_void_p)]

definition = Definition(b"quiet", Definition._fields_[1][1](lambda object, closure: None))
Silent.quiet = function("PyDescr_NewGetSet", py_object, py_object, c_void_p)(Silent, ctypes.addressof(definition))
for _ in range(20):
    answer = getattr(Silent(), "quiet", "default"), hasattr(Silent(), "quiet")
print(answer)
for _ in range(20):
    try:
        Silent().quiet
    except SystemError as error:
        answer = error
print(repr(answer))

# --- a class that gets attributes before it is ready ---
unready = function("PyType_GenericAlloc", c_void_p, py_object, c_ssize_t)(type, 0)
function("PyObject_GC_UnTrack", None, c_void_p)(unready)  # it stays unready
dict_slot = py_object.from_address(unready + 264)  # tp_dict
set_attribute = function("PyObject_SetAttrString", c_int, c_void_p, c_char_p, py_object)
for name, value in ((b"__orig_bases__", (1, 2)), (b"plain", 3), (b"plain", 4)):
    print(set_attribute(unready, name, value), dict_slot.value)
