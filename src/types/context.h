// Context variables (PEP 567).
//
// A context's variables stand in a persistent mapping: copying a context shares it. `context_ver` of the
// thread changes with the current context, so that a variable can cache the value it had there.
#pragma once

#include "types/hamt.h"

extern "C" PyTypeObject PyContext_Type, PyContextVar_Type, PyContextToken_Type, _PyContextTokenMissing_Type;

namespace krait {

struct ContextObject : PyObject {
  ContextObject* ctx_prev;  // owned: current before this one was entered
  HamtObject* ctx_vars;     // owned
  PyObject* ctx_weakreflist;
  int ctx_entered;
};
static_assert(sizeof(ContextObject) == 48);

struct ContextVarObject : PyObject {
  PyObject *var_name, *var_default;  // default may be null
  PyObject* var_cached;              // borrowed from the context named by the next two
  uint64_t var_cached_tsid, var_cached_tsver;
  Py_hash_t var_hash;
};
static_assert(sizeof(ContextVarObject) == 64);

struct TokenObject : PyObject {
  ContextObject* tok_ctx;
  ContextVarObject* tok_var;
  PyObject* tok_oldval;  // null: the variable had no value
  int tok_used;
};
static_assert(sizeof(TokenObject) == 48);

Status contextPublishMissing();  // Token.MISSING, once the types are ready
Result<Ref<ContextObject>> contextNew();
Result<Ref<ContextObject>> contextCopy(ContextObject* context);
Result<ContextObject*> contextCurrent();  // borrowed; made on first use
Result<Ref<ContextObject>> contextCopyCurrent();
Status contextEnter(ContextObject* context);
Status contextExit(ContextObject* context);

Result<Ref<ContextVarObject>> contextVarNew(PyObject* name, Opt<> fallback);
// The value here, else `fallback`, else the variable's default; absent: none of them.
Result<MaybeRef<>> contextVarGet(ContextVarObject* var, Opt<> fallback);
Result<Ref<TokenObject>> contextVarSet(ContextVarObject* var, PyObject* value);
Status contextVarReset(ContextVarObject* var, TokenObject* token);

}  // namespace krait
