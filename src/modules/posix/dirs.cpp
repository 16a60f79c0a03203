// listdir, scandir and DirEntry.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/gc.h"
#include "core/reported_size.h"
#include "modules/posix/posix.h"
#include "types/bool.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/type.h"

namespace krait::modules::posix {
namespace {

bool isDots(const char* entry_name) {
  return entry_name[0] == '.' && (!entry_name[1] || (entry_name[1] == '.' && !entry_name[2]));
}

// A directory given by a descriptor is read through a duplicate, from its start.
Result<DIR*> openDirectory(const Path& path) {
  int copy = path.isFd() ? unlocked([&] { return fcntl(path.fd, F_DUPFD_CLOEXEC, 0); }) : -1;
  if (path.isFd() && copy < 0) return raiseErrno();
  DIR* dir = unlocked([&]() -> DIR* {
    if (copy < 0) return opendir(path.isMissing() ? "." : path.c_str());
    DIR* opened = fdopendir(copy);
    if (opened)
      rewinddir(opened);
    else
      close(copy);
    return opened;
  });
  if (!dir) return raisePathError(path);
  return dir;
}

class Directory {
 public:
  explicit Directory(DIR* dir) : dir_(dir) {}
  ~Directory() {
    if (dir_) unlocked([&] { return closedir(dir_); });
  }
  // null at the end or on an error (errno not zero).
  dirent* next() {
    return unlocked([&] {
      errno = 0;
      return readdir(dir_);
    });
  }

 private:
  DIR* dir_;
};

Result<Ref<>> osListdir(PathArg<kOrFd | kOrNone> path) {
  TRY(audit("os.listdir", "O", path.object ? path.object : Py_None));
  Directory dir(TRY(openDirectory(path)));
  Ref<ListObject> names = TRY(listNew());
  while (dirent* entry = dir.next()) {
    if (!isDots(entry->d_name)) TRY(listAppend(names, TRY(pathResult(entry->d_name, path.wantsBytes()))));
  }
  if (errno != 0) return raisePathError(path);
  return names;
}

// --- DirEntry ----------------------------------------------------------------------------------------------

struct DirEntry : PyObject {
  PyObject *name, *path, *stat, *lstat;
  unsigned char d_type;
  ino_t inode;
  int dir_fd;
};

Result<Ref<>> fetchStat(DirEntry* entry, bool follow) {
  std::string path = TRY(fsPath(entry->dir_fd != AT_FDCWD ? entry->name : entry->path));
  struct stat st;
  int status =
      unlocked([&] { return fstatat(entry->dir_fd, path.c_str(), &st, follow ? 0 : AT_SYMLINK_NOFOLLOW); });
  if (status != 0) return raiseErrno(errno, entry->path);
  return statResult(st);
}

Result<Ref<>> entryLstat(DirEntry* entry) {
  if (!entry->lstat) entry->lstat = TRY(fetchStat(entry, false)).leak();
  return share(entry->lstat);
}

Result<bool> modeIs(PyObject* stat, mode_t kind) {
  Ref<> mode = TRY(sequenceGet(stat, 0));
  return (static_cast<mode_t>(TRY(asLong(mode))) & S_IFMT) == kind;
}

Result<bool> symlink(DirEntry* entry) {
  if (entry->d_type != DT_UNKNOWN) return entry->d_type == DT_LNK;
  Ref<> stat = TRY(entryLstat(entry));
  return modeIs(stat, S_IFLNK);
}

Result<Ref<>> entryStat(DirEntry* entry, bool follow_symlinks) {
  if (!follow_symlinks) return entryLstat(entry);
  if (!entry->stat) {
    bool link = TRY(symlink(entry));
    entry->stat = (link ? TRY(fetchStat(entry, true)) : TRY(entryLstat(entry))).leak();
  }
  return share(entry->stat);
}

Result<bool> testKind(DirEntry* entry, bool follow, mode_t kind) {
  bool is_link = entry->d_type == DT_LNK;
  if (entry->d_type != DT_UNKNOWN && !(follow && is_link)) {
    if (is_link) return kind == S_IFLNK;
    return kind == S_IFDIR ? entry->d_type == DT_DIR : entry->d_type == DT_REG;
  }
  auto stat = entryStat(entry, follow);
  if (stat.failed()) {
    if (!pendingMatches(PyExc_FileNotFoundError)) return Raised{};
    clearPending();
    return false;
  }
  return modeIs(std::move(stat).take().get(), kind);
}
Result<bool> entryIsDir(DirEntry* entry, bool follow) { return testKind(entry, follow, S_IFDIR); }
Result<bool> entryIsFile(DirEntry* entry, bool follow) { return testKind(entry, follow, S_IFREG); }
Result<bool> entryIsLink(DirEntry* entry) { return symlink(entry); }
Result<Ref<>> entryInode(DirEntry* entry) { return Ref<>(TRY(intFromUnsignedLong(entry->inode))); }
Result<Ref<>> entryFspath(DirEntry* entry) { return share(entry->path); }
Result<Ref<StrObject>> entryRepr(DirEntry* entry) { return strFormat("<DirEntry %R>", entry->name); }

void entryDealloc(PyObject* object) {
  auto* entry = cast<DirEntry>(object);
  for (PyObject** field : {&entry->name, &entry->path, &entry->stat, &entry->lstat}) clearField(*field);
  heapInstanceFree(object);
}

PyMethodDef kEntryMethods[] = {
    method<"is_dir($self, /, *, follow_symlinks=True)", entryIsDir, "Whether the entry is a directory.">,
    method<"is_file($self, /, *, follow_symlinks=True)", entryIsFile, "Whether the entry is a regular file.">,
    method<"is_symlink($self, /)", entryIsLink, "Whether the entry is a symbolic link.">,
    method<"stat($self, /, *, follow_symlinks=True)", entryStat,
           "The entry's stat_result, kept once fetched.">,
    method<"inode($self, /)", entryInode, "The entry's inode number.">,
    method<"__fspath__($self, /)", entryFspath, "The entry's path.">,
    classMethod<"!__class_getitem__($type, item, /)", genericAliasNew, "See PEP 585">,
    {}};
PyMemberDef kEntryMembers[] = {{"name", T_OBJECT_EX, offsetof(DirEntry, name), READONLY,
                                "the entry's name, relative to the scanned directory"},
                               {"path", T_OBJECT_EX, offsetof(DirEntry, path), READONLY,
                                "the entry's path, as joined to the scanned one"},
                               {nullptr, 0, 0, 0, nullptr}};

// --- scandir -----------------------------------------------------------------------------------------------

struct ScandirIterator : PyObject {
  PyObject* object;  // the path argument; null: "."
  PyObject* folder;  // as a str or bytes; null: "." or a descriptor
  DIR* dir;          // null: closed
  bool as_bytes;
  int fd;
};

void scandirCloseDir(ScandirIterator* self) {
  DIR* dir = std::exchange(self->dir, nullptr);
  if (dir) unlocked([&] { return closedir(dir); });
}

Result<Ref<>> joinPath(ScandirIterator* self, PyObject* entry_name) {
  if (!self->folder) {
    if (self->fd >= 0) return share(entry_name);
    Ref<StrObject> prefix = TRY(strLiteral("./"));
    return Ref<>(TRY(strConcat(prefix, cast<StrObject>(entry_name))));
  }
  if (self->as_bytes) {
    std::string text(cast<BytesObject>(self->folder)->view());
    if (!text.empty() && text.back() != '/') text += '/';
    text += cast<BytesObject>(entry_name)->view();
    return Ref<>(TRY(bytesFrom(text)));
  }
  auto* folder = cast<StrObject>(self->folder);
  bool slash = folder->size() > 0 && folder->at(folder->size() - 1) != '/';
  return Ref<>(TRY(strFormat(slash ? "%U/%U" : "%U%U", folder, entry_name)));
}

Result<Ref<>> makeEntry(ScandirIterator* self, const char* entry_name, unsigned char d_type, ino_t inode) {
  Ref<DirEntry> entry = TRY(typeAlloc<DirEntry>(g_dir_entry));
  entry->d_type = d_type;
  entry->inode = inode;
  entry->dir_fd = self->fd >= 0 ? self->fd : AT_FDCWD;
  entry->name = TRY(pathResult(entry_name, self->as_bytes)).leak();
  entry->path = TRY(joinPath(self, entry->name)).leak();
  return entry;
}

Result<MaybeRef<>> scandirNext(ScandirIterator* self) {
  while (self->dir) {
    dirent* entry = unlocked([&] {
      errno = 0;
      return readdir(self->dir);
    });
    if (!entry) {
      int error = errno;
      scandirCloseDir(self);
      if (error) return raiseErrno(error, self->object);
      break;
    }
    if (isDots(entry->d_name)) continue;
    return MaybeRef<>(TRY(makeEntry(self, entry->d_name, entry->d_type, entry->d_ino)));
  }
  return MaybeRef<>();
}

Status scandirClose(ScandirIterator* self) {
  scandirCloseDir(self);
  return {};
}
Result<Ref<>> scandirEnter(ScandirIterator* self) { return share<PyObject>(self); }
Status scandirExit(ScandirIterator* self, CallArgs) { return scandirClose(self); }

void scandirFinalize(PyObject* object) {
  auto* self = cast<ScandirIterator>(object);
  if (!self->dir) return;
  PendingSaved saved;
  if (warnResource(object, 1, "unclosed scandir iterator %R", object).failed()) {
    if (pendingMatches(PyExc_Warning))
      writeUnraisable(object);
    else
      clearPending();
  }
  scandirCloseDir(self);
}
void scandirDealloc(PyObject* object) {
  if (!finalizeFromDealloc(object)) return;
  clearField(cast<ScandirIterator>(object)->object);
  clearField(cast<ScandirIterator>(object)->folder);
  heapInstanceFree(object);
}

Result<Ref<>> osScandir(PathArg<kOrFd | kOrNone> path) {
  TRY(audit("os.scandir", "O", path.object ? path.object : Py_None));
  DIR* dir = TRY(openDirectory(path));
  auto made = typeAlloc<ScandirIterator>(g_scandir_iterator);
  if (made.failed()) {
    closedir(dir);
    return Raised{};
  }
  Ref<ScandirIterator> iterator = std::move(made).take();
  iterator->dir = dir;
  iterator->fd = path.fd;
  iterator->as_bytes = path.wantsBytes();
  iterator->object = path.object ? share(path.object).leak() : nullptr;
  iterator->folder = std::move(path.made).leak();
  return iterator;
}

PyMethodDef kScandirMethods[] = {method<"!__enter__($self)", scandirEnter>,
                                 method<"!%__exit__($self, *args)", scandirExit>,
                                 method<"!close($self)", scandirClose>,
                                 {}};

template <class F>
void* slotPointer(F function) {
  return reinterpret_cast<void*>(function);
}

}  // namespace

Status addDirTypes(PyObject* module) {
  PyType_Slot entry_slots[] = {{52, slotPointer(&entryDealloc)},
                               {66, slotPointer(static_cast<reprfunc>(slot<entryRepr>))},
                               {64, kEntryMethods},
                               {72, kEntryMembers},
                               {0, nullptr}};
  PyType_Spec entry_spec{"posix.DirEntry", sizeof(DirEntry), 0, Py_TPFLAGS_DISALLOW_INSTANTIATION,
                         entry_slots};
  PyType_Slot scan_slots[] = {{52, slotPointer(&scandirDealloc)},
                              {80, slotPointer(&scandirFinalize)},
                              {62, slotPointer(static_cast<getiterfunc>(slot<objectSelfIter>))},
                              {63, slotPointer(static_cast<iternextfunc>(slot<scandirNext>))},
                              {64, kScandirMethods},
                              {0, nullptr}};
  PyType_Spec scan_spec{"posix.ScandirIterator", reportedSize<ScandirIterator>(104), 0,
                        Py_TPFLAGS_DISALLOW_INSTANTIATION, scan_slots};
  if (!g_scandir_iterator) g_scandir_iterator = TRY(typeFromSpec(&scan_spec, nullptr, module)).leak();
  if (!g_dir_entry) g_dir_entry = TRY(typeFromSpec(&entry_spec, nullptr, module)).leak();
  return moduleAdd(module, "DirEntry", share<PyObject>(g_dir_entry));
}

PyMethodDef kDirMethods[] = {
    function<"listdir($module, /, path=None)", osListdir, "Names of a directory's entries.">,
    function<"scandir($module, /, path=None)", osScandir, "Iterator of DirEntry objects.">,
    {}};

}  // namespace krait::modules::posix
