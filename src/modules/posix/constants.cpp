// Constants and struct sequence types of posix.
#include <dlfcn.h>
#include <limits.h>
#include <linux/limits.h>
#include <linux/memfd.h>
#include <sched.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>

#include "modules/posix/posix.h"
#include "types/dict.h"
#include "types/struct_seq.h"

#ifndef XATTR_SIZE_MAX
#define XATTR_SIZE_MAX 65536
#endif
#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif

namespace krait::modules::posix {

PyTypeObject *g_stat_result, *g_statvfs_result, *g_times_result, *g_uname_result, *g_terminal_size,
    *g_sched_param, *g_waitid_result, *g_dir_entry, *g_scandir_iterator;

namespace {

enum { POSIX_SPAWN_OPEN, POSIX_SPAWN_CLOSE, POSIX_SPAWN_DUP2 };
constexpr int EX_OK_VALUE = 0;
#undef EX_OK
constexpr int EX_OK = EX_OK_VALUE;

struct Constant {
  const char* name;
  long value;
};
const Constant kConstants[] = {
#define CONSTANT(name) {#name, static_cast<long>(name)},
#include "modules/posix/constants.inc"
#undef CONSTANT
};

// The *_names dictionaries: name -> number of the C constant with a leading underscore.
struct ConfName {
  const char* name;
  int value;
};

PyStructSequence_Field kStatFields[] = {{"st_mode", "protection bits"},
                                        {"st_ino", "inode"},
                                        {"st_dev", "device"},
                                        {"st_nlink", "number of hard links"},
                                        {"st_uid", "user ID of owner"},
                                        {"st_gid", "group ID of owner"},
                                        {"st_size", "total size, in bytes"},
                                        {nullptr, "integer time of last access"},
                                        {nullptr, "integer time of last modification"},
                                        {nullptr, "integer time of last change"},
                                        {"st_atime", "time of last access"},
                                        {"st_mtime", "time of last modification"},
                                        {"st_ctime", "time of last change"},
                                        {"st_atime_ns", "time of last access in nanoseconds"},
                                        {"st_mtime_ns", "time of last modification in nanoseconds"},
                                        {"st_ctime_ns", "time of last change in nanoseconds"},
                                        {"st_blksize", "blocksize for filesystem I/O"},
                                        {"st_blocks", "number of blocks allocated"},
                                        {"st_rdev", "device type (if inode device)"},
                                        {nullptr, nullptr}};
PyStructSequence_Desc kStatDesc{"os.stat_result", "What stat() tells about a file.", kStatFields, 10};

PyStructSequence_Field kStatvfsFields[] = {
    {"f_bsize", nullptr},  {"f_frsize", nullptr},  {"f_blocks", nullptr}, {"f_bfree", nullptr},
    {"f_bavail", nullptr}, {"f_files", nullptr},   {"f_ffree", nullptr},  {"f_favail", nullptr},
    {"f_flag", nullptr},   {"f_namemax", nullptr}, {"f_fsid", nullptr},   {nullptr, nullptr}};
PyStructSequence_Desc kStatvfsDesc{"os.statvfs_result", "What statvfs() tells about a file system.",
                                   kStatvfsFields, 10};

PyStructSequence_Field kTimesFields[] = {{"user", "user time"},
                                         {"system", "system time"},
                                         {"children_user", "user time of children"},
                                         {"children_system", "system time of children"},
                                         {"elapsed", "elapsed time since an arbitrary point in the past"},
                                         {nullptr, nullptr}};
PyStructSequence_Desc kTimesDesc{"posix.times_result", "Process times.", kTimesFields, 5};

PyStructSequence_Field kUnameFields[] = {
    {"sysname", "operating system name"},    {"nodename", "name of machine on network"},
    {"release", "operating system release"}, {"version", "operating system version"},
    {"machine", "hardware identifier"},      {nullptr, nullptr}};
PyStructSequence_Desc kUnameDesc{"posix.uname_result", "The operating system.", kUnameFields, 5};

PyStructSequence_Field kTerminalFields[] = {{"columns", "width of the terminal window in characters"},
                                            {"lines", "height of the terminal window in characters"},
                                            {nullptr, nullptr}};
PyStructSequence_Desc kTerminalDesc{"os.terminal_size", "Size of a terminal.", kTerminalFields, 2};

PyStructSequence_Field kSchedFields[] = {{"sched_priority", "the scheduling priority"}, {nullptr, nullptr}};
PyStructSequence_Desc kSchedDesc{
    "posix.sched_param", "sched_param(sched_priority)\n--\n\nScheduling parameters.", kSchedFields, 1};

PyStructSequence_Field kWaitidFields[] = {{"si_pid", nullptr},    {"si_uid", nullptr},  {"si_signo", nullptr},
                                          {"si_status", nullptr}, {"si_code", nullptr}, {nullptr, nullptr}};
PyStructSequence_Desc kWaitidDesc{"posix.waitid_result", "What waitid() found.", kWaitidFields, 5};

Status addType(PyObject* module, const char* attribute, PyStructSequence_Desc& desc, PyTypeObject*& slot) {
  if (!slot) slot = TRY(structSeqTypeNew(&desc)).leak();
  return moduleAdd(module, attribute, share<PyObject>(slot));
}

Status addNames(PyObject* module, const char* attribute, std::span<const ConfName> names) {
  Ref<DictObject> dict = TRY(dictNew());
  for (const ConfName& entry : names) TRY(dictSet(dict, entry.name, TRY(intFromLong(entry.value)).get()));
  return moduleAdd(module, attribute, std::move(dict));
}

// sched_param(priority): its one field is an argument, not a sequence.
Result<Ref<>> schedParamNew(PyTypeObject* type, PyObject* priority) {
  Ref<TupleObject> param = TRY(structSeqNew(type));
  structSeqSet(param, 0, share(priority));
  return param;
}

// Outside the range of doubles' integers the parts are added separately, as seconds + nanoseconds * 1e-9.
Result<Ref<>> timeAsFloat(const timespec& t) {
  return floatObject(static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec));
}
Result<Ref<>> timeAsNanoseconds(const timespec& t) {
  return intResult(static_cast<long>(t.tv_sec) * 1000000000L + t.tv_nsec);
}

}  // namespace

Result<Ref<>> statResult(const struct stat& st) {
  Ref<TupleObject> out = TRY(structSeqNew(g_stat_result));
  const long integers[] = {static_cast<long>(st.st_mode),
                           static_cast<long>(st.st_ino),
                           static_cast<long>(st.st_dev),
                           static_cast<long>(st.st_nlink),
                           static_cast<long>(st.st_uid),
                           static_cast<long>(st.st_gid),
                           static_cast<long>(st.st_size),
                           st.st_atim.tv_sec,
                           st.st_mtim.tv_sec,
                           st.st_ctim.tv_sec};
  for (int i = 0; i < 10; i++) structSeqSet(out, i, TRY(intResult(integers[i])));
  const timespec* times[] = {&st.st_atim, &st.st_mtim, &st.st_ctim};
  for (int i = 0; i < 3; i++) {
    structSeqSet(out, 10 + i, TRY(timeAsFloat(*times[i])));
    structSeqSet(out, 13 + i, TRY(timeAsNanoseconds(*times[i])));
  }
  const long rest[] = {static_cast<long>(st.st_blksize), static_cast<long>(st.st_blocks),
                       static_cast<long>(st.st_rdev)};
  for (int i = 0; i < 3; i++) structSeqSet(out, 16 + i, TRY(intResult(rest[i])));
  return out;
}

Status addConstants(PyObject* module) {
  for (const Constant& constant : kConstants) TRY(moduleAddInt(module, constant.name, constant.value));
#define NAME(name) {#name, _##name},
  const ConfName pathconf_names[] = {
#include "modules/posix/pathconf_names.inc"
  };
  const ConfName confstr_names[] = {
#include "modules/posix/confstr_names.inc"
  };
  const ConfName sysconf_names[] = {
#include "modules/posix/sysconf_names.inc"
#undef NAME
  };
  TRY(addNames(module, "pathconf_names", pathconf_names));
  TRY(addNames(module, "confstr_names", confstr_names));
  return addNames(module, "sysconf_names", sysconf_names);
}

Status addStructTypes(PyObject* module) {
  for (int i = 7; i < 10; i++) kStatFields[i].name = PyStructSequence_UnnamedField;
  TRY(addType(module, "waitid_result", kWaitidDesc, g_waitid_result));
  TRY(addType(module, "stat_result", kStatDesc, g_stat_result));
  TRY(addType(module, "statvfs_result", kStatvfsDesc, g_statvfs_result));
  TRY(addType(module, "sched_param", kSchedDesc, g_sched_param));
  g_sched_param->tp_new = newSlot<"sched_param(sched_priority)", schedParamNew>;
  TRY(addType(module, "terminal_size", kTerminalDesc, g_terminal_size));
  TRY(addDirTypes(module));
  TRY(addType(module, "times_result", kTimesDesc, g_times_result));
  return addType(module, "uname_result", kUnameDesc, g_uname_result);
}

}  // namespace krait::modules::posix
