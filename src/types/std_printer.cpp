// stderrprinter: what sys.stderr is until the standard streams exist.
#include "types/std_printer.h"

#include <unistd.h>

#include <cerrno>

#include "core/gc.h"
#include "core/memory.h"
#include "core/native.h"
#include "types/codecs.h"
#include "types/int.h"

namespace krait {
namespace {

struct StdPrinterObject : PyObject {
  int fd;
};

Result<Ref<StrObject>> printerRepr(StdPrinterObject* self) {
  return strFormat("<stderrprinter(fd=%d) object at %p>", self->fd, self);
}

// Answers how many bytes went out; a closed descriptor takes everything.
Result<Ref<>> printerWrite(StdPrinterObject* self, StrObject* text) {
  if (self->fd < 0) return none();
  Ref<BytesObject> bytes = TRY(encodeUtf8(text, "backslashreplace"));
  std::string_view data = bytes->view();
  ssize_t written = ::write(self->fd, data.data(), data.size());
  if (written < 0) return errno == EAGAIN ? Result<Ref<>>(none()) : raiseErrno();
  return Ref<>(TRY(intFromLong(written)));
}

long printerFileno(StdPrinterObject* self) { return self->fd; }
bool printerIsatty(StdPrinterObject* self) { return self->fd >= 0 && isatty(self->fd); }
Status printerNothing(StdPrinterObject*) { return {}; }
bool printerClosed(StdPrinterObject*) { return false; }
Result<Ref<>> printerEncoding(StdPrinterObject*) { return none(); }
Result<Ref<>> printerMode(StdPrinterObject*) { return Ref<>(TRY(strLiteral("w"))); }

constinit PyMethodDef kMethods[] = {
    method<"!close($self)", printerNothing>,         method<"!flush($self)", printerNothing>,
    method<"!fileno($self)", printerFileno>,         method<"!isatty($self)", printerIsatty>,
    method<"!%write($self, text, /)", printerWrite>, {}};
constinit PyGetSetDef kGetSet[] = {getset<"closed", printerClosed, nullptr, "True if the file is closed">,
                                   getset<"encoding", printerEncoding, nullptr, "Encoding of the file">,
                                   getset<"mode", printerMode, nullptr, "String giving the file mode">,
                                   {}};

}  // namespace

KR_EXPORT constinit PyTypeObject PyStdPrinter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "stderrprinter",
    .tp_basicsize = sizeof(StdPrinterObject),
    .tp_repr = slot<printerRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = kMethods,
    .tp_getset = kGetSet,
};

Result<Ref<>> stdPrinterNew(int fd) {
  Ref<StdPrinterObject> printer = TRY(objectNew<StdPrinterObject>(&PyStdPrinter_Type));
  printer->fd = fd;
  return Ref<>(std::move(printer));
}

}  // namespace krait
