// Binding the arguments of a call to the parameters of a Python function, with the messages of CPython 3.11.
#include <algorithm>
#include <cstring>

#include "bytecode/code_flags.h"
#include "interp/call_frame.h"
#include "types/list.h"

namespace krait {
namespace {

struct Binder {
  FunctionObject* function;
  CodeObject* code;
  PyObject** locals;
  PyObject** args;  // owned; a slot is nulled when its reference has moved
  Py_ssize_t given;
  Opt<TupleObject> names;

  int total() const { return code->co_argcount + code->co_kwonlyargcount; }
  bool takesVarArgs() const { return code->co_flags & kCoVarArgs; }
  PyObject* paramName(Py_ssize_t i) const {
    return static_cast<TupleObject*>(code->co_localsplusnames)->at(i);
  }
  PyObject* qualname() const { return function->func_qualname; }

  Status bind();
  Status bindPositional();
  Status bindKeywords(Opt<DictObject> rest);
  Result<Py_ssize_t> findParam(PyObject* keyword);
  Status bindKeyword(PyObject* keyword, PyObject** value, Opt<DictObject> rest);
  Status fillDefaults();
  Status fillKeywordDefaults();
  Raised raiseTooMany();
  Raised raiseMissing(Py_ssize_t missing, Py_ssize_t default_count);
  Status rejectPositionalOnly();
};

Result<Ref<StrObject>> joinQuoted(ListObject* names) {
  Py_ssize_t count = names->size();
  auto text = [&](Py_ssize_t i) { return names->at(i); };
  if (count == 1) return share(static_cast<StrObject*>(text(0)));
  if (count == 2) return strFormat("%U and %U", text(0), text(1));
  Ref<StrObject> tail = TRY(strFormat(", %U, and %U", text(count - 2), text(count - 1)));
  Ref<StrObject> comma = TRY(strLiteral(", "));
  Ref<StrObject> head = TRY(strJoinItems(comma.get(), names->ob_item, count - 2));
  return strConcat(head.get(), tail.get());
}

Raised Binder::raiseMissing(Py_ssize_t missing, Py_ssize_t default_count) {
  bool positional = default_count >= 0;
  Py_ssize_t start = positional ? 0 : code->co_argcount;
  Py_ssize_t end = positional ? code->co_argcount - default_count : total();
  auto report = [&]() -> Status {
    Ref<ListObject> quoted = TRY(listNew());
    for (Py_ssize_t i = start; i < end; i++) {
      if (locals[i]) continue;
      Ref<StrObject> text = TRY(objectRepr(paramName(i)));
      TRY(listAppend(quoted.get(), text.get()));
    }
    Ref<StrObject> list = TRY(joinQuoted(quoted.get()));
    return raise(PyExc_TypeError, "%U() missing %i required %s argument%s: %U", qualname(),
                 static_cast<int>(missing), positional ? "positional" : "keyword-only",
                 missing == 1 ? "" : "s", list.get());
  };
  (void)report().failed();
  return Raised{};
}

Raised Binder::raiseTooMany() {
  Py_ssize_t takes = code->co_argcount, keyword_only = 0;
  for (Py_ssize_t i = takes; i < total(); i++) keyword_only += locals[i] != nullptr;
  Py_ssize_t defaults = function->func_defaults ? function->defaults()->size() : 0;
  auto report = [&]() -> Status {
    Ref<StrObject> range =
        TRY(defaults ? strFormat("from %zd to %zd", takes - defaults, takes) : strFormat("%zd", takes));
    Ref<StrObject> more = emptyStr();
    if (keyword_only) {
      more = TRY(strFormat(" positional argument%s (and %zd keyword-only argument%s)", given != 1 ? "s" : "",
                           keyword_only, keyword_only != 1 ? "s" : ""));
    }
    bool plural = defaults || takes != 1;
    return raise(PyExc_TypeError, "%U() takes %U positional argument%s but %zd%U %s given", qualname(),
                 range.get(), plural ? "s" : "", given, more.get(),
                 given == 1 && !keyword_only ? "was" : "were");
  };
  (void)report().failed();
  return Raised{};
}

// A keyword that no parameter takes: says so when it names a positional-only one.
Status Binder::rejectPositionalOnly() {
  Ref<ListObject> found = TRY(listNew());
  for (int k = 0; k < code->co_posonlyargcount; k++) {
    for (Py_ssize_t i = 0; i < names->size(); i++) {
      PyObject* keyword = names->at(i);
      if (keyword == paramName(k) || TRY(richCompareBool(paramName(k), keyword, Py_EQ))) {
        TRY(listAppend(found.get(), keyword));
      }
    }
  }
  if (found->size() == 0) return {};
  Ref<StrObject> comma = TRY(strLiteral(", "));
  Ref<StrObject> list = TRY(strJoin(comma.get(), found.get()));
  return raise(PyExc_TypeError, "%U() got some positional-only arguments passed as keyword arguments: '%U'",
               qualname(), list.get());
}

// Index of the parameter a keyword names, -1 when there is none.
Result<Py_ssize_t> Binder::findParam(PyObject* keyword) {
  for (Py_ssize_t i = code->co_posonlyargcount; i < total(); i++) {
    if (paramName(i) == keyword) return i;
  }
  for (Py_ssize_t i = code->co_posonlyargcount; i < total(); i++) {
    if (TRY(richCompareBool(keyword, paramName(i), Py_EQ))) return i;
  }
  return Py_ssize_t{-1};
}

Status Binder::bindKeyword(PyObject* keyword, PyObject** value, Opt<DictObject> rest) {
  if (!isStr(keyword)) return raise(PyExc_TypeError, "%U() keywords must be strings", qualname());
  Py_ssize_t index = TRY(findParam(keyword));
  if (index >= 0) {
    if (locals[index]) {
      return raise(PyExc_TypeError, "%U() got multiple values for argument '%S'", qualname(), keyword);
    }
    locals[index] = std::exchange(*value, nullptr);
    return {};
  }
  if (rest) return dictSet(rest.get(), keyword, *value);
  if (code->co_posonlyargcount) TRY(rejectPositionalOnly());
  return raise(PyExc_TypeError, "%U() got an unexpected keyword argument '%S'", qualname(), keyword);
}

Status Binder::bindKeywords(Opt<DictObject> rest) {
  if (!names) return {};
  for (Py_ssize_t i = 0; i < names->size(); i++) TRY(bindKeyword(names->at(i), &args[given + i], rest));
  return {};
}

Status Binder::bindPositional() {
  Py_ssize_t count = given < code->co_argcount ? given : code->co_argcount;
  for (Py_ssize_t i = 0; i < count; i++) locals[i] = std::exchange(args[i], nullptr);
  if (!takesVarArgs()) return {};
  auto rest = tupleFromOwned(args + count, given - count);
  std::fill_n(args + count, given - count, nullptr);
  locals[total()] = TRY(std::move(rest)).leak();
  return {};
}

Status Binder::fillDefaults() {
  Py_ssize_t takes = code->co_argcount;
  if (given >= takes) return {};
  // Held: looking at it may run nothing, but the function's defaults can be replaced by user code at any
  // call-out.
  auto defaults = MaybeRef<TupleObject>::share(function->defaults().get());
  Py_ssize_t count = defaults ? defaults->size() : 0;
  Py_ssize_t required = takes - count, missing = 0;
  for (Py_ssize_t i = given; i < required; i++) missing += locals[i] == nullptr;
  if (missing) return raiseMissing(missing, count);
  Py_ssize_t first = given > required ? given : required;
  if (first < 0) first = 0;
  for (Py_ssize_t i = first; i < takes; i++) {
    if (!locals[i]) locals[i] = share(defaults->at(i - required)).leak();
  }
  return {};
}

Status Binder::fillKeywordDefaults() {
  Py_ssize_t missing = 0;
  auto defaults = MaybeRef<DictObject>::share(function->kwDefaults().get());
  for (Py_ssize_t i = code->co_argcount; i < total(); i++) {
    if (locals[i]) continue;
    Opt<> value;
    if (defaults) value = TRY(dictGet(defaults.get(), paramName(i)));
    if (value)
      locals[i] = share(value.get()).leak();
    else
      missing++;
  }
  if (missing) return raiseMissing(missing, -1);
  return {};
}

Status Binder::bind() {
  Opt<DictObject> rest;
  if (code->co_flags & kCoVarKeywords) {
    Ref<DictObject> made = TRY(dictNew());
    rest = made.get();
    locals[total() + (takesVarArgs() ? 1 : 0)] = std::move(made).leak();
  }
  TRY(bindPositional());
  TRY(bindKeywords(rest));
  if (given > code->co_argcount && !takesVarArgs()) return raiseTooMany();
  TRY(fillDefaults());
  if (code->co_kwonlyargcount > 0) return fillKeywordDefaults();
  return {};
}

}  // namespace

Status bindCall(FunctionObject* function, CodeObject* code, PyObject** locals, PyObject** args,
                Py_ssize_t count, Opt<TupleObject> names) {
  zeroWords(locals, static_cast<size_t>(code->co_nlocalsplus));
  Binder binder{function, code, locals, args, count, names};
  Status status = binder.bind();
  Py_ssize_t all = count + (names ? names->size() : 0);
  for (Py_ssize_t i = 0; i < all; i++) xdecref(std::exchange(args[i], nullptr));
  return status;
}

namespace {

void releaseArgs(PyObject** args, Py_ssize_t count, Opt<TupleObject> names) {
  Py_ssize_t all = count + (names ? names->size() : 0);
  for (Py_ssize_t i = 0; i < all; i++) decref(args[i]);
}

}  // namespace

Frame* pushCallFrame(Thread* thread, FunctionObject* function, PyObject* locals, PyObject** args,
                     Py_ssize_t count, Opt<TupleObject> names) {
  CodeObject* code = function->code();
  Frame* callee = nullptr;
  if (codeIsPrepared(code) || !codePrepare(code).failed()) {
    callee = reinterpret_cast<Frame*>(dataStackTake(thread, frameWords(code)));
  }
  if (!callee) [[unlikely]] {
    releaseArgs(args, count, names);
    xdecref(locals);
    decref(function);
    return nullptr;
  }
  frameInit(callee, function, code, locals);
  if (codeIsPlain(code) && count == code->co_argcount && !names) {
    copyWords(callee->localsplus, args, static_cast<size_t>(count));
    zeroWords(callee->localsplus + count, static_cast<size_t>(code->co_nlocalsplus - count));
    return callee;
  }
  if (bindCall(function, code, callee->localsplus, args, count, names).failed()) {
    PendingSaved saved;
    popFrame(thread, callee);
    return nullptr;
  }
  return callee;
}

}  // namespace krait
