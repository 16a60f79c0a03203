// The _io module: open() and the classes.
#include "modules/io/io.h"

#include <unistd.h>

#include "core/import.h"
#include "core/interpreter.h"
#include "core/number.h"
#include "types/bool.h"
#include "types/exceptions.h"
#include "types/method.h"
#include "types/module.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait::modules {
namespace {

PyObject* g_unsupported = nullptr;  // io.UnsupportedOperation

struct FileMode {
  bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false,
       binary = false;
};

Result<FileMode> parseMode(StrObject* mode) {
  FileMode m;
  std::string_view chars = TRY(strUtf8(mode));
  for (size_t i = 0; i < chars.size(); i++) {
    bool* flag = nullptr;
    switch (chars[i]) {
      case 'x': flag = &m.creating; break;
      case 'r': flag = &m.reading; break;
      case 'w': flag = &m.writing; break;
      case 'a': flag = &m.appending; break;
      case '+': flag = &m.updating; break;
      case 't': flag = &m.text; break;
      case 'b': flag = &m.binary; break;
      default: break;
    }
    if (!flag || *flag) return raise(PyExc_ValueError, "invalid mode: '%s'", chars.data());
    *flag = true;
  }
  return m;
}

Status checkMode(const FileMode& m, Opt<StrObject> encoding, Opt<StrObject> errors, Opt<StrObject> newline,
                 int buffering) {
  if (m.text && m.binary) return raise(PyExc_ValueError, "can't have text and binary mode at once");
  if (m.creating + m.reading + m.writing + m.appending > 1) {  // none at all: FileIO says so
    return raise(PyExc_ValueError, "must have exactly one of create/read/write/append mode");
  }
  if (m.binary && encoding) return raise(PyExc_ValueError, "binary mode doesn't take an encoding argument");
  if (m.binary && errors) return raise(PyExc_ValueError, "binary mode doesn't take an errors argument");
  if (m.binary && newline) return raise(PyExc_ValueError, "binary mode doesn't take a newline argument");
  if (m.binary && buffering == 1) {
    return warn(
        PyExc_RuntimeWarning, 1,
        "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used");
  }
  return {};
}

std::string rawModeText(const FileMode& m) {
  std::string text;
  if (m.creating) text += 'x';
  if (m.reading) text += 'r';
  if (m.writing) text += 'w';
  if (m.appending) text += 'a';
  if (m.updating) text += '+';
  return text;
}

struct Buffering {
  Py_ssize_t size;
  bool lines;
};

Result<Buffering> chooseBuffering(PyObject* raw, int buffering) {
  if (buffering == 0) return Buffering{0, false};
  Ref<> tty = TRY(callMethod(raw, name<"isatty">()));
  bool lines = buffering == 1 || (buffering < 0 && TRY(objectIsTrue(tty)));
  if (buffering > 1) return Buffering{buffering, false};
  Ref<> block = TRY(attrGet(raw, "_blksize"));
  return Buffering{TRY(asSsize(block, PyExc_OverflowError)), lines};
}

Result<Ref<>> wrapBuffered(PyObject* raw, const FileMode& m, Py_ssize_t size) {
  PyTypeObject* type = m.updating  ? &PyBufferedRandom_Type
                       : m.reading ? &PyBufferedReader_Type
                                   : &PyBufferedWriter_Type;
  Ref<IntObject> size_object = TRY(intFromLong(size));
  return call(static_cast<PyObject*>(type), raw, size_object.get());
}

PyObject* orNone(Opt<StrObject> text) { return text ? text.get() : Py_None; }

// *outermost: what is built so far, to be closed when the rest fails.
Result<Ref<>> buildLayers(PyObject* raw, Ref<>* outermost, const FileMode& m, StrObject* mode, int buffering,
                          Opt<StrObject> encoding, Opt<StrObject> errors, Opt<StrObject> newline) {
  Buffering chosen = TRY(chooseBuffering(raw, buffering));
  if (chosen.size == 0) {
    if (!m.binary) return raise(PyExc_ValueError, "can't have unbuffered text I/O");
    return share(raw);
  }
  Ref<> buffer = TRY(wrapBuffered(raw, m, chosen.size));
  if (m.binary) return buffer;
  *outermost = buffer.clone();
  auto wrapped = call(static_cast<PyObject*>(&PyTextIOWrapper_Type), buffer.get(), orNone(encoding),
                      orNone(errors), orNone(newline), boolRef(chosen.lines).get());
  Ref<> text = TRY(std::move(wrapped));
  *outermost = text.clone();
  TRY(attrSet(text, "mode", mode));
  return text;
}

}  // namespace

PyObject* unsupportedOperation() { return g_unsupported; }

Result<Ref<>> ioOpen(PyObject* file, StrObject* mode, int buffering, Opt<StrObject> encoding,
                     Opt<StrObject> errors, Opt<StrObject> newline, bool closefd, Opt<> opener) {
  Ref<> path = isNumber(file) ? share(file) : TRY(fsPathObject(file));
  FileMode m = TRY(parseMode(mode));
  TRY(checkMode(m, encoding, errors, newline, buffering));
  Ref<StrObject> raw_mode = TRY(strFromUtf8(rawModeText(m)));
  Ref<> raw = TRY(call(static_cast<PyObject*>(&PyFileIO_Type), path.get(), raw_mode.get(),
                       boolRef(closefd).get(), opener ? opener.get() : Py_None));
  Ref<> outermost = raw.clone();
  auto built = buildLayers(raw, &outermost, m, mode, buffering, encoding, errors, newline);
  if (!built.failed()) return built;
  // The descriptor must not leak with the error.
  MaybeRef<> error = takePending();
  if (callMethod(outermost.get(), name<"close">()).failed()) {
    MaybeRef<> close_error = takePending();
    exceptionSetContext(close_error.get(), std::move(error).take());
    return raiseException(std::move(close_error).take());
  }
  return raiseException(std::move(error).take());
}

namespace {

Result<Opt<StrObject>> textOrNone(PyObject* value, const char* argument) {
  if (value == Py_None) return Opt<StrObject>();
  if (!isStr(value))
    return raise(PyExc_TypeError, "open() argument '%s' must be str or None, not %.50s", argument,
                 typeName(value));
  TRY(strUtf8NoNul(cast<StrObject>(value)));
  return Opt<StrObject>(cast<StrObject>(value));
}

Result<Ref<>> openFunction(PyObject* file, Opt<StrObject> mode, int buffering, PyObject* encoding,
                           PyObject* errors, PyObject* newline, IntTruth closefd, PyObject* opener) {
  Ref<StrObject> default_mode = TRY(strLiteral("r"));
  Opt<StrObject> enc = TRY(textOrNone(encoding, "encoding"));
  Opt<StrObject> err = TRY(textOrNone(errors, "errors"));
  Opt<StrObject> nl = TRY(textOrNone(newline, "newline"));
  return ioOpen(file, mode ? mode.get() : default_mode.get(), buffering, enc, err, nl, closefd, opener);
}

// The hook that embedders may install to check code before it is read does not exist: a plain binary open.
Result<Ref<>> openCode(StrObject* path) {
  Ref<StrObject> mode = TRY(strLiteral("rb"));
  return ioOpen(path, mode, -1, nullptr, nullptr, nullptr, true, nullptr);
}

Result<Ref<>> textEncoding(PyObject* encoding, int stacklevel) {
  if (encoding != Py_None) return share(encoding);
  if (interpreter().config.warn_default_encoding) {
    TRY(warn(PyExc_EncodingWarning, stacklevel, "'encoding' argument not specified"));
  }
  return Ref<>(TRY(strLiteral(interpreter().config.utf8_mode ? "utf-8" : "locale")));
}

constinit PyMethodDef kIoMethods[] = {
    function<"open($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, "
             "closefd=True, opener=None)",
             openFunction, "Open a file and return a stream.">,
    function<"text_encoding($module, encoding, stacklevel=2, /)", textEncoding,
             "The encoding to use for a text file.">,
    function<"open_code($module, /, path)", openCode, "Open a file whose contents will be run.">,
    {}};

constexpr PyTypeObject* kClasses[] = {&PyIOBase_Type,         &PyIncrementalNewlineDecoder_Type,
                                      &PyBufferedIOBase_Type, &PyRawIOBase_Type,
                                      &PyTextIOBase_Type,     &PyBytesIO_Type,
                                      &PyBufferedReader_Type, &PyBufferedWriter_Type,
                                      &PyBufferedRWPair_Type, &PyBufferedRandom_Type,
                                      &PyFileIO_Type,         &PyStringIO_Type,
                                      &PyTextIOWrapper_Type};

// The module is found as _io, but calls itself and its functions io.
Status nameAfterIo(PyObject* module) {
  Ref<StrObject> io = TRY(strInternUtf8("io"));
  TRY(moduleAdd(module, "__name__", share<PyObject>(io.get())));
  for (PyMethodDef* row = kIoMethods; row->ml_name; row++) {
    Ref<> function = TRY(attrGet(module, row->ml_name));
    setField(static_cast<CFunctionObject*>(function.get())->m_module, share<PyObject>(io.get()));
  }
  return {};
}

Status ioExec(PyObject* module) {
  TRY(nameAfterIo(module));
  TRY(moduleAddInt(module, "DEFAULT_BUFFER_SIZE", kDefaultBufferSize));
  if (!g_unsupported) {
    Ref<TupleObject> bases = TRY(tupleOf(PyExc_OSError, PyExc_ValueError));
    Ref<StrObject> type_name = TRY(strLiteral("UnsupportedOperation")), module_name = TRY(strLiteral("io"));
    Ref<DictObject> dict = TRY(dictNew());
    TRY(dictSet(dict, "__module__", module_name));
    g_unsupported =
        TRY(call(static_cast<PyObject*>(&PyType_Type), type_name.get(), bases.get(), dict.get())).leak();
  }
  TRY(moduleAdd(module, "UnsupportedOperation", share(g_unsupported)));
  TRY(moduleAdd(module, "BlockingIOError", share(PyExc_BlockingIOError)));
  for (PyTypeObject* type : kClasses) TRY(moduleAddType(module, type));
  return typeReady(&_PyBytesIOBuffer_Type);
}

constinit PyModuleDef kIoModule = moduleDef<"_io", ioExec>(kIoMethods, "Streams: raw, buffered and text.");

}  // namespace

PyObject* initIo() { return moduleDefInit(&kIoModule); }

}  // namespace krait::modules
