#include <cstring>
#include <vector>

#include "core/call.h"
#include "core/errors.h"
#include "core/interpreter.h"
#include "core/thread.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace krait {
namespace {

struct CHook {
  AuditHook function;
  void* user_data;
};
std::vector<CHook>& cHooks() {
  static auto* hooks = new std::vector<CHook>;
  return *hooks;
}

Result<Ref<>> textOrNone(const char* text) {
  if (!text) return none();
  return TRY(strFromUtf8(text));
}

// One value of the format. 'N' hands its reference over.
Result<Ref<>> auditValue(char code, va_list* args) {
  switch (code) {
    case 'O':
    case 'S':
    case 'U': return Ref<>::share(va_arg(*args, PyObject*));
    case 'N': return Ref<>::steal(va_arg(*args, PyObject*));
    case 's':
    case 'z': return textOrNone(va_arg(*args, const char*));
    case 'y': return TRY(bytesFrom(va_arg(*args, const char*)));
    case 'i': return TRY(intFromLong(va_arg(*args, int)));
    case 'I': return TRY(intFromLong(va_arg(*args, unsigned)));
    case 'l':
    case 'L':
    case 'n': return TRY(intFromLong(va_arg(*args, long)));
    case 'k':
    case 'K': return TRY(intFromUnsignedLong(va_arg(*args, unsigned long)));
    case 'd': return TRY(floatNew(va_arg(*args, double)));
    default: return raise(PyExc_SystemError, "bad format char passed to audit");
  }
}

Result<Ref<TupleObject>> auditArguments(const char* format, va_list* args) {
  Ref<ListObject> list = TRY(listNew());
  for (const char* p = format ? format : ""; *p; p++) {
    if (*p == '(' || *p == ')' || *p == ',') continue;
    if (p[0] == 'y' && p[1] == '#') {
      const char* data = va_arg(*args, const char*);
      auto size = static_cast<size_t>(va_arg(*args, Py_ssize_t));
      TRY(listAppend(list, TRY(bytesFrom({data, size})).get()));
      p++;
      continue;
    }
    TRY(listAppend(list, TRY(auditValue(*p, args))));
  }
  return listAsTuple(list);
}

Status callPythonHook(PyObject* hook, StrObject* event, TupleObject* args) {
  Thread* thread = currentThread();
  MaybeRef<> can_trace = TRY(attrLookup(hook, "__cantrace__"));
  bool traced = can_trace && TRY(objectIsTrue(can_trace.get()));
  if (!traced) thread->tracing++;
  auto result = call(hook, event, args);
  if (!traced) thread->tracing--;
  TRY(std::move(result));
  return {};
}

}  // namespace

bool auditIsOn() { return !cHooks().empty() || !interpreter().audit_hooks.empty(); }

Status auditEvent(const char* event, TupleObject* args) {
  if (!auditIsOn()) return {};
  PendingTriple pending = fetchPending();
  auto run = [&]() -> Status {
    for (size_t i = 0; i < cHooks().size(); i++) {
      CHook hook = cHooks()[i];
      if (hook.function(event, args, hook.user_data) < 0) return Raised{};
    }
    Ref<StrObject> event_name = TRY(strFromUtf8(event));
    for (size_t i = 0; i < interpreter().audit_hooks.size(); i++) {
      auto hook = share(interpreter().audit_hooks[i]);
      TRY(callPythonHook(hook.get(), event_name, args));
    }
    return {};
  };
  Status status = run();
  if (!status.failed()) {
    restorePending(pending);
    return {};
  }
  xdecref(pending.type);
  xdecref(pending.value);
  xdecref(pending.traceback);
  return status;
}

Status audit(const char* event, const char* format, ...) {
  if (!auditIsOn() || !currentThread()) return {};
  va_list args;
  va_start(args, format);
  auto tuple = auditArguments(format, &args);
  va_end(args);
  Ref<TupleObject> owned = TRY(std::move(tuple));
  return auditEvent(event, owned);
}

Status auditAddHook(AuditHook hook, void* user_data) {
  if (interpreter().core_ready && audit("sys.addaudithook").failed()) {
    if (!pendingMatches(PyExc_RuntimeError)) return Raised{};
    clearPending();  // a hook may refuse others silently
    return {};
  }
  cHooks().push_back({hook, user_data});
  return {};
}

}  // namespace krait
