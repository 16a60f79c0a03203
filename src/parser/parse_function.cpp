// def and parameter lists of def and lambda.
#include "parser/parser.h"

namespace krait::parser {

using namespace ast;

Stmt* Parser::functionDefinition(Start start, bool is_async, Seq<Expr*> decorators) {
  position_++;
  const Identifier* function_name = KR_PARSE(name());
  KR_PARSE(accept(Tok::LPar));
  Arguments* args = KR_PARSE(parameters(false));
  KR_PARSE(accept(Tok::RPar));
  Expr* returns = nullptr;
  if (accept(Tok::RArrow)) returns = KR_PARSE(expression());
  KR_PARSE(accept(Tok::Colon));
  std::string_view comment;
  KR_PARSE(functionTypeComment(&comment));
  Seq<Stmt*> body;
  KR_PARSE(block(&body));
  Span span = spanFrom(start);
  if (is_async) return make<AsyncFunctionDef>(span, function_name, args, body, decorators, returns, comment);
  return make<FunctionDef>(span, function_name, args, body, decorators, returns, comment);
}

// A type comment after the colon or alone on the first line of the body.
bool Parser::functionTypeComment(std::string_view* comment) {
  if (!options_.type_comments) return true;
  if (type() == Tok::Newline && typeAt(1) == Tok::TypeComment) {
    position_++;
    *comment = typeComment();
    return type() == Tok::Newline && typeAt(1) == Tok::Indent;
  }
  *comment = typeComment();
  return true;
}

namespace {

enum class Section : uint8_t { PosOnly, Positional, VarArg, KwOnly, KwArg };

struct Parameter {
  Arg* arg;
  Expr* default_value;
  Section section;
};

}  // namespace

struct Parser::Parameters {
  List<Parameter*>& list;
  Arena& arena;
  bool saw_slash = false;
  bool saw_star = false;
  bool saw_kwarg = false;
  bool saw_default = false;  // of a positional parameter

  void push(Arg* arg, Expr* default_value, Section section) {
    list.push(arena.make<Parameter>(arg, default_value, section));
  }
};

namespace {

Arguments* splitParameters(Arena& arena, Seq<Parameter*> all) {
  auto* result = arena.make<Arguments>();
  uint32_t counts[5] = {}, defaults = 0;
  for (Parameter* parameter : all) {
    counts[static_cast<int>(parameter->section)]++;
    defaults += parameter->section <= Section::Positional && parameter->default_value;
  }
  auto arg_seq = [&](Section section) {
    uint32_t count = counts[static_cast<int>(section)];
    return Seq<Arg*>(count ? arena.makeArray<Arg*>(count) : nullptr, count);
  };
  result->posonlyargs = arg_seq(Section::PosOnly);
  result->args = arg_seq(Section::Positional);
  result->kwonlyargs = arg_seq(Section::KwOnly);
  uint32_t kwonly = result->kwonlyargs.size();
  result->kw_defaults = Seq<Expr*>(kwonly ? arena.makeArray<Expr*>(kwonly) : nullptr, kwonly);
  result->defaults = Seq<Expr*>(defaults ? arena.makeArray<Expr*>(defaults) : nullptr, defaults);
  uint32_t posonly = 0, positional = 0, keyword = 0, next_default = 0;
  for (Parameter* parameter : all) {
    switch (parameter->section) {
      case Section::PosOnly: result->posonlyargs[posonly++] = parameter->arg; break;
      case Section::Positional: result->args[positional++] = parameter->arg; break;
      case Section::VarArg: result->vararg = parameter->arg; break;
      case Section::KwArg: result->kwarg = parameter->arg; break;
      case Section::KwOnly:
        result->kw_defaults[keyword] = parameter->default_value;
        result->kwonlyargs[keyword++] = parameter->arg;
        break;
    }
    bool is_positional = parameter->section <= Section::Positional;
    if (is_positional && parameter->default_value)
      result->defaults[next_default++] = parameter->default_value;
  }
  return result;
}

}  // namespace

Arguments* Parser::parameters(bool is_lambda) {
  Tok close = is_lambda ? Tok::Colon : Tok::RPar;
  List<Parameter*> list(*this);
  Parameters state{list, arena_};
  while (type() != close) {
    KR_PARSE(!state.saw_kwarg);
    KR_PARSE(parameter(state, is_lambda));
  }
  return splitParameters(arena_, list.finish());
}

// One parameter or marker, with the comma after it.
bool Parser::parameter(Parameters& state, bool is_lambda) {
  switch (type()) {
    case Tok::Slash: {
      position_++;
      Seq<Parameter*> before = state.list.finish();
      if (state.saw_slash || state.saw_star || before.empty() || options_.feature_version < 8) return false;
      for (Parameter* parameter : before) parameter->section = Section::PosOnly;
      state.saw_slash = true;
      return accept(Tok::Comma) || type() == (is_lambda ? Tok::Colon : Tok::RPar);
    }
    case Tok::Star: return !state.saw_star && starParameter(state, is_lambda);
    case Tok::DoubleStar: {
      position_++;
      state.saw_kwarg = true;
      Arg* arg = KR_PARSE(parameterName(is_lambda, false));
      state.push(arg, nullptr, Section::KwArg);
      return parameterSeparator(arg, is_lambda);
    }
    default: return plainParameter(state, is_lambda);
  }
}

bool Parser::starParameter(Parameters& state, bool is_lambda) {
  position_++;
  state.saw_star = true;
  if (accept(Tok::Comma)) return type() == Tok::Name;  // bare star: a keyword-only parameter must follow
  Arg* arg = KR_PARSE(parameterName(is_lambda, true));
  state.push(arg, nullptr, Section::VarArg);
  return parameterSeparator(arg, is_lambda);
}

bool Parser::plainParameter(Parameters& state, bool is_lambda) {
  Arg* arg = KR_PARSE(parameterName(is_lambda, false));
  Expr* default_value = nullptr;
  if (accept(Tok::Equal)) {
    default_value = KR_PARSE(expression());
  } else if (state.saw_default && !state.saw_star) {
    return false;
  }
  state.push(arg, default_value, state.saw_star ? Section::KwOnly : Section::Positional);
  state.saw_default = state.saw_default || (default_value && !state.saw_star);
  return parameterSeparator(arg, is_lambda);
}

Arg* Parser::parameterName(bool is_lambda, bool star_annotation) {
  Start start = here();
  const Identifier* parameter_name = KR_PARSE(name());
  Expr* annotation = nullptr;
  if (!is_lambda && accept(Tok::Colon)) {
    annotation = KR_PARSE(star_annotation ? starExpression() : expression());
  }
  return make<Arg>(spanFrom(start), parameter_name, annotation, std::string_view{});
}

// A comma or the end of the list, with the parameter's type comment.
bool Parser::parameterSeparator(Arg* arg, bool is_lambda) {
  Tok close = is_lambda ? Tok::Colon : Tok::RPar;
  bool comma = accept(Tok::Comma);
  if (!is_lambda && type() == Tok::TypeComment) {
    arg->type_comment = typeComment();
    return comma || type() == close;
  }
  return comma || type() == close;
}

}  // namespace krait::parser
