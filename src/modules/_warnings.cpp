// The native half of the warnings module; warn() and its relatives for C++.
//
// The lists and tables used are those of the `warnings` module when it is loaded (users replace them), else
// the ones created here.
#include <cstdarg>
#include <string>

#include "core/call.h"
#include "core/frame_hooks.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/print_error.h"
#include "core/text_out.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "modules/warnings.h"
#include "types/bool.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait {
namespace {

// Of one interpreter; made at its first use.
struct WarningsState {
  PyObject *filters, *once_registry, *default_action;  // owned; null until first used
  long filters_version;
};
WarningsState& state() {
  void*& made = interpreter().warnings;
  if (!made) made = new WarningsState{};
  return *static_cast<WarningsState*>(made);
}

// --- the state and its mirror in warnings.py ---------------------------------------------------------------

Result<Ref<>> filterRow(PyObject* category, const char* action, const char* module) {
  Ref<StrObject> action_text = TRY(strInternUtf8(action));
  Ref<> module_text = module ? Ref<>(TRY(strInternUtf8(module))) : none();
  return TRY(tupleOf(action_text.get(), Py_None, category, module_text.get(), smallInt(0)));
}

Result<Ref<>> initialFilters() {
  Ref<ListObject> filters = TRY(listNew());
  TRY(listAppend(filters, TRY(filterRow(PyExc_DeprecationWarning, "default", "__main__"))));
  for (PyObject* ignored : {PyExc_DeprecationWarning, PyExc_PendingDeprecationWarning, PyExc_ImportWarning,
                            PyExc_ResourceWarning})
    TRY(listAppend(filters, TRY(filterRow(ignored, "ignore", nullptr))));
  return filters;
}

Status ensureState() {
  if (!state().filters) state().filters = TRY(initialFilters()).leak();
  if (!state().once_registry) state().once_registry = TRY(dictNew()).leak();
  if (!state().default_action) state().default_action = TRY(strInternUtf8("default")).leak();
  return {};
}

// warnings.NAME; absent when the module is not loaded (it is imported when `may_import`) or lacks the name.
Result<MaybeRef<>> warningsAttr(const char* attr, bool may_import = false) {
  MaybeRef<> module =
      may_import ? TRY(importForReport("warnings")) : MaybeRef<>::share(importedModule("warnings").get());
  if (!module) return MaybeRef<>();
  return attrLookup(module.get(), attr);
}

Result<Ref<ListObject>> currentFilters() {
  MaybeRef<> filters = TRY(warningsAttr("filters"));
  if (filters) setField(state().filters, std::move(filters).take());
  if (!isList(state().filters)) return raise(PyExc_ValueError, "_warnings.filters must be a list");
  return share(cast<ListObject>(state().filters));
}

Result<Ref<>> currentDefaultAction() {
  MaybeRef<> action = TRY(warningsAttr("defaultaction"));
  if (action) {
    if (!isStr(action.get()))
      return raise(PyExc_TypeError, "_warnings.defaultaction must be a string, not '%.200s'",
                   typeName(action.get()));
    setField(state().default_action, std::move(action).take());
  }
  return share(state().default_action);
}

Result<Ref<DictObject>> currentOnceRegistry() {
  MaybeRef<> registry = TRY(warningsAttr("onceregistry"));
  if (registry) {
    if (!isDict(registry.get()))
      return raise(PyExc_TypeError, "_warnings.onceregistry must be a dict, not '%.200s'",
                   typeName(registry.get()));
    setField(state().once_registry, std::move(registry).take());
  }
  return share(cast<DictObject>(state().once_registry));
}

// --- filters -----------------------------------------------------------------------------------------------

// None matches everything, an exact str itself, anything else is a pattern.
Result<bool> patternMatches(PyObject* pattern, PyObject* text) {
  if (pattern == Py_None) return true;
  if (isExactStr(pattern) && !isStr(text))
    return raise(PyExc_TypeError, "Can't compare str and %.50s", typeName(text));
  if (isExactStr(pattern)) return strEquals(cast<StrObject>(pattern), cast<StrObject>(text));
  Ref<> result = TRY(callMethod(pattern, name<"match">(), text));
  return objectIsTrue(result.get());
}

struct Chosen {
  Ref<> action, item;
};

Result<bool> filterMatches(TupleObject* row, PyObject* category, PyObject* text, Py_ssize_t line,
                           PyObject* module) {
  bool good_message = TRY(patternMatches(row->at(1), text));
  bool good_module = TRY(patternMatches(row->at(3), module));
  bool good_category = TRY(isSubclass(category, row->at(2)));
  Py_ssize_t wanted_line = TRY(asLong(row->at(4)));
  return good_message && good_module && good_category && (wanted_line == 0 || wanted_line == line);
}

Result<Chosen> chooseAction(PyObject* category, PyObject* text, Py_ssize_t line, PyObject* module) {
  Ref<ListObject> filters = TRY(currentFilters());
  for (Py_ssize_t i = 0; i < filters->size(); i++) {
    auto item = share(filters->at(i));
    auto* row = cast<TupleObject>(item.get());
    if (!isTuple(item.get()) || row->size() != 5)
      return raise(PyExc_ValueError, "_warnings.filters item %zd isn't a 5-tuple", i);
    if (!isStr(row->at(0)))
      return raise(PyExc_TypeError, "action must be a string, not '%.200s'", typeName(row->at(0)));
    if (!TRY(filterMatches(row, category, text, line, module))) continue;
    auto action = share(row->at(0));
    return Chosen{std::move(action), std::move(item)};
  }
  Ref<> action = TRY(currentDefaultAction());
  return Chosen{std::move(action), none()};
}

// --- registries --------------------------------------------------------------------------------------------

// A registry older than the filters is emptied. should_set: the key is entered.
Result<bool> alreadyWarned(DictObject* registry, PyObject* key, bool should_set) {
  Opt<> version = TRY(dictGet(registry, name<"version">()));
  long value;
  if (!version || !isExactInt(version.get()) || !intFitsLong(cast<IntObject>(version.get()), &value) ||
      value != state().filters_version) {
    dictClear(registry);
    TRY(dictSet(registry, "version", TRY(intFromLong(state().filters_version)).get()));
  } else {
    auto found = MaybeRef<>::share(TRY(dictGet(registry, key)).get());
    if (found && TRY(objectIsTrue(found.get()))) return true;
  }
  if (should_set) TRY(dictSet(registry, key, Py_True));
  return false;
}

Result<bool> updateRegistry(DictObject* registry, PyObject* text, PyObject* category) {
  Ref<TupleObject> key = TRY(tupleOf(text, category));
  return alreadyWarned(registry, key, true);
}

// --- showing -----------------------------------------------------------------------------------------------

// A warning on its way.
struct Message {
  Ref<> text, message, category;
  PyObject* filename;
  int line;
  Opt<> source_line, source;
};

Status showPlainly(const Message& m) {
  Opt<> found = sysGet("stderr");
  if (!found || found.get() == Py_None) return {};
  auto file = share(found.get());
  Ref<> category = TRY(attrGet(m.category.get(), "__name__"));
  Ref<StrObject> head = TRY(strFormat("%S:%d: %S: %S\n", m.filename, m.line, category.get(), m.text.get()));
  TRY(fileWriteText(file.get(), head));
  if (!m.source_line) return printSourceLine(file.get(), m.filename, m.line, 2);
  auto* line = cast<StrObject>(m.source_line.get());
  Py_ssize_t start = 0;
  while (start < line->size() &&
         (line->at(start) == ' ' || line->at(start) == '\t' || line->at(start) == '\f'))
    start++;
  Ref<StrObject> stripped = TRY(strSubstring(line, start, line->size()));
  Ref<StrObject> shown = TRY(strFormat("  %U\n", stripped.get()));
  return fileWriteText(file.get(), shown);
}

Status show(const Message& m) {
  bool has_source = m.source && m.source.get() != Py_None;
  MaybeRef<> function = TRY(warningsAttr("_showwarnmsg", has_source));
  if (!function) {
    if (showPlainly(m).failed()) clearPending();
    return {};
  }
  if (!isCallable(function.get()))
    return raise(PyExc_TypeError, "warnings._showwarnmsg() must be set to a callable");
  MaybeRef<> cls = TRY(warningsAttr("WarningMessage"));
  if (!cls) return raise(PyExc_RuntimeError, "unable to get warnings.WarningMessage");
  Ref<IntObject> line = TRY(intFromLong(m.line));
  Ref<> record = TRY(call(cls.get(), m.message.get(), m.category.get(), m.filename, line.get(), Py_None,
                          Py_None, has_source ? m.source.get() : Py_None));
  TRY(call(function.get(), record.get()));
  return {};
}

// --- warn_explicit -----------------------------------------------------------------------------------------

Result<Ref<>> moduleFromFilename(PyObject* filename) {
  auto* text = cast<StrObject>(filename);
  if (text->size() == 0) return TRY(strFromAscii("<unknown>"));
  Py_ssize_t n = text->size();
  bool is_source = n >= 3 && text->at(n - 3) == '.' && text->at(n - 2) == 'p' && text->at(n - 1) == 'y';
  if (is_source) return TRY(strSubstring(text, 0, n - 3));
  return share(filename);
}

bool isAction(PyObject* action, const char* wanted) {
  return strEqualsAscii(cast<StrObject>(action), wanted);
}

// Enters the warning where its action says; true: it was there already.
Result<bool> remember(const Chosen& chosen, PyObject* key, PyObject* text, PyObject* category,
                      Opt<> registry_or_none) {
  DictObject* registry = registry_or_none && registry_or_none.get() != Py_None
                             ? cast<DictObject>(registry_or_none.get())
                             : nullptr;
  if (isAction(chosen.action.get(), "always")) return false;
  if (registry) TRY(dictSet(registry, key, Py_True));
  if (isAction(chosen.action.get(), "once")) {
    if (registry) return updateRegistry(registry, text, category);
    Ref<DictObject> once = TRY(currentOnceRegistry());
    return updateRegistry(once, text, category);
  }
  if (isAction(chosen.action.get(), "module"))
    return registry ? updateRegistry(registry, text, category) : Result<bool>(false);
  if (isAction(chosen.action.get(), "default")) return false;
  return raise(PyExc_RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", chosen.action.get(),
               chosen.item.get());
}

struct Place {
  PyObject* filename;
  int line;
  Opt<> module, registry;  // borrowed
};

Status warnAt(PyObject* given_category, PyObject* given, const Place& place, Opt<> source_line,
              Opt<> source) {
  TRY(ensureState());
  if (place.module.get() == Py_None) return {};  // late in shutdown
  if (place.registry && place.registry.get() != Py_None && !isDict(place.registry.get()))
    return raise(PyExc_TypeError, "'registry' must be a dict or None");
  Ref<> module = place.module ? share(place.module.get()) : TRY(moduleFromFilename(place.filename));
  bool is_instance = TRY(isInstance(given, PyExc_Warning));
  Ref<> text = is_instance ? Ref<>(TRY(objectStr(given))) : share(given);
  Ref<> category =
      is_instance ? Ref<>::share(reinterpret_cast<PyObject*>(typeOf(given))) : share(given_category);
  Ref<> message = is_instance ? share(given) : TRY(call(category.get(), given));
  Ref<IntObject> line = TRY(intFromLong(place.line));
  Ref<TupleObject> key = TRY(tupleOf(text.get(), category.get(), line.get()));
  if (place.registry && place.registry.get() != Py_None &&
      TRY(alreadyWarned(cast<DictObject>(place.registry.get()), key, false)))
    return {};
  Chosen chosen = TRY(chooseAction(category.get(), text.get(), place.line, module.get()));
  if (isAction(chosen.action.get(), "error")) return raiseObject(category.get(), message.get());
  if (isAction(chosen.action.get(), "ignore")) return {};
  if (TRY(remember(chosen, key, text.get(), category.get(), place.registry))) return {};
  return show({std::move(text), std::move(message), std::move(category), place.filename, place.line,
               source_line, source});
}

// --- warn: the place comes from the stack ------------------------------------------------------------------

// A frame of the import system, which stack levels do not count.
bool isInternal(PyObject* frame) {
  auto* filename = cast<StrObject>(frameHooks.code(frame)->co_filename);
  if (!isStr(filename)) return false;
  Ref<StrObject> a = share(name<"importlib">()), b = share(name<"_bootstrap">());
  return strFind(filename, a, 0, filename->size(), 1) >= 0 &&
         strFind(filename, b, 0, filename->size(), 1) >= 0;
}

MaybeRef<> outer(PyObject* frame, bool skip_internal) {
  MaybeRef<> next = frameHooks.back(frame);
  while (skip_internal && next && isInternal(next.get())) next = frameHooks.back(next.get());
  return next;
}

MaybeRef<> frameAtLevel(Py_ssize_t level) {
  MaybeRef<> frame = frameHooks.current ? frameHooks.current(currentThread()) : MaybeRef<>();
  bool skip_internal = !(level <= 0 || (frame && isInternal(frame.get())));
  while (--level > 0 && frame) frame = outer(frame.get(), skip_internal);
  return frame;
}

Status warnFrom(PyObject* message, PyObject* category, Py_ssize_t level, Opt<> source) {
  MaybeRef<> frame = frameAtLevel(level);
  Ref<> globals =
      share(frame ? frameHooks.globals(frame.get()) : static_cast<PyObject*>(interpreter().sys_dict));
  Ref<> filename = frame ? share(frameHooks.code(frame.get())->co_filename) : Ref<>(TRY(strFromAscii("sys")));
  int line = frame ? frameHooks.line(frame.get()) : 1;
  auto* dict = cast<DictObject>(globals.get());
  auto registry = MaybeRef<>::share(TRY(dictGet(dict, name<"__warningregistry__">())).get());
  if (!registry) {
    registry = TRY(dictNew());
    TRY(dictSet(dict, name<"__warningregistry__">(), registry.get()));
  }
  auto module = MaybeRef<>::share(TRY(dictGet(dict, name<"__name__">())).get());
  if (!module || (module.get() != Py_None && !isStr(module.get()))) module = TRY(strFromAscii("<string>"));
  return warnAt(category, message, {filename.get(), line, module.get(), registry.get()}, nullptr, source);
}

Result<Ref<>> checkCategory(PyObject* message, Opt<> given) {
  if (TRY(isInstance(message, PyExc_Warning)))
    return Ref<>::share(reinterpret_cast<PyObject*>(typeOf(message)));
  PyObject* category = given && given.get() != Py_None ? given.get() : PyExc_UserWarning;
  auto checked = isSubclass(category, PyExc_Warning);
  bool failed = checked.failed();
  if (failed) clearPending();
  if (!failed && std::move(checked).take()) return share(category);
  return raise(PyExc_TypeError, "category must be a Warning subclass, not '%s'", typeName(category));
}

// --- the module --------------------------------------------------------------------------------------------

Result<Ref<>> pyWarn(PyObject* message, PyObject* given_category, Py_ssize_t stacklevel, PyObject* source) {
  Ref<> category = TRY(checkCategory(message, given_category));
  TRY(warnFrom(message, category.get(), stacklevel, source));
  return none();
}

// Line of the module's source through its loader; absent when there is none.
Result<MaybeRef<>> lineFromLoader(DictObject* globals, int line) {
  auto loader = MaybeRef<>::share(TRY(dictGet(globals, name<"__loader__">())).get());
  auto module_name = MaybeRef<>::share(TRY(dictGet(globals, name<"__name__">())).get());
  if (!loader || !module_name) return MaybeRef<>();
  MaybeRef<> get_source = TRY(attrLookup(loader.get(), name<"get_source">()));
  if (!get_source) return MaybeRef<>();
  Ref<> source = TRY(call(get_source.get(), module_name.get()));
  if (source.get() == Py_None) return MaybeRef<>();
  Ref<> lines = TRY(callMethod(source.get(), name<"splitlines">()));
  if (!isList(lines.get())) return MaybeRef<>();
  return MaybeRef<>(TRY(listGetItem(cast<ListObject>(lines.get()), line - 1)));
}

Result<Ref<>> pyWarnExplicit(PyObject* message, PyObject* category, StrObject* filename, modules::CInt lineno,
                             Opt<> module, Opt<> registry, Opt<> module_globals, Opt<> source) {
  MaybeRef<> source_line;
  if (module_globals && module_globals.get() != Py_None) {
    if (!isDict(module_globals.get()))
      return raise(PyExc_TypeError, "module_globals must be a dict, not '%.200s'",
                   typeName(module_globals.get()));
    source_line = TRY(lineFromLoader(cast<DictObject>(module_globals.get()), lineno));
  }
  TRY(warnAt(category, message, {filename, lineno, module, registry}, source_line.opt(), source));
  return none();
}

Result<Ref<>> filtersMutated() {
  state().filters_version++;
  return none();
}

constinit PyMethodDef kWarningsMethods[] = {
    function<"warn($module, /, message, category=None, stacklevel=1, source=None)", pyWarn,
             "Issue a warning, or maybe ignore it or raise an exception.">,
    function<"!%%warn_explicit($module, message, category, filename, lineno, module=None, registry=None, "
             "module_globals=None, source=None)",
             pyWarnExplicit, "Issue a warning about a given place.">,
    function<"!_filters_mutated($module, /)", filtersMutated>,
    {}};

Status warningsExec(PyObject* module) {
  TRY(ensureState());
  TRY(moduleAdd(module, "filters", share(state().filters)));
  TRY(moduleAdd(module, "_onceregistry", share(state().once_registry)));
  return moduleAdd(module, "_defaultaction", share(state().default_action));
}

constinit PyModuleDef kWarningsModule =
    moduleDef<"_warnings", warningsExec>(kWarningsMethods, "Native part of the warnings module.");

Status warnFormatted(PyObject* category, int stack_level, const char* format, va_list args, Opt<> source) {
  Ref<StrObject> text = TRY(strFormatV(format, args));
  return warnFrom(text, category ? category : PyExc_RuntimeWarning, stack_level, source);
}

}  // namespace

Status warn(PyObject* category, int stack_level, const char* format, ...) {
  va_list args;
  va_start(args, format);
  Status status = warnFormatted(category, stack_level, format, args, nullptr);
  va_end(args);
  return status;
}

Status warnResource(PyObject* source, int stack_level, const char* format, ...) {
  va_list args;
  va_start(args, format);
  Status status = warnFormatted(PyExc_ResourceWarning, stack_level, format, args, source);
  va_end(args);
  return status;
}

Status warnExplicit(PyObject* category, PyObject* message, PyObject* filename, int lineno, Opt<> module,
                    Opt<> registry) {
  return warnAt(category ? category : PyExc_RuntimeWarning, message, {filename, lineno, module, registry},
                nullptr, nullptr);
}

void warningsForget() {
  auto* ended = static_cast<WarningsState*>(std::exchange(interpreter().warnings, nullptr));
  if (!ended) return;
  for (PyObject** field : {&ended->filters, &ended->once_registry, &ended->default_action})
    clearField(*field);
  delete ended;
}

namespace modules {
PyObject* initWarnings() { return moduleDefInit(&kWarningsModule); }
}  // namespace modules

}  // namespace krait
