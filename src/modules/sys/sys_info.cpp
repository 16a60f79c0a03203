// sys: facts about this interpreter, its limits and its memory.
#include <dlfcn.h>
#include <gnu/libc-version.h>

#include <cfloat>

#include "core/c_stack.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/thread.h"
#include "modules/sys/sys.h"
#include "types/bool.h"
#include "types/exceptions.h"
#include "types/float.h"
#include "types/free_list.h"
#include "types/int.h"
#include "types/misc_objects.h"
#include "types/struct_seq.h"

namespace krait::modules {
namespace {

// --- struct sequences --------------------------------------------------------------------------------------

PyStructSequence_Field kFlagFields[] = {{"debug", "-d"},
                                        {"inspect", "-i"},
                                        {"interactive", "-i"},
                                        {"optimize", "-O or -OO"},
                                        {"dont_write_bytecode", "-B"},
                                        {"no_user_site", "-s"},
                                        {"no_site", "-S"},
                                        {"ignore_environment", "-E"},
                                        {"verbose", "-v"},
                                        {"bytes_warning", "-b"},
                                        {"quiet", "-q"},
                                        {"hash_randomization", "-R"},
                                        {"isolated", "-I"},
                                        {"dev_mode", "-X dev"},
                                        {"utf8_mode", "-X utf8"},
                                        {"warn_default_encoding", "-X warn_default_encoding"},
                                        {"safe_path", "-P"},
                                        {"int_max_str_digits", "-X int_max_str_digits"},
                                        {nullptr, nullptr}};
PyStructSequence_Desc kFlagsDesc{"sys.flags", "Command line flags and environment settings in force.",
                                 kFlagFields, 18};

PyStructSequence_Field kVersionFields[] = {
    {"major", "Major release number"},   {"minor", "Minor release number"},
    {"micro", "Patch release number"},   {"releaselevel", "'alpha', 'beta', 'candidate', or 'final'"},
    {"serial", "Serial release number"}, {nullptr, nullptr}};
PyStructSequence_Desc kVersionDesc{"sys.version_info", "Version of the language, as a tuple.", kVersionFields,
                                   5};

PyStructSequence_Field kFloatFields[] = {{"max", "largest finite float"},
                                         {"max_exp", "largest binary exponent"},
                                         {"max_10_exp", "largest decimal exponent"},
                                         {"min", "smallest normal positive float"},
                                         {"min_exp", "smallest binary exponent"},
                                         {"min_10_exp", "smallest decimal exponent"},
                                         {"dig", "decimal digits that survive a round trip"},
                                         {"mant_dig", "bits of the mantissa"},
                                         {"epsilon", "distance from 1.0 to the next float"},
                                         {"radix", "base of the exponent"},
                                         {"rounds", "rounding mode of arithmetic"},
                                         {nullptr, nullptr}};
PyStructSequence_Desc kFloatDesc{"sys.float_info", "Properties of the float type.", kFloatFields, 11};

PyStructSequence_Field kHashFields[] = {{"width", "bits of a hash value"},
                                        {"modulus", "prime modulus of numeric hashes"},
                                        {"inf", "hash of positive infinity"},
                                        {"nan", "unused"},
                                        {"imag", "multiplier of imaginary parts"},
                                        {"algorithm", "algorithm for str and bytes"},
                                        {"hash_bits", "output bits of the algorithm"},
                                        {"seed_bits", "bits of its seed"},
                                        {"cutoff", "length up to which short strings hash differently"},
                                        {nullptr, nullptr}};
PyStructSequence_Desc kHashDesc{"sys.hash_info", "Parameters of hashing.", kHashFields, 9};

PyStructSequence_Field kIntFields[] = {{"bits_per_digit", "bits of a digit"},
                                       {"sizeof_digit", "bytes of a digit"},
                                       {"default_max_str_digits", "default limit of text conversion"},
                                       {"str_digits_check_threshold", "lengths up to this are never limited"},
                                       {nullptr, nullptr}};
PyStructSequence_Desc kIntDesc{"sys.int_info", "Internals of the int type.", kIntFields, 4};

PyStructSequence_Field kThreadFields[] = {{"name", "thread implementation"},
                                          {"lock", "lock implementation"},
                                          {"version", "library version"},
                                          {nullptr, nullptr}};
PyStructSequence_Desc kThreadDesc{"sys.thread_info", "The thread implementation.", kThreadFields, 3};

// Static types, readied once for all interpreters. kSingleton: only sys makes an instance, calls are refused.
constexpr unsigned long kSingleton = Py_TPFLAGS_DISALLOW_INSTANTIATION;
constinit PyTypeObject version_type{}, flags_type{}, float_type{}, hash_type{}, int_type{}, thread_type{};

Result<PyTypeObject*> readyOnce(PyTypeObject* type, PyStructSequence_Desc& desc, unsigned long flags = 0) {
  if (!type->tp_dict) TRY(structSeqTypeInit(type, &desc, flags));
  return type;
}

class Fields {
 public:
  explicit Fields(TupleObject* seq) : seq_(seq) {}
  void add(Result<Ref<>> value) {
    if (failed_ || value.failed())
      failed_ = true;
    else
      structSeqSet(seq_, next_++, std::move(value).take());
  }
  void add(long value) { add(intObject(value)); }
  void add(double value) { add(floatObject(value)); }
  void add(const char* text) { add(Result<Ref<>>(strFromUtf8(text))); }
  bool failed() const { return failed_; }

 private:
  TupleObject* seq_;
  Py_ssize_t next_ = 0;
  bool failed_ = false;
};

template <class F>
Result<Ref<TupleObject>> fill(PyTypeObject* type, F&& add_all) {
  Ref<TupleObject> seq = TRY(structSeqNew(type));
  Fields fields(seq);
  add_all(fields);
  if (fields.failed()) return Raised{};
  return seq;
}

Result<Ref<TupleObject>> versionInfo() {
  PyTypeObject* type = TRY(readyOnce(&version_type, kVersionDesc, kSingleton));
  return fill(type, [](Fields& f) { f.add(3L), f.add(11L), f.add(2L), f.add("final"), f.add(0L); });
}

Result<Ref<TupleObject>> floatInfo() {
  PyTypeObject* type = TRY(readyOnce(&float_type, kFloatDesc));
  return fill(type, [](Fields& f) {
    f.add(DBL_MAX), f.add(long{DBL_MAX_EXP}), f.add(long{DBL_MAX_10_EXP}), f.add(DBL_MIN),
        f.add(long{DBL_MIN_EXP});
    f.add(long{DBL_MIN_10_EXP}), f.add(long{DBL_DIG}), f.add(long{DBL_MANT_DIG}), f.add(DBL_EPSILON);
    f.add(long{FLT_RADIX}), f.add(1L);
  });
}

Result<Ref<TupleObject>> hashInfo() {
  PyTypeObject* type = TRY(readyOnce(&hash_type, kHashDesc));
  return fill(type, [](Fields& f) {
    f.add(64L), f.add((1L << 61) - 1), f.add(314159L), f.add(0L), f.add(1000003L), f.add("siphash13"),
        f.add(64L);
    f.add(128L), f.add(0L);
  });
}

Result<Ref<TupleObject>> intInfo() {
  PyTypeObject* type = TRY(readyOnce(&int_type, kIntDesc));
  return fill(type, [](Fields& f) { f.add(long{kDigitBits}), f.add(4L), f.add(4300L), f.add(640L); });
}

Result<Ref<TupleObject>> threadInfo() {
  PyTypeObject* type = TRY(readyOnce(&thread_type, kThreadDesc));
  std::string version = std::string("NPTL ") + gnu_get_libc_version();
  return fill(type, [&](Fields& f) { f.add("pthread"), f.add("semaphore"), f.add(version.c_str()); });
}

Result<Ref<>> implementation(PyObject* version_info) {
  Ref<DictObject> dict = TRY(dictNew());
  TRY(dictSet(dict, "name", TRY(strLiteral("cpython")).get()));
  TRY(dictSet(dict, "cache_tag", TRY(strLiteral("cpython-311")).get()));
  TRY(dictSet(dict, "version", version_info));
  TRY(dictSet(dict, "hexversion", TRY(intFromLong(0x030b02f0)).get()));
  TRY(dictSet(dict, "_multiarch", TRY(strLiteral("x86_64-linux-gnu")).get()));
  return namespaceNew(dict.get());
}

// sys._krait: who we really are.
Result<Ref<>> kraitNamespace() {
  Ref<DictObject> dict = TRY(dictNew());
  TRY(dictSet(dict, "version", TRY(strLiteral(KRAIT_VERSION)).get()));
  TRY(dictSet(dict, "tiers", TRY(tupleOf(TRY(strLiteral("interpreter")).get())).get()));
  return namespaceNew(dict.get());
}

#define KR_STRINGIFY_(x) #x
#define KR_STRINGIFY(x) KR_STRINGIFY_(x)
constexpr const char* kVersionText =
    "3.11.2 (krait " KRAIT_VERSION ", " __DATE__ ", " __TIME__ ") [Clang " KR_STRINGIFY(
        __clang_major__) "." KR_STRINGIFY(__clang_minor__) "." KR_STRINGIFY(__clang_patchlevel__) "]";
constexpr const char* kCopyright =
    "Krait: copyright of its authors, MIT licence. The Python language and standard library: Copyright (c) "
    "2001-2023 "
    "Python Software Foundation.";

// --- functions ---------------------------------------------------------------------------------------------

Result<Ref<>> sysGetRefCount(PyObject* object) { return Ref<>(TRY(intFromLong(object->ob_refcnt))); }

// What CPython puts before an object of the type: collector links, the managed dict's two words.
size_t headerSize(PyTypeObject* type) {
  return (hasFlag(type, Py_TPFLAGS_HAVE_GC) ? 16 : 0) + (hasFlag(type, Py_TPFLAGS_MANAGED_DICT) ? 16 : 0);
}

Result<size_t> sizeOf(PyObject* object) {
  MaybeRef<> method = TRY(lookupSpecial(object, name<"__sizeof__">()));
  if (!method) {
    return raise(PyExc_TypeError, "Type %.100s doesn't define __sizeof__", typeName(object));
  }
  Ref<> answer = TRY(call(method.get()));
  if (!isInt(answer)) return raise(PyExc_TypeError, "an integer is required");
  int overflow;
  long size = intAsLongAndOverflow(cast<IntObject>(answer.get()), &overflow);
  if (overflow) return raise(PyExc_OverflowError, "Python int too large to convert to C ssize_t");
  if (size < 0) return raise(PyExc_ValueError, "__sizeof__() should return >= 0");
  return static_cast<size_t>(size) + headerSize(typeOf(object));
}

Result<Ref<>> sysGetSizeOf(PyObject* object, Opt<> fallback) {
  auto size = sizeOf(object);
  if (!size.failed()) return Ref<>(TRY(intFromUnsignedLong(std::move(size).take())));
  if (!fallback || !pendingMatches(PyExc_TypeError)) return Raised{};
  clearPending();
  return share(fallback.get());
}

Result<Ref<>> sysIntern(PyObject* string) {
  if (!isStr(string))
    return raise(PyExc_TypeError, "intern() argument must be str, not %.50s",
                 string == Py_None ? "None" : typeName(string));
  if (!isExactStr(string)) return raise(PyExc_TypeError, "can't intern %.400s", typeName(string));
  return Ref<>(strIntern(share(cast<StrObject>(string))));
}

bool sysIsFinalizing() { return interpreter().finalizing; }
Result<Ref<>> sysGetDefaultEncoding() { return Ref<>(TRY(strLiteral("utf-8"))); }
Result<Ref<>> sysGetFilesystemEncoding() { return Ref<>(TRY(strFromUtf8(interpreter().config.fs_encoding))); }
Result<Ref<>> sysGetFilesystemEncodeErrors() {
  return Ref<>(TRY(strFromUtf8(interpreter().config.fs_errors)));
}
long sysGetRecursionLimit() { return threadRecursionLimit(); }

Status sysSetRecursionLimit(int limit) {
  if (limit < 1) return raise(PyExc_ValueError, "recursion limit must be greater or equal than 1");
  Thread* thread = currentThread();
  int depth = thread->recursion_limit - thread->recursion_remaining;
  if (depth >= limit) {
    return raise(PyExc_RecursionError,
                 "cannot set the recursion limit to %i at the recursion depth %i: the limit is too low",
                 limit, depth);
  }
  threadSetRecursionLimit(limit);
  takeFirstCStack();
  return {};
}

double sysGetSwitchInterval() { return 1e-6 * static_cast<double>(gilSwitchInterval()); }
// As the machine converts: beyond the range comes nothing, for no number the highest bit.
unsigned long microsecondsOf(double seconds) {
  constexpr double kLimit = 18446744073709551616.0;
  double micros = seconds * 1e6;
  if (micros != micros) return 1ul << 63;
  return micros < kLimit ? static_cast<unsigned long>(micros) : 0;
}

Status sysSetSwitchInterval(double seconds) {
  if (seconds <= 0) return raise(PyExc_ValueError, "switch interval must be strictly positive");
  gilSetSwitchInterval(microsecondsOf(seconds));
  return {};
}

long sysGetDlopenFlags() { return interpreter().dlopen_flags; }
Status sysSetDlopenFlags(int flags) {
  interpreter().dlopen_flags = flags;
  return {};
}

long sysGetAllocatedBlocks() { return static_cast<long>(poolStats().blocks_used); }
long sysGetIntMaxStrDigits() { return interpreter().config.int_max_str_digits; }

Status sysSetIntMaxStrDigits(int max_digits) {
  if (max_digits != 0 && max_digits < 640)
    return raise(PyExc_ValueError, "maxdigits must be 0 or larger than 640");
  interpreter().config.int_max_str_digits = max_digits;
  return {};
}

Status sysDebugMallocStats() {
  poolPrintStats(stderr);
  dictPrintFreeList(stderr);
  listPrintFreeList(stderr);
  return {};
}
long sysGetQuickenedCount() { return 0; }

}  // namespace

PyMethodDef kSysInfoFunctions[] = {
    function<"getrefcount($module, object, /)", sysGetRefCount,
             "Number of references to the object, this call's included.">,
    function<"!getsizeof(object, default=<unrepresentable>)", sysGetSizeOf,
             "getsizeof(object [, default]) -> int\n\nBytes the object takes.">,
    function<"intern($module, string, /)", sysIntern, "The one shared string equal to this one.">,
    function<"is_finalizing($module, /)", sysIsFinalizing, "Whether the interpreter is shutting down.">,
    function<"getdefaultencoding($module, /)", sysGetDefaultEncoding, "Encoding used when none is given.">,
    function<"getfilesystemencoding($module, /)", sysGetFilesystemEncoding, "Encoding of file names.">,
    function<"getfilesystemencodeerrors($module, /)", sysGetFilesystemEncodeErrors,
             "Error handler of file names.">,
    function<"getrecursionlimit($module, /)", sysGetRecursionLimit, "How deep calls may nest.">,
    function<"setrecursionlimit($module, limit, /)", sysSetRecursionLimit, "Set how deep calls may nest.">,
    function<"getswitchinterval($module, /)", sysGetSwitchInterval,
             "Seconds after which a thread is asked to yield.">,
    function<"setswitchinterval($module, interval, /)", sysSetSwitchInterval,
             "Set the thread switch interval in seconds.">,
    function<"getdlopenflags($module, /)", sysGetDlopenFlags, "Flags for loading extension modules.">,
    function<"setdlopenflags($module, flags, /)", sysSetDlopenFlags,
             "Set the flags for loading extension modules.">,
    function<"getallocatedblocks($module, /)", sysGetAllocatedBlocks, "Number of memory blocks in use.">,
    function<"get_int_max_str_digits($module, /)", sysGetIntMaxStrDigits,
             "Limit of digits in int <-> text conversion.">,
    function<"set_int_max_str_digits($module, /, maxdigits)", sysSetIntMaxStrDigits,
             "Set the limit of digits in int <-> text conversion.">,
    function<"_debugmallocstats($module, /)", sysDebugMallocStats,
             "Print the state of the memory pools to stderr.">,
    function<"_getquickenedcount($module, /)", sysGetQuickenedCount>,
    {}};

namespace {
Status put(DictObject* dict, const char* key, const char* text) {
  return dictSet(dict, key, TRY(strFromUtf8(text)).get());
}
Status put(DictObject* dict, const char* key, long number) {
  return dictSet(dict, key, TRY(intFromLong(number)).get());
}
}  // namespace

// Here and in sysAddInfo in CPython's order, which vars(sys) shows.
Status sysAddLimits(DictObject* dict) {
  TRY(put(dict, "version", kVersionText));
  TRY(put(dict, "hexversion", 0x030b02f0));
  Ref<StrObject> empty = emptyStr();
  TRY(dictSet(dict, "_git", TRY(tupleOf(TRY(strLiteral("CPython")).get(), empty.get(), empty.get())).get()));
  TRY(put(dict, "_framework", ""));
  TRY(put(dict, "api_version", 1013));
  TRY(put(dict, "copyright", kCopyright));
  TRY(put(dict, "platform", "linux"));
  TRY(put(dict, "maxsize", PY_SSIZE_T_MAX));
  TRY(readyOnce(&int_type, kIntDesc));  // the first among tuple's subclasses
  TRY(dictSet(dict, "float_info", TRY(floatInfo()).get()));
  TRY(dictSet(dict, "int_info", TRY(intInfo()).get()));
  TRY(unraisableHookArgsType());
  TRY(dictSet(dict, "hash_info", TRY(hashInfo()).get()));
  return put(dict, "maxunicode", 0x10ffff);
}

Status sysAddInfo(DictObject* dict) {
  TRY(put(dict, "byteorder", "little"));
  TRY(put(dict, "abiflags", ""));
  Ref<TupleObject> version = TRY(versionInfo());
  TRY(dictSet(dict, "version_info", version));
  TRY(dictSet(dict, "implementation", TRY(implementation(version)).get()));
  TRY(sysSetFlags(dict));  // and again when the configuration is known
  TRY(put(dict, "float_repr_style", "short"));
  TRY(dictSet(dict, "thread_info", TRY(threadInfo()).get()));
  TRY(sysReadyHookTypes());
  return dictSet(dict, "_krait", TRY(kraitNamespace()).get());
}

Status sysSetFlags(DictObject* dict) {
  PyTypeObject* type = TRY(readyOnce(&flags_type, kFlagsDesc, kSingleton));
  const Config& c = interpreter().config;
  Ref<TupleObject> flags = TRY(fill(type, [&](Fields& f) {
    for (int v : {c.debug, c.inspect, c.interactive, c.optimize, c.dont_write_bytecode, c.no_user_site,
                  c.no_site, c.ignore_environment, c.verbose, c.bytes_warning, c.quiet})
      f.add(long{v});
    f.add(long{c.random_hash || !c.use_hash_seed || c.hash_seed != 0}), f.add(long{c.isolated});
    f.add(Result<Ref<>>(boolRef(c.dev_mode)));
    f.add(long{c.utf8_mode}), f.add(long{c.warn_default_encoding});
    f.add(Result<Ref<>>(boolRef(c.safe_path)));
    f.add(long{c.int_max_str_digits_given});
  }));
  return dictSet(dict, "flags", flags);
}

}  // namespace krait::modules
