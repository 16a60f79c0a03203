// import and from ... import.
#include <string>

#include "parser/parser.h"

namespace krait::parser {

using namespace ast;

const Identifier* Parser::dottedName() {
  const Identifier* first = KR_PARSE(name());
  if (type() != Tok::Dot) return first;
  std::string dotted(first->text);
  while (accept(Tok::Dot)) {
    const Identifier* part = KR_PARSE(name());
    dotted += '.';
    dotted += part->text;
  }
  return tree_.intern(dotted);
}

Alias* Parser::importAlias() {
  Start start = here();
  const Identifier* dotted = KR_PARSE(dottedName());
  const Identifier* asname = nullptr;
  if (accept(Tok::KAs)) asname = KR_PARSE(name());
  return make<Alias>(spanFrom(start), dotted, asname);
}

Stmt* Parser::importStatement() {
  Start start = here();
  position_++;
  List<Alias*> names(*this);
  do {
    names.push(KR_PARSE(importAlias()));
  } while (accept(Tok::Comma));
  return make<Import>(spanFrom(start), names.finish());
}

Alias* Parser::fromImportAlias() {
  Start start = here();
  const Identifier* imported = KR_PARSE(name());
  const Identifier* asname = nullptr;
  if (accept(Tok::KAs)) asname = KR_PARSE(name());
  return make<Alias>(spanFrom(start), imported, asname);
}

Stmt* Parser::fromImportStatement() {
  Start start = here();
  position_++;
  int level = 0;
  for (;; position_++) {
    if (type() == Tok::Dot) {
      level += 1;
    } else if (type() == Tok::Ellipsis) {
      level += 3;
    } else {
      break;
    }
  }
  const Identifier* module = nullptr;
  if (level == 0 || type() != Tok::KImport) module = KR_PARSE(dottedName());
  KR_PARSE(accept(Tok::KImport));
  List<Alias*> names(*this);
  if (type() == Tok::Star) {
    Start star = here();
    position_++;
    names.push(make<Alias>(spanFrom(star), tree_.intern("*"), static_cast<const Identifier*>(nullptr)));
  } else {
    bool parenthesised = accept(Tok::LPar);
    do {
      if (parenthesised && names.size() > 0 && type() == Tok::RPar) break;
      names.push(KR_PARSE(fromImportAlias()));
    } while (accept(Tok::Comma));
    if (parenthesised) KR_PARSE(accept(Tok::RPar));
  }
  KR_PARSE(type() == Tok::Newline || type() == Tok::Semi);
  return make<ImportFrom>(spanFrom(start), module, names.finish(), level);
}

}  // namespace krait::parser
