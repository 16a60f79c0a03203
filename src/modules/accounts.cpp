// pwd, grp and spwd: the databases of users, groups and shadow passwords.
#include <grp.h>
#include <pwd.h>
#include <shadow.h>

#include <cerrno>
#include <vector>

#include "core/interpreter.h"
#include "core/native.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/posix/posix.h"
#include "types/list.h"
#include "types/module.h"
#include "types/struct_seq.h"

namespace krait::modules {
namespace {

PyTypeObject *g_passwd_type, *g_group_type, *g_spwd_type;

Result<Ref<>> optionalText(const char* text) {
  if (!text) return none();
  return Ref<>(TRY(fsDecode(text)));
}
// -1 in an unsigned id means "none".
Result<Ref<>> idObject(unsigned id) {
  return Ref<>(TRY(intObject(id == static_cast<unsigned>(-1) ? -1L : static_cast<long>(id))));
}
Result<std::string> accountName(StrObject* given) {
  Ref<> encoded = TRY(strEncode(given, interpreter().config.fs_encoding.c_str(), "surrogateescape"));
  std::string_view bytes = cast<BytesObject>(encoded.get())->view();
  if (bytes.find('\0') != bytes.npos) return raise(PyExc_ValueError, "embedded null byte");
  return scratchText(bytes);
}

// Looks one entry up with a reentrant function of the C library, growing its buffer. The answer's strings
// live in `storage`.
template <class Entry, class F>
Entry* lookup(Entry& entry, std::vector<char>& storage, int* error, F&& find) {
  storage.resize(1024);
  for (;;) {
    Entry* found = nullptr;
    {
      WithoutGil released;
      *error = find(&entry, storage.data(), storage.size(), &found);
    }
    if (found) return found;
    if (*error != ERANGE || storage.size() > (size_t{1} << 28) || !hasRoom(storage.size() * 2))
      return nullptr;
    storage.resize(storage.size() * 2);
  }
}

// --- pwd ---------------------------------------------------------------------------------------------------

PyStructSequence_Field kPasswdFields[] = {{"pw_name", "user name"},      {"pw_passwd", "password"},
                                          {"pw_uid", "user id"},         {"pw_gid", "group id"},
                                          {"pw_gecos", "real name"},     {"pw_dir", "home directory"},
                                          {"pw_shell", "shell program"}, {nullptr, nullptr}};
PyStructSequence_Desc kPasswdDesc{
    "pwd.struct_passwd", "One user: (pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell).",
    kPasswdFields, 7};

Result<Ref<>> passwdResult(const passwd& entry) {
  Ref<TupleObject> out = TRY(structSeqNew(g_passwd_type));
  structSeqSet(out, 0, TRY(optionalText(entry.pw_name)));
  structSeqSet(out, 1, TRY(optionalText(entry.pw_passwd)));
  structSeqSet(out, 2, TRY(idObject(entry.pw_uid)));
  structSeqSet(out, 3, TRY(idObject(entry.pw_gid)));
  structSeqSet(out, 4, TRY(optionalText(entry.pw_gecos)));
  structSeqSet(out, 5, TRY(optionalText(entry.pw_dir)));
  structSeqSet(out, 6, TRY(optionalText(entry.pw_shell)));
  return out;
}

Result<Ref<>> pwdByUid(PyObject* uid_object) {
  Result<unsigned> converted = posix::asUserId(uid_object, "uid");
  if (converted.failed()) {
    if (!pendingMatches(PyExc_OverflowError)) return Raised{};
    clearPending();
    return raise(PyExc_KeyError, "getpwuid(): uid not found");
  }
  unsigned uid = std::move(converted).take();
  passwd entry;
  std::vector<char> storage;
  int error;
  passwd* found = lookup(entry, storage, &error, [&](auto... a) { return getpwuid_r(uid, a...); });
  if (found) return passwdResult(*found);
  if (error == ENOMEM || error == ERANGE) return raiseNoMemory();
  return raise(PyExc_KeyError, "getpwuid(): uid not found: %S", TRY(idObject(uid)).get());
}

Result<Ref<>> pwdByName(StrObject* given) {
  std::string wanted = TRY(accountName(given));
  passwd entry;
  std::vector<char> storage;
  int error;
  passwd* found = lookup(entry, storage, &error, [&](auto... a) { return getpwnam_r(wanted.c_str(), a...); });
  if (found) return passwdResult(*found);
  if (error == ENOMEM || error == ERANGE) return raiseNoMemory();
  return raise(PyExc_KeyError, "getpwnam(): name not found: %R", given);
}

// Ends an enumeration of a database on every way out.
template <void (*End)()>
struct Enumeration {
  ~Enumeration() { End(); }
};

Result<Ref<>> pwdAll() {
  Ref<ListObject> out = TRY(listNew());
  setpwent();
  Enumeration<endpwent> end;
  while (passwd* entry = getpwent()) TRY(listAppend(out, TRY(passwdResult(*entry))));
  return out;
}

constinit PyMethodDef kPwdMethods[] = {
    function<"getpwuid($module, uidobj, /)", pwdByUid, "The entry of a user id.">,
    function<"getpwnam($module, name, /)", pwdByName, "The entry of a user name.">,
    function<"getpwall($module, /)", pwdAll, "All users, in no special order.">,
    {}};

Status pwdExec(PyObject* module) {
  if (!g_passwd_type) g_passwd_type = TRY(structSeqTypeNew(&kPasswdDesc)).leak();
  return moduleAdd(module, "struct_passwd", share<PyObject>(g_passwd_type));
}
constinit PyModuleDef kPwdModule = moduleDef<"pwd", pwdExec>(kPwdMethods, "The database of users.");

// --- grp ---------------------------------------------------------------------------------------------------

PyStructSequence_Field kGroupFields[] = {{"gr_name", "group name"},
                                         {"gr_passwd", "password"},
                                         {"gr_gid", "group id"},
                                         {"gr_mem", "group members"},
                                         {nullptr, nullptr}};
PyStructSequence_Desc kGroupDesc{"grp.struct_group", "One group: (gr_name, gr_passwd, gr_gid, gr_mem).",
                                 kGroupFields, 4};

Result<Ref<>> groupResult(const group& entry) {
  Ref<ListObject> members = TRY(listNew());
  for (char** member = entry.gr_mem; member && *member; member++)
    TRY(listAppend(members, Ref<>(TRY(fsDecode(*member)))));
  Ref<TupleObject> out = TRY(structSeqNew(g_group_type));
  structSeqSet(out, 0, TRY(optionalText(entry.gr_name)));
  structSeqSet(out, 1, TRY(optionalText(entry.gr_passwd)));
  structSeqSet(out, 2, TRY(idObject(entry.gr_gid)));
  structSeqSet(out, 3, std::move(members));
  return out;
}

Result<Ref<>> grpByGid(PyObject* id) {
  unsigned gid = TRY(posix::asUserId(id, "gid"));
  group entry;
  std::vector<char> storage;
  int error;
  group* found = lookup(entry, storage, &error, [&](auto... a) { return getgrgid_r(gid, a...); });
  if (found) return groupResult(*found);
  if (error == ENOMEM || error == ERANGE) return raiseNoMemory();
  return raise(PyExc_KeyError, "getgrgid(): gid not found: %S", TRY(idObject(gid)).get());
}

Result<Ref<>> grpByName(StrObject* given) {
  std::string wanted = TRY(accountName(given));
  group entry;
  std::vector<char> storage;
  int error;
  group* found = lookup(entry, storage, &error, [&](auto... a) { return getgrnam_r(wanted.c_str(), a...); });
  if (found) return groupResult(*found);
  if (error == ENOMEM || error == ERANGE) return raiseNoMemory();
  return raise(PyExc_KeyError, "getgrnam(): name not found: %R", given);
}

Result<Ref<>> grpAll() {
  Ref<ListObject> out = TRY(listNew());
  setgrent();
  Enumeration<endgrent> end;
  while (group* entry = getgrent()) TRY(listAppend(out, TRY(groupResult(*entry))));
  return out;
}

constinit PyMethodDef kGrpMethods[] = {
    function<"getgrgid($module, /, id)", grpByGid, "The entry of a group id.">,
    function<"getgrnam($module, /, name)", grpByName, "The entry of a group name.">,
    function<"getgrall($module, /)", grpAll, "All groups, in no special order.">,
    {}};

Status grpExec(PyObject* module) {
  if (!g_group_type) g_group_type = TRY(structSeqTypeNew(&kGroupDesc)).leak();
  return moduleAdd(module, "struct_group", share<PyObject>(g_group_type));
}
constinit PyModuleDef kGrpModule = moduleDef<"grp", grpExec>(kGrpMethods, "The database of groups.");

// --- spwd --------------------------------------------------------------------------------------------------

PyStructSequence_Field kSpwdFields[] = {{"sp_namp", "login name"},
                                        {"sp_pwdp", "encrypted password"},
                                        {"sp_lstchg", "day of the last change"},
                                        {"sp_min", "days until a change is allowed"},
                                        {"sp_max", "days until a change is required"},
                                        {"sp_warn", "days of warning before expiry"},
                                        {"sp_inact", "days from expiry until the account is closed"},
                                        {"sp_expire", "day when the account expires"},
                                        {"sp_flag", "reserved"},
                                        {"sp_nam", "login name; deprecated"},
                                        {"sp_pwd", "encrypted password; deprecated"},
                                        {nullptr, nullptr}};
PyStructSequence_Desc kSpwdDesc{"spwd.struct_spwd", "One shadow password entry.", kSpwdFields, 9};

Result<Ref<>> spwdResult(const spwd& entry) {
  Ref<TupleObject> out = TRY(structSeqNew(g_spwd_type));
  for (int index : {0, 9}) structSeqSet(out, index, TRY(optionalText(entry.sp_namp)));
  for (int index : {1, 10}) structSeqSet(out, index, TRY(optionalText(entry.sp_pwdp)));
  const long numbers[] = {entry.sp_lstchg,
                          entry.sp_min,
                          entry.sp_max,
                          entry.sp_warn,
                          entry.sp_inact,
                          entry.sp_expire,
                          static_cast<long>(entry.sp_flag)};
  for (int i = 0; i < 7; i++) structSeqSet(out, 2 + i, Ref<>(TRY(intObject(numbers[i]))));
  return out;
}

Result<Ref<>> spwdByName(StrObject* given) {
  std::string wanted = TRY(accountName(given));
  errno = 0;
  spwd* found = getspnam(wanted.c_str());
  if (found) return spwdResult(*found);
  if (errno) return raiseErrno(errno);
  return raise(PyExc_KeyError, "getspnam(): name not found");
}

Result<Ref<>> spwdAll() {
  Ref<ListObject> out = TRY(listNew());
  setspent();
  Enumeration<endspent> end;
  while (spwd* entry = getspent()) TRY(listAppend(out, TRY(spwdResult(*entry))));
  return out;
}

constinit PyMethodDef kSpwdMethods[] = {
    function<"getspnam($module, arg, /)", spwdByName, "The shadow entry of a user name.">,
    function<"getspall($module, /)", spwdAll, "All shadow entries, in no special order.">,
    {}};

Status spwdExec(PyObject* module) {
  if (!g_spwd_type) g_spwd_type = TRY(structSeqTypeNew(&kSpwdDesc)).leak();
  return moduleAdd(module, "struct_spwd", share<PyObject>(g_spwd_type));
}
constinit PyModuleDef kSpwdModule =
    moduleDef<"spwd", spwdExec>(kSpwdMethods, "The database of shadow passwords.");

}  // namespace

PyObject* initPwd() { return moduleDefInit(&kPwdModule); }
PyObject* initGrp() { return moduleDefInit(&kGrpModule); }
PyObject* initSpwd() {
  // Level 7: behind the frames of the import system while it makes the module.
  Status warned =
      warn(PyExc_DeprecationWarning, 7, "'spwd' is deprecated and slated for removal in Python 3.13");
  return warned.failed() ? nullptr : moduleDefInit(&kSpwdModule);
}

}  // namespace krait::modules
