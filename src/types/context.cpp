#include "types/context.h"

#include "base/hash.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/misc_objects.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"
#include "types/weakref.h"

namespace krait {
namespace {

extern PyObject missing_object;

void switchTo(Thread* thread, PyObject* context) {
  PyObject* old = std::exchange(thread->context, context);
  thread->context_ver++;
  xdecref(old);
}

Status storeValue(ContextVarObject* var, PyObject* value) {
  var->var_cached = nullptr;
  auto context = share(TRY(contextCurrent()));
  setField(context->ctx_vars, TRY(hamtSet(context->ctx_vars, var, value)));
  Thread* thread = currentThread();
  var->var_cached = value;
  var->var_cached_tsid = thread->id;
  var->var_cached_tsver = thread->context_ver;
  return {};
}

Status dropValue(ContextVarObject* var) {
  var->var_cached = nullptr;
  auto context = share(TRY(contextCurrent()));
  Ref<HamtObject> rest = TRY(hamtWithout(context->ctx_vars, var));
  if (rest.get() == context->ctx_vars) return raiseObject(PyExc_LookupError, var);
  setField(context->ctx_vars, std::move(rest));
  return {};
}

// The value in the current context, borrowed.
Result<Opt<>> valueHere(ContextVarObject* var) {
  Thread* thread = currentThread();
  if (!thread->context) return Opt<>();
  if (var->var_cached && var->var_cached_tsid == thread->id && var->var_cached_tsver == thread->context_ver)
    return Opt<>(var->var_cached);
  Opt<> found = TRY(hamtGet(cast<ContextObject>(thread->context)->ctx_vars, var));
  if (found) {
    var->var_cached = found.get();
    var->var_cached_tsid = thread->id;
    var->var_cached_tsver = thread->context_ver;
  }
  return found;
}

// --- Context -----------------------------------------------------------------------------------------------

Result<Ref<>> contextNewSlot(PyTypeObject*, PyObject* args, Opt<> kwargs) {
  if (cast<TupleObject>(args)->size() > 0 || (kwargs && cast<DictObject>(kwargs.get())->size() > 0))
    return raise(PyExc_TypeError, "Context() does not accept any arguments");
  return TRY(contextNew());
}

void contextDealloc(PyObject* object) {
  gcUntrack(object);
  auto* self = cast<ContextObject>(object);
  clearWeakRefs(object);
  clearField(self->ctx_prev);
  clearField(self->ctx_vars);
  gcFree(object);
}
int contextTraverse(PyObject* object, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<ContextObject>(object)->ctx_prev, cast<ContextObject>(object)->ctx_vars);
}
// A mapping stays: a cleared context that is met once more is still whole.
int contextClear(PyObject* object) {
  auto* self = cast<ContextObject>(object);
  clearField(self->ctx_prev);
  auto empty = hamtNew();
  if (empty.failed())
    clearPending();
  else
    setField(self->ctx_vars, std::move(empty).take());
  return 0;
}

Status checkKey(PyObject* key) {
  if (isExact(key, &PyContextVar_Type)) return {};
  return raise(PyExc_TypeError, "a ContextVar key was expected, got %R", key);
}

Result<Ref<>> contextItem(ContextObject* self, PyObject* key) {
  TRY(checkKey(key));
  Opt<> found = TRY(hamtGet(self->ctx_vars, key));
  if (found) return share(found.get());
  return raiseObject(PyExc_KeyError, key);
}
Result<bool> contextContains(ContextObject* self, PyObject* key) {
  TRY(checkKey(key));
  return bool{TRY(hamtGet(self->ctx_vars, key))};
}
Result<Ref<>> contextGet(ContextObject* self, PyObject* key, PyObject* fallback) {
  TRY(checkKey(key));
  Opt<> found = TRY(hamtGet(self->ctx_vars, key));
  return share(found.orElse(fallback));
}
Py_ssize_t contextLength(ContextObject* self) { return self->ctx_vars->count; }

Result<Ref<>> contextKeys(ContextObject* self) { return hamtKeys(self->ctx_vars); }
Result<Ref<>> contextValues(ContextObject* self) { return hamtValues(self->ctx_vars); }
Result<Ref<>> contextItems(ContextObject* self) { return hamtItems(self->ctx_vars); }
Result<Ref<>> contextCopyMethod(ContextObject* self) { return TRY(contextCopy(self)); }

Result<Ref<>> contextCompare(PyObject* left, PyObject* right, int op) {
  if (!isExact(left, &PyContext_Type) || !isExact(right, &PyContext_Type) || (op != Py_EQ && op != Py_NE))
    return notImplemented();
  auto a = share(cast<ContextObject>(left)->ctx_vars), b = share(cast<ContextObject>(right)->ctx_vars);
  return boolObject(TRY(hamtEqual(a, b)) == (op == Py_EQ));
}

Result<Ref<>> contextRun(ContextObject* self, CallArgs args) {
  if (args.count < 1) return raise(PyExc_TypeError, "run() missing 1 required positional argument");
  TRY(contextEnter(self));
  auto result = callVector(args.values[0], args.values + 1, static_cast<size_t>(args.count - 1), args.names);
  TRY(contextExit(self));
  return result;
}

constinit PyMethodDef kContextMethods[] = {
    method<"get($self, key, default=None, /)", contextGet, "The value of a variable, or the default.">,
    method<"items($self, /)", contextItems, "All variables and their values.">,
    method<"keys($self, /)", contextKeys, "All variables.">,
    method<"values($self, /)", contextValues, "All values.">,
    method<"copy($self, /)", contextCopyMethod, "Return a shallow copy.">,
    method<"!run($self, callable, /, *args, **kwargs)", contextRun>,
    {}};
constinit PySequenceMethods kContextSequence = {.sq_contains = slot<contextContains>};
constinit PyMappingMethods kContextMapping = {.mp_length = slot<contextLength>,
                                              .mp_subscript = slot<contextItem>};

// --- ContextVar --------------------------------------------------------------------------------------------

Result<Ref<>> varNew(PyTypeObject*, PyObject* var_name, Opt<> fallback) {
  return TRY(contextVarNew(var_name, fallback));
}

int varTraverse(PyObject* object, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<ContextVarObject>(object)->var_name,
                  cast<ContextVarObject>(object)->var_default);
}
int varClear(PyObject* object) {
  auto* self = cast<ContextVarObject>(object);
  clearField(self->var_name);
  clearField(self->var_default);
  self->var_cached = nullptr;
  self->var_cached_tsid = self->var_cached_tsver = 0;
  return 0;
}
void varDealloc(PyObject* object) {
  gcUntrack(object);
  varClear(object);
  gcFree(object);
}

Result<Ref<StrObject>> varRepr(ContextVarObject* self) {
  if (self->var_default)
    return strFormat("<ContextVar name=%R default=%R at %p>", self->var_name, self->var_default, self);
  return strFormat("<ContextVar name=%R at %p>", self->var_name, self);
}

Py_hash_t varHash(PyObject* self) { return cast<ContextVarObject>(self)->var_hash; }

Result<Ref<>> varGetMethod(ContextVarObject* self, Opt<> fallback) {
  MaybeRef<> value = TRY(contextVarGet(self, fallback));
  if (value) return std::move(value).take();
  return raiseObject(PyExc_LookupError, self);
}
Result<Ref<>> varSetMethod(ContextVarObject* self, PyObject* value) {
  return TRY(contextVarSet(self, value));
}
Status varResetMethod(ContextVarObject* self, PyObject* token) {
  if (!isExact(token, &PyContextToken_Type))
    return raise(PyExc_TypeError, "expected an instance of Token, got %R", token);
  return contextVarReset(self, cast<TokenObject>(token));
}
Result<Ref<>> classGetItem(PyObject* cls, PyObject* item) { return genericAliasNew(cls, item); }

constinit PyMethodDef kVarMethods[] = {
    method<"get($self, default=<unrepresentable>, /)", varGetMethod, "The value in the current context.">,
    method<"set($self, value, /)", varSetMethod,
           "Set the value in the current context; returns a token for reset().">,
    method<"reset($self, token, /)", varResetMethod,
           "Restore the value from before the set() that made the token.">,
    classMethod<"!__class_getitem__($type, item, /)", classGetItem, "See PEP 585.">,
    {}};
constinit PyMemberDef kVarMembers[] = {
    {"name", T_OBJECT, offsetof(ContextVarObject, var_name), READONLY, nullptr}, {}};

// --- Token -------------------------------------------------------------------------------------------------

Result<Ref<>> tokenNew(PyTypeObject*, PyObject*, Opt<>) {
  return raise(PyExc_RuntimeError, "Tokens can only be created by ContextVars");
}
int tokenTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<TokenObject>(object);
  return visitAll(visit, arg, self->tok_ctx, self->tok_var, self->tok_oldval);
}
int tokenClear(PyObject* object) {
  auto* self = cast<TokenObject>(object);
  clearField(self->tok_ctx);
  clearField(self->tok_var);
  clearField(self->tok_oldval);
  return 0;
}
void tokenDealloc(PyObject* object) {
  gcUntrack(object);
  tokenClear(object);
  gcFree(object);
}
Result<Ref<StrObject>> tokenRepr(TokenObject* self) {
  return strFormat("<Token%s var=%R at %p>", self->tok_used ? " used" : "", self->tok_var, self);
}
Result<Ref<>> tokenVar(TokenObject* self) { return Ref<>::share(self->tok_var); }
Result<Ref<>> tokenOldValue(TokenObject* self) {
  return share(self->tok_oldval ? self->tok_oldval : &missing_object);
}

constinit PyGetSetDef kTokenGetSet[] = {getset<"var", tokenVar>, getset<"old_value", tokenOldValue>, {}};
constinit PyMethodDef kTokenMethods[] = {
    classMethod<"!__class_getitem__($type, item, /)", classGetItem, "See PEP 585.">, {}};

Result<Ref<StrObject>> missingRepr(PyObject*) { return strFromAscii("<Token.MISSING>"); }
void missingDealloc(PyObject* object) { object->ob_refcnt = kImmortalRefcount; }
PyObject missing_object = {kImmortalRefcount, &_PyContextTokenMissing_Type};

}  // namespace

Status contextPublishMissing() {
  TRY(dictSet(cast<DictObject>(PyContextToken_Type.tp_dict), "MISSING", &missing_object));
  typeModified(&PyContextToken_Type);
  return {};
}

// --- for C++ -----------------------------------------------------------------------------------------------

Result<Ref<ContextObject>> contextNew() {
  Ref<HamtObject> vars = TRY(hamtNew());
  Ref<ContextObject> self = TRY(objectNew<ContextObject>(&PyContext_Type));
  self->ctx_prev = nullptr;
  self->ctx_vars = std::move(vars).leak();
  self->ctx_weakreflist = nullptr;
  self->ctx_entered = 0;
  gcTrack(self);
  return self;
}

Result<Ref<ContextObject>> contextCopy(ContextObject* context) {
  Ref<ContextObject> copy = TRY(contextNew());
  setField(copy->ctx_vars, share(context->ctx_vars));
  return copy;
}

Result<ContextObject*> contextCurrent() {
  Thread* thread = currentThread();
  if (!thread->context) thread->context = TRY(contextNew()).leak();
  return cast<ContextObject>(thread->context);
}

Result<Ref<ContextObject>> contextCopyCurrent() { return contextCopy(TRY(contextCurrent())); }

Status contextEnter(ContextObject* context) {
  if (context->ctx_entered)
    return raise(PyExc_RuntimeError, "cannot enter context: %R is already entered", context);
  Thread* thread = currentThread();
  context->ctx_prev = cast<ContextObject>(std::exchange(thread->context, nullptr));
  context->ctx_entered = 1;
  switchTo(thread, share(context).leak());
  return {};
}

Status contextExit(ContextObject* context) {
  if (!context->ctx_entered)
    return raise(PyExc_RuntimeError, "cannot exit context: %R has not been entered", context);
  Thread* thread = currentThread();
  if (thread->context != context)
    return raise(PyExc_RuntimeError,
                 "cannot exit context: thread state references a different context object");
  PyObject* previous = std::exchange(context->ctx_prev, nullptr);
  context->ctx_entered = 0;
  switchTo(thread, previous);
  return {};
}

Result<Ref<ContextVarObject>> contextVarNew(PyObject* var_name, Opt<> fallback) {
  if (!isStr(var_name)) return raise(PyExc_TypeError, "context variable name must be a str");
  Py_hash_t name_hash = TRY(objectHash(var_name));
  Ref<ContextVarObject> self = TRY(objectNew<ContextVarObject>(&PyContextVar_Type));
  Py_hash_t hash = hashPointer(self.get()) ^ name_hash;
  self->var_hash = hash == -1 ? -2 : hash;
  self->var_name = share(var_name).leak();
  xincref(fallback.get());
  self->var_default = fallback.get();
  self->var_cached = nullptr;
  self->var_cached_tsid = self->var_cached_tsver = 0;
  // Without a default that may lead back here it is none of the collector's business.
  PyObject* value = fallback.get();
  if (value && isGcObject(value) && (!isExact(value, &PyTuple_Type) || gcIsTracked(value))) gcTrack(self);
  return self;
}

Result<MaybeRef<>> contextVarGet(ContextVarObject* var, Opt<> fallback) {
  Opt<> value = TRY(valueHere(var));
  if (!value) value = fallback;
  if (!value) value = var->var_default;
  return MaybeRef<>::share(value.get());
}

Result<Ref<TokenObject>> contextVarSet(ContextVarObject* var, PyObject* value) {
  ContextObject* context = TRY(contextCurrent());
  auto old = MaybeRef<>::share(TRY(hamtGet(context->ctx_vars, var)).get());
  Ref<TokenObject> token = TRY(objectNew<TokenObject>(&PyContextToken_Type));
  token->tok_ctx = share(context).leak();
  token->tok_var = share(var).leak();
  token->tok_oldval = std::move(old).leak();
  token->tok_used = 0;
  gcTrack(token);
  TRY(storeValue(var, value));
  return token;
}

Status contextVarReset(ContextVarObject* var, TokenObject* token) {
  if (token->tok_used) return raise(PyExc_RuntimeError, "%R has already been used once", token);
  if (token->tok_var != var)
    return raise(PyExc_ValueError, "%R was created by a different ContextVar", token);
  if (TRY(contextCurrent()) != token->tok_ctx)
    return raise(PyExc_ValueError, "%R was created in a different Context", token);
  token->tok_used = 1;
  if (!token->tok_oldval) return dropValue(var);
  return storeValue(var, token->tok_oldval);
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject _PyContextTokenMissing_Type = {
    KR_TYPE_HEAD,
    .tp_name = "Token.MISSING",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = missingDealloc,
    .tp_repr = slot<missingRepr>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};
KR_EXPORT constinit PyTypeObject PyContext_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_contextvars.Context",
    .tp_basicsize = sizeof(ContextObject),
    .tp_dealloc = contextDealloc,
    .tp_as_sequence = &kContextSequence,
    .tp_as_mapping = &kContextMapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = contextTraverse,
    .tp_clear = contextClear,
    .tp_richcompare = slot<contextCompare>,
    .tp_weaklistoffset = offsetof(ContextObject, ctx_weakreflist),
    .tp_iter = slot<contextKeys>,
    .tp_methods = kContextMethods,
    .tp_alloc = genericAlloc,
    .tp_new = slot<contextNewSlot>,
    .tp_free = gcFree,
};
KR_EXPORT constinit PyTypeObject PyContextVar_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_contextvars.ContextVar",
    .tp_basicsize = sizeof(ContextVarObject),
    .tp_dealloc = varDealloc,
    .tp_repr = slot<varRepr>,
    .tp_hash = varHash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = varTraverse,
    .tp_clear = varClear,
    .tp_methods = kVarMethods,
    .tp_members = kVarMembers,
    .tp_new = newSlot<"!%%ContextVar(name, /, *, default=<unrepresentable>)", varNew>,
    .tp_free = gcFree,
};
KR_EXPORT constinit PyTypeObject PyContextToken_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_contextvars.Token",
    .tp_basicsize = sizeof(TokenObject),
    .tp_dealloc = tokenDealloc,
    .tp_repr = slot<tokenRepr>,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = tokenTraverse,
    .tp_clear = tokenClear,
    .tp_methods = kTokenMethods,
    .tp_getset = kTokenGetSet,
    .tp_new = slot<tokenNew>,
    .tp_free = gcFree,
};
