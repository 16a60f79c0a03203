// _stat: file type tests and the text of a mode.
#include <sys/stat.h>

#include "core/native.h"
#include "types/bool.h"
#include "types/module.h"
#include "types/str.h"

namespace krait::modules {
namespace {

struct Mode {
  mode_t bits;
};

}  // namespace
}  // namespace krait::modules

namespace krait {
template <>
struct ArgFrom<modules::Mode> {
  static Result<modules::Mode> from(PyObject* o, const ArgContext&) {
    unsigned long value = TRY(asUnsignedLong(o));
    if (value > 0xffffffffUL) return raise(PyExc_OverflowError, "mode out of range");
    return modules::Mode{static_cast<mode_t>(value)};
  }
};
}  // namespace krait

namespace krait::modules {
namespace {

// Doors, ports and whiteouts do not exist on Linux: their tests are false.
bool neverTrue(Mode) { return false; }
template <mode_t Kind>
bool isKind(Mode mode) {
  return (mode.bits & S_IFMT) == Kind;
}
Result<Ref<>> permissionBits(Mode mode) { return Ref<>(TRY(intObject(mode.bits & 07777))); }
Result<Ref<>> formatBits(Mode mode) { return Ref<>(TRY(intObject(mode.bits & S_IFMT))); }

char typeLetter(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return '-';
    case S_IFDIR: return 'd';
    case S_IFLNK: return 'l';
    case S_IFBLK: return 'b';
    case S_IFCHR: return 'c';
    case S_IFIFO: return 'p';
    case S_IFSOCK: return 's';
    default: return '?';
  }
}

// The letter for "execute", where a special bit may stand in front of it.
char executeLetter(bool execute, bool special, char both) {
  if (special) return execute ? both : static_cast<char>(both - 'a' + 'A');
  return execute ? 'x' : '-';
}

Result<Ref<StrObject>> fileMode(Mode mode) {
  mode_t bits = mode.bits;
  char text[11] = "?rwxrwxrwx";
  text[0] = typeLetter(bits);
  for (int i = 0; i < 9; i++) {
    if (!(bits & (0400u >> i))) text[1 + i] = '-';
  }
  text[3] = executeLetter(bits & S_IXUSR, bits & S_ISUID, 's');
  text[6] = executeLetter(bits & S_IXGRP, bits & S_ISGID, 's');
  text[9] = executeLetter(bits & S_IXOTH, bits & S_ISVTX, 't');
  return strFromAscii({text, 10});
}

constinit PyMethodDef kStatMethods[] = {
    function<"!S_ISDIR(mode, /)", isKind<S_IFDIR>, "S_ISDIR(mode) -> bool\n\nWhether it is a directory.">,
    function<"!S_ISCHR(mode, /)", isKind<S_IFCHR>,
             "S_ISCHR(mode) -> bool\n\nWhether it is a character device.">,
    function<"!S_ISBLK(mode, /)", isKind<S_IFBLK>, "S_ISBLK(mode) -> bool\n\nWhether it is a block device.">,
    function<"!S_ISREG(mode, /)", isKind<S_IFREG>, "S_ISREG(mode) -> bool\n\nWhether it is a regular file.">,
    function<"!S_ISFIFO(mode, /)", isKind<S_IFIFO>, "S_ISFIFO(mode) -> bool\n\nWhether it is a named pipe.">,
    function<"!S_ISLNK(mode, /)", isKind<S_IFLNK>, "S_ISLNK(mode) -> bool\n\nWhether it is a symbolic link.">,
    function<"!S_ISSOCK(mode, /)", isKind<S_IFSOCK>, "S_ISSOCK(mode) -> bool\n\nWhether it is a socket.">,
    function<"!S_ISDOOR(mode, /)", neverTrue, "S_ISDOOR(mode) -> bool\n\nWhether it is a door.">,
    function<"!S_ISPORT(mode, /)", neverTrue, "S_ISPORT(mode) -> bool\n\nWhether it is an event port.">,
    function<"!S_ISWHT(mode, /)", neverTrue, "S_ISWHT(mode) -> bool\n\nWhether it is a whiteout.">,
    function<"!S_IMODE(mode, /)", permissionBits, "The bits that chmod() can set.">,
    function<"!S_IFMT(mode, /)", formatBits, "The bits that tell the kind of file.">,
    function<"!filemode(mode, /)", fileMode, "The mode as text, like '-rwxrwxrwx'.">,
    {}};

constexpr std::pair<const char*, long> kConstants[] = {{"S_IFDIR", S_IFDIR},
                                                       {"S_IFCHR", S_IFCHR},
                                                       {"S_IFBLK", S_IFBLK},
                                                       {"S_IFREG", S_IFREG},
                                                       {"S_IFIFO", S_IFIFO},
                                                       {"S_IFLNK", S_IFLNK},
                                                       {"S_IFSOCK", S_IFSOCK},
                                                       {"S_IFDOOR", 0},
                                                       {"S_IFPORT", 0},
                                                       {"S_IFWHT", 0},
                                                       {"S_ISUID", S_ISUID},
                                                       {"S_ISGID", S_ISGID},
                                                       {"S_ISVTX", S_ISVTX},
                                                       {"S_ENFMT", S_ISGID},
                                                       {"S_IREAD", S_IRUSR},
                                                       {"S_IWRITE", S_IWUSR},
                                                       {"S_IEXEC", S_IXUSR},
                                                       {"S_IRWXU", S_IRWXU},
                                                       {"S_IRUSR", S_IRUSR},
                                                       {"S_IWUSR", S_IWUSR},
                                                       {"S_IXUSR", S_IXUSR},
                                                       {"S_IRWXG", S_IRWXG},
                                                       {"S_IRGRP", S_IRGRP},
                                                       {"S_IWGRP", S_IWGRP},
                                                       {"S_IXGRP", S_IXGRP},
                                                       {"S_IRWXO", S_IRWXO},
                                                       {"S_IROTH", S_IROTH},
                                                       {"S_IWOTH", S_IWOTH},
                                                       {"S_IXOTH", S_IXOTH},
                                                       {"UF_NODUMP", 0x1},
                                                       {"UF_IMMUTABLE", 0x2},
                                                       {"UF_APPEND", 0x4},
                                                       {"UF_OPAQUE", 0x8},
                                                       {"UF_NOUNLINK", 0x10},
                                                       {"UF_COMPRESSED", 0x20},
                                                       {"UF_HIDDEN", 0x8000},
                                                       {"SF_ARCHIVED", 0x10000},
                                                       {"SF_IMMUTABLE", 0x20000},
                                                       {"SF_APPEND", 0x40000},
                                                       {"SF_NOUNLINK", 0x100000},
                                                       {"SF_SNAPSHOT", 0x200000},
                                                       {"ST_MODE", 0},
                                                       {"ST_INO", 1},
                                                       {"ST_DEV", 2},
                                                       {"ST_NLINK", 3},
                                                       {"ST_UID", 4},
                                                       {"ST_GID", 5},
                                                       {"ST_SIZE", 6},
                                                       {"ST_ATIME", 7},
                                                       {"ST_MTIME", 8},
                                                       {"ST_CTIME", 9}};

Status statExec(PyObject* module) {
  for (auto [constant, value] : kConstants) TRY(moduleAddInt(module, constant, value));
  return {};
}

constinit PyModuleDef kStatModule = moduleDef<"_stat", statExec>(kStatMethods, "Bits of st_mode.");

}  // namespace

PyObject* initStat() { return moduleDefInit(&kStatModule); }

}  // namespace krait::modules
