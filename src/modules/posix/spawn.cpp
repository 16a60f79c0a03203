// posix_spawn and posix_spawnp.
#include <signal.h>
#include <spawn.h>

#include "modules/posix/posix.h"
#include "modules/posix/strings.h"
#include "modules/signal_set.h"
#include "types/bool.h"
#include "types/list.h"
#include "types/struct_seq.h"

extern "C" char** environ;

namespace krait::modules::posix {
namespace {

// The two structures of a spawn call, destroyed with the scope. Paths of file actions are kept until then.
struct SpawnSetup {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  short flags = 0;
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
};

Status checkCode(int error) {
  if (error) return raiseErrno(error);
  return {};
}

Status addAction(SpawnSetup& setup, PyObject* action) {
  if (!isTuple(action) || cast<TupleObject>(action)->size() == 0) {
    return raise(PyExc_TypeError, "Each file_actions element must be a non-empty tuple");
  }
  auto* parts = cast<TupleObject>(action);
  long kind = TRY(asLong(parts->at(0)));
  if (kind == 0) {
    if (parts->size() != 5) return raise(PyExc_TypeError, "A open file_action tuple must have 5 elements");
    std::string path = TRY(fsPath(parts->at(2)));
    return checkCode(posix_spawn_file_actions_addopen(&setup.actions, TRY(asInt(parts->at(1))), path.c_str(),
                                                      TRY(asInt(parts->at(3))),
                                                      static_cast<mode_t>(TRY(asLong(parts->at(4))))));
  }
  if (kind == 1) {
    if (parts->size() != 2) return raise(PyExc_TypeError, "A close file_action tuple must have 2 elements");
    return checkCode(posix_spawn_file_actions_addclose(&setup.actions, TRY(asInt(parts->at(1)))));
  }
  if (kind == 2) {
    if (parts->size() != 3) return raise(PyExc_TypeError, "A dup2 file_action tuple must have 3 elements");
    return checkCode(
        posix_spawn_file_actions_adddup2(&setup.actions, TRY(asInt(parts->at(1))), TRY(asInt(parts->at(2)))));
  }
  return raise(PyExc_TypeError, "Unknown file_actions identifier");
}

Status addActions(SpawnSetup& setup, PyObject* actions) {
  Ref<> items = TRY(sequenceFast(actions, "file_actions must be a sequence or None"));
  for (Py_ssize_t i = 0; i < fastSize(items); i++) {
    Ref<> action = TRY(sequenceGet(items, i));
    TRY(addAction(setup, action.get()));
  }
  return {};
}

Status setScheduler(SpawnSetup& setup, PyObject* scheduler) {
  if (!isTuple(scheduler))
    return raise(PyExc_SystemError, "new style getargs format but argument is not a tuple");
  if (cast<TupleObject>(scheduler)->size() != 2) {
    return raise(PyExc_TypeError, "A scheduler tuple must have two elements");
  }
  auto* pair = cast<TupleObject>(scheduler);
  if (!isExact(pair->at(1), g_sched_param)) return raise(PyExc_TypeError, "must have a sched_param object");
  sched_param param{};
  param.sched_priority = TRY(asInt(cast<TupleObject>(pair->at(1))->at(0)));
  if (pair->at(0) != Py_None) {
    TRY(checkCode(posix_spawnattr_setschedpolicy(&setup.attributes, TRY(asInt(pair->at(0))))));
    setup.flags |= POSIX_SPAWN_SETSCHEDULER;
  }
  setup.flags |= POSIX_SPAWN_SETSCHEDPARAM;
  return checkCode(posix_spawnattr_setschedparam(&setup.attributes, &param));
}

Status setAttributes(SpawnSetup& setup, Opt<> group, bool reset_ids, bool new_session, Opt<> mask,
                     Opt<> defaults, Opt<> scheduler) {
  if (group) {
    TRY(checkCode(posix_spawnattr_setpgroup(&setup.attributes, TRY(asInt(group.get())))));
    setup.flags |= POSIX_SPAWN_SETPGROUP;
  }
  if (reset_ids) setup.flags |= POSIX_SPAWN_RESETIDS;
  if (new_session) setup.flags |= POSIX_SPAWN_SETSID;
  if (mask) {
    sigset_t set = TRY(signalSet(mask.get()));
    TRY(checkCode(posix_spawnattr_setsigmask(&setup.attributes, &set)));
    setup.flags |= POSIX_SPAWN_SETSIGMASK;
  }
  if (defaults) {
    sigset_t set = TRY(signalSet(defaults.get()));
    TRY(checkCode(posix_spawnattr_setsigdefault(&setup.attributes, &set)));
    setup.flags |= POSIX_SPAWN_SETSIGDEF;
  }
  if (scheduler) TRY(setScheduler(setup, scheduler.get()));
  return checkCode(posix_spawnattr_setflags(&setup.attributes, setup.flags));
}

// An int that is false or true, absent: false.
Result<bool> flagOf(Opt<> value) { return value ? TRY(asInt(value.get())) != 0 : false; }

template <auto Spawn, Text FunctionName>
Result<long> spawn(PathArg<kPathOnly> path, PyObject* argv, PyObject* env, Opt<> file_actions,
                   Opt<> setpgroup, Opt<> resetids_object, Opt<> setsid_object, Opt<> setsigmask,
                   Opt<> setsigdef, Opt<> scheduler) {
  bool resetids = TRY(flagOf(resetids_object)), setsid = TRY(flagOf(setsid_object));
  if (!isList(argv) && !isTuple(argv))
    return raise(PyExc_TypeError, "%s: argv must be a tuple or list", FunctionName.chars);
  if (!isMapping(env) && env != Py_None)
    return raise(PyExc_TypeError, "%s: environment must be a mapping object or None", FunctionName.chars);
  StringVector args = TRY(StringVector::fromSequence(argv, FunctionName.chars));
  std::optional<StringVector> environment;
  if (env != Py_None) environment = TRY(StringVector::fromEnvironment(env));
  SpawnSetup setup;
  if (file_actions && file_actions.get() != Py_None) TRY(addActions(setup, file_actions.get()));
  TRY(setAttributes(setup, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler));
  TRY(audit("os.posix_spawn", "OOO", path.object, argv, env));
  pid_t pid;
  int error = Spawn(&pid, path.c_str(), &setup.actions, &setup.attributes, TRY(args.data()),
                    environment ? TRY(environment->data()) : environ);
  if (error) return raiseErrno(error, path.object);
  return pid;
}

}  // namespace

PyMethodDef kSpawnMethods[] = {
    function<"posix_spawn($module, path, argv, env, /, *, file_actions=(),\n            "
             "setpgroup=<unrepresentable>, resetids=False, setsid=False,\n            setsigmask=(), "
             "setsigdef=(), scheduler=<unrepresentable>)",
             spawn<posix_spawn, "posix_spawn">, "Run a program in a new process.">,
    function<"posix_spawnp($module, path, argv, env, /, *, file_actions=(),\n             "
             "setpgroup=<unrepresentable>, resetids=False, setsid=False,\n             setsigmask=(), "
             "setsigdef=(), scheduler=<unrepresentable>)",
             spawn<posix_spawnp, "posix_spawnp">, "Run a program found on PATH in a new process.">,
    {}};

}  // namespace krait::modules::posix
