// The type Pickler and its memo's proxy.
#include <memory>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/scratch.h"
#include "modules/pickle/pickle.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/method.h"

namespace krait::modules {
namespace {

struct MemoProxy : PyObject {
  PicklerObject* pickler;
};

Result<Ref<>> construct(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<PicklerObject> self = TRY(typeAlloc<PicklerObject>(type));
  return self;
}

void releaseFields(PicklerObject* self) {
  clearField(self->persistent_id);
  clearField(self->dispatch_table);
  clearField(self->reducer_override);
  clearField(self->write);
  clearField(self->buffer_callback);
  clearField(self->fast_memo);
}

int clearSlot(PicklerObject* self) {
  releaseFields(self);
  if (self->memo) self->memo->clear();
  return 0;
}

void dealloc(PicklerObject* self) {
  gcUntrack(self);
  releaseFields(self);
  delete std::exchange(self->memo, nullptr);
  delete std::exchange(self->output, nullptr);
  objectFreeMemory(self);
}

int traverse(PicklerObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, self->write, self->persistent_id, self->dispatch_table, self->reducer_override,
                  self->fast_memo, self->buffer_callback);
}

Status setProtocol(PicklerObject* self, PyObject* protocol_object, bool fix_imports) {
  long protocol = kDefaultProtocol;
  if (protocol_object != Py_None) {
    protocol = TRY(asLong(protocol_object));
    if (protocol < 0) protocol = kHighestProtocol;
    if (protocol > kHighestProtocol) {
      return raise(PyExc_ValueError, "pickle protocol must be <= %d", kHighestProtocol);
    }
  }
  self->protocol = static_cast<int>(protocol);
  self->bin = protocol > 0;
  self->fix_imports = fix_imports && protocol < 3;
  return {};
}

Status setBufferCallback(PicklerObject* self, PyObject* callback) {
  if (callback == Py_None) return {};
  if (self->protocol < 5) return raise(PyExc_ValueError, "buffer_callback needs protocol >= 5");
  self->buffer_callback = share(callback).leak();
  return {};
}

Status setOutput(PicklerObject* self, PyObject* file) {
  MaybeRef<> write = TRY(attrLookup(file, name<"write">()));
  if (!write) return raise(PyExc_TypeError, "file must have a 'write' attribute");
  self->write = std::move(write).leak();
  return {};
}

Status prepare(PicklerObject* self) {
  TRY(checkMemory());
  if (!self->memo) self->memo = new PicklerMemo;
  if (!self->output) self->output = new PickleOutput;
  self->output->clear();
  self->output_sent = false;
  self->frame_start = -1;
  self->framing = false;
  self->fast = 0;
  self->fast_nesting = 0;
  return {};
}

Status init(PicklerObject* self, PyObject* file, PyObject* protocol, bool fix_imports,
            PyObject* buffer_callback) {
  // A second call starts afresh; the first keeps what a subclass has set before.
  if (self->write) clearSlot(self);
  TRY(setProtocol(self, protocol, fix_imports));
  TRY(setOutput(self, file));
  TRY(setBufferCallback(self, buffer_callback));
  TRY(prepare(self));
  TRY(pickleMethodRef(self, name<"persistent_id">(), &self->persistent_id, &self->persistent_id_bound));
  if (self->dispatch_table) return {};
  MaybeRef<> table = TRY(attrLookup(self, name<"dispatch_table">()));
  if (table) self->dispatch_table = std::move(table).leak();
  return {};
}

Status requireInit(PicklerObject* self) {
  if (self->write && self->memo) return {};
  return raise(pickle_state.pickling_error, "Pickler.__init__() was not called by %s.__init__()",
               typeName(self));
}

// --- methods ---

Result<Ref<>> dumpMethod(PicklerObject* self, PyObject* object) {
  TRY(requireInit(self));
  self->output->clear();
  self->output_sent = false;
  self->frame_start = -1;
  self->framing = false;
  if (!isExact(self, &kPicklerType)) {
    MaybeRef<> override_function = TRY(attrLookup(self, name<"reducer_override">()));
    PyObject* old = std::exchange(self->reducer_override, std::move(override_function).leak());
    xdecref(old);
  }
  Status saved = pickleDump(self, object);
  // The bound method refers back to the pickler.
  PyObject* done = std::exchange(self->reducer_override, nullptr);
  xdecref(done);
  if (saved.failed()) return Raised{};
  TRY(pickleFlush(self));
  self->output_sent = true;
  return none();
}

Status clearMemo(PicklerObject* self) {
  if (self->memo) self->memo->clear();
  return {};
}

Py_ssize_t sizeofMethod(PicklerObject* self) {
  // As if the output stood in a bytes object of 4096 characters, which the file gets at the end of dump().
  constexpr Py_ssize_t kObject = 152, kTable = 32, kOutput = 4096 + 33;
  Py_ssize_t size = kObject;
  if (self->memo)
    size += kTable + static_cast<Py_ssize_t>(self->memo->capacity() * sizeof(PicklerMemo::Entry));
  return size + (self->output && !self->output_sent ? kOutput : 0);
}

// --- attributes ---

Result<Ref<>> memoGetter(PicklerObject* self) {
  Ref<MemoProxy> proxy = TRY(objectNew<MemoProxy>(&kPicklerMemoProxyType));
  proxy->pickler = share(self).leak();
  gcTrack(proxy);
  return proxy;
}

Status memoFromDict(PicklerObject* self, DictObject* dict) {
  auto fresh = std::make_unique<PicklerMemo>();
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(dict, &position, &key, &value)) {
    if (!isTuple(value) || cast<TupleObject>(value)->size() != 2) {
      return raise(PyExc_TypeError, "'memo' values must be 2-item tuples");
    }
    PyObject* index = cast<TupleObject>(value)->at(0);
    if (!isInt(index)) return raise(PyExc_TypeError, "an integer is required");
    TRY(fresh->set(cast<TupleObject>(value)->at(1), TRY(intAsSsize(cast<IntObject>(index)))));
  }
  delete std::exchange(self->memo, fresh.release());
  return {};
}

Status memoSetter(PicklerObject* self, Opt<> value) {
  if (!value) return raise(PyExc_TypeError, "attribute deletion is not supported");
  if (isExact(value.get(), &kPicklerMemoProxyType)) {
    auto* source = cast<MemoProxy>(value.get())->pickler->memo;
    auto fresh = std::make_unique<PicklerMemo>();
    if (source) {
      for (const auto& entry : source->entries()) {
        if (entry.key) TRY(fresh->set(entry.key, entry.index));
      }
    }
    delete std::exchange(self->memo, fresh.release());
    return {};
  }
  if (isDict(value.get())) return memoFromDict(self, cast<DictObject>(value.get()));
  return raise(PyExc_TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %.200s",
               typeName(value.get()));
}

Result<Ref<>> persistentIdGetter(PicklerObject* self) {
  if (!self->persistent_id) return raiseObject(PyExc_AttributeError, name<"persistent_id">());
  if (self->persistent_id_bound) return methodNew(self->persistent_id, self);
  return share(self->persistent_id);
}

Status persistentIdSetter(PicklerObject* self, Opt<> value) {
  if (!value) return raise(PyExc_TypeError, "attribute deletion is not supported");
  if (!isCallable(value.get())) {
    return raise(PyExc_TypeError, "persistent_id must be a callable taking one argument");
  }
  PyObject* old = std::exchange(self->persistent_id, share(value.get()).leak());
  self->persistent_id_bound = false;
  xdecref(old);
  return {};
}

constinit PyMethodDef kMethods[] = {
    method<"dump($self, obj, /)", dumpMethod,
           "Write a pickled representation of the given object to the open file.">,
    method<"clear_memo($self, /)", clearMemo, "Forgets which objects the pickler has already seen.">,
    method<"__sizeof__($self, /)", sizeofMethod, "Returns size in memory, in bytes.">,
    {}};
constinit PyMemberDef kMembers[] = {
    {"bin", T_INT, offsetof(PicklerObject, bin), 0, nullptr},
    {"fast", T_INT, offsetof(PicklerObject, fast), 0, nullptr},
    {"dispatch_table", T_OBJECT_EX, offsetof(PicklerObject, dispatch_table), 0, nullptr},
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"memo", memoGetter, memoSetter>,
                                   getset<"persistent_id", persistentIdGetter, persistentIdSetter>,
                                   {}};

// --- the proxy ---

void proxyDealloc(MemoProxy* self) {
  gcUntrack(self);
  clearField(self->pickler);
  objectFreeMemory(self);
}
int proxyTraverse(MemoProxy* self, visitproc visit, void* arg) { return visitAll(visit, arg, self->pickler); }
int proxyClear(MemoProxy*) { return 0; }

Status proxyClearMethod(MemoProxy* self) { return clearMemo(self->pickler); }

Result<Ref<DictObject>> proxyCopy(MemoProxy* self) {
  Ref<DictObject> copy = TRY(dictNew());
  if (!self->pickler->memo) return copy;
  for (const auto& entry : self->pickler->memo->entries()) {
    if (!entry.key) continue;
    Ref<IntObject> address = TRY(intFromUnsignedLong(reinterpret_cast<unsigned long>(entry.key)));
    Ref<IntObject> index = TRY(intFromLong(entry.index));
    Ref<TupleObject> pair = TRY(tupleOf(static_cast<PyObject*>(index.get()), entry.key));
    TRY(dictSet(copy, address, pair));
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
    method<"__reduce__($self, /)", proxyReduce, "Implement pickle support.">,
    {}};

}  // namespace

Result<Ref<>> picklerNewFor(Opt<> file, PyObject* protocol, bool fix_imports, PyObject* buffer_callback) {
  Ref<PicklerObject> self = TRY(typeAlloc<PicklerObject>(&kPicklerType));
  TRY(setProtocol(self, protocol, fix_imports));
  if (file) TRY(setOutput(self, file.get()));
  TRY(setBufferCallback(self, buffer_callback));
  TRY(prepare(self));
  return self;
}

Status pickleMethodRef(PyObject* self, StrObject* method_name, PyObject** out, bool* bound) {
  *bound = false;
  MaybeRef<> found = TRY(attrLookup(self, method_name));
  if (!found) return {};
  auto* method_object = cast<MethodObject>(found.get());
  if (isExact(found.get(), &PyMethod_Type) && method_object->im_self == self) {
    *bound = true;
    *out = share(method_object->im_func).leak();
    return {};
  }
  *out = std::move(found).leak();
  return {};
}

Result<Ref<>> pickleCallMethodRef(PyObject* self, PyObject* function, bool bound, PyObject* argument) {
  Ref<> held = share(function);
  return bound ? call(function, self, argument) : call(function, argument);
}

constinit PyTypeObject kPicklerType = {
    KR_TYPE_HEAD,
    .tp_name = "_pickle.Pickler",
    .tp_basicsize = sizeof(PicklerObject),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)",
                      "Writes pickles to a file: any object with a write method that takes bytes.">,
    .tp_traverse = slot<traverse>,
    .tp_clear = slot<clearSlot>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_init = initSlot<"Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)", init>,
    .tp_alloc = genericAlloc,
    .tp_new = slot<construct>,
    .tp_free = gcFree,
};

constinit PyTypeObject kPicklerMemoProxyType = {
    KR_TYPE_HEAD,
    .tp_name = "_pickle.PicklerMemoProxy",
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
