// syslog: messages to the system log.
#include <syslog.h>

#include "core/interpreter.h"
#include "core/native.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace krait::modules {
namespace {

PyObject* g_ident;  // owned text that the C library refers to while the log is open
bool g_open;

// The script's name without folders; absent when sys.argv does not tell.
Result<MaybeRef<StrObject>> identFromArgv() {
  Opt<> argv = sysGet("argv");
  if (!argv || !isList(argv.get()) || cast<ListObject>(argv.get())->size() == 0) return MaybeRef<StrObject>();
  Ref<> first = share(cast<ListObject>(argv.get())->at(0));
  if (!isStr(first)) return MaybeRef<StrObject>();
  auto* script = cast<StrObject>(first.get());
  Py_ssize_t slash = strFindChar(script, '/', 0, script->size(), -1);
  Ref<StrObject> base = TRY(strSubstring(script, slash + 1, script->size()));
  if (base->size() == 0) return MaybeRef<StrObject>();
  return MaybeRef<StrObject>(std::move(base));
}

Status openLog(Opt<StrObject> given, long options, long facility) {
  MaybeRef<StrObject> ident = given ? MaybeRef<StrObject>(share(given.get())) : TRY(identFromArgv());
  const char* text = ident ? TRY(strUtf8(ident.get())).data() : nullptr;  // up to a NUL
  TRY(audit("syslog.openlog", "Oll", ident ? static_cast<PyObject*>(ident.get()) : Py_None, options,
            facility));
  openlog(text, static_cast<int>(options), static_cast<int>(facility));
  g_open = true;
  PyObject* former = std::exchange(g_ident, static_cast<PyObject*>(std::move(ident).leak()));
  xdecref(former);
  return {};
}
Status logOpen(Opt<StrObject> ident, long logoption, long facility) {
  return openLog(ident, logoption, facility);
}

Raised raiseUsage() {
  clearPending();
  return raise(PyExc_TypeError, "[priority,] message string");
}

Status logMessage(CallArgs args) {
  if (args.count < 1 || args.count > 2 || !isStr(args.values[args.count - 1])) return raiseUsage();
  int priority = LOG_INFO;
  if (args.count == 2) {
    Result<int> given = asCInt(args.values[0]);
    if (given.failed()) return raiseUsage();
    priority = std::move(given).take();
  }
  Ref<> message = share(args.values[args.count - 1]);
  const char* text = TRY(strUtf8NoNul(cast<StrObject>(message.get())));
  TRY(audit("syslog.syslog", "is", priority, text));
  if (!g_open) TRY(openLog(nullptr, 0, LOG_USER));
  WithoutGil released;
  syslog(priority, "%s", text);
  return {};
}

Status logClose() {
  TRY(audit("syslog.closelog"));
  if (!g_open) return {};
  closelog();
  g_open = false;
  PyObject* former = std::exchange(g_ident, nullptr);
  xdecref(former);
  return {};
}

Result<long> logSetMask(CallArgs args) {
  if (args.count != 1) return raise(PyExc_TypeError, "mask for priority");
  long mask = TRY(asLong(args.values[0]));
  TRY(audit("syslog.setlogmask", "l", mask));
  return setlogmask(static_cast<int>(mask));
}
long logMask(CLong priority) { return LOG_MASK(static_cast<int>(priority.value)); }
long logUpTo(CLong priority) { return LOG_UPTO(static_cast<int>(priority.value)); }

constinit PyMethodDef kSyslogMethods[] = {
    function<"!%%openlog(ident=None, logoption=0, facility=8)", logOpen>,
    function<"!closelog()", logClose>,
    function<"!%syslog(*args)", logMessage>,
    function<"!%setlogmask(*args)", logSetMask>,
    function<"!%%LOG_MASK(pri, /)", logMask>,
    function<"!%%LOG_UPTO(pri, /)", logUpTo>,
    {}};

#define CONSTANT(name) {#name, name}
constexpr std::pair<const char*, int> kConstants[] = {
    CONSTANT(LOG_EMERG),   CONSTANT(LOG_ALERT),  CONSTANT(LOG_CRIT),   CONSTANT(LOG_ERR),
    CONSTANT(LOG_WARNING), CONSTANT(LOG_NOTICE), CONSTANT(LOG_INFO),   CONSTANT(LOG_DEBUG),
    CONSTANT(LOG_PID),     CONSTANT(LOG_CONS),   CONSTANT(LOG_NDELAY), CONSTANT(LOG_ODELAY),
    CONSTANT(LOG_NOWAIT),  CONSTANT(LOG_PERROR), CONSTANT(LOG_KERN),   CONSTANT(LOG_USER),
    CONSTANT(LOG_MAIL),    CONSTANT(LOG_DAEMON), CONSTANT(LOG_AUTH),   CONSTANT(LOG_LPR),
    CONSTANT(LOG_LOCAL0),  CONSTANT(LOG_LOCAL1), CONSTANT(LOG_LOCAL2), CONSTANT(LOG_LOCAL3),
    CONSTANT(LOG_LOCAL4),  CONSTANT(LOG_LOCAL5), CONSTANT(LOG_LOCAL6), CONSTANT(LOG_LOCAL7),
    CONSTANT(LOG_SYSLOG),  CONSTANT(LOG_CRON),   CONSTANT(LOG_UUCP),   CONSTANT(LOG_NEWS),
    CONSTANT(LOG_AUTHPRIV)};

Status syslogExec(PyObject* module) {
  for (auto [constant, value] : kConstants) TRY(moduleAddInt(module, constant, value));
  return {};
}

constinit PyModuleDef kSyslogModule = moduleDef<"syslog", syslogExec>(kSyslogMethods, nullptr);

}  // namespace

PyObject* initSyslog() { return moduleDefInit(&kSyslogModule); }

}  // namespace krait::modules
