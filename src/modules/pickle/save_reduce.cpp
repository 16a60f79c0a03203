// Saving what __reduce__ answers.
#include "core/call.h"
#include "core/errors.h"
#include "modules/pickle/pickle.h"
#include "types/dict.h"
#include "types/type.h"

namespace krait::modules {
namespace {

struct Reduced {
  PyObject *callable, *args;
  Opt<> state, list_items, dict_items, state_setter;
};

Opt<> notNone(TupleObject* tuple, Py_ssize_t index) {
  if (index >= tuple->size() || tuple->at(index) == Py_None) return nullptr;
  return tuple->at(index);
}

Status checkIterator(Opt<> value, const char* which) {
  if (!value || isIterator(value.get())) return {};
  return raise(pickle_state.pickling_error,
               "%s element of the tuple returned by __reduce__ must be an iterator, not %s", which,
               typeName(value.get()));
}

Result<Reduced> unpack(TupleObject* tuple) {
  if (tuple->size() < 2 || tuple->size() > 6) {
    return raise(pickle_state.pickling_error,
                 "tuple returned by __reduce__ must contain 2 through 6 elements");
  }
  Reduced r{tuple->at(0),      tuple->at(1),      notNone(tuple, 2),
            notNone(tuple, 3), notNone(tuple, 4), notNone(tuple, 5)};
  if (!isCallable(r.callable)) {
    return raise(pickle_state.pickling_error,
                 "first item of the tuple returned by __reduce__ must be callable");
  }
  if (!isTuple(r.args)) {
    return raise(pickle_state.pickling_error,
                 "second item of the tuple returned by __reduce__ must be a tuple");
  }
  TRY(checkIterator(r.list_items, "fourth"));
  TRY(checkIterator(r.dict_items, "fifth"));
  if (r.state_setter && !isCallable(r.state_setter.get())) {
    return raise(pickle_state.pickling_error,
                 "sixth element of the tuple returned by __reduce__ must be a function, not %s",
                 typeName(r.state_setter.get()));
  }
  return r;
}

enum class How { kCall, kNewObj, kNewObjEx };

// copyreg's helpers are known by their names; they have opcodes of their own.
Result<How> howToMake(PicklerObject* self, PyObject* callable) {
  if (self->protocol < 2) return How::kCall;
  MaybeRef<> callable_name = TRY(attrLookup(callable, name<"__name__">()));
  if (!callable_name || !isStr(callable_name.get())) return How::kCall;
  auto* text = cast<StrObject>(callable_name.get());
  if (strEqualsAscii(text, "__newobj_ex__")) return How::kNewObjEx;
  return strEqualsAscii(text, "__newobj__") ? How::kNewObj : How::kCall;
}

// cls.__new__ bound to its arguments, for protocols without NEWOBJ_EX.
Status savePartialNew(PicklerObject* self, PyObject* cls, TupleObject* args, DictObject* kwargs) {
  Ref<> new_function = TRY(attrGet(cls, name<"__new__">()));
  Py_ssize_t count = args->size() + 2;
  Ref<TupleObject> all = TRY(tupleNew(count));
  all->ob_item[0] = std::move(new_function).leak();
  all->ob_item[1] = share(cls).leak();
  for (Py_ssize_t i = 0; i < args->size(); i++) all->ob_item[i + 2] = share(args->at(i)).leak();
  Ref<> bound = TRY(callTupleDict(pickle_state.partial, all, kwargs));
  TRY(pickleSave(self, bound));
  TRY(pickleSave(self, emptyTuple().get()));
  return pickleWrite(self, kReduce);
}

Status saveNewObjEx(PicklerObject* self, TupleObject* args) {
  if (args->size() != 3) {
    return raise(pickle_state.pickling_error,
                 "length of the NEWOBJ_EX argument tuple must be exactly 3, not %zd", args->size());
  }
  PyObject *cls = args->at(0), *positional = args->at(1), *keywords = args->at(2);
  if (!isType(cls)) {
    return raise(pickle_state.pickling_error,
                 "first item from NEWOBJ_EX argument tuple must be a class, not %.200s", typeName(cls));
  }
  if (!isTuple(positional)) {
    return raise(pickle_state.pickling_error,
                 "second item from NEWOBJ_EX argument tuple must be a tuple, not %.200s",
                 typeName(positional));
  }
  if (!isDict(keywords)) {
    return raise(pickle_state.pickling_error,
                 "third item from NEWOBJ_EX argument tuple must be a dict, not %.200s", typeName(keywords));
  }
  if (self->protocol < 4) {
    return savePartialNew(self, cls, cast<TupleObject>(positional), cast<DictObject>(keywords));
  }
  TRY(pickleSave(self, cls));
  TRY(pickleSave(self, positional));
  TRY(pickleSave(self, keywords));
  return pickleWrite(self, kNewObjEx);
}

Status saveNewObj(PicklerObject* self, TupleObject* args, Opt<> object) {
  if (args->size() < 1) return raise(pickle_state.pickling_error, "__newobj__ arglist is empty");
  PyObject* cls = args->at(0);
  MaybeRef<> new_function = TRY(attrLookup(cls, name<"__new__">()));
  if (!isType(cls) || !new_function) {
    return raise(pickle_state.pickling_error, "args[0] from __newobj__ args is not a type");
  }
  if (object) {
    Ref<> object_class = TRY(attrGet(object.get(), name<"__class__">()));
    if (object_class.get() != cls) {
      return raise(pickle_state.pickling_error, "args[0] from __newobj__ args has the wrong class");
    }
  }
  TRY(pickleSave(self, cls));
  Ref<TupleObject> rest = TRY(tupleSlice(args, 1, args->size()));
  TRY(pickleSave(self, rest));
  return pickleWrite(self, kNewObj);
}

Status saveMaker(PicklerObject* self, const Reduced& r, Opt<> object) {
  auto* args = cast<TupleObject>(r.args);
  switch (TRY(howToMake(self, r.callable))) {
    case How::kNewObjEx: return saveNewObjEx(self, args);
    case How::kNewObj: return saveNewObj(self, args, object);
    case How::kCall: break;
  }
  TRY(pickleSave(self, r.callable));
  TRY(pickleSave(self, r.args));
  return pickleWrite(self, kReduce);
}

Status saveState(PicklerObject* self, const Reduced& r, Opt<> object) {
  if (!r.state_setter) {
    TRY(pickleSave(self, r.state.get()));
    return pickleWrite(self, kBuild);
  }
  // The setter's answer is dropped.
  TRY(pickleSave(self, r.state_setter.get()));
  TRY(pickleSave(self, object.orElse(Py_None)));
  TRY(pickleSave(self, r.state.get()));
  TRY(pickleWrite(self, kTuple2));
  TRY(pickleWrite(self, kReduce));
  return pickleWrite(self, kPop);
}

}  // namespace

Status pickleSaveReduce(PicklerObject* self, PyObject* reduced, Opt<> object) {
  Ref<> held = share(reduced);
  Reduced r = TRY(unpack(cast<TupleObject>(reduced)));
  TRY(saveMaker(self, r, object));
  if (object) {
    // Recursive structures may have saved the object meanwhile: drop the second one.
    if (self->memo->find(object.get())) {
      TRY(pickleWrite(self, kPop));
      TRY(pickleMemoGet(self, object.get()));
      return {};
    }
    TRY(pickleMemoPut(self, object.get()));
  }
  if (r.list_items) TRY(pickleBatchList(self, r.list_items.get()));
  if (r.dict_items) TRY(pickleBatchDict(self, r.dict_items.get()));
  if (r.state) TRY(saveState(self, r, object));
  return {};
}

}  // namespace krait::modules
