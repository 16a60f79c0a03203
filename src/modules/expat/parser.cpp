// The xmlparser type.
#include "modules/expat/parser.h"

#include <climits>
#include <cstring>

#include "core/call.h"
#include "core/gc.h"
#include "core/hash_secret.h"
#include "modules/c_args.h"
#include "modules/counted_method.h"
#include "modules/heap_type.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/descr.h"
#include "types/int.h"
#include "types/module.h"

namespace krait::modules::expat {

PyTypeObject* g_parser_type;

// Single-byte encodings by their decoding tables.
int decodeUnknownEncoding(void*, const XML_Char* encoding, XML_Encoding* info) {
  if (exceptionPending()) return XML_STATUS_ERROR;
  char all[256];
  for (int i = 0; i < 256; i++) all[i] = static_cast<char>(i);
  Result<Ref<StrObject>> decoded = decodeText({all, sizeof all}, encoding, "replace");
  if (decoded.failed()) return XML_STATUS_ERROR;
  Ref<StrObject> table = std::move(decoded).take();
  if (table->size() != 256) {
    (void)raise(PyExc_ValueError, "multi-byte encodings are not supported");
    return XML_STATUS_ERROR;
  }
  for (int i = 0; i < 256; i++) {
    Py_UCS4 ch = table->at(i);
    info->map[i] = ch == 0xfffd ? -1 : static_cast<int>(ch);
  }
  info->data = nullptr;
  info->convert = nullptr;
  info->release = nullptr;
  return XML_STATUS_OK;
}

namespace {

// --- errors ------------------------------------------------------------------------------------------------

Status setNumber(PyObject* error, const char* attribute, long value) {
  return attrSet(error, attribute, TRY(intFromLong(value)).get());
}

}  // namespace

Raised raiseExpatError(ParserObject* self, XML_Error code) {
  auto line = static_cast<int>(XML_GetCurrentLineNumber(self->parser));
  auto column = static_cast<int>(XML_GetCurrentColumnNumber(self->parser));
  Ref<StrObject> text = TRY(strFormat("%s: line %i, column %i", XML_ErrorString(code), line, column));
  Ref<> error = TRY(call(g_expat_error, text.get()));
  TRY(setNumber(error, "code", code));
  TRY(setNumber(error, "offset", column));
  TRY(setNumber(error, "lineno", line));
  return raiseObject(g_expat_error, error);
}

namespace {

// --- life --------------------------------------------------------------------------------------------------

// Takes the expat parser over.
Result<Ref<ParserObject>> wrapParser(XML_Parser parser, MaybeRef<> intern) {
  if (!parser) return raise(PyExc_RuntimeError, "XML_ParserCreate failed");
  auto** handlers = static_cast<PyObject**>(memCalloc(kHandlerCount, sizeof(PyObject*)));
  Result<Ref<ParserObject>> made =
      Result<Ref<ParserObject>>::fromC(static_cast<ParserObject*>(g_parser_type->tp_alloc(g_parser_type, 0)));
  if (!handlers || made.failed()) {
    XML_ParserFree(parser);
    memFree(handlers);
    if (made.failed()) return made;
    return raiseNoMemory();
  }
  Ref<ParserObject> self = std::move(made).take();
  self->parser = parser;
  self->handlers = handlers;
  self->buffer_size = 8192;
  self->intern = intern.opt() ? std::move(intern).leak() : nullptr;
  XML_SetUserData(parser, self.get());
  return self;
}

void parserDealloc(ParserObject* self) {
  gcUntrack(self);
  PyTypeObject* type = typeOf(self);
  if (self->parser) XML_ParserFree(std::exchange(self->parser, nullptr));
  memFree(std::exchange(self->buffer, nullptr));
  if (self->handlers) {
    for (int i = 0; i < kHandlerCount; i++) clearField(self->handlers[i]);
    memFree(std::exchange(self->handlers, nullptr));
  }
  clearField(self->intern);
  objectFreeMemory(self);
  decref(type);
}
int parserTraverse(ParserObject* self, visitproc visit, void* arg) {
  if (self->handlers) {
    for (int i = 0; i < kHandlerCount; i++) {
      if (int status = visitAll(visit, arg, self->handlers[i])) return status;
    }
  }
  return visitAll(visit, arg, static_cast<PyObject*>(typeOf(self)), self->intern);
}
int parserClear(ParserObject* self) {
  dropHandlers(self);
  clearField(self->intern);
  return 0;
}

Result<Ref<>> parserChild(ParserObject* self, OptionalCText context, std::optional<CText> given) {
  CText encoding = given.value_or(CText{});
  XML_Parser parser = XML_ExternalEntityParserCreate(self->parser, context.text, encoding.text);
  if (!parser) return raiseNoMemory();
  Ref<ParserObject> child = TRY(wrapParser(parser, MaybeRef<>::share(self->intern)));
  child->buffer_size = self->buffer_size;
  child->ordered_attributes = self->ordered_attributes;
  child->specified_attributes = self->specified_attributes;
  child->ns_prefixes = self->ns_prefixes;
  if (self->buffer) {
    child->buffer = static_cast<XML_Char*>(memAlloc(static_cast<size_t>(child->buffer_size)));
    if (!child->buffer) return raiseNoMemory();
  }
  for (int i = 0; i < kHandlerCount; i++) {
    if (!self->handlers[i]) continue;
    child->handlers[i] = share(self->handlers[i]).leak();
    kHandlers[i].install(child->parser, true);
  }
  return child;
}

// --- parsing -----------------------------------------------------------------------------------------------

Result<long> parseResult(ParserObject* self, int status) {
  if (exceptionPending()) return Raised{};
  if (status == 0) return raiseExpatError(self, XML_GetErrorCode(self->parser));
  TRY(flushCharacters(self));
  return status;
}

Result<long> parseBytes(ParserObject* self, std::string_view data, bool is_final) {
  constexpr size_t kChunk = 1 << 20;
  while (data.size() > kChunk) {
    if (!XML_Parse(self->parser, data.data(), kChunk, false)) return parseResult(self, 0);
    if (exceptionPending()) return Raised{};
    data.remove_prefix(kChunk);
  }
  return parseResult(self, XML_Parse(self->parser, data.data(), static_cast<int>(data.size()), is_final));
}

Result<long> parserParse(ParserObject* self, PyObject* data, IntTruth is_final) {
  Ref<ParserObject> kept = share(self);
  if (isStr(data)) {
    std::string_view text = TRY(strUtf8(cast<StrObject>(data)));
    XML_SetEncoding(self->parser, "utf-8");  // has no effect once parsing goes on
    return parseBytes(self, text, is_final);
  }
  Buffer bytes = TRY(Buffer::acquire(data));
  return parseBytes(self, {reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(bytes.size())},
                    is_final);
}

constexpr int kReadSize = 2048;

Result<int> readInto(PyObject* read, void* into) {
  Ref<IntObject> size = TRY(intFromLong(kReadSize));
  Ref<> data = TRY(call(read, size.get()));
  std::string_view bytes;
  if (isBytes(data))
    bytes = cast<BytesObject>(data.get())->view();
  else if (isByteArray(data)) {
    auto* array = cast<ByteArrayObject>(data.get());
    bytes = {array->ob_start, static_cast<size_t>(array->ob_size)};
  } else {
    return raise(PyExc_TypeError, "read() did not return a bytes object (type=%.400s)", typeName(data));
  }
  if (bytes.size() > kReadSize) {
    return raise(PyExc_ValueError, "read() returned too much data: %i bytes requested, %zd returned",
                 kReadSize, static_cast<Py_ssize_t>(bytes.size()));
  }
  std::memcpy(into, bytes.data(), bytes.size());
  return static_cast<int>(bytes.size());
}

Result<long> parserParseFile(ParserObject* self, PyObject* file) {
  Ref<ParserObject> kept = share(self);
  MaybeRef<> read = TRY(attrLookup(file, name<"read">()));
  if (!read) return raise(PyExc_TypeError, "argument must have 'read' attribute");
  for (;;) {
    void* into = XML_GetBuffer(self->parser, kReadSize);
    if (!into) return parseResult(self, 0);
    int count = TRY(readInto(read.get(), into));
    int status = XML_ParseBuffer(self->parser, count, count == 0);
    if (exceptionPending()) return Raised{};
    if (!status || count == 0) return parseResult(self, status);
    TRY(checkSignals());
  }
}

// --- small methods -----------------------------------------------------------------------------------------

Status parserSetBase(ParserObject* self, CText base) {
  if (!XML_SetBase(self->parser, base.text)) return raiseNoMemory();
  return {};
}
Result<Ref<>> parserGetBase(ParserObject* self) { return optionalUtf8(XML_GetBase(self->parser)); }
Result<Ref<>> parserGetInputContext(ParserObject* self) {
  if (!self->in_callback) return none();
  int offset, size;
  const char* buffer = XML_GetInputContext(self->parser, &offset, &size);
  if (!buffer) return none();
  return Ref<>(TRY(bytesFrom({buffer + offset, static_cast<size_t>(size - offset)})));
}
long parserSetParamEntityParsing(ParserObject* self, int flag) {
  return XML_SetParamEntityParsing(self->parser, static_cast<XML_ParamEntityParsing>(flag));
}
Status parserUseForeignDtd(ParserObject* self, bool flag) {
  XML_Error code = XML_UseForeignDTD(self->parser, flag ? XML_TRUE : XML_FALSE);
  if (code != XML_ERROR_NONE) return raiseExpatError(self, code);
  return {};
}

constinit PyMethodDef kMethods[] = {
    countedMethod<"Parse($self, data, isfinal=False, /)", parserParse, "Parse a piece of a document.">,
    countedMethod<"ParseFile($self, file, /)", parserParseFile, "Parse what a file object gives.">,
    method<"SetBase($self, base, /)", parserSetBase, "Set the base of relative identifiers.">,
    method<"GetBase($self, /)", parserGetBase, "The base of relative identifiers.">,
    method<"GetInputContext($self, /)", parserGetInputContext,
           "The input that caused the event; None outside of handlers.">,
    countedMethod<
        "ExternalEntityParserCreate($self, context, encoding=<unrepresentable>,\n                         "
        "  /)",
        parserChild, "A parser for an external entity.">,
    method<"SetParamEntityParsing($self, flag, /)", parserSetParamEntityParsing,
           "Whether parameter entities are parsed; returns whether that could be set.">,
    countedMethod<"UseForeignDTD($self, flag=True, /)", parserUseForeignDtd,
                  "Pretend that there is an external subset.">,
    {}};

// --- attributes --------------------------------------------------------------------------------------------

Raised raiseCannotDelete() { return raise(PyExc_RuntimeError, "Cannot delete attribute"); }

PyObject* handlerGet(PyObject* self, void* index) {
  PyObject* handler = static_cast<ParserObject*>(self)->handlers[reinterpret_cast<intptr_t>(index)];
  return handler ? share(handler).leak() : none().leak();
}
int handlerSet(PyObject* self, PyObject* value, void* index) {
  if (!value) return Status(raiseCannotDelete()).toC();
  return setHandler(static_cast<ParserObject*>(self), static_cast<int>(reinterpret_cast<intptr_t>(index)),
                    value)
      .toC();
}

template <int ParserObject::* Flag>
bool flagGet(ParserObject* self) {
  return self->*Flag != 0;
}
template <int ParserObject::* Flag>
Status flagSet(ParserObject* self, Opt<> value) {
  if (!value) return raiseCannotDelete();
  self->*Flag = TRY(objectIsTrue(value.get()));
  return {};
}
Status prefixesSet(ParserObject* self, Opt<> value) {
  TRY(flagSet<&ParserObject::ns_prefixes>(self, value));
  XML_SetReturnNSTriplet(self->parser, self->ns_prefixes);
  return {};
}

Status allocateBuffer(ParserObject* self) {
  self->buffer = static_cast<XML_Char*>(memAlloc(static_cast<size_t>(self->buffer_size)));
  self->buffer_used = 0;
  if (!self->buffer) return raiseNoMemory();
  return {};
}
bool bufferTextGet(ParserObject* self) { return self->buffer != nullptr; }
Status bufferTextSet(ParserObject* self, Opt<> value) {
  if (!value) return raiseCannotDelete();
  bool wanted = TRY(objectIsTrue(value.get()));
  if (wanted && !self->buffer) return allocateBuffer(self);
  if (wanted || !self->buffer) return {};
  TRY(flushCharacters(self));
  memFree(std::exchange(self->buffer, nullptr));
  return {};
}
long bufferSizeGet(ParserObject* self) { return self->buffer_size; }
Status bufferSizeSet(ParserObject* self, Opt<> value) {
  if (!value) return raiseCannotDelete();
  if (!isInt(value.get())) return raise(PyExc_TypeError, "buffer_size must be an integer");
  long size = TRY(intAsLong(cast<IntObject>(value.get())));
  if (size == self->buffer_size) return {};
  if (size <= 0) return raise(PyExc_ValueError, "buffer_size must be greater than zero");
  if (size > INT_MAX) return raise(PyExc_ValueError, "buffer_size must not be greater than %i", INT_MAX);
  if (!self->buffer) return self->buffer_size = static_cast<int>(size), Status();
  TRY(flushCharacters(self));
  memFree(std::exchange(self->buffer, nullptr));
  self->buffer_size = static_cast<int>(size);
  return allocateBuffer(self);
}
long bufferUsedGet(ParserObject* self) { return self->buffer_used; }
long errorCode(ParserObject* self) { return XML_GetErrorCode(self->parser); }
long currentLine(ParserObject* self) { return static_cast<long>(XML_GetCurrentLineNumber(self->parser)); }
long currentColumn(ParserObject* self) { return static_cast<long>(XML_GetCurrentColumnNumber(self->parser)); }
long currentByte(ParserObject* self) { return XML_GetCurrentByteIndex(self->parser); }

constinit PyMemberDef kMembers[] = {{"intern", T_OBJECT, offsetof(ParserObject, intern), READONLY, nullptr},
                                    {}};

#define ROW(name, index) \
  {name "Handler", handlerGet, handlerSet, nullptr, reinterpret_cast<void*>(intptr_t{index})}
PyGetSetDef kHandlerGetSet[] = {
    ROW("StartElement", 0),
    ROW("EndElement", 1),
    ROW("ProcessingInstruction", 2),
    ROW("CharacterData", 3),
    ROW("UnparsedEntityDecl", 4),
    ROW("NotationDecl", 5),
    ROW("StartNamespaceDecl", 6),
    ROW("EndNamespaceDecl", 7),
    ROW("Comment", 8),
    ROW("StartCdataSection", 9),
    ROW("EndCdataSection", 10),
    ROW("Default", 11),
    {"DefaultHandlerExpand", handlerGet, handlerSet, nullptr, reinterpret_cast<void*>(intptr_t{12})},
    ROW("NotStandalone", 13),
    ROW("ExternalEntityRef", 14),
    ROW("StartDoctypeDecl", 15),
    ROW("EndDoctypeDecl", 16),
    ROW("EntityDecl", 17),
    ROW("XmlDecl", 18),
    ROW("ElementDecl", 19),
    ROW("AttlistDecl", 20),
    ROW("SkippedEntity", 21),
    {}};
constinit PyGetSetDef kGetSet[] = {
    getterRow<"ErrorCode", errorCode>,
    getterRow<"ErrorLineNumber", currentLine>,
    getterRow<"ErrorColumnNumber", currentColumn>,
    getterRow<"ErrorByteIndex", currentByte>,
    getterRow<"CurrentLineNumber", currentLine>,
    getterRow<"CurrentColumnNumber", currentColumn>,
    getterRow<"CurrentByteIndex", currentByte>,
    getset<"buffer_size", bufferSizeGet, bufferSizeSet>,
    getset<"buffer_text", bufferTextGet, bufferTextSet>,
    getterRow<"buffer_used", bufferUsedGet>,
    getset<"namespace_prefixes", flagGet<&ParserObject::ns_prefixes>, prefixesSet>,
    getset<"ordered_attributes", flagGet<&ParserObject::ordered_attributes>,
           flagSet<&ParserObject::ordered_attributes>>,
    getset<"specified_attributes", flagGet<&ParserObject::specified_attributes>,
           flagSet<&ParserObject::specified_attributes>>,
    {}};

PyTypeObject kParserType = {
    KR_TYPE_HEAD,
    .tp_name = "pyexpat.xmlparser",
    .tp_basicsize = sizeof(ParserObject),
    .tp_dealloc = slot<parserDealloc>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "XML parser",
    .tp_traverse = slot<parserTraverse>,
    .tp_clear = slot<parserClear>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet};

}  // namespace

Result<Ref<>> parserCreate(const char* encoding, const char* separator, Opt<> intern) {
  XML_Parser parser = XML_ParserCreate_MM(encoding, nullptr, separator);
  if (parser) XML_SetHashSalt(parser, _Py_HashSecret.expat);
  Ref<ParserObject> self = TRY(wrapParser(parser, MaybeRef<>::share(intern.get())));
  XML_SetUnknownEncodingHandler(parser, decodeUnknownEncoding, nullptr);
  return self;
}

Status addParserType(PyObject* module) {
  if (g_parser_type) return {};
  g_parser_type = TRY(heapTypeNew(module, kParserType)).leak();
  auto* dict = static_cast<DictObject*>(g_parser_type->tp_dict);
  for (PyGetSetDef* row = kHandlerGetSet; row->name; row++) {
    TRY(dictSet(dict, row->name, TRY(getSetDescrNew(g_parser_type, row)).get()));
  }
  typeModified(g_parser_type);
  return {};
}

}  // namespace krait::modules::expat
