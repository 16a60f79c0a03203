// Paths given as str, bytes or objects with __fspath__.
#include "core/call.h"
#include "core/scratch.h"
#include "types/bare_type_name.h"
#include "types/bytes.h"
#include "types/str.h"

namespace krait {
Result<Ref<>> fsPathObject(PyObject* path) {
  if (isStr(path) || isBytes(path)) return share(path);
  MaybeRef<> method = TRY(lookupSpecial(path, name<"__fspath__">()));
  if (!method) {
    return raise(PyExc_TypeError, "expected str, bytes or os.PathLike object, not %.200s",
                 bareTypeName(path));
  }
  Ref<> answer = TRY(call(method.get()));
  if (!isStr(answer) && !isBytes(answer)) {
    return raise(PyExc_TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s",
                 bareTypeName(path), bareTypeName(answer));
  }
  return answer;
}

Result<std::string> fsPath(PyObject* str_bytes_or_path) {
  Ref<> path = TRY(fsPathObject(str_bytes_or_path));
  if (isStr(path)) return fsEncode(cast<StrObject>(path.get()));
  std::string_view bytes = cast<BytesObject>(path.get())->view();
  if (bytes.find('\0') != bytes.npos) return raise(PyExc_ValueError, "embedded null byte");
  return scratchText(bytes);
}

}  // namespace krait
