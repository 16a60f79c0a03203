// Instructions that find classes, make instances and give them their state.
#include "core/call.h"
#include "core/errors.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "modules/pickle/machine.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/type.h"

namespace krait::modules {
namespace {

Result<Ref<>> findClass(UnpicklerObject* self, PyObject* module_name, PyObject* global_name) {
  if (isExact(self, &kUnpicklerType)) return unpickleFindClass(self, module_name, global_name);
  return callMethod(self, name<"find_class">(), module_name, global_name);
}

// An object as Python 2 made it: without calling __init__ when there is nothing to call it with.
Result<Ref<>> instantiate(PyObject* cls, TupleObject* args) {
  if (args->size() == 0 && isType(cls)) {
    MaybeRef<> get_args = TRY(attrLookup(cls, name<"__getinitargs__">()));
    if (!get_args) {
      Ref<> new_function = TRY(attrGet(cls, name<"__new__">()));
      return call(new_function.get(), cls);
    }
  }
  return callTupleDict(cls, args, nullptr);
}

Result<Ref<StrObject>> readName(Machine& m) {
  std::string line = TRY(unpickleLine(m.self()));
  if (line.size() < 2) return unpickleTruncated();
  line.pop_back();
  return decodeUtf8(line, "strict");
}

Status loadObj(Machine& m) {
  size_t mark = TRY(m.popMark());
  if (m.size() < mark + 1) return m.underflow();
  Ref<TupleObject> args = TRY(m.popTuple(mark + 1));
  Ref<> cls = TRY(m.pop());
  return m.push(TRY(instantiate(cls, args)));
}

Status loadInst(Machine& m) {
  size_t mark = TRY(m.popMark());
  Ref<StrObject> module_name = TRY(readName(m));
  Ref<StrObject> class_name = TRY(readName(m));
  Ref<> cls = TRY(findClass(m.self(), module_name, class_name));
  Ref<TupleObject> args = TRY(m.popTuple(mark));
  return m.push(TRY(instantiate(cls, args)));
}

Status loadNewObj(Machine& m, bool with_keywords) {
  const char* op = with_keywords ? "NEWOBJ_EX" : "NEWOBJ";
  MaybeRef<> kwargs;
  if (with_keywords) kwargs = TRY(m.pop());
  Ref<> args = TRY(m.pop());
  Ref<> cls = TRY(m.pop());
  if (!isType(cls.get())) {
    return raise(pickle_state.unpickling_error, "%s class argument must be a type, not %.200s", op,
                 typeName(cls));
  }
  auto* type = reinterpret_cast<PyTypeObject*>(cls.get());
  if (!type->tp_new) {
    return raise(pickle_state.unpickling_error, "%s class argument '%.200s' doesn't have __new__", op,
                 type->tp_name);
  }
  if (!isTuple(args.get())) {
    return raise(pickle_state.unpickling_error, "%s args argument must be a tuple, not %.200s", op,
                 typeName(args));
  }
  if (kwargs && !isDict(kwargs.get())) {
    return raise(pickle_state.unpickling_error, "%s kwargs argument must be a dict, not %.200s", op,
                 typeName(kwargs.get()));
  }
  return m.push(TRY(Result<Ref<>>::fromC(type->tp_new(type, args, kwargs.get()))));
}

Status loadGlobal(Machine& m) {
  Ref<StrObject> module_name = TRY(readName(m));
  Ref<StrObject> global_name = TRY(readName(m));
  return m.push(TRY(findClass(m.self(), module_name, global_name)));
}

Status loadStackGlobal(Machine& m) {
  if (m.size() < m.self()->fence + 2) {
    return raise(pickle_state.unpickling_error, "STACK_GLOBAL requires str");
  }
  Ref<> global_name = TRY(m.pop());
  Ref<> module_name = TRY(m.pop());
  if (!isExactStr(global_name.get()) || !isExactStr(module_name.get())) {
    return raise(pickle_state.unpickling_error, "STACK_GLOBAL requires str");
  }
  return m.push(TRY(findClass(m.self(), module_name, global_name)));
}

Status loadReduce(Machine& m) {
  Ref<> args = TRY(m.pop());
  Ref<> callable = TRY(m.pop());
  if (!isTuple(args.get())) return raise(PyExc_TypeError, "argument list must be a tuple");
  return m.push(TRY(callTupleDict(callable, cast<TupleObject>(args.get()), nullptr)));
}

Status fillDict(PyObject* instance, PyObject* state) {
  if (!isDict(state)) return raise(pickle_state.unpickling_error, "state is not a dictionary");
  Ref<> attributes = TRY(attrGet(instance, name<"__dict__">()));
  Py_ssize_t position = 0;
  PyObject *key_object, *value_object;
  while (dictNext(cast<DictObject>(state), &position, &key_object, &value_object)) {
    Ref<> key = share(key_object), value = share(value_object);
    // Attribute names are interned, as the compiler would have them.
    if (isExactStr(key.get())) key = strIntern(std::move(key).as<StrObject>());
    TRY(itemSet(attributes, key, value));
  }
  return {};
}

Status fillSlots(PyObject* instance, PyObject* state) {
  if (!isDict(state)) return raise(pickle_state.unpickling_error, "slot state is not a dictionary");
  Py_ssize_t position = 0;
  PyObject *key_object, *value_object;
  while (dictNext(cast<DictObject>(state), &position, &key_object, &value_object)) {
    Ref<> key = share(key_object), value = share(value_object);
    TRY(attrSet(instance, key.get(), value.get()));
  }
  return {};
}

Status loadBuild(Machine& m) {
  if (m.size() < m.self()->fence + 2) return m.underflow();
  Ref<> state = TRY(m.pop());
  Ref<> instance = share(m.stack().back());
  MaybeRef<> setstate = TRY(attrLookup(instance, name<"__setstate__">()));
  if (setstate) {
    TRY(call(setstate.get(), state.get()));
    return {};
  }
  // (attributes, slots) is object.__reduce_ex__'s form for classes with both.
  MaybeRef<> slots;
  if (isTuple(state.get()) && cast<TupleObject>(state.get())->size() == 2) {
    auto* pair = cast<TupleObject>(state.get());
    slots = share(pair->at(1));
    state = share(pair->at(0));
  }
  if (state.get() != Py_None) TRY(fillDict(instance, state));
  if (slots && slots.get() != Py_None) TRY(fillSlots(instance, slots.get()));
  return {};
}

Status loadExtension(Machine& m, int width) {
  std::string_view bytes = TRY(unpickleRead(m.self(), width));
  int64_t code = 0;
  for (int i = width; i-- > 0;) code = code << 8 | static_cast<unsigned char>(bytes[static_cast<size_t>(i)]);
  if (width == 4) code = static_cast<int32_t>(code);
  if (code <= 0) return raise(pickle_state.unpickling_error, "EXT specifies code <= 0");
  Ref<IntObject> key = TRY(intFromLong(code));
  Opt<> cached = TRY(dictGet(pickle_state.extension_cache, key));
  if (cached) return m.push(share(cached.get()));
  Opt<> entry = TRY(dictGet(pickle_state.inverted_registry, key));
  if (!entry) return raise(PyExc_ValueError, "unregistered extension code %ld", static_cast<long>(code));
  auto* pair = cast<TupleObject>(entry.get());
  if (!isTuple(entry.get()) || pair->size() != 2 || !isStr(pair->at(0)) || !isStr(pair->at(1))) {
    return raise(PyExc_ValueError, "_inverted_registry[%ld] isn't a 2-tuple of strings",
                 static_cast<long>(code));
  }
  Ref<> held = share(entry.get());
  Ref<> found = TRY(findClass(m.self(), pair->at(0), pair->at(1)));
  TRY(dictSet(pickle_state.extension_cache, key, found));
  return m.push(std::move(found));
}

// Python 3's names for what Python 2 pickles call otherwise.
Status mapFromPython2(Ref<>& module_name, Ref<>& global_name) {
  Ref<TupleObject> key = TRY(tupleOf(module_name.get(), global_name.get()));
  Opt<> found = TRY(dictGet(pickle_state.name_2to3, key));
  if (found) {
    auto* pair = cast<TupleObject>(found.get());
    if (!isTuple(found.get()) || pair->size() != 2) {
      return raise(PyExc_RuntimeError, "_compat_pickle.NAME_MAPPING values should be 2-tuples, not %.200s",
                   typeName(found.get()));
    }
    if (!isStr(pair->at(0)) || !isStr(pair->at(1))) {
      return raise(PyExc_RuntimeError,
                   "_compat_pickle.NAME_MAPPING values should be pairs of str, not (%.200s, %.200s)",
                   typeName(pair->at(0)), typeName(pair->at(1)));
    }
    module_name = share(pair->at(0));
    global_name = share(pair->at(1));
    return {};
  }
  Opt<> moved = TRY(dictGet(pickle_state.import_2to3, module_name));
  if (!moved) return {};
  if (!isStr(moved.get())) {
    return raise(PyExc_RuntimeError, "_compat_pickle.IMPORT_MAPPING values should be strings, not %.200s",
                 typeName(moved.get()));
  }
  module_name = share(moved.get());
  return {};
}

Result<Ref<>> importModuleNamed(PyObject* module_name) {
  Ref<DictObject> globals = TRY(dictNew());
  Ref<ListObject> from_list = TRY(listNew());
  TRY(importName(module_name, globals, globals, from_list, 0));
  Opt<> module = TRY(dictGet(interpreter().modules, module_name));
  if (module) return share(module.get());
  return raiseKeyError(module_name);
}

Raised cannotGet(PyObject* attribute, PyObject* module) {
  if (pendingMatches(PyExc_AttributeError)) {
    clearPending();
    return raise(PyExc_AttributeError, "Can't get attribute %R on %R", attribute, module);
  }
  return Raised{};
}

}  // namespace

Result<Ref<>> unpickleFindClass(UnpicklerObject* self, PyObject* module_argument, PyObject* global_argument) {
  TRY(audit("pickle.find_class", "OO", module_argument, global_argument));
  Ref<> module_name = share(module_argument), global_name = share(global_argument);
  if (self->protocol < 3 && self->fix_imports) TRY(mapFromPython2(module_name, global_name));
  if (!isStr(module_name.get())) return raise(PyExc_TypeError, "module name must be a string");
  Ref<> module = TRY(importModuleNamed(module_name));
  if (self->protocol < 4) {
    Result<Ref<>> found = attrGet(module, global_name.get());
    if (found.failed()) return cannotGet(global_name, module);
    return found;
  }
  if (!isStr(global_name.get())) return raise(PyExc_TypeError, "attribute name must be string");
  auto path = TRY(pickleDottedPath(module.get(), cast<StrObject>(global_name.get())));
  Result<DeepAttribute> found = pickleDeepAttribute(module, path);
  if (found.failed()) return cannotGet(global_name, module);
  return std::move(std::move(found).take().value);
}

Status loadObjectOp(Machine& m, unsigned char op, bool* known) {
  switch (op) {
    case kObj: return loadObj(m);
    case kInst: return loadInst(m);
    case kNewObj: return loadNewObj(m, false);
    case kNewObjEx: return loadNewObj(m, true);
    case kGlobal: return loadGlobal(m);
    case kStackGlobal: return loadStackGlobal(m);
    case kReduce: return loadReduce(m);
    case kBuild: return loadBuild(m);
    case kExt1: return loadExtension(m, 1);
    case kExt2: return loadExtension(m, 2);
    case kExt4: return loadExtension(m, 4);
    default: *known = false; return {};
  }
}

}  // namespace krait::modules
