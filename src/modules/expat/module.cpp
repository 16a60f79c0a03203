// The pyexpat module.
#include <cstring>
#include <string>

#include "core/interpreter.h"
#include "modules/c_args.h"
#include "modules/expat/parser.h"
#include "modules/heap_type.h"
#include "types/int.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait::modules {
namespace expat {

PyObject* g_expat_error;

namespace {

Result<Ref<>> moduleParserCreate(OptionalCText encoding, OptionalCText separator, Opt<> intern) {
  if (separator.text && strlen(separator.text) > 1) {
    return raise(PyExc_ValueError, "namespace_separator must be at most one character, omitted, or None");
  }
  if (intern && intern.get() == Py_None) return parserCreate(encoding.text, separator.text, nullptr);
  if (!intern) return parserCreate(encoding.text, separator.text, TRY(dictNew()).get());
  if (!isDict(intern.get())) return raise(PyExc_TypeError, "intern must be a dictionary");
  return parserCreate(encoding.text, separator.text, intern);
}
Result<Ref<>> moduleErrorString(CLong code) {
  return optionalUtf8(XML_ErrorString(static_cast<XML_Error>(code.value)));
}

constinit PyMethodDef kModuleMethods[] = {
    function<"ParserCreate($module, /, encoding=None, namespace_separator=None,\n             "
             "intern=<unrepresentable>)",
             moduleParserCreate, "A new parser.">,
    function<"ErrorString($module, code, /)", moduleErrorString, "The text of an error number.">,
    {}};

constexpr const char* kErrorNames[] = {"NO_MEMORY",
                                       "SYNTAX",
                                       "NO_ELEMENTS",
                                       "INVALID_TOKEN",
                                       "UNCLOSED_TOKEN",
                                       "PARTIAL_CHAR",
                                       "TAG_MISMATCH",
                                       "DUPLICATE_ATTRIBUTE",
                                       "JUNK_AFTER_DOC_ELEMENT",
                                       "PARAM_ENTITY_REF",
                                       "UNDEFINED_ENTITY",
                                       "RECURSIVE_ENTITY_REF",
                                       "ASYNC_ENTITY",
                                       "BAD_CHAR_REF",
                                       "BINARY_ENTITY_REF",
                                       "ATTRIBUTE_EXTERNAL_ENTITY_REF",
                                       "MISPLACED_XML_PI",
                                       "UNKNOWN_ENCODING",
                                       "INCORRECT_ENCODING",
                                       "UNCLOSED_CDATA_SECTION",
                                       "EXTERNAL_ENTITY_HANDLING",
                                       "NOT_STANDALONE",
                                       "UNEXPECTED_STATE",
                                       "ENTITY_DECLARED_IN_PE",
                                       "FEATURE_REQUIRES_XML_DTD",
                                       "CANT_CHANGE_FEATURE_ONCE_PARSING",
                                       "UNBOUND_PREFIX",
                                       "UNDECLARING_PREFIX",
                                       "INCOMPLETE_PE",
                                       "XML_DECL",
                                       "TEXT_DECL",
                                       "PUBLICID",
                                       "SUSPENDED",
                                       "NOT_SUSPENDED",
                                       "ABORTED",
                                       "FINISHED",
                                       "SUSPEND_PE",
                                       "RESERVED_PREFIX_XML",
                                       "RESERVED_PREFIX_XMLNS",
                                       "RESERVED_NAMESPACE_URI",
                                       "INVALID_ARGUMENT",
                                       "NO_BUFFER",
                                       "AMPLIFICATION_LIMIT_BREACH"};

// pyexpat.errors and pyexpat.model stand in sys.modules, too.
Result<Ref<ModuleObject>> addSubmodule(PyObject* module, const char* full_name, const char* short_name,
                                       const char* doc) {
  Ref<StrObject> title = TRY(strFromAscii(full_name));
  Ref<ModuleObject> made = TRY(moduleNew(title));
  TRY(dictSet(interpreter().modules, title, made));
  TRY(moduleAddStr(made, "__doc__", doc));
  TRY(moduleAdd(module, short_name, made.clone()));
  return made;
}

Status addErrors(PyObject* module) {
  Ref<ModuleObject> errors =
      TRY(addSubmodule(module, "pyexpat.errors", "errors", "Constants used to describe error conditions."));
  Ref<DictObject> codes = TRY(dictNew()), messages = TRY(dictNew());
  int code = 1;
  for (const char* error_name : kErrorNames) {
    std::string full = std::string("XML_ERROR_") + error_name;
    Ref<StrObject> text = TRY(strFromUtf8(XML_ErrorString(static_cast<XML_Error>(code))));
    Ref<IntObject> number = TRY(intFromLong(code++));
    TRY(moduleAdd(errors, full.c_str(), text.clone()));
    TRY(dictSet(codes, text, number));
    TRY(dictSet(messages, number, text));
  }
  TRY(moduleAdd(errors, "codes", std::move(codes)));
  return moduleAdd(errors, "messages", std::move(messages));
}

#define CONSTANT(name) {#name, name}
constexpr std::pair<const char*, int> kModel[] = {
    CONSTANT(XML_CTYPE_EMPTY),  CONSTANT(XML_CTYPE_ANY),  CONSTANT(XML_CTYPE_MIXED), CONSTANT(XML_CTYPE_NAME),
    CONSTANT(XML_CTYPE_CHOICE), CONSTANT(XML_CTYPE_SEQ),  CONSTANT(XML_CQUANT_NONE), CONSTANT(XML_CQUANT_OPT),
    CONSTANT(XML_CQUANT_REP),   CONSTANT(XML_CQUANT_PLUS)};
constexpr std::pair<const char*, int> kConstants[] = {CONSTANT(XML_PARAM_ENTITY_PARSING_NEVER),
                                                      CONSTANT(XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE),
                                                      CONSTANT(XML_PARAM_ENTITY_PARSING_ALWAYS)};

Status addModel(PyObject* module) {
  Ref<ModuleObject> model = TRY(addSubmodule(module, "pyexpat.model", "model",
                                             "Constants used to interpret content model information."));
  for (auto [constant, value] : kModel) TRY(moduleAddInt(model, constant, value));
  return {};
}

Status addFeatures(PyObject* module) {
  Ref<ListObject> features = TRY(listNew());
  for (const XML_Feature* feature = XML_GetFeatureList(); feature->feature != XML_FEATURE_END; feature++) {
    Ref<StrObject> title = TRY(strFromUtf8(feature->name));
    Ref<IntObject> value = TRY(intFromLong(feature->value));
    TRY(listAppend(features, Ref<>(TRY(tupleOf<PyObject>(title.get(), value.get())))));
  }
  return moduleAdd(module, "features", std::move(features));
}

Status addVersion(PyObject* module) {
  XML_Expat_Version version = XML_ExpatVersionInfo();
  Ref<IntObject> major = TRY(intFromLong(version.major)), minor = TRY(intFromLong(version.minor)),
                 micro = TRY(intFromLong(version.micro));
  TRY(moduleAddStr(module, "EXPAT_VERSION", XML_ExpatVersion()));
  TRY(moduleAdd(module, "version_info", TRY(tupleOf(major.get(), minor.get(), micro.get()))));
  return moduleAddStr(module, "native_encoding", "UTF-8");
}

// struct PyExpat_CAPI, for modules that drive expat themselves.
struct ExpatApi {
  const char* magic;
  int size, major, minor, micro;
  const XML_LChar* (*error_string)(XML_Error);
  XML_Error (*error_code)(XML_Parser);
  XML_Size (*error_column)(XML_Parser);
  XML_Size (*error_line)(XML_Parser);
  XML_Status (*parse)(XML_Parser, const char*, int, int);
  XML_Parser (*create)(const XML_Char*, const XML_Memory_Handling_Suite*, const XML_Char*);
  void (*free)(XML_Parser);
  void (*set_character_data)(XML_Parser, XML_CharacterDataHandler);
  void (*set_comment)(XML_Parser, XML_CommentHandler);
  void (*set_default_expand)(XML_Parser, XML_DefaultHandler);
  void (*set_element)(XML_Parser, XML_StartElementHandler, XML_EndElementHandler);
  void (*set_namespace)(XML_Parser, XML_StartNamespaceDeclHandler, XML_EndNamespaceDeclHandler);
  void (*set_instruction)(XML_Parser, XML_ProcessingInstructionHandler);
  void (*set_unknown_encoding)(XML_Parser, XML_UnknownEncodingHandler, void*);
  void (*set_user_data)(XML_Parser, void*);
  void (*set_doctype)(XML_Parser, XML_StartDoctypeDeclHandler);
  XML_Status (*set_encoding)(XML_Parser, const XML_Char*);
  int (*unknown_encoding)(void*, const XML_Char*, XML_Encoding*);
  int (*set_hash_salt)(XML_Parser, unsigned long);
};
static_assert(sizeof(ExpatApi) == 176 && offsetof(ExpatApi, set_hash_salt) == 168);

const ExpatApi kApi = {"pyexpat.expat_CAPI 1.1",
                       sizeof(ExpatApi),
                       XML_MAJOR_VERSION,
                       XML_MINOR_VERSION,
                       XML_MICRO_VERSION,
                       XML_ErrorString,
                       XML_GetErrorCode,
                       XML_GetCurrentColumnNumber,
                       XML_GetCurrentLineNumber,
                       XML_Parse,
                       XML_ParserCreate_MM,
                       XML_ParserFree,
                       XML_SetCharacterDataHandler,
                       XML_SetCommentHandler,
                       XML_SetDefaultHandlerExpand,
                       XML_SetElementHandler,
                       XML_SetNamespaceDeclHandler,
                       XML_SetProcessingInstructionHandler,
                       XML_SetUnknownEncodingHandler,
                       XML_SetUserData,
                       XML_SetStartDoctypeDeclHandler,
                       XML_SetEncoding,
                       decodeUnknownEncoding,
                       XML_SetHashSalt};

Status expatExec(PyObject* module) {
  TRY(moduleAdd(module, "error", none()));  // keeps its place before ExpatError
  Ref<> error = TRY(exceptionAdd(module, "xml.parsers.expat.ExpatError", PyExc_Exception));
  TRY(moduleAdd(module, "error", error.clone()));
  g_expat_error = std::move(error).leak();
  TRY(addParserType(module));
  TRY(moduleAdd(module, "XMLParserType", share<PyObject>(g_parser_type)));
  TRY(addVersion(module));
  TRY(addErrors(module));
  TRY(addModel(module));
  TRY(addFeatures(module));
  for (auto [constant, value] : kConstants) TRY(moduleAddInt(module, constant, value));
  return moduleAdd(module, "expat_CAPI",
                   TRY(capsuleNew(const_cast<ExpatApi*>(&kApi), "pyexpat.expat_CAPI", nullptr)));
}

constinit PyModuleDef kExpatModule =
    moduleDef<"pyexpat", expatExec>(kModuleMethods, "Python wrapper for Expat parser.");

}  // namespace
}  // namespace expat

PyObject* initPyexpat() { return moduleDefInit(&expat::kExpatModule); }

}  // namespace krait::modules
