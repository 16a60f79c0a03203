// pyexpat: the parser object, shared by its files.
//
//   handlers.cpp  calls of Python handlers from expat's events      parser.cpp  the type
//   module.cpp    the module, its errors and the capsule that _elementtree reads
#pragma once

#include <expat.h>

#include "core/native.h"
#include "types/dict.h"
#include "types/str.h"

namespace krait::modules::expat {

constexpr int kHandlerCount = 22;
constexpr int kCharacterData = 3;

// Exceptions of handlers are pending while expat unwinds; the parser is stopped then and no further handler
// runs.
struct ParserObject : PyObject {
  XML_Parser parser;
  int ordered_attributes, specified_attributes, in_callback, ns_prefixes;
  XML_Char* buffer;  // collected character data, owned; null: not collected
  int buffer_size, buffer_used;
  PyObject* intern;     // dict of strings, or null
  PyObject** handlers;  // kHandlerCount, each owned or null
};
static_assert(sizeof(ParserObject) == 72);

extern PyObject* g_expat_error;
extern PyTypeObject* g_parser_type;

struct HandlerRow {
  const char* name;
  int line;  // shown in tracebacks
  void (*install)(XML_Parser parser, bool on);
};
extern const HandlerRow kHandlers[kHandlerCount];

Status setHandler(ParserObject* self, int index, PyObject* handler);
// Hands collected character data to the handler.
Status flushCharacters(ParserObject* self);
void dropHandlers(ParserObject* self);
Raised raiseExpatError(ParserObject* self, XML_Error code);
int decodeUnknownEncoding(void* data, const XML_Char* name, XML_Encoding* info);
Result<Ref<>> optionalUtf8(const XML_Char* text);  // None for null

Result<Ref<>> parserCreate(const char* encoding, const char* separator, Opt<> intern);
Status addParserType(PyObject* module);

}  // namespace krait::modules::expat
