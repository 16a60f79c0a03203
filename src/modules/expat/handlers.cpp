// From expat's events to Python handlers.
#include <cstring>

#include "core/call.h"
#include "interp/frame.h"
#include "modules/expat/parser.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/int.h"
#include "types/list.h"
#include "types/traceback.h"
#include "types/tuple.h"

namespace krait::modules::expat {

Result<Ref<>> optionalUtf8(const XML_Char* text) {
  if (!text) return none();
  return Ref<>(TRY(strFromUtf8(text)));
}

namespace {

enum Handler {
  kStartElement,
  kEndElement,
  kProcessingInstruction,
  kCharacters,
  kUnparsedEntityDecl,
  kNotationDecl,
  kStartNamespaceDecl,
  kEndNamespaceDecl,
  kComment,
  kStartCdataSection,
  kEndCdataSection,
  kDefault,
  kDefaultExpand,
  kNotStandalone,
  kExternalEntityRef,
  kStartDoctypeDecl,
  kEndDoctypeDecl,
  kEntityDecl,
  kXmlDecl,
  kElementDecl,
  kAttlistDecl,
  kSkippedEntity
};
static_assert(kCharacters == kCharacterData && kSkippedEntity + 1 == kHandlerCount);

// --- values ------------------------------------------------------------------------------------------------

// Equal names become one string object.
Result<Ref<>> internedText(ParserObject* self, const XML_Char* text) {
  Ref<> made = TRY(optionalUtf8(text));
  if (!self->intern) return made;
  auto* table = cast<DictObject>(self->intern);
  if (Opt<> known = TRY(dictGet(table, made))) return share(known.get());
  TRY(dictSet(table, made, made));
  return made;
}
Result<Ref<>> textOf(const XML_Char* text, int length) {
  return Ref<>(TRY(strFromUtf8({text, static_cast<size_t>(length)})));
}
Result<Ref<>> number(long value) { return Ref<>(TRY(intFromLong(value))); }

// --- calling -----------------------------------------------------------------------------------------------

Result<Ref<FrameObject>> frameAt(const char* function, int line) {
  constexpr char kCode[] = {static_cast<char>(151), 0, 74, 0,
                            static_cast<char>(130), 1};  // RESUME, LOAD_ASSERTION_ERROR, RAISE_VARARGS
  constexpr char kLines[] = {static_cast<char>(0x80 | 13 << 3 | 2), 0};
  Ref<StrObject> file = TRY(strLiteral("../Modules/pyexpat.c")), title = TRY(strFromUtf8(function));
  Ref<BytesObject> code = TRY(bytesFrom({kCode, sizeof kCode})),
                   lines = TRY(bytesFrom({kLines, sizeof kLines})), empty = TRY(bytesFrom(""));
  Ref<TupleObject> nothing = emptyTuple();
  CodeParts parts{.filename = file,
                  .name = title,
                  .qualname = title,
                  .flags = 0,
                  .code = code,
                  .firstlineno = line,
                  .linetable = lines,
                  .consts = nothing,
                  .names = nothing,
                  .localsplusnames = nothing,
                  .localspluskinds = empty,
                  .stacksize = 1,
                  .exceptiontable = empty};
  Ref<CodeObject> made = TRY(codeNew(parts));
  Ref<DictObject> globals = TRY(dictNew());
  return frameObjectNew(made, globals, nullptr);
}
// The traceback of the pending exception shows where in the parser the handler was called.
void addTracebackEntry(const char* function, int line) {
  PendingTriple pending = fetchPending();
  Result<Ref<FrameObject>> frame = frameAt(function, line);
  if (frame.failed()) clearPending();
  restorePending(pending);
  if (!frame.failed()) (void)tracebackAddHere(std::move(frame).take().get()).failed();
}

int refuseExternalEntity(XML_Parser, const XML_Char*, const XML_Char*, const XML_Char*, const XML_Char*) {
  return 0;
}

// After an error nothing else may run.
void stopHandlers(ParserObject* self) {
  dropHandlers(self);
  XML_SetExternalEntityRefHandler(self->parser, refuseExternalEntity);
}

Result<Ref<>> callHandler(ParserObject* self, Handler which, TupleObject* args) {
  Ref<> handler = share(self->handlers[which]);
  self->in_callback = 1;
  Result<Ref<>> result = callTupleDict(handler, args, nullptr);
  self->in_callback = 0;
  if (!result.failed()) return result;
  addTracebackEntry(kHandlers[which].name, kHandlers[which].line);
  XML_StopParser(self->parser, XML_FALSE);
  return result;
}

template <class... R>
Result<Ref<TupleObject>> argumentsOf(R&&... items) {
  return tupleOf<PyObject>(items.get()...);
}

// Runs an event: flushes text, makes the arguments, calls the handler. The answer counts for kinds that
// return a number.
template <class F>
int event(void* data, Handler which, F&& make_arguments) {
  auto* self = static_cast<ParserObject*>(data);
  if (!self->handlers[which] || exceptionPending()) return 0;
  Ref<ParserObject> kept = share(self);
  if (flushCharacters(self).failed() || !self->handlers[which]) return 0;
  Result<Ref<TupleObject>> args = make_arguments(self);
  if (args.failed()) return stopHandlers(self), 0;
  Ref<TupleObject> tuple = std::move(args).take();
  Result<Ref<>> answer = callHandler(self, which, tuple);
  if (answer.failed()) return stopHandlers(self), 0;
  if (which != kNotStandalone && which != kExternalEntityRef) return 0;
  Ref<> value = std::move(answer).take();
  Result<long> status = asLong(value);
  return status.failed() ? 0 : static_cast<int>(std::move(status).take());
}

using Arguments = Result<Ref<TupleObject>>;

// --- elements ----------------------------------------------------------------------------------------------

Result<Ref<>> attributeContainer(ParserObject* self, const XML_Char** attributes) {
  int count = 0;
  if (self->specified_attributes)
    count = XML_GetSpecifiedAttributeCount(self->parser);
  else
    while (attributes[count]) count += 2;
  if (self->ordered_attributes) {
    Ref<ListObject> list = TRY(listNew());
    for (int i = 0; i < count; i += 2) {
      TRY(listAppend(list, TRY(internedText(self, attributes[i]))));
      TRY(listAppend(list, TRY(optionalUtf8(attributes[i + 1]))));
    }
    return list;
  }
  Ref<DictObject> dict = TRY(dictNew());
  for (int i = 0; i < count; i += 2) {
    Ref<> key = TRY(internedText(self, attributes[i])), value = TRY(optionalUtf8(attributes[i + 1]));
    TRY(dictSet(dict, key, value));
  }
  return dict;
}

void onStartElement(void* data, const XML_Char* tag, const XML_Char** attributes) {
  event(data, kStartElement, [&](ParserObject* self) -> Arguments {
    Ref<> container = TRY(attributeContainer(self, attributes));
    return argumentsOf(TRY(internedText(self, tag)), container);
  });
}
void onEndElement(void* data, const XML_Char* tag) {
  event(data, kEndElement,
        [&](ParserObject* self) -> Arguments { return argumentsOf(TRY(internedText(self, tag))); });
}
void onProcessingInstruction(void* data, const XML_Char* target, const XML_Char* text) {
  event(data, kProcessingInstruction, [&](ParserObject* self) -> Arguments {
    return argumentsOf(TRY(internedText(self, target)), TRY(optionalUtf8(text)));
  });
}

// --- character data ----------------------------------------------------------------------------------------

Status deliverCharacters(ParserObject* self, const XML_Char* text, int length) {
  if (!self->handlers[kCharacters]) return {};
  Result<Ref<>> made = textOf(text, length);
  if (made.failed()) {
    stopHandlers(self);
    XML_SetCharacterDataHandler(self->parser, nullptr);
    return Raised{};
  }
  Ref<> characters = std::move(made).take();
  Ref<TupleObject> args = TRY(tupleOf(characters.get()));
  Result<Ref<>> answer = callHandler(self, kCharacters, args);
  if (!answer.failed()) return {};
  stopHandlers(self);
  return Raised{};
}

// Pieces are collected when the parser has a buffer. Errors stay pending.
void onCharacterData(void* data, const XML_Char* text, int length) {
  auto* self = static_cast<ParserObject*>(data);
  if (exceptionPending()) return;
  Ref<ParserObject> kept = share(self);
  if (self->buffer && self->buffer_used + length > self->buffer_size) {
    if (flushCharacters(self).failed()) return;
    if (!self->handlers[kCharacters]) return;  // the handler may have been removed meanwhile
  }
  if (!self->buffer || length > self->buffer_size) {
    self->buffer_used = 0;
    (void)deliverCharacters(self, text, length).failed();
    return;
  }
  std::memcpy(self->buffer + self->buffer_used, text, static_cast<size_t>(length));
  self->buffer_used += length;
}

// --- declarations ------------------------------------------------------------------------------------------

void onUnparsedEntityDecl(void* data, const XML_Char* entity, const XML_Char* base, const XML_Char* system_id,
                          const XML_Char* public_id, const XML_Char* notation) {
  event(data, kUnparsedEntityDecl, [&](ParserObject* self) -> Arguments {
    return argumentsOf(TRY(internedText(self, entity)), TRY(internedText(self, base)),
                       TRY(internedText(self, system_id)), TRY(internedText(self, public_id)),
                       TRY(internedText(self, notation)));
  });
}
void onNotationDecl(void* data, const XML_Char* notation, const XML_Char* base, const XML_Char* system_id,
                    const XML_Char* public_id) {
  event(data, kNotationDecl, [&](ParserObject* self) -> Arguments {
    return argumentsOf(TRY(internedText(self, notation)), TRY(internedText(self, base)),
                       TRY(internedText(self, system_id)), TRY(internedText(self, public_id)));
  });
}
void onStartNamespaceDecl(void* data, const XML_Char* prefix, const XML_Char* uri) {
  event(data, kStartNamespaceDecl, [&](ParserObject* self) -> Arguments {
    return argumentsOf(TRY(internedText(self, prefix)), TRY(internedText(self, uri)));
  });
}
void onEndNamespaceDecl(void* data, const XML_Char* prefix) {
  event(data, kEndNamespaceDecl,
        [&](ParserObject* self) -> Arguments { return argumentsOf(TRY(internedText(self, prefix))); });
}
void onComment(void* data, const XML_Char* text) {
  event(data, kComment, [&](ParserObject*) -> Arguments { return argumentsOf(TRY(optionalUtf8(text))); });
}
Arguments noArguments(ParserObject*) { return emptyTuple(); }
void onStartCdata(void* data) { event(data, kStartCdataSection, noArguments); }
void onEndCdata(void* data) { event(data, kEndCdataSection, noArguments); }
void onDefault(void* data, const XML_Char* text, int length) {
  event(data, kDefault, [&](ParserObject*) -> Arguments { return argumentsOf(TRY(textOf(text, length))); });
}
void onDefaultExpand(void* data, const XML_Char* text, int length) {
  event(data, kDefaultExpand,
        [&](ParserObject*) -> Arguments { return argumentsOf(TRY(textOf(text, length))); });
}
int onNotStandalone(void* data) { return event(data, kNotStandalone, noArguments); }
int onExternalEntityRef(XML_Parser parser, const XML_Char* context, const XML_Char* base,
                        const XML_Char* system_id, const XML_Char* public_id) {
  return event(XML_GetUserData(parser), kExternalEntityRef, [&](ParserObject* self) -> Arguments {
    return argumentsOf(TRY(optionalUtf8(context)), TRY(internedText(self, base)),
                       TRY(internedText(self, system_id)), TRY(internedText(self, public_id)));
  });
}
void onStartDoctype(void* data, const XML_Char* doctype, const XML_Char* system_id, const XML_Char* public_id,
                    int has_subset) {
  event(data, kStartDoctypeDecl, [&](ParserObject* self) -> Arguments {
    return argumentsOf(TRY(internedText(self, doctype)), TRY(internedText(self, system_id)),
                       TRY(internedText(self, public_id)), TRY(number(has_subset)));
  });
}
void onEndDoctype(void* data) { event(data, kEndDoctypeDecl, noArguments); }
void onEntityDecl(void* data, const XML_Char* entity, int is_parameter, const XML_Char* value,
                  int value_length, const XML_Char* base, const XML_Char* system_id,
                  const XML_Char* public_id, const XML_Char* notation) {
  event(data, kEntityDecl, [&](ParserObject* self) -> Arguments {
    Ref<> text = value ? TRY(textOf(value, value_length)) : none();
    return argumentsOf(TRY(internedText(self, entity)), TRY(number(is_parameter)), text,
                       TRY(internedText(self, base)), TRY(internedText(self, system_id)),
                       TRY(internedText(self, public_id)), TRY(internedText(self, notation)));
  });
}
void onXmlDecl(void* data, const XML_Char* version, const XML_Char* encoding, int standalone) {
  event(data, kXmlDecl, [&](ParserObject*) -> Arguments {
    return argumentsOf(TRY(optionalUtf8(version)), TRY(optionalUtf8(encoding)), TRY(number(standalone)));
  });
}

// (type, quantifier, name, children)
Result<Ref<>> contentModel(const XML_Content& model) {
  auto guard = TRY(RecursionGuard::enter(" in conv_content_model"));
  Ref<TupleObject> children = TRY(tupleNew(model.numchildren));
  for (unsigned i = 0; i < model.numchildren; i++)
    children->ob_item[i] = TRY(contentModel(model.children[i])).leak();
  return Ref<>(TRY(argumentsOf(TRY(number(model.type)), TRY(number(model.quant)),
                               TRY(optionalUtf8(model.name)), children)));
}
void onElementDecl(void* data, const XML_Char* element, XML_Content* model) {
  event(data, kElementDecl, [&](ParserObject* self) -> Arguments {
    Ref<> content = TRY(contentModel(*model));
    return argumentsOf(TRY(internedText(self, element)), content);
  });
  XML_FreeContentModel(static_cast<ParserObject*>(data)->parser, model);
}
void onAttlistDecl(void* data, const XML_Char* element, const XML_Char* attribute, const XML_Char* type,
                   const XML_Char* fallback, int required) {
  event(data, kAttlistDecl, [&](ParserObject* self) -> Arguments {
    return argumentsOf(TRY(internedText(self, element)), TRY(internedText(self, attribute)),
                       TRY(optionalUtf8(type)), TRY(optionalUtf8(fallback)), TRY(number(required)));
  });
}
void onSkippedEntity(void* data, const XML_Char* entity, int is_parameter) {
  event(data, kSkippedEntity, [&](ParserObject* self) -> Arguments {
    return argumentsOf(TRY(internedText(self, entity)), TRY(number(is_parameter)));
  });
}

void ignoreCharacterData(void*, const XML_Char*, int) {}

template <auto Set, auto Function>
void install(XML_Parser parser, bool on) {
  Set(parser, on ? Function : nullptr);
}

}  // namespace

#define HANDLER(name, line, function) {#name, line, install<XML_Set##name##Handler, function>}
const HandlerRow kHandlers[kHandlerCount] = {
    HANDLER(StartElement, 417, onStartElement),
    HANDLER(EndElement, 469, onEndElement),
    HANDLER(ProcessingInstruction, 473, onProcessingInstruction),
    HANDLER(CharacterData, 282, onCharacterData),
    HANDLER(UnparsedEntityDecl, 479, onUnparsedEntityDecl),
    HANDLER(NotationDecl, 619, onNotationDecl),
    HANDLER(StartNamespaceDecl, 629, onStartNamespaceDecl),
    HANDLER(EndNamespaceDecl, 636, onEndNamespaceDecl),
    HANDLER(Comment, 641, onComment),
    HANDLER(StartCdataSection, 645, onStartCdata),
    HANDLER(EndCdataSection, 649, onEndCdata),
    HANDLER(Default, 653, onDefault),
    {"DefaultHandlerExpand", 657, install<XML_SetDefaultHandlerExpand, onDefaultExpand>},
    HANDLER(NotStandalone, 662, onNotStandalone),
    HANDLER(ExternalEntityRef, 666, onExternalEntityRef),
    HANDLER(StartDoctypeDecl, 681, onStartDoctype),
    HANDLER(EndDoctypeDecl, 689, onEndDoctype),
    HANDLER(EntityDecl, 491, onEntityDecl),
    HANDLER(XmlDecl, 508, onXmlDecl),
    HANDLER(ElementDecl, 583, onElementDecl),
    HANDLER(AttlistDecl, 598, onAttlistDecl),
    HANDLER(SkippedEntity, 611, onSkippedEntity),
};

Status flushCharacters(ParserObject* self) {
  if (!self->buffer || self->buffer_used == 0) return {};
  return deliverCharacters(self, self->buffer, std::exchange(self->buffer_used, 0));
}

void dropHandlers(ParserObject* self) {
  for (int i = 0; i < kHandlerCount; i++) {
    if (!self->handlers[i]) continue;
    PyObject* former = std::exchange(self->handlers[i], nullptr);
    kHandlers[i].install(self->parser, false);
    decref(former);
  }
}

Status setHandler(ParserObject* self, int index, PyObject* handler) {
  // Text that was collected belongs to the handler that is there now.
  if (index == kCharacterData) TRY(flushCharacters(self));
  PyObject* former =
      std::exchange(self->handlers[index], handler == Py_None ? nullptr : share(handler).leak());
  // While expat is delivering text its handler must not vanish.
  if (index == kCharacterData && handler == Py_None && self->in_callback)
    XML_SetCharacterDataHandler(self->parser, ignoreCharacterData);
  else
    kHandlers[index].install(self->parser, handler != Py_None);
  xdecref(former);
  return {};
}

}  // namespace krait::modules::expat
