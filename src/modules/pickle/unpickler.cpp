// The type Unpickler and its memo's proxy.
#include <algorithm>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/scratch.h"
#include "modules/pickle/machine.h"
#include "types/dict.h"
#include "types/method.h"

namespace krait::modules {
namespace {

struct MemoProxy : PyObject {
  UnpicklerObject* unpickler;
};

Result<Ref<>> construct(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<UnpicklerObject> self = TRY(typeAlloc<UnpicklerObject>(type));
  return self;
}

void releaseFields(UnpicklerObject* self) {
  clearField(self->persistent_load);
  clearField(self->buffers);
  clearField(self->read);
  clearField(self->readline);
  clearField(self->readinto);
  clearField(self->peek);
  clearField(self->held);
  self->input = nullptr;
  self->input_size = self->next = self->prefetched = 0;
}

int clearSlot(UnpicklerObject* self) {
  releaseFields(self);
  if (self->stack) Machine(self).drop(0);
  if (self->memo) self->memo->clear();
  return 0;
}

void dealloc(UnpicklerObject* self) {
  gcUntrack(self);
  clearSlot(self);
  delete std::exchange(self->memo, nullptr);
  delete std::exchange(self->stack, nullptr);
  delete std::exchange(self->marks, nullptr);
  delete std::exchange(self->line, nullptr);
  delete std::exchange(self->encoding, nullptr);
  delete std::exchange(self->errors, nullptr);
  objectFreeMemory(self);
}

int traverse(UnpicklerObject* self, visitproc visit, void* arg) {
  if (self->stack) {
    for (PyObject* item : *self->stack) {
      if (int status = visit(item, arg)) return status;
    }
  }
  return visitAll(visit, arg, self->read, self->readline, self->readinto, self->peek, self->persistent_load,
                  self->buffers);
}

Status prepare(UnpicklerObject* self, std::string_view encoding, std::string_view errors, bool fix_imports) {
  TRY(checkMemory());
  if (!self->memo) {
    self->memo = new UnpicklerMemo;
    self->stack = new std::vector<PyObject*>;
    self->marks = new std::vector<size_t>;
    self->line = new std::string;
    self->encoding = new std::string;
    self->errors = new std::string;
  }
  *self->encoding = encoding;
  *self->errors = errors;
  self->fix_imports = fix_imports;
  self->protocol = 0;
  return {};
}

Status setFile(UnpicklerObject* self, PyObject* file) {
  auto find = [&](StrObject* method_name, PyObject** out) -> Status {
    MaybeRef<> found = TRY(attrLookup(file, method_name));
    *out = std::move(found).leak();
    return {};
  };
  TRY(find(name<"peek">(), &self->peek));
  TRY(find(name<"readinto">(), &self->readinto));
  TRY(find(name<"read">(), &self->read));
  TRY(find(name<"readline">(), &self->readline));
  if (self->read && self->readline) return {};
  clearField(self->read);
  return raise(PyExc_TypeError, "file must have 'read' and 'readline' attributes");
}

Status setBuffers(UnpicklerObject* self, PyObject* buffers) {
  if (buffers == Py_None) return {};
  self->buffers = TRY(getIter(buffers)).leak();
  return {};
}

Result<std::string_view> textOf(Opt<StrObject> text, std::string_view fallback) {
  if (!text) return fallback;
  return strUtf8(text.get());
}

Status init(UnpicklerObject* self, PyObject* file, bool fix_imports, Opt<StrObject> encoding,
            Opt<StrObject> errors, PyObject* buffers) {
  if (self->read) clearSlot(self);
  TRY(setFile(self, file));
  std::string_view encoding_text = TRY(textOf(encoding, "ASCII"));
  TRY(prepare(self, encoding_text, TRY(textOf(errors, "strict")), fix_imports));
  TRY(setBuffers(self, buffers));
  return pickleMethodRef(self, name<"persistent_load">(), &self->persistent_load,
                         &self->persistent_load_bound);
}

// --- methods ---

Result<Ref<>> loadMethod(UnpicklerObject* self) {
  if (!self->read || !self->memo) {
    return raise(pickle_state.unpickling_error, "Unpickler.__init__() was not called by %s.__init__()",
                 typeName(self));
  }
  return unpickleLoad(self);
}

Py_ssize_t sizeofMethod(UnpicklerObject* self) {
  Py_ssize_t size = 272;             // what the object itself is said to take
  constexpr size_t kFirstMemo = 32;  // CPython makes room for so many at once
  if (self->memo)
    size += static_cast<Py_ssize_t>(std::max(self->memo->capacity(), kFirstMemo) * sizeof(PyObject*));
  if (self->marks) size += static_cast<Py_ssize_t>(self->marks->capacity() * sizeof(size_t));
  if (self->line && !self->line->empty()) size += static_cast<Py_ssize_t>(self->line->size() + 1);
  if (self->encoding) size += static_cast<Py_ssize_t>(self->encoding->size() + 1 + self->errors->size() + 1);
  return size;
}

// --- attributes ---

Result<Ref<>> memoGetter(UnpicklerObject* self) {
  Ref<MemoProxy> proxy = TRY(objectNew<MemoProxy>(&kUnpicklerMemoProxyType));
  proxy->unpickler = share(self).leak();
  gcTrack(proxy);
  return proxy;
}

// CPython puts the entries into the memo that is about to be replaced: those before a bad one stay there, and
// the new memo is empty. Letting go of what they replace may run a setter again.
Status memoFromDict(UnpicklerObject* self, DictObject* dict) {
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(dict, &position, &key, &value)) {
    if (!isInt(key)) return raise(PyExc_TypeError, "memo key must be integers");
    Py_ssize_t index = TRY(intAsSsize(cast<IntObject>(key)));
    if (index < 0) return raise(PyExc_ValueError, "memo key must be positive integers.");
    if (!self->memo) self->memo = new UnpicklerMemo;
    if (!self->memo->set(static_cast<size_t>(index), value)) return raiseNoMemory();
  }
  return {};
}

Status memoSetter(UnpicklerObject* self, Opt<> value) {
  if (!value) return raise(PyExc_TypeError, "attribute deletion is not supported");
  TRY(checkMemory());
  auto* fresh = new UnpicklerMemo;
  Status filled;
  if (isExact(value.get(), &kUnpicklerMemoProxyType)) {
    auto* source = cast<MemoProxy>(value.get())->unpickler->memo;
    for (size_t i = 0; source && i < source->capacity(); i++) {
      PyObject* item = source->get(i);
      if (item && !fresh->set(i, item)) filled = raiseNoMemory();
    }
  } else if (isDict(value.get())) {
    filled = memoFromDict(self, cast<DictObject>(value.get()));
  } else {
    filled =
        raise(PyExc_TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %.200s",
              typeName(value.get()));
  }
  if (filled.failed()) {
    delete fresh;
    return filled;
  }
  delete std::exchange(self->memo, fresh);
  return {};
}

Result<Ref<>> persistentLoadGetter(UnpicklerObject* self) {
  if (!self->persistent_load) return raiseObject(PyExc_AttributeError, name<"persistent_load">());
  if (self->persistent_load_bound) return methodNew(self->persistent_load, self);
  return share(self->persistent_load);
}

Status persistentLoadSetter(UnpicklerObject* self, Opt<> value) {
  if (!value) return raise(PyExc_TypeError, "attribute deletion is not supported");
  if (!isCallable(value.get())) {
    return raise(PyExc_TypeError, "persistent_load must be a callable taking one argument");
  }
  PyObject* old = std::exchange(self->persistent_load, share(value.get()).leak());
  self->persistent_load_bound = false;
  xdecref(old);
  return {};
}

constinit PyMethodDef kMethods[] = {
    method<"load($self, /)", loadMethod, "Load a pickle: the object that the file's next pickle describes.">,
    method<"find_class($self, module_name, global_name, /)", unpickleFindClass,
           "Return an object from a specified module, importing it if necessary.">,
    method<"__sizeof__($self, /)", sizeofMethod, "Returns size in memory, in bytes.">,
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"memo", memoGetter, memoSetter>,
                                   getset<"persistent_load", persistentLoadGetter, persistentLoadSetter>,
                                   {}};

// --- the proxy ---

void proxyDealloc(MemoProxy* self) {
  gcUntrack(self);
  clearField(self->unpickler);
  objectFreeMemory(self);
}
int proxyTraverse(MemoProxy* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, self->unpickler);
}
int proxyClear(MemoProxy*) { return 0; }

Status proxyClearMethod(MemoProxy* self) {
  if (self->unpickler->memo) self->unpickler->memo->clear();
  return {};
}

Result<Ref<DictObject>> proxyCopy(MemoProxy* self) {
  Ref<DictObject> copy = TRY(dictNew());
  UnpicklerMemo* memo = self->unpickler->memo;
  for (size_t i = 0; memo && i < memo->capacity(); i++) {
    PyObject* item = memo->get(i);
    if (!item) continue;
    Ref<IntObject> index = TRY(intFromLong(static_cast<long>(i)));
    TRY(dictSet(copy, index, item));
  }
  return copy;
}

Result<Ref<>> proxyReduce(MemoProxy* self) {
  Ref<DictObject> copy = TRY(proxyCopy(self));
  Ref<TupleObject> args = TRY(tupleOf(copy.get()));
  return tupleOf(static_cast<PyObject*>(&PyDict_Type), args.get());
}

constinit PyMethodDef kProxyMethods[] = {
    method<"clear($self, /)", proxyClearMethod, "Remove all items from memo.">,
    method<"copy($self, /)", proxyCopy, "Copy the memo to a new object.">,
    method<"__reduce__($self, /)", proxyReduce, "Implement pickling support.">,
    {}};

}  // namespace

Result<Ref<>> unpicklerNewFor(Opt<> file, std::string_view data, bool fix_imports, std::string_view encoding,
                              std::string_view errors, PyObject* buffers) {
  Ref<UnpicklerObject> self = TRY(typeAlloc<UnpicklerObject>(&kUnpicklerType));
  if (file) TRY(setFile(self, file.get()));
  TRY(prepare(self, encoding, errors, fix_imports));
  self->input = data.data();
  self->input_size = static_cast<Py_ssize_t>(data.size());
  TRY(setBuffers(self, buffers));
  return self;
}

constinit PyTypeObject kUnpicklerType = {
    KR_TYPE_HEAD,
    .tp_name = "_pickle.Unpickler",
    .tp_basicsize = sizeof(UnpicklerObject),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n"
                      "          buffers=())",
                      "Reads pickles from a file: any object with read and readline methods.">,
    .tp_traverse = slot<traverse>,
    .tp_clear = slot<clearSlot>,
    .tp_methods = kMethods,
    .tp_getset = kGetSet,
    .tp_init =
        initSlot<"Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=None)",
                 init>,
    .tp_alloc = genericAlloc,
    .tp_new = slot<construct>,
    .tp_free = gcFree,
};

constinit PyTypeObject kUnpicklerMemoProxyType = {
    KR_TYPE_HEAD,
    .tp_name = "_pickle.UnpicklerMemoProxy",
    .tp_basicsize = sizeof(MemoProxy),
    .tp_dealloc = slot<proxyDealloc>,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = slot<genericGetAttr>,
    .tp_setattro = slot<genericSetAttr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = slot<proxyTraverse>,
    .tp_clear = slot<proxyClear>,
    .tp_methods = kProxyMethods,
    .tp_free = gcFree,
};

}  // namespace krait::modules
