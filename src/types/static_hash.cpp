// Hashes of the built-in types and singletons.
//
// They hash by address, and in CPython these objects lie at fixed addresses: sets of types, or of None and
// numbers, print in an order that programs come to show. So the built-in ones answer with the hashes they
// have there (Debian's 3.11.2), found by name.
#include "types/static_hash.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/hash.h"
#include "types/type.h"

// The bounds of the program's image, from the linker.
extern "C" {
[[gnu::visibility("hidden")]] extern const char __executable_start;
[[gnu::visibility("hidden")]] extern const char _end;
}

namespace krait {
namespace {

struct NamedHash {
  std::string_view name;
  Py_hash_t hash;
};

constexpr Py_hash_t kNoneHash = 611532, kEllipsisHash = 606842, kNotImplementedHash = 606843;
constexpr NamedHash kTypeHashes[] = {
    {"ArithmeticError", 650408},
    {"AssertionError", 650186},
    {"AttributeError", 650474},
    {"BaseException", 610646},
    {"BaseExceptionGroup", 650290},
    {"BlockingIOError", 649562},
    {"BrokenPipeError", 649094},
    {"BufferError", 650160},
    {"BytesWarning", 649848},
    {"ChildProcessError", 649536},
    {"ConnectionAbortedError", 649068},
    {"ConnectionError", 649510},
    {"ConnectionRefusedError", 649042},
    {"ConnectionResetError", 649016},
    {"DeprecationWarning", 649822},
    {"EOFError", 650134},
    {"EncodingMap", 669214},
    {"EncodingWarning", 649796},
    {"Exception", 610796},
    {"FileExistsError", 649484},
    {"FileNotFoundError", 649458},
    {"FloatingPointError", 649900},
    {"FutureWarning", 649770},
    {"GeneratorExit", 650264},
    {"ImportError", 650108},
    {"ImportWarning", 649744},
    {"IndentationError", 649276},
    {"IndexError", 649250},
    {"InterpreterID", 608880},
    {"InterruptedError", 649432},
    {"IsADirectoryError", 649406},
    {"KeyError", 649224},
    {"KeyboardInterrupt", 650238},
    {"LookupError", 650082},
    {"MemoryError", 650056},
    {"ModuleNotFoundError", 649198},
    {"NameError", 650030},
    {"NoneType", 607782},
    {"NotADirectoryError", 649380},
    {"NotImplementedError", 606714},
    {"NotImplementedType", 607738},
    {"OSError", 606790},
    {"OverflowError", 650434},
    {"PendingDeprecationWarning", 649718},
    {"PermissionError", 649354},
    {"ProcessLookupError", 649328},
    {"PyCapsule", 610302},
    {"RecursionError", 649172},
    {"ReferenceError", 650004},
    {"ResourceWarning", 649692},
    {"RuntimeError", 606816},
    {"RuntimeWarning", 649666},
    {"StopAsyncIteration", 649978},
    {"StopIteration", 650526},
    {"SyntaxError", 649952},
    {"SyntaxWarning", 649640},
    {"SystemError", 611172},
    {"SystemExit", 650212},
    {"TabError", 648990},
    {"TimeoutError", 649302},
    {"Token.MISSING", 648658},
    {"TypeError", 650500},
    {"UnboundLocalError", 649146},
    {"UnicodeDecodeError", 648964},
    {"UnicodeEncodeError", 648938},
    {"UnicodeError", 649120},
    {"UnicodeTranslateError", 648912},
    {"UnicodeWarning", 649614},
    {"UnraisableHookArgs", 704360},
    {"UserWarning", 649588},
    {"ValueError", 606740},
    {"Warning", 649926},
    {"ZeroDivisionError", 649874},
    {"_collections._deque_iterator", 672312},
    {"_collections._deque_reverse_iterator", 672286},
    {"_collections._tuplegetter", 672260},
    {"_contextvars.Context", 607028},
    {"_contextvars.ContextVar", 606942},
    {"_contextvars.Token", 606980},
    {"_elementtree._element_iterator", 676458},
    {"_io.BufferedRWPair", 670668},
    {"_io.BufferedRandom", 670642},
    {"_io.BufferedReader", 670720},
    {"_io.BufferedWriter", 670694},
    {"_io.BytesIO", 670824},
    {"_io.FileIO", 670876},
    {"_io.IncrementalNewlineDecoder", 670078},
    {"_io.StringIO", 670772},
    {"_io.TextIOWrapper", 670616},
    {"_io._BufferedIOBase", 670798},
    {"_io._BytesIOBuffer", 670590},
    {"_io._IOBase", 670482},
    {"_io._RawIOBase", 670850},
    {"_io._TextIOBase", 670746},
    {"_pickle.Pdata", 674798},
    {"_pickle.Pickler", 674720},
    {"_pickle.PicklerMemoProxy", 674772},
    {"_pickle.Unpickler", 674694},
    {"_pickle.UnpicklerMemoProxy", 674746},
    {"_socket.socket", 674226},
    {"anext_awaitable", 648684},
    {"async_generator", 609472},
    {"async_generator_asend", 609340},
    {"async_generator_athrow", 609410},
    {"async_generator_wrapped_value", 609304},
    {"asyncgen_hooks", 704386},
    {"bool", 610690},
    {"builtin_function_or_method", 607938},
    {"builtin_method", 607886},
    {"bytearray", 610534},
    {"bytearray_iterator", 610370},
    {"bytes", 611250},
    {"bytes_iterator", 610336},
    {"callable_iterator", 608802},
    {"cell", 610276},
    {"classmethod", 608964},
    {"classmethod_descriptor", 609808},
    {"code", 611396},
    {"collections.OrderedDict", 608224},
    {"collections.defaultdict", 672338},
    {"collections.deque", 672364},
    {"complex", 610094},
    {"coroutine", 609536},
    {"coroutine_wrapper", 609374},
    {"datetime.IsoCalendarDate", 674408},
    {"datetime.date", 674304},
    {"datetime.datetime", 674330},
    {"datetime.time", 674278},
    {"datetime.timedelta", 674252},
    {"datetime.timezone", 674382},
    {"datetime.tzinfo", 674356},
    {"dict", 608638},
    {"dict_itemiterator", 608468},
    {"dict_items", 608354},
    {"dict_keyiterator", 608442},
    {"dict_keys", 608416},
    {"dict_reverseitemiterator", 608520},
    {"dict_reversekeyiterator", 608552},
    {"dict_reversevalueiterator", 608494},
    {"dict_valueiterator", 608316},
    {"dict_values", 608290},
    {"ellipsis", 607338},
    {"enumerate", 609644},
    {"fieldnameiterator", 669188},
    {"filter", 607120},
    {"float", 609168},
    {"formatteriterator", 669162},
    {"frame", 609090},
    {"frozenset", 611506},
    {"function", 609026},
    {"generator", 609278},
    {"generic_alias_iterator", 648632},
    {"getset_descriptor", 609748},
    {"hamt", 648450},
    {"hamt_array_node", 648528},
    {"hamt_bitmap_node", 648502},
    {"hamt_collision_node", 648476},
    {"instancemethod", 610244},
    {"int", 611276},
    {"items", 648606},
    {"iterator", 608836},
    {"itertools._grouper", 672454},
    {"itertools._tee", 672428},
    {"itertools._tee_dataobject", 672402},
    {"itertools.accumulate", 672922},
    {"itertools.chain", 672714},
    {"itertools.combinations", 672896},
    {"itertools.combinations_with_replacement", 672870},
    {"itertools.compress", 672688},
    {"itertools.count", 672636},
    {"itertools.cycle", 672844},
    {"itertools.dropwhile", 672818},
    {"itertools.filterfalse", 672662},
    {"itertools.groupby", 672480},
    {"itertools.islice", 672766},
    {"itertools.pairwise", 672584},
    {"itertools.permutations", 672558},
    {"itertools.product", 672532},
    {"itertools.repeat", 672506},
    {"itertools.starmap", 672740},
    {"itertools.takewhile", 672792},
    {"itertools.zip_longest", 672610},
    {"keys", 648580},
    {"line_iterator", 675390},
    {"list", 608704},
    {"list_iterator", 608772},
    {"list_reverseiterator", 608738},
    {"longrange_iterator", 607656},
    {"managedbuffer", 608052},
    {"map", 607090},
    {"mappingproxy", 609980},
    {"member_descriptor", 609782},
    {"memory_iterator", 648424},
    {"memoryview", 608026},
    {"method", 610206},
    {"method-wrapper", 610032},
    {"method_descriptor", 609856},
    {"module", 611480},
    {"moduledef", 607844},
    {"object", 610620},
    {"odict_items", 608112},
    {"odict_iterator", 608254},
    {"odict_keys", 608082},
    {"odict_values", 608142},
    {"pickle.PickleBuffer", 648736},
    {"positions_iterator", 674192},
    {"property", 609912},
    {"range", 607622},
    {"range_iterator", 607690},
    {"reversed", 609678},
    {"set", 607550},
    {"set_iterator", 607412},
    {"slice", 607380},
    {"staticmethod", 608922},
    {"stderrprinter", 609216},
    {"str", 611224},
    {"str_ascii_iterator", 648398},
    {"str_iterator", 607274},
    {"super", 610570},
    {"symtable entry", 648710},
    {"sys.flags", 704412},
    {"sys.float_info", 704334},
    {"sys.hash_info", 704464},
    {"sys.int_info", 704308},
    {"sys.thread_info", 704504},
    {"sys.version_info", 704438},
    {"traceback", 606900},
    {"tuple", 611198},
    {"tuple_iterator", 607308},
    {"type", 611146},
    {"types.GenericAlias", 609612},
    {"types.SimpleNamespace", 607818},
    {"types.UnionType", 648372},
    {"values", 648554},
    {"weakref.CallableProxyType", 607146},
    {"weakref.ProxyType", 607204},
    {"weakref.ReferenceType", 607240},
    {"wrapper_descriptor", 609714},
    {"xml.etree.ElementTree.Element", 676406},
    {"xml.etree.ElementTree.TreeBuilder", 676432},
    {"xml.etree.ElementTree.XMLParser", 676380},
    {"xxsubtype.spamdict", 677258},
    {"xxsubtype.spamlist", 677232},
    {"zip", 607060},
};
static_assert(std::ranges::is_sorted(kTypeHashes, {}, &NamedHash::name));

Py_hash_t findHash(PyObject* object) {
  if (object == Py_None) return kNoneHash;
  if (object == Py_Ellipsis) return kEllipsisHash;
  if (object == Py_NotImplemented) return kNotImplementedHash;
  if (isExact(object, &PyType_Type)) {
    std::string_view name = reinterpret_cast<PyTypeObject*>(object)->tp_name;
    auto* found = std::ranges::lower_bound(kTypeHashes, name, {}, &NamedHash::name);
    if (found != std::end(kTypeHashes) && found->name == name) return found->hash;
  }
  return hashPointer(object);
}

// Answers given before. Never full: the image has fewer objects that hash by address.
struct Known {
  PyObject* object;
  Py_hash_t hash;
};
std::array<Known, 1024> known;

}  // namespace

bool isInImage(const void* object) {
  auto* at = static_cast<const char*>(object);
  return at >= &__executable_start && at < &_end;
}

Py_hash_t staticObjectHash(PyObject* object) {
  size_t at = static_cast<size_t>(hashPointer(object)) % known.size();
  while (known[at].object && known[at].object != object) at = (at + 1) % known.size();
  if (!known[at].object) known[at] = {object, findHash(object)};
  return known[at].hash;
}

}  // namespace krait
