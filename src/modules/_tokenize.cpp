// _tokenize: the lexer as an iterator.
#include <algorithm>

#include "core/gc.h"
#include "core/scratch.h"
#include "modules/heap_type.h"
#include "parser/lexer.h"
#include "parser/parse.h"
#include "parser/source.h"
#include "types/codecs.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/module.h"

namespace krait::modules {
namespace {

struct LexerState {
  explicit LexerState(std::string source) : text(std::move(source)), lexer(text, {}) {}
  std::string text;
  parser::Lexer lexer;
  size_t next = 0;
};

struct TokenizerIter : PyObject {
  LexerState* state;
};

Result<Ref<>> tokenizerNew(PyTypeObject* type, StrObject* source) {
  TRY(checkMemory());
  std::string_view utf8 = TRY(strUtf8(source));
  if (utf8.find('\0') != utf8.npos) return raise(PyExc_ValueError, "embedded null character");
  TRY(askForRoom(parser::bytesToParse(utf8)));
  parser::Options options;
  options.ignore_cookie = true;
  parser::DecodedSource decoded = parser::decodeSource(utf8, options);
  Ref<TokenizerIter> made = TRY(typeAlloc<TokenizerIter>(type));
  made->state = new LexerState(std::move(decoded.text));
  return Ref<>(std::move(made));
}

void tokenizerDealloc(PyObject* self) {
  delete static_cast<TokenizerIter*>(self)->state;
  heapInstanceFree(self);
}

Raised raiseLexError(const parser::Diagnostic& error) {
  Ref<StrObject> filename = TRY(strFromAscii("<string>"));
  PyObject* type = error.kind == parser::ErrorKind::TabError           ? PyExc_TabError
                   : error.kind == parser::ErrorKind::IndentationError ? PyExc_IndentationError
                                                                       : PyExc_SyntaxError;
  MaybeRef<StrObject> text;
  if (error.text) text = TRY(decodeUtf8(*error.text, "replace"));
  return raiseSyntaxError(type, error.message.c_str(), filename, error.lineno, error.offset, error.end_lineno,
                          error.end_offset, text.opt());
}

// The line as the lexer holds it; the lines of a token that spans several are joined.
Result<Ref<StrObject>> currentLine(const parser::Lexer& lexer) {
  auto [begin, end] = lexer.joinedLines(lexer.lineno());
  return decodeUtf8({begin, static_cast<size_t>(end - begin)}, "replace");
}

Result<MaybeRef<>> tokenizerNext(TokenizerIter* self) {
  parser::Lexer& lexer = self->state->lexer;
  const parser::Token token = lexer.at(self->state->next);
  if (lexer.failure() == parser::LexFailure::Raised) return raiseLexError(lexer.error());
  if (lexer.failure() != parser::LexFailure::None || token.type == parser::Tok::EndMarker)
    return MaybeRef<>();
  self->state->next++;
  std::string_view spelling = token.col_offset >= 0 ? token.text() : std::string_view();
  if (token.type == parser::Tok::Newline) {  // a comment before it counts, the line end does not
    spelling = spelling.substr(0, static_cast<size_t>(token.end_col_offset - token.col_offset));
  }
  Ref<StrObject> text = TRY(decodeUtf8(spelling, "replace"));
  Ref<StrObject> line = TRY(currentLine(lexer));
  Ref<TupleObject> tuple = TRY(tupleNew(7));
  tuple->ob_item[0] = Ref<>(std::move(text)).leak();
  int numbers[] = {parser::pythonTokenNumber(token.type), token.lineno, token.end_lineno, token.col_offset,
                   token.end_col_offset};
  for (int i = 0; i < 5; i++) tuple->ob_item[i + 1] = Ref<>(TRY(intFromLong(numbers[i]))).leak();
  tuple->ob_item[6] = Ref<>(std::move(line)).leak();
  return MaybeRef<>(std::move(tuple));
}

const PyTypeObject kTokenizerIterType = {
    KR_TYPE_HEAD,
    .tp_name = "_tokenize.TokenizerIter",
    .tp_basicsize = sizeof(TokenizerIter),
    .tp_dealloc = tokenizerDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<tokenizerNext>,
    .tp_new = newSlot<"tokenizeriter(source)", tokenizerNew>,
};

Status tokenizeExec(PyObject* module) {
  TRY(heapTypeAdd(module, kTokenizerIterType));
  return {};
}

constinit PyMethodDef kMethods[] = {{}};
constinit PyModuleDef kModule = moduleDef<"_tokenize", tokenizeExec>(kMethods, nullptr);

}  // namespace

PyObject* initTokenize() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
