// The codec registry and the ways into it: str.encode, bytes.decode, codecs.encode and codecs.decode.
#include "types/codecs.h"

#include <utility>

#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/scratch.h"
#include "types/codec_errors.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/method.h"
#include "types/tuple.h"

namespace krait {
namespace {

// Of one interpreter; made at its first use.
struct Registry {
  Ref<ListObject> search_functions;
  Ref<DictObject> cache;     // normalised name -> CodecInfo tuple
  Ref<DictObject> handlers;  // error name -> callable
  bool encodings_imported = false;
};

// Handler names in the order of builtinErrorHandlers().
constexpr const char* kHandlerNames[] = {
    "strict",           "ignore",      "replace",       "xmlcharrefreplace",
    "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"};

Result<Ref<DictObject>> ownHandlers() {
  Ref<DictObject> handlers = TRY(dictNew());
  PyMethodDef* row = builtinErrorHandlers();
  for (const char* handler_name : kHandlerNames) {
    Ref<> function = TRY(cFunctionNew(row++, nullptr, nullptr));
    TRY(dictSet(handlers.get(), handler_name, function.get()));
  }
  return handlers;
}

Result<Registry*> makeRegistry() {
  Ref<ListObject> functions = TRY(listNew());
  Ref<DictObject> cache = TRY(dictNew()), handlers = TRY(ownHandlers());
  auto* made = new Registry{std::move(functions), std::move(cache), std::move(handlers)};
  interpreter().codecs = made;
  return made;
}

Result<Registry*> registry() {
  if (void* made = interpreter().codecs) return static_cast<Registry*>(made);
  return makeRegistry();
}

// The search function of the `encodings` package registers itself when the package is imported.
Result<Registry*> registryWithEncodings() {
  Registry* codecs = TRY(registry());
  if (codecs->encodings_imported) return codecs;
  codecs->encodings_imported = true;
  Ref<> module = TRY(importModule("encodings"));
  return codecs;
}

bool isAsciiAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "UTF-8" -> "utf_8": ASCII letters and digits in lower case, everything between them one underscore. Ends
// when it is longer than `limit`.
std::string normalizeName(std::string_view encoding, size_t limit = SIZE_MAX) {
  std::string name;
  name.reserve(std::min(encoding.size(), limit));
  bool gap = false;
  for (char c : encoding) {
    if (name.size() > limit) break;
    if (!isAsciiAlnum(c) && c != '.') {
      gap = true;
      continue;
    }
    if (gap && !name.empty()) name += '_';
    gap = false;
    name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return name;
}

// The encodings that need no registry.
enum class Direct { kNone, kUtf8, kUtf16, kUtf32, kAscii, kLatin1 };
Direct directEncoding(const char* encoding) {
  if (!encoding || std::strcmp(encoding, "utf-8") == 0) return Direct::kUtf8;
  std::string name = normalizeName(encoding, std::strlen("iso_8859_1"));
  if (name == "utf_8" || name == "utf8") return Direct::kUtf8;
  if (name == "utf_16" || name == "utf16") return Direct::kUtf16;
  if (name == "utf_32" || name == "utf32") return Direct::kUtf32;
  if (name == "ascii" || name == "us_ascii") return Direct::kAscii;
  if (name == "latin1" || name == "latin_1" || name == "iso_8859_1" || name == "iso8859_1")
    return Direct::kLatin1;
  return Direct::kNone;
}

// Exceptions that carry nothing but their message are wrapped so that the codec's name shows.
bool isPlainException(PyObject* exception) {
  auto* base = cast<PyTypeObject>(PyExc_BaseException);
  PyTypeObject* type = typeOf(exception);
  Py_ssize_t weak_list = type->tp_weaklistoffset ? static_cast<Py_ssize_t>(sizeof(PyObject*)) : 0;
  bool same_size =
      type->tp_basicsize == base->tp_basicsize || type->tp_basicsize == base->tp_basicsize + weak_list;
  if (!same_size || type->tp_init != base->tp_init || type->tp_new != base->tp_new) return false;
  auto* error = cast<ExceptionObject>(exception);
  if (error->dict && cast<DictObject>(error->dict)->size() > 0) return false;
  auto* args = error->args ? cast<TupleObject>(error->args) : nullptr;
  return !args || args->size() == 0 || (args->size() == 1 && isExactStr(args->at(0)));
}

Raised wrapFailure(const char* what, const char* encoding) {
  MaybeRef<> pending = takePending();
  if (!pending) return raise(PyExc_SystemError, "codec failed without an exception");
  Ref<> exception = std::move(pending).take();
  bool plain = isPlainException(exception.get());
  auto text = plain ? objectStr(exception.get()) : Result<Ref<StrObject>>(emptyStr());
  if (text.failed()) clearPending(), plain = false;
  if (!plain) return raiseException(std::move(exception));
  Ref<StrObject> message = std::move(text).take();
  PyTypeObject* type = typeOf(exception.get());
  (void)raise(type, "%s with '%s' codec failed (%s: %U)", what, encoding, type->tp_name, message.get());
  Ref<> wrapper = takePending().take();
  exceptionSetCause(wrapper.get(), std::move(exception));  // and no context: nothing was being handled
  return raiseException(std::move(wrapper));
}

// Runs one of a codec's functions on the object; its answer must be a (result, length) pair.
Result<Ref<>> runCodec(PyObject* function, PyObject* object, const char* errors, bool encodes,
                       const char* encoding) {
  const char* what = encodes ? "encoding" : "decoding";
  auto called = [&]() -> Result<Ref<>> {
    if (!errors) return call(function, object);
    Ref<StrObject> errors_text = TRY(strFromUtf8(errors));
    return call(function, object, errors_text.get());
  }();
  if (called.failed()) return wrapFailure(what, encoding);
  Ref<> answer = std::move(called).take();
  if (!isTuple(answer.get()) || cast<TupleObject>(answer.get())->size() != 2)
    return raise(PyExc_TypeError, encodes ? "encoder must return a tuple (object, integer)"
                                          : "decoder must return a tuple (object,integer)");
  return share(cast<TupleObject>(answer.get())->at(0));
}

// The codec, which must be one between str and bytes.
Result<Ref<>> lookupTextCodec(const char* encoding, const char* alternative) {
  Ref<> codec = TRY(codecLookup(encoding));
  if (isExactTuple(codec.get())) return codec;
  MaybeRef<> flag = TRY(attrLookup(codec.get(), name<"_is_text_encoding">()));
  if (flag && !TRY(objectIsTrue(flag.get())))
    return raise(PyExc_LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs",
                 encoding, alternative);
  return codec;
}

Result<Ref<>> codecFunction(PyObject* codec, Py_ssize_t index) {
  return share(cast<TupleObject>(codec)->at(index));
}

Result<Ref<>> encodeByRegistry(StrObject* s, const char* encoding, const char* errors) {
  Ref<> codec = TRY(lookupTextCodec(encoding, "codecs.encode()"));
  Ref<> function = TRY(codecFunction(codec.get(), 0));
  Ref<> result = TRY(runCodec(function.get(), s, errors, true, encoding));
  if (isBytes(result.get())) return result;
  if (isByteArray(result.get())) {
    TRY(warn(PyExc_RuntimeWarning, 1,
             "encoder %s returned bytearray instead of bytes; use codecs.encode() to encode to "
             "arbitrary types",
             encoding));
    return TRY(bytesFromObject(result.get()));
  }
  return raise(PyExc_TypeError,
               "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to "
               "arbitrary types",
               encoding, typeName(result.get()));
}

Result<Ref<StrObject>> decodeByRegistry(std::string_view bytes, const char* encoding, const char* errors) {
  Ref<> codec = TRY(lookupTextCodec(encoding, "codecs.decode()"));
  Ref<> function = TRY(codecFunction(codec.get(), 1));
  Ref<BytesObject> copy = TRY(bytesFrom(bytes));
  Ref<> view = TRY(memoryViewFromObject(copy.get()));
  Ref<> result = TRY(runCodec(function.get(), view.get(), errors, false, encoding));
  if (isStr(result.get())) return std::move(result).as<StrObject>();
  return raise(
      PyExc_TypeError,
      "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to decode to arbitrary types",
      encoding, typeName(result.get()));
}

// In development mode, unknown encodings and error handlers are noticed even when they are not needed.
Status checkNames(const char* encoding, const char* errors) {
  const Interpreter& process = interpreter();
  if (!process.config.dev_mode || !process.core_ready || process.finalizing) return {};
  if (encoding && std::strcmp(encoding, "utf-8") != 0 && std::strcmp(encoding, "utf8") != 0)
    TRY(codecLookup(encoding));
  if (errors && std::strcmp(errors, "strict") != 0) TRY(codecLookupError(errors));
  return {};
}

}  // namespace

Result<Ref<>> codecLookup(const char* encoding) {
  Registry* codecs = TRY(registryWithEncodings());
  TRY(askForRoom(std::strlen(encoding)));
  std::string normalized = normalizeName(encoding);
  Ref<StrObject> key = TRY(strInternUtf8(normalized));
  if (Opt<> cached = TRY(dictGet(codecs->cache.get(), key.get()))) return share(cached.get());
  if (codecs->search_functions->size() == 0)
    return raise(PyExc_LookupError, "no codec search functions registered: can't find encoding");
  for (Py_ssize_t i = 0; i < codecs->search_functions->size(); i++) {
    Ref<> function = share(codecs->search_functions->at(i));
    Ref<> found = TRY(call(function.get(), key.get()));
    if (found.get() == Py_None) continue;
    if (!isTuple(found.get()) || cast<TupleObject>(found.get())->size() != 4)
      return raise(PyExc_TypeError, "codec search functions must return 4-tuples");
    TRY(dictSet(codecs->cache.get(), key.get(), found.get()));
    return found;
  }
  return raise(PyExc_LookupError, "unknown encoding: %s", encoding);
}

Status codecRegister(PyObject* search_function) {
  Registry* codecs = TRY(registry());
  if (!isCallable(search_function)) return raise(PyExc_TypeError, "argument must be callable");
  return listAppend(codecs->search_functions.get(), search_function);
}

Status codecUnregister(PyObject* search_function) {
  Registry* codecs = TRY(registry());
  ListObject* functions = codecs->search_functions.get();
  for (Py_ssize_t i = 0; i < functions->size(); i++) {
    if (functions->at(i) != search_function) continue;
    dictClear(codecs->cache.get());
    return listSetSlice(functions, i, i + 1, nullptr);
  }
  return {};
}

Status codecRegisterError(const char* name, PyObject* handler) {
  Registry* codecs = TRY(registry());
  if (!isCallable(handler)) return raise(PyExc_TypeError, "handler must be callable");
  return dictSet(codecs->handlers.get(), name, handler);
}

Result<Ref<>> codecLookupError(const char* name) {
  Registry* codecs = TRY(registry());
  if (!name) name = "strict";
  Ref<StrObject> key = TRY(strFromUtf8(name));
  if (Opt<> handler = TRY(dictGet(codecs->handlers.get(), key.get()))) return share(handler.get());
  return raise(PyExc_LookupError, "unknown error handler name '%.400s'", name);
}

void codecsStop() {
  auto* codecs = static_cast<Registry*>(interpreter().codecs);
  if (!codecs) return;
  listClear(codecs->search_functions.get());
  dictClear(codecs->cache.get());
  auto handlers = ownHandlers();
  if (handlers.failed()) return clearPending();
  codecs->handlers = std::move(handlers).take();
}

void codecsForget() { delete static_cast<Registry*>(std::exchange(interpreter().codecs, nullptr)); }

Result<Ref<>> codecEncode(PyObject* object, const char* encoding, const char* errors) {
  Ref<> codec = TRY(codecLookup(encoding));
  Ref<> function = TRY(codecFunction(codec.get(), 0));
  return runCodec(function.get(), object, errors, true, encoding);
}

Result<Ref<>> codecDecode(PyObject* object, const char* encoding, const char* errors) {
  Ref<> codec = TRY(codecLookup(encoding));
  Ref<> function = TRY(codecFunction(codec.get(), 1));
  return runCodec(function.get(), object, errors, false, encoding);
}

Result<Ref<>> strEncode(StrObject* s, const char* encoding, const char* errors) {
  TRY(checkNames(encoding, errors));
  switch (directEncoding(encoding)) {
    case Direct::kUtf8: return TRY(encodeUtf8(s, errors));
    case Direct::kUtf16: return TRY(encodeUtf16(s, errors, 0));
    case Direct::kUtf32: return TRY(encodeUtf32(s, errors, 0));
    case Direct::kAscii: return TRY(encodeAscii(s, errors));
    case Direct::kLatin1: return TRY(encodeLatin1(s, errors));
    case Direct::kNone: break;
  }
  return encodeByRegistry(s, encoding, errors);
}

Result<Ref<StrObject>> decodeText(std::string_view bytes, const char* encoding, const char* errors) {
  TRY(checkNames(encoding, errors));
  if (bytes.empty()) return emptyStr();
  int byte_order = 0;
  switch (directEncoding(encoding)) {
    case Direct::kUtf8: return decodeUtf8(bytes, errors);
    case Direct::kUtf16: return decodeUtf16(bytes, errors, &byte_order);
    case Direct::kUtf32: return decodeUtf32(bytes, errors, &byte_order);
    case Direct::kAscii: return decodeAscii(bytes, errors);
    case Direct::kLatin1: return decodeLatin1(bytes);
    case Direct::kNone: break;
  }
  return decodeByRegistry(bytes, encoding, errors);
}

}  // namespace krait
