// Users, groups, sessions, priorities and scheduling.
#include <grp.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <climits>
#include <vector>

#include "modules/c_args.h"
#include "modules/posix/posix.h"
#include "types/bool.h"
#include "types/float.h"
#include "types/list.h"
#include "types/set.h"
#include "types/struct_seq.h"

namespace krait::modules::posix {
namespace {

Result<Ref<>> idResult(unsigned id) {
  if (id == UINT_MAX) return intResult(-1);
  return intResult(id);
}
template <auto Get>
Result<Ref<>> getId() {
  return idResult(Get());
}
template <auto Set, class Id>
Status setId(Id id) {
  return check(Set(id.id));
}
template <auto Set, class Id>
Status setTwo(Id a, Id b) {
  return check(Set(a.id, b.id));
}
template <auto Set, class Id>
Status setThree(Id a, Id b, Id c) {
  return check(Set(a.id, b.id, c.id));
}
template <auto Get>
Result<Ref<>> getThree() {
  unsigned a, b, c;
  TRY(check(Get(&a, &b, &c)));
  return tupleResult(TRY(idResult(a)), TRY(idResult(b)), TRY(idResult(c)));
}

Result<Ref<>> groupList(const std::vector<gid_t>& groups) {
  Ref<ListObject> list = TRY(listNew());
  for (gid_t group : groups) TRY(listAppend(list, TRY(idResult(group))));
  return list;
}
Result<Ref<>> osGetgroups() {
  int count = getgroups(0, nullptr);
  TRY(check(count));
  std::vector<gid_t> groups(static_cast<size_t>(count));
  TRY(check(getgroups(count, groups.data())));
  return groupList(groups);
}
Status osSetgroups(PyObject* groups) {
  if (!isSequence(groups)) return raise(PyExc_TypeError, "setgroups argument must be a sequence");
  std::vector<gid_t> ids;
  Py_ssize_t count = TRY(sequenceLength(groups));
  if (count > NGROUPS_MAX) return raise(PyExc_ValueError, "too many groups");
  for (Py_ssize_t i = 0; i < count; i++) {
    Ref<> item = TRY(sequenceGet(groups, i));
    if (!isInt(item)) return raise(PyExc_TypeError, "groups must be integers");
    ids.push_back(TRY(asUserId(item, "gid")));
  }
  return check(setgroups(ids.size(), ids.data()));
}
Result<Ref<>> osGetgrouplist(StrObject* user, GroupId group) {
  const char* name = TRY(strUtf8NoNul(user));
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  while (getgrouplist(name, group.id, groups.data(), &count) == -1) {
    groups.resize(std::max(groups.size() * 2, static_cast<size_t>(count)));
    count = static_cast<int>(groups.size());
  }
  groups.resize(static_cast<size_t>(count));
  return groupList(groups);
}
Status osInitgroups(PathArg<kPathOnly> user, GroupId group) {
  return check(initgroups(user.c_str(), group.id));
}

Result<long> checked(long value) {
  TRY(check(value));
  return value;
}
Result<long> osGetpgid(CInt pid) { return checked(getpgid(pid)); }
Result<long> osGetsid(CInt pid) { return checked(getsid(pid)); }
Status osSetpgid(CInt pid, CInt group) { return check(setpgid(pid, group)); }
long osGetpgrp() { return getpgrp(); }
Status osSetpgrp() { return check(setpgid(0, 0)); }
Status osSetsid() { return check(setsid()); }
long osGetpid() { return getpid(); }
long osGetppid() { return getppid(); }
Result<Ref<>> osGetlogin() {
  char name[256];
  int error = getlogin_r(name, sizeof name);
  if (error) return raiseErrno(error);
  return Ref<>(TRY(fsDecode(name)));
}

Result<long> osNice(int increment) {
  errno = 0;
  long value = nice(increment);
  if (value == -1 && errno) return raiseErrno(errno);
  return value;
}
Result<long> osGetpriority(int which, int who) {
  errno = 0;
  long value = getpriority(static_cast<__priority_which_t>(which), static_cast<id_t>(who));
  if (errno) return raiseErrno(errno);
  return value;
}
Status osSetpriority(int which, int who, int priority) {
  return check(setpriority(static_cast<__priority_which_t>(which), static_cast<id_t>(who), priority));
}

// --- scheduling --------------------------------------------------------------------------------------------

Result<long> osSchedMax(int policy) { return checked(sched_get_priority_max(policy)); }
Result<long> osSchedMin(int policy) { return checked(sched_get_priority_min(policy)); }
Result<long> osGetscheduler(CInt pid) { return checked(sched_getscheduler(pid)); }
Status osSchedYield() {
  return check(unlocked([] { return sched_yield(); }));
}

Result<sched_param> schedParam(PyObject* object) {
  if (!isExact(object, g_sched_param)) return raise(PyExc_TypeError, "must have a sched_param object");
  sched_param param{};
  long priority = TRY(asLong(cast<TupleObject>(object)->at(0)));
  if (priority > INT_MAX || priority < INT_MIN)
    return raise(PyExc_OverflowError, "sched_priority out of range");
  param.sched_priority = static_cast<int>(priority);
  return param;
}
Result<Ref<>> osGetparam(CInt pid) {
  sched_param param;
  TRY(check(sched_getparam(pid, &param)));
  Ref<TupleObject> out = TRY(structSeqNew(g_sched_param));
  structSeqSet(out, 0, TRY(intResult(param.sched_priority)));
  return out;
}
Status osSetparam(CInt pid, PyObject* object) {
  sched_param param = TRY(schedParam(object));
  return check(sched_setparam(pid, &param));
}
Status osSetscheduler(CInt pid, int policy, PyObject* object) {
  sched_param param = TRY(schedParam(object));
  return check(sched_setscheduler(pid, policy, &param));
}
Result<double> osRrInterval(CInt pid) {
  timespec interval;
  TRY(check(sched_rr_get_interval(pid, &interval)));
  return static_cast<double>(interval.tv_sec) + 1e-9 * static_cast<double>(interval.tv_nsec);
}

constexpr int kMaxCpus = 4096;
struct CpuSet {
  cpu_set_t* set = CPU_ALLOC(kMaxCpus);
  size_t size = CPU_ALLOC_SIZE(kMaxCpus);
  CpuSet() { CPU_ZERO_S(size, set); }
  ~CpuSet() { CPU_FREE(set); }
};
Result<Ref<>> osGetaffinity(CInt pid) {
  CpuSet cpus;
  TRY(check(sched_getaffinity(pid, cpus.size, cpus.set)));
  Ref<SetObject> out = TRY(setNew());
  for (int cpu = 0; cpu < kMaxCpus; cpu++) {
    if (CPU_ISSET_S(static_cast<size_t>(cpu), cpus.size, cpus.set))
      TRY(setAdd(out, TRY(intResult(cpu)).get()));
  }
  return out;
}
Status osSetaffinity(CInt pid, PyObject* mask) {
  CpuSet cpus;
  TRY(forEach(mask, [&](Ref<> item) -> Status {
    if (!isInt(item))
      return raise(PyExc_TypeError, "expected an iterator of ints, but iterator yielded %R",
                   static_cast<PyObject*>(typeOf(item)));
    long cpu = TRY(asLong(item));
    if (cpu < 0) return raise(PyExc_ValueError, "negative CPU number");
    if (cpu >= kMaxCpus) return raise(PyExc_OverflowError, "CPU number too large");
    CPU_SET_S(static_cast<size_t>(cpu), cpus.size, cpus.set);
    return {};
  }));
  return check(sched_setaffinity(pid, cpus.size, cpus.set));
}

}  // namespace

PyMethodDef kIdMethods[] = {
    function<"getuid($module, /)", getId<getuid>, "The real user ID.">,
    function<"geteuid($module, /)", getId<geteuid>, "The effective user ID.">,
    function<"getgid($module, /)", getId<getgid>, "The real group ID.">,
    function<"getegid($module, /)", getId<getegid>, "The effective group ID.">,
    function<"getresuid($module, /)", getThree<getresuid>, "Real, effective and saved user ID.">,
    function<"getresgid($module, /)", getThree<getresgid>, "Real, effective and saved group ID.">,
    function<"setuid($module, uid, /)", setId<setuid, UserId>, "Set the user ID.">,
    function<"seteuid($module, euid, /)", setId<seteuid, UserId>, "Set the effective user ID.">,
    function<"setgid($module, gid, /)", setId<setgid, GroupId>, "Set the group ID.">,
    function<"setegid($module, egid, /)", setId<setegid, GroupId>, "Set the effective group ID.">,
    function<"setreuid($module, ruid, euid, /)", setTwo<setreuid, UserId>, "Set real and effective user ID.">,
    function<"setregid($module, rgid, egid, /)", setTwo<setregid, GroupId>,
             "Set real and effective group ID.">,
    function<"setresuid($module, ruid, euid, suid, /)", setThree<setresuid, UserId>,
             "Set real, effective and saved user ID.">,
    function<"setresgid($module, rgid, egid, sgid, /)", setThree<setresgid, GroupId>,
             "Set real, effective and saved group ID.">,
    function<"getgroups($module, /)", osGetgroups, "Supplemental group IDs.">,
    function<"setgroups($module, groups, /)", osSetgroups, "Set the supplemental groups.">,
    function<"getgrouplist($module, user, group, /)", osGetgrouplist, "Groups that a user belongs to.">,
    function<"initgroups($module, username, gid, /)", osInitgroups, "Set the groups as a login does.">,
    function<"getpgid($module, /, pid)", osGetpgid, "Process group of a process.">,
    function<"getpgrp($module, /)", osGetpgrp, "The process group.">,
    function<"setpgid($module, pid, pgrp, /)", osSetpgid, "Set a process group.">,
    function<"setpgrp($module, /)", osSetpgrp, "Become a process group leader.">,
    function<"getsid($module, pid, /)", osGetsid, "Session of a process.">,
    function<"setsid($module, /)", osSetsid, "Start a session.">,
    function<"getpid($module, /)", osGetpid, "The process ID.">,
    function<"getppid($module, /)", osGetppid, "The parent's process ID.">,
    function<"getlogin($module, /)", osGetlogin, "The name of the logged-in user.">,
    function<"nice($module, increment, /)", osNice, "Add to the nice value; returns the new one.">,
    function<"getpriority($module, /, which, who)", osGetpriority, "A scheduling priority.">,
    function<"setpriority($module, /, which, who, priority)", osSetpriority, "Set a scheduling priority.">,
    function<"sched_get_priority_max($module, /, policy)", osSchedMax, "Highest priority of a policy.">,
    function<"sched_get_priority_min($module, /, policy)", osSchedMin, "Lowest priority of a policy.">,
    function<"sched_getscheduler($module, pid, /)", osGetscheduler, "Scheduling policy of a process.">,
    function<"sched_setscheduler($module, pid, policy, param, /)", osSetscheduler,
             "Set the scheduling policy.">,
    function<"sched_getparam($module, pid, /)", osGetparam, "Scheduling parameters of a process.">,
    function<"sched_setparam($module, pid, param, /)", osSetparam, "Set the scheduling parameters.">,
    function<"sched_rr_get_interval($module, pid, /)", osRrInterval, "Round-robin quantum in seconds.">,
    function<"sched_yield($module, /)", osSchedYield, "Give the processor up.">,
    function<"sched_getaffinity($module, pid, /)", osGetaffinity, "Processors a process may run on.">,
    function<"sched_setaffinity($module, pid, mask, /)", osSetaffinity,
             "Set the processors a process may run on.">,
    {}};

}  // namespace krait::modules::posix
