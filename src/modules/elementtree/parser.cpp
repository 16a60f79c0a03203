// XMLParser: expat's events for a target, by default a TreeBuilder that is called directly.
#include <expat.h>

#include <climits>

#include "core/call.h"
#include "core/gc.h"
#include "core/hash_secret.h"
#include "core/scratch.h"
#include "modules/c_args.h"
#include "modules/elementtree/element.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait::modules::elementtree {
namespace {

struct ParserObject : PyObject {
  XML_Parser parser;
  PyObject* target;  // null before __init__
  PyObject* entity;  // dict: text of entities that the document does not define
  PyObject* names;   // dict: expat's names as bytes -> "{uri}name"
  PyObject *start_ns, *end_ns, *start, *data, *end, *comment, *pi, *doctype,
      *close;  // the target's methods, or null

  BuilderObject* builder() const {
    return isExact(target, &krait_tree_builder_type) ? static_cast<BuilderObject*>(target) : nullptr;
  }
};
static_assert(sizeof(ParserObject) == 120);

// --- errors ------------------------------------------------------------------------------------------------

Raised raiseParse(XML_Error code, XML_Size line, XML_Size column, const char* message) {
  Ref<StrObject> text = TRY(strFormat("%s: line %zd, column %zd", message ? message : XML_ErrorString(code),
                                      static_cast<Py_ssize_t>(line), static_cast<Py_ssize_t>(column)));
  Ref<> error = TRY(call(g_parse_error, text.get()));
  Ref<IntObject> number = TRY(intFromLong(code)), line_number = TRY(intFromUnsignedLong(line)),
                 column_number = TRY(intFromUnsignedLong(column));
  Ref<TupleObject> position = TRY(tupleOf(line_number.get(), column_number.get()));
  TRY(attrSet(error, "code", number));
  TRY(attrSet(error, "position", position));
  return raiseObject(g_parse_error, error);
}

// --- names and values --------------------------------------------------------------------------------------

Result<Ref<>> textOf(const XML_Char* text) { return Ref<>(TRY(strFromUtf8(text))); }
Result<Ref<>> textOrEmpty(const XML_Char* text) {
  return text ? textOf(text) : Result<Ref<>>(Ref<>(emptyStr()));
}

// "uri}name" becomes "{uri}name"; equal names are one object.
Result<Ref<>> universalName(ParserObject* self, const XML_Char* name) {
  std::string_view raw = name;
  Ref<BytesObject> key = TRY(bytesFrom(raw));
  auto* names = cast<DictObject>(self->names);
  if (Opt<> known = TRY(dictGet(names, key))) return share(known.get());
  std::string full;
  TRY(reserveMore(full, raw.size() + 1));
  if (raw.find('}') != raw.npos) full += '{';
  full += raw;
  Ref<> made = TRY(strFromUtf8(full));
  TRY(dictSet(names, key, made));
  return made;
}

// None of the handlers runs while an exception is pending; failures stay pending and end the parse.
template <class F>
void guarded(void* data, F&& f) {
  if (exceptionPending()) return;
  auto* self = static_cast<ParserObject*>(data);
  Ref<ParserObject> kept = share(self);
  Ref<> target = share(self->target);
  if (Status(f(self)).failed()) XML_StopParser(self->parser, XML_FALSE);
}
template <class... A>
Status callTarget(PyObject* method, A*... args) {
  Ref<> kept = share(method);
  TRY(call(kept.get(), static_cast<PyObject*>(args)...));
  return {};
}

// --- expat's events ----------------------------------------------------------------------------------------

Result<MaybeRef<>> attributesOf(ParserObject* self, const XML_Char** attributes) {
  if (!attributes[0]) return MaybeRef<>();
  Ref<DictObject> out = TRY(dictNew());
  for (; attributes[0]; attributes += 2) {
    Ref<> key = TRY(universalName(self, attributes[0])), value = TRY(textOf(attributes[1]));
    TRY(dictSet(out, key, value));
  }
  return MaybeRef<>(std::move(out));
}

void onStart(void* data, const XML_Char* tag_name, const XML_Char** attributes) {
  guarded(data, [&](ParserObject* self) -> Status {
    Ref<> tag = TRY(universalName(self, tag_name));
    MaybeRef<> attrib = TRY(attributesOf(self, attributes));
    if (BuilderObject* builder = self->builder()) {
      TRY(builderStart(builder, tag, attrib.opt()));
      return {};
    }
    if (!self->start) return {};
    Ref<> given = attrib ? std::move(attrib).take() : Ref<>(TRY(dictNew()));
    return callTarget(self->start, tag.get(), given.get());
  });
}
Status deliverData(ParserObject* self, PyObject* text) {
  if (BuilderObject* builder = self->builder()) return builderData(builder, text);
  return self->data ? callTarget(self->data, text) : Status();
}
void onData(void* data, const XML_Char* text, int length) {
  guarded(data, [&](ParserObject* self) -> Status {
    return deliverData(self, TRY(strFromUtf8({text, static_cast<size_t>(length)})).get());
  });
}
void onEnd(void* data, const XML_Char* tag_name) {
  guarded(data, [&](ParserObject* self) -> Status {
    if (BuilderObject* builder = self->builder()) {
      TRY(builderEnd(builder));
      return {};
    }
    return self->end ? callTarget(self->end, TRY(universalName(self, tag_name)).get()) : Status();
  });
}
void onStartNamespace(void* data, const XML_Char* prefix, const XML_Char* uri) {
  guarded(data, [&](ParserObject* self) -> Status {
    BuilderObject* builder = self->builder();
    if (builder ? !builder->events_append || !builder->start_ns_event : !self->start_ns) return {};
    Ref<> prefix_text = TRY(textOrEmpty(prefix)), uri_text = TRY(textOrEmpty(uri));
    if (!builder) return callTarget(self->start_ns, prefix_text.get(), uri_text.get());
    return builderEvent(builder, builder->start_ns_event,
                        TRY(tupleOf(prefix_text.get(), uri_text.get())).get());
  });
}
void onEndNamespace(void* data, const XML_Char* prefix) {
  guarded(data, [&](ParserObject* self) -> Status {
    if (BuilderObject* builder = self->builder())
      return builderEvent(builder, builder->end_ns_event, Py_None);
    return self->end_ns ? callTarget(self->end_ns, TRY(textOrEmpty(prefix)).get()) : Status();
  });
}
void onComment(void* data, const XML_Char* text) {
  guarded(data, [&](ParserObject* self) -> Status {
    BuilderObject* builder = self->builder();
    if (!builder && !self->comment) return {};
    Ref<> comment = TRY(textOf(text));
    if (!builder) return callTarget(self->comment, comment.get());
    TRY(builderComment(builder, comment));
    return {};
  });
}
void onInstruction(void* data, const XML_Char* target_name, const XML_Char* text) {
  guarded(data, [&](ParserObject* self) -> Status {
    BuilderObject* builder = self->builder();
    bool heard =
        builder ? (builder->events_append && builder->pi_event) || builder->insert_pis : self->pi != nullptr;
    if (!heard) return {};
    Ref<> target = TRY(textOf(target_name)), instruction = text ? TRY(textOf(text)) : none();
    if (!builder) return callTarget(self->pi, target.get(), instruction.get());
    TRY(builderPi(builder, target, instruction));
    return {};
  });
}
void onDoctype(void* data, const XML_Char* doctype, const XML_Char* system_id, const XML_Char* public_id,
               int) {
  guarded(data, [&](ParserObject* self) -> Status {
    Ref<> title = TRY(universalName(self, doctype)), system = system_id ? TRY(textOf(system_id)) : none(),
          publik = public_id ? TRY(textOf(public_id)) : none();
    if (self->doctype) return callTarget(self->doctype, title.get(), publik.get(), system.get());
    MaybeRef<> own = TRY(attrLookup(self, "doctype"));
    if (!own) return {};
    return warn(
        PyExc_RuntimeWarning, 1,
        "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.");
  });
}

// What no other handler takes: references to entities that the document does not define.
void onDefault(void* data, const XML_Char* text, int length) {
  if (length < 2 || text[0] != '&') return;
  guarded(data, [&](ParserObject* self) -> Status {
    Ref<> key = TRY(strFromUtf8({text + 1, static_cast<size_t>(length - 2)}));
    Opt<> value = TRY(dictGet(cast<DictObject>(self->entity), key));
    if (value) return deliverData(self, share(value.get()).get());
    std::string message = "undefined entity " + std::string(text, static_cast<size_t>(std::min(length, 100)));
    return raiseParse(XML_ERROR_UNDEFINED_ENTITY, XML_GetCurrentLineNumber(self->parser),
                      XML_GetCurrentColumnNumber(self->parser), message.c_str());
  });
}

int onUnknownEncoding(void*, const XML_Char* encoding, XML_Encoding* info) {
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
  for (int i = 0; i < 256; i++) info->map[i] = table->at(i) == 0xfffd ? -1 : static_cast<int>(table->at(i));
  info->data = nullptr, info->convert = nullptr, info->release = nullptr;
  return XML_STATUS_OK;
}

// --- life --------------------------------------------------------------------------------------------------

template <class F>
void eachField(ParserObject* self, F&& f) {
  for (PyObject** field :
       {&self->target, &self->entity, &self->names, &self->start_ns, &self->end_ns, &self->start, &self->data,
        &self->end, &self->comment, &self->pi, &self->doctype, &self->close}) {
    f(*field);
  }
}
int parserTraverse(ParserObject* self, visitproc visit, void* arg) {
  int status = 0;
  eachField(self, [&](PyObject*& field) {
    if (status == 0 && field) status = visit(field, arg);
  });
  return status;
}
int parserGcClear(ParserObject* self) {
  if (self->parser) XML_ParserFree(std::exchange(self->parser, nullptr));
  eachField(self, [](PyObject*& field) { clearField(field); });
  return 0;
}
void parserDealloc(ParserObject* self) {
  gcUntrack(self);
  parserGcClear(self);
  typeOf(self)->tp_free(self);
}
Result<Ref<>> parserAlloc(PyTypeObject* type, PyObject*, Opt<>) {
  return Ref<>(TRY(typeAlloc<ParserObject>(type)));
}

Status findMethods(ParserObject* self) {
  const std::pair<const char*, PyObject**> methods[] = {{"start_ns", &self->start_ns},
                                                        {"end_ns", &self->end_ns},
                                                        {"start", &self->start},
                                                        {"data", &self->data},
                                                        {"end", &self->end},
                                                        {"comment", &self->comment},
                                                        {"pi", &self->pi},
                                                        {"close", &self->close},
                                                        {"doctype", &self->doctype}};
  for (auto [method_name, field] : methods) {
    MaybeRef<> found = TRY(attrLookup(self->target, method_name));
    PyObject* former = std::exchange(*field, std::move(found).leak());
    xdecref(former);
  }
  return {};
}
void installHandlers(ParserObject* self) {
  XML_Parser parser = self->parser;
  XML_SetUserData(parser, self);
  if (self->start_ns || self->end_ns) XML_SetNamespaceDeclHandler(parser, onStartNamespace, onEndNamespace);
  XML_SetElementHandler(parser, onStart, onEnd);
  XML_SetDefaultHandlerExpand(parser, onDefault);
  XML_SetCharacterDataHandler(parser, onData);
  if (self->comment) XML_SetCommentHandler(parser, onComment);
  if (self->pi) XML_SetProcessingInstructionHandler(parser, onInstruction);
  XML_SetStartDoctypeDeclHandler(parser, onDoctype);
  XML_SetUnknownEncodingHandler(parser, onUnknownEncoding, nullptr);
}

Status parserInit(ParserObject* self, PyObject* target, OptionalCText encoding) {
  Ref<DictObject> entity = TRY(dictNew()), names = TRY(dictNew());
  Ref<> made_target = target == Py_None ? TRY(builderNew()) : share(target);
  XML_Parser parser = XML_ParserCreate_MM(encoding.text, nullptr, "}");
  if (!parser) return raiseNoMemory();
  XML_SetHashSalt(parser, _Py_HashSecret.expat);
  if (self->parser) XML_ParserFree(self->parser);
  self->parser = parser;
  setField(self->entity, std::move(entity));
  setField(self->names, std::move(names));
  setField(self->target, std::move(made_target));
  TRY(findMethods(self));
  installHandlers(self);
  return {};
}

Status checkReady(ParserObject* self) {
  if (!self->target || !self->parser) return raise(PyExc_ValueError, "XMLParser.__init__() wasn't called");
  return {};
}

// --- feeding -----------------------------------------------------------------------------------------------

Status feedBytes(ParserObject* self, std::string_view data, bool is_final) {
  if (data.size() > INT_MAX) return raise(PyExc_OverflowError, "size does not fit in an int");
  Ref<ParserObject> kept = share(self);
  int status = XML_Parse(self->parser, data.data(), static_cast<int>(data.size()), is_final);
  if (exceptionPending()) return Raised{};
  if (status) return {};
  return raiseParse(XML_GetErrorCode(self->parser), XML_GetCurrentLineNumber(self->parser),
                    XML_GetCurrentColumnNumber(self->parser), nullptr);
}

Status parserFeed(ParserObject* self, PyObject* data) {
  TRY(checkReady(self));
  if (isStr(data)) {
    std::string_view text = TRY(strUtf8(cast<StrObject>(data)));
    XML_SetEncoding(self->parser, "utf-8");
    return feedBytes(self, text, false);
  }
  Buffer bytes = TRY(Buffer::acquire(data));
  return feedBytes(self, {reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(bytes.size())},
                   false);
}

Result<Ref<>> parserClose(ParserObject* self) {
  TRY(checkReady(self));
  TRY(feedBytes(self, "", true));
  if (BuilderObject* builder = self->builder()) return builderClose(builder);
  if (!self->close) return none();
  Ref<> close = share(self->close);
  return call(close.get());
}

Result<Ref<>> parserParseWhole(ParserObject* self, PyObject* file) {
  TRY(checkReady(self));
  Ref<> read = TRY(attrGet(file, "read"));
  Ref<IntObject> size = TRY(intFromLong(64 * 1024));
  for (;;) {
    Ref<> chunk = TRY(call(read.get(), size.get()));
    if (isStr(chunk)) {
      if (cast<StrObject>(chunk.get())->size() == 0) break;
      chunk = TRY(strEncode(cast<StrObject>(chunk.get()), "utf-8", "surrogatepass"));
      XML_SetEncoding(self->parser, "utf-8");
    }
    if (!isExactBytes(chunk) || cast<BytesObject>(chunk.get())->size() == 0) break;
    TRY(feedBytes(self, cast<BytesObject>(chunk.get())->view(), false));
  }
  TRY(feedBytes(self, "", true));
  if (BuilderObject* builder = self->builder()) return builderClose(builder);
  return none();
}

// --- events for iterparse ----------------------------------------------------------------------------------

Status reportEvent(ParserObject* self, BuilderObject* builder, PyObject* event) {
  std::string_view text;
  if (isStr(event))
    text = TRY(strUtf8(cast<StrObject>(event)));
  else if (isBytes(event))
    text = cast<BytesObject>(event)->view();
  else
    return raise(PyExc_ValueError, "invalid events sequence");
  const std::pair<std::string_view, PyObject**> known[] = {
      {"start", &builder->start_event},       {"end", &builder->end_event},
      {"start-ns", &builder->start_ns_event}, {"end-ns", &builder->end_ns_event},
      {"comment", &builder->comment_event},   {"pi", &builder->pi_event}};
  for (auto [event_name, field] : known) {
    if (event_name != text) continue;
    PyObject* former = std::exchange(*field, share(event).leak());
    xdecref(former);
    if (text == "start-ns" || text == "end-ns")
      XML_SetNamespaceDeclHandler(self->parser, onStartNamespace, onEndNamespace);
    if (text == "comment") XML_SetCommentHandler(self->parser, onComment);
    if (text == "pi") XML_SetProcessingInstructionHandler(self->parser, onInstruction);
    return {};
  }
  return raise(PyExc_ValueError, "unknown event '%s'", std::string(text).c_str());
}

Status parserSetEvents(ParserObject* self, PyObject* queue, PyObject* events) {
  TRY(checkReady(self));
  BuilderObject* builder = self->builder();
  if (!builder)
    return raise(PyExc_TypeError, "event handling only supported for ElementTree.TreeBuilder targets");
  Ref<> append = TRY(attrGet(queue, "append"));
  PyObject* former = std::exchange(builder->events_append, std::move(append).leak());
  xdecref(former);
  for (PyObject** field : {&builder->start_event, &builder->end_event, &builder->start_ns_event,
                           &builder->end_ns_event, &builder->comment_event, &builder->pi_event}) {
    clearField(*field);
  }
  if (events == Py_None) {
    builder->end_event = TRY(strLiteral("end")).leak();
    return {};
  }
  Ref<> items = TRY(sequenceFast(events, "events must be a sequence"));
  for (Py_ssize_t i = 0; i < fastSize(items); i++) {
    Ref<> item = share(fastItems(items)[i]);
    TRY(reportEvent(self, builder, item));
  }
  return {};
}

Result<Ref<StrObject>> parserVersion(ParserObject*) {
  return strFormat("Expat %d.%d.%d", XML_MAJOR_VERSION, XML_MINOR_VERSION, XML_MICRO_VERSION);
}

constinit PyMethodDef kParserMethods[] = {
    method<"feed($self, data, /)", parserFeed>,
    method<"close($self, /)", parserClose>,
    method<"_parse_whole($self, file, /)", parserParseWhole>,
    method<"_setevents($self, events_queue, events_to_report=None, /)", parserSetEvents>,
    {}};
constinit PyMemberDef kParserMembers[] = {
    {"entity", T_OBJECT, offsetof(ParserObject, entity), READONLY, nullptr},
    {"target", T_OBJECT, offsetof(ParserObject, target), READONLY, nullptr},
    {}};
constinit PyGetSetDef kParserGetSet[] = {getterRow<"version", parserVersion>, {}};

}  // namespace
}  // namespace krait::modules::elementtree

PyTypeObject krait_xml_parser_type = {
    KR_TYPE_HEAD,
    .tp_name = "xml.etree.ElementTree.XMLParser",
    .tp_basicsize = sizeof(krait::modules::elementtree::ParserObject),
    .tp_dealloc = krait::slot<krait::modules::elementtree::parserDealloc>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = krait::slot<krait::modules::elementtree::parserTraverse>,
    .tp_clear = krait::slot<krait::modules::elementtree::parserGcClear>,
    .tp_methods = krait::modules::elementtree::kParserMethods,
    .tp_members = krait::modules::elementtree::kParserMembers,
    .tp_getset = krait::modules::elementtree::kParserGetSet,
    .tp_init =
        krait::initSlot<"XMLParser(*, target=None, encoding=None)", krait::modules::elementtree::parserInit>,
    .tp_new = krait::slot<krait::modules::elementtree::parserAlloc>,
};
