// builtins: running code, making classes, namespaces, importing.
#include "compiler/compile.h"
#include "core/call.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/number.h"
#include "core/scratch.h"
#include "interp/eval.h"
#include "modules/builtins_functions.h"
#include "modules/import.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/cell.h"
#include "types/codecs.h"
#include "types/list.h"
#include "types/type.h"

namespace krait::modules {

struct SourceName {  // a path, as text
  Ref<StrObject> text;
};

}  // namespace krait::modules

namespace krait {

template <>
struct ArgFrom<modules::SourceName> {
  static Result<modules::SourceName> from(PyObject* o, const ArgContext&) {
    return modules::SourceName{TRY(sourceFileName(o))};
  }
};

}  // namespace krait

namespace krait::modules {
namespace {

// --- source text ---

struct Source {
  std::string text;
  int flags = 0;  // kCfIgnoreCookie for str
};

Result<Source> sourceText(PyObject* source, const char* function, const char* wanted) {
  Source out;
  if (isStr(source)) {
    out.text = TRY(scratchText(TRY(strUtf8(cast<StrObject>(source)))));
    out.flags = kCfIgnoreCookie;
  } else if (hasBuffer(source)) {
    auto buffer = TRY(Buffer::acquire(source));
    out.text =
        TRY(scratchText({reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())}));
  } else {
    return raise(PyExc_TypeError, "%s() arg 1 must be a %s object", function, wanted);
  }
  if (out.text.find('\0') != out.text.npos) {
    return raise(PyExc_ValueError, "source code string cannot contain null bytes");
  }
  return out;
}

// --- exec and eval ---

struct Namespaces {
  Ref<> globals, locals;
};

Status ensureBuiltins(PyObject* globals) {
  auto* dict = cast<DictObject>(globals);
  if (TRY(dictContains(dict, name<"__builtins__">()))) return {};
  Opt<> builtins = currentBuiltins();
  return dictSet(dict, name<"__builtins__">(), builtins.orElse(interpreter().builtins));
}

// Absent parts come from the running frame.
Result<Namespaces> fillNamespaces(PyObject* globals, PyObject* locals, const char* missing) {
  if (globals != Py_None) {
    return Namespaces{share(globals), share(locals == Py_None ? globals : locals)};
  }
  Opt<> running = currentGlobals();
  if (!running) return raise(missing[0] == 'e' ? PyExc_TypeError : PyExc_SystemError, "%s", missing);
  Ref<> own = share(running.get());
  if (locals != Py_None) return Namespaces{std::move(own), share(locals)};
  MaybeRef<> frame_locals = TRY(currentLocals());
  if (!frame_locals) return raise(PyExc_SystemError, "globals and locals cannot be NULL");
  return Namespaces{std::move(own), std::move(frame_locals).take()};
}

Result<Ref<>> builtinEval(PyObject* source, PyObject* globals, PyObject* locals) {
  if (locals != Py_None && !isMapping(locals)) return raise(PyExc_TypeError, "locals must be a mapping");
  if (globals != Py_None && !isDict(globals)) {
    return raise(PyExc_TypeError, "%s",
                 isMapping(globals) ? "globals must be a real dict; try eval(expr, {}, mapping)"
                                    : "globals must be a dict");
  }
  Namespaces spaces = TRY(
      fillNamespaces(globals, locals, "eval must be given globals and locals when called without a frame"));
  TRY(ensureBuiltins(spaces.globals.get()));
  if (isCode(source)) {
    TRY(audit("exec", "O", source));
    if (static_cast<CodeObject*>(source)->co_nfreevars > 0) {
      return raise(PyExc_TypeError, "code object passed to eval() may not contain free variables");
    }
    return evalCode(static_cast<CodeObject*>(source), spaces.globals.get(), spaces.locals.get());
  }
  Source text = TRY(sourceText(source, "eval", "string, bytes or code"));
  size_t start = text.text.find_first_not_of(" \t");
  if (start == text.text.npos) start = text.text.size();
  std::vector<Ref<>> constants;
  CompileOptions options{.mode = CompileMode::kEval, .flags = text.flags, .constants = &constants};
  mergeCompilerFlags(&options.flags);
  Ref<StrObject> filename = TRY(strLiteral("<string>"));
  Ref<CodeObject> code =
      TRY(compileSource(std::string_view(text.text).substr(start), filename.get(), options));
  TRY(audit("exec", "O", static_cast<PyObject*>(code.get())));
  return evalCode(code.get(), spaces.globals.get(), spaces.locals.get());
}

Status checkClosure(CodeObject* code, PyObject* closure) {
  Py_ssize_t wanted = code->co_nfreevars;
  if (wanted == 0) {
    if (closure != Py_None) return raise(PyExc_TypeError, "cannot use a closure with this code object");
    return {};
  }
  bool fits = isExactTuple(closure) && cast<TupleObject>(closure)->size() == wanted;
  for (Py_ssize_t i = 0; fits && i < wanted; i++)
    fits = isExact(cast<TupleObject>(closure)->at(i), &PyCell_Type);
  if (!fits) return raise(PyExc_TypeError, "code object requires a closure of exactly length %zd", wanted);
  return {};
}

Status execCode(CodeObject* code, const Namespaces& spaces, PyObject* closure) {
  TRY(checkClosure(code, closure));
  TRY(audit("exec", "O", static_cast<PyObject*>(code)));
  Opt<TupleObject> cells = closure == Py_None ? nullptr : cast<TupleObject>(closure);
  TRY(evalCodeClosure(code, spaces.globals.get(), spaces.locals.get(), cells));
  return {};
}

Status builtinExec(PyObject* source, PyObject* globals, PyObject* locals, PyObject* closure) {
  Namespaces spaces = TRY(fillNamespaces(globals, locals, "globals and locals cannot be NULL"));
  if (!isDict(spaces.globals.get())) {
    return raise(PyExc_TypeError, "exec() globals must be a dict, not %.100s",
                 typeName(spaces.globals.get()));
  }
  if (!isMapping(spaces.locals.get())) {
    return raise(PyExc_TypeError, "locals must be a mapping or None, not %.100s",
                 typeName(spaces.locals.get()));
  }
  TRY(ensureBuiltins(spaces.globals.get()));
  if (isCode(source)) return execCode(static_cast<CodeObject*>(source), spaces, closure);
  if (closure != Py_None)
    return raise(PyExc_TypeError, "closure can only be used when source is a code object");
  Source text = TRY(sourceText(source, "exec", "string, bytes or code"));
  std::vector<Ref<>> constants;
  CompileOptions options{.mode = CompileMode::kExec, .flags = text.flags, .constants = &constants};
  mergeCompilerFlags(&options.flags);
  Ref<StrObject> filename = TRY(strLiteral("<string>"));
  Ref<CodeObject> code = TRY(compileSource(text.text, filename.get(), options));
  return execCode(code.get(), spaces, Py_None);
}

// --- compile ---

Result<CompileMode> compileMode(StrObject* mode, bool only_ast) {
  if (strEqualsAscii(mode, "exec")) return CompileMode::kExec;
  if (strEqualsAscii(mode, "eval")) return CompileMode::kEval;
  if (strEqualsAscii(mode, "single")) return CompileMode::kSingle;
  if (strEqualsAscii(mode, "func_type")) {
    if (only_ast) return CompileMode::kFuncType;
    return raise(PyExc_ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
  }
  return raise(PyExc_ValueError, "%s",
               only_ast ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                        : "compile() mode must be 'exec', 'eval' or 'single'");
}

Result<Ref<>> builtinCompile(PyObject* source, SourceName filename, StrObject* mode, int flags,
                             IntTruth dont_inherit, int optimize, int feature_version) {
  StrObject* file = filename.text.get();
  if (flags & ~(kFutureMask | kCfMaskObsolete | kCfCompileMask)) {
    return raise(PyExc_ValueError, "compile(): unrecognised flags");
  }
  if (optimize < -1 || optimize > 2) return raise(PyExc_ValueError, "compile(): invalid optimize value");
  bool only_ast = flags & kCfOnlyAst;
  CompileOptions options{.flags = flags, .optimize = optimize};
  if (only_ast && feature_version >= 0) options.feature_version = feature_version;
  if (!dont_inherit) mergeCompilerFlags(&options.flags);
  options.mode = TRY(compileMode(mode, only_ast));
  if (TRY(isAstObject(source))) {
    if (only_ast) return share(source);
    return compileAstObject(source, file, options);
  }
  Source text = TRY(sourceText(source, "compile", "string, bytes or AST"));
  options.flags |= text.flags;
  return compileSourceOrAst(text.text, file, options);
}

// --- classes ---

// Replaces bases that are no classes by what their __mro_entries__ answers. The tuple itself when nothing
// changed.
Result<Ref<TupleObject>> resolveBases(TupleObject* bases) {
  MaybeRef<ListObject> replaced;
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    PyObject* base = bases->at(i);
    MaybeRef<> resolve;
    if (!isType(base)) resolve = TRY(attrLookup(base, name<"__mro_entries__">()));
    if (!resolve) {
      if (replaced) TRY(listAppend(replaced.get(), base));
      continue;
    }
    Ref<> entries = TRY(call(resolve.get(), static_cast<PyObject*>(bases)));
    if (!isTuple(entries.get())) return raise(PyExc_TypeError, "__mro_entries__ must return a tuple");
    if (!replaced) replaced = TRY(listFromItems(bases->items(), i));
    TRY(listExtend(replaced.get(), entries.get()));
  }
  if (!replaced) return share(bases);
  return listAsTuple(replaced.get());
}

struct ClassPlan {
  Ref<> metaclass;
  Ref<DictObject> keywords;  // without `metaclass`
  bool meta_is_class;
};

Result<ClassPlan> planClass(CallArgs args, TupleObject* bases) {
  Ref<DictObject> keywords = TRY(dictNew());
  MaybeRef<> given;
  Py_ssize_t count = args.names ? args.names->size() : 0;
  for (Py_ssize_t i = 0; i < count; i++) {
    PyObject* keyword = args.names->at(i);
    PyObject* value = args.values[args.count + i];
    if (isStr(keyword) && strEqualsAscii(cast<StrObject>(keyword), "metaclass"))
      given = MaybeRef<>::share(value);
    else
      TRY(dictSet(keywords.get(), keyword, value));
  }
  bool is_class = true;
  if (given) {
    is_class = isType(given.get());
  } else if (bases->size() == 0) {
    given = share(reinterpret_cast<PyObject*>(&PyType_Type));
  } else {
    given = share(reinterpret_cast<PyObject*>(typeOf(bases->at(0))));
  }
  Ref<> metaclass = std::move(given).take();
  if (is_class) {
    PyTypeObject* winner = TRY(bestMetatype(reinterpret_cast<PyTypeObject*>(metaclass.get()), bases));
    metaclass = share(reinterpret_cast<PyObject*>(winner));
  }
  return ClassPlan{std::move(metaclass), std::move(keywords), is_class};
}

Result<Ref<>> prepareNamespace(const ClassPlan& plan, PyObject* class_name, TupleObject* bases) {
  MaybeRef<> prepare = TRY(attrLookup(plan.metaclass.get(), name<"__prepare__">()));
  if (!prepare) return Ref<>(TRY(dictNew()));
  Ref<TupleObject> args = TRY(tupleOf(class_name, static_cast<PyObject*>(bases)));
  Opt<DictObject> keywords = plan.keywords->size() ? plan.keywords.get() : nullptr;
  Ref<> space = TRY(callTupleDict(prepare.get(), args.get(), keywords));
  if (!isMapping(space.get())) {
    const char* shown =
        plan.meta_is_class ? reinterpret_cast<PyTypeObject*>(plan.metaclass.get())->tp_name : "<metaclass>";
    return raise(PyExc_TypeError, "%.200s.__prepare__() must return a mapping, not %.200s", shown,
                 typeName(space.get()));
  }
  return space;
}

Status checkClassCell(PyObject* cls, PyObject* cell, PyObject* class_name) {
  if (!isType(cls) || !isExact(cell, &PyCell_Type)) return {};
  PyObject* held = static_cast<CellObject*>(cell)->ob_ref;
  if (held == cls) return {};
  if (!held) {
    return raise(PyExc_RuntimeError,
                 "__class__ not set defining %.200R as %.200R. Was __classcell__ propagated to type.__new__?",
                 class_name, cls);
  }
  return raise(PyExc_TypeError, "__class__ set to %.200R defining %.200R as %.200R", held, class_name, cls);
}

Result<Ref<>> builtinBuildClass(CallArgs args) {
  if (args.count < 2) return raise(PyExc_TypeError, "__build_class__: not enough arguments");
  PyObject *function = args.values[0], *class_name = args.values[1];
  if (!isFunction(function)) return raise(PyExc_TypeError, "__build_class__: func must be a function");
  if (!isStr(class_name)) return raise(PyExc_TypeError, "__build_class__: name is not a string");
  Ref<TupleObject> original = TRY(tupleFromItems(args.values + 2, args.count - 2));
  Ref<TupleObject> bases = TRY(resolveBases(original.get()));
  ClassPlan plan = TRY(planClass(args, bases.get()));
  Ref<> space = TRY(prepareNamespace(plan, class_name, bases.get()));
  Ref<> cell = TRY(evalFunctionIn(static_cast<FunctionObject*>(function), space.get()));
  if (bases.get() != original.get()) TRY(itemSet(space.get(), name<"__orig_bases__">(), original.get()));
  Ref<TupleObject> class_args = TRY(tupleOf(class_name, static_cast<PyObject*>(bases.get()), space.get()));
  Opt<DictObject> keywords = plan.keywords->size() ? plan.keywords.get() : nullptr;
  Ref<> cls = TRY(callTupleDict(plan.metaclass.get(), class_args.get(), keywords));
  TRY(checkClassCell(cls.get(), cell.get(), class_name));
  return cls;
}

// --- namespaces, import ---

Result<Ref<>> builtinGlobals() {
  Opt<> globals = currentGlobals();
  if (!globals) return raise(PyExc_SystemError, "globals(): no frame");
  return share(globals.get());
}

Result<Ref<>> builtinLocals() {
  MaybeRef<> locals = TRY(currentLocals());
  if (!locals) return raise(PyExc_SystemError, "frame does not exist");
  return std::move(locals).take();
}

Result<Ref<>> builtinImport(PyObject* module_name, Opt<> globals, Opt<> locals, Opt<> from_list, int level) {
  Ref<> list = from_list ? share(from_list.get()) : Ref<>(emptyTuple());
  return importLevel(module_name, globals.orElse(Py_None), list.get(), level);
}

}  // namespace

constinit PyMethodDef kBuiltinCodeFunctions[] = {
    function<"!__build_class__($module, *args, **kwargs)", builtinBuildClass,
             "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class: what the class statement "
             "calls.">,
    function<"__import__($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)",
             builtinImport, "Import a module: what the import statement calls.">,
    function<
        "compile($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, "
        "_feature_version=-1)",
        builtinCompile, "Compile source text or a syntax tree to a code object.">,
    function<"eval($module, source, globals=None, locals=None, /)", builtinEval,
             "The value of an expression.">,
    function<"exec($module, source, globals=None, locals=None, /, *, closure=None)", builtinExec,
             "Run statements.">,
    function<"globals($module, /)", builtinGlobals, "The namespace of the running module.">,
    function<"locals($module, /)", builtinLocals, "The namespace of the running function, as a dict.">,
    {}};

}  // namespace krait::modules
