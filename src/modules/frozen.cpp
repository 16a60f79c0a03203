#include "modules/frozen.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "compiler/compile.h"
#include "core/interpreter.h"
#include "core/object.h"
#include "modules/marshal.h"

namespace krait::modules {
namespace {

constexpr uint32_t kPycMagic = 3495u | 0x0a0d0000u;

// Into a buffer of the file's size: a pyc is read at every start.
bool readFile(const std::string& path, std::string* out) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat st;
  size_t room = fstat(fd, &st) == 0 ? static_cast<size_t>(st.st_size) : 0;
  bool complete = false, failed = false;
  for (size_t size = 0; !complete && !failed; room = room < 4096 ? 4096 : 2 * room) {
    out->resize_and_overwrite(room, [&](char* buffer, size_t) {
      ssize_t got = 1;
      while (got > 0 && size < room) {
        got = read(fd, buffer + size, room - size);
        if (got > 0) size += static_cast<size_t>(got);
      }
      complete = got == 0 || (room > 0 && size == room);  // the end, or as long as it said
      failed = got < 0;
      return size;
    });
  }
  close(fd);
  return complete;
}

uint32_t word(const std::string& data, size_t at) {
  uint32_t value;
  std::memcpy(&value, data.data() + at, 4);
  return value;
}

std::string cachePathOf(const std::string& source_path) {
  size_t slash = source_path.rfind('/');
  std::string file = source_path.substr(slash + 1);
  return source_path.substr(0, slash) + "/__pycache__/" + file.substr(0, file.size() - 3) +
         ".cpython-311.pyc";
}

bool headerMatches(const std::string& data, const struct stat& source) {
  if (data.size() < 16 || word(data, 0) != kPycMagic || word(data, 4) != 0) return false;
  return word(data, 8) == static_cast<uint32_t>(source.st_mtime) &&
         word(data, 12) == static_cast<uint32_t>(source.st_size);
}

std::string dotted(const FrozenModule& module) {
  if (!module.origin) return "frozen_only";
  std::string name = module.origin;
  return name[0] == '<' ? name.substr(1) : name;
}

Result<Ref<>> compileStdlibFile(const std::string& path) {
  std::string source;
  if (!readFile(path, &source)) return raise(PyExc_ImportError, "cannot read %s", path.c_str());
  Ref<StrObject> filename = TRY(fsDecode(path));
  return Ref<>(TRY(compileSource(source, filename, {})));
}

}  // namespace

const FrozenModule* findFrozen(std::string_view name) {
  for (const FrozenModule& module : kFrozenModules) {
    if (name == module.name) return &module;
  }
  return nullptr;
}

Result<MaybeRef<>> readPycFor(const std::string& source_path) {
  struct stat source;
  std::string data;
  if (stat(source_path.c_str(), &source) != 0 || !readFile(cachePathOf(source_path), &data))
    return MaybeRef<>();
  if (!headerMatches(data, source)) return MaybeRef<>();
  auto code = marshalLoads(std::string_view(data).substr(16));
  if (code.failed()) {
    clearPending();
    return MaybeRef<>();
  }
  return MaybeRef<>(std::move(code).take());
}

namespace {

Status renameCode(CodeObject* code, PyObject* old_name, StrObject* filename) {
  if (!TRY(objectEquals(code->co_filename, old_name))) return {};
  setField(code->co_filename, Ref<>(share(filename)));
  TupleObject* consts = code->consts();
  for (Py_ssize_t i = 0; i < consts->size(); i++) {
    if (isCode(consts->at(i))) TRY(renameCode(cast<CodeObject>(consts->at(i)), old_name, filename));
  }
  return {};
}

}  // namespace

Status codeSetFilename(CodeObject* code, StrObject* filename) {
  Ref<> old_name = share(code->co_filename);
  return renameCode(code, old_name.get(), filename);
}

namespace {

Result<Ref<>> codeFromFile(const FrozenModule& module) {
  std::string path = interpreter().config.stdlib + "/" + module.path + ".py";
  MaybeRef<> cached = TRY(readPycFor(path));
  return cached ? std::move(cached).take() : TRY(compileStdlibFile(path));
}

}  // namespace

Result<Ref<>> frozenCode(const FrozenModule& module) {
  Ref<StrObject> no_name = emptyStr();
  Ref<> code = module.path ? TRY(codeFromFile(module)) : Ref<>(TRY(compileSource("", no_name, {})));
  if (!isCode(code)) return raise(PyExc_TypeError, "frozen object '%s' is not a code object", module.name);
  Ref<StrObject> filename = TRY(strFormat("<frozen %s>", dotted(module).c_str()));
  TRY(codeSetFilename(cast<CodeObject>(code.get()), filename));
  return code;
}

}  // namespace krait::modules
