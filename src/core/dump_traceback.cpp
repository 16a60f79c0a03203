#include "core/dump_traceback.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/frame_hooks.h"
#include "core/gc_state.h"
#include "core/interpreter.h"
#include "types/code.h"
#include "types/module.h"
#include "types/set.h"
#include "types/str.h"

namespace krait {
namespace {

constexpr int kMaxFrames = 100, kMaxThreads = 100;
constexpr Py_ssize_t kMaxText = 500;

void writeAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    ssize_t count = write(fd, data, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    data += count;
    size -= static_cast<size_t>(count);
  }
}

void writeHex(int fd, unsigned long value, int width) {
  char digits[16];
  for (int i = width - 1; i >= 0; i--, value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  writeAll(fd, digits, static_cast<size_t>(width));
}

void writeDecimal(int fd, unsigned long value) {
  char digits[20];
  int at = sizeof digits;
  do digits[--at] = static_cast<char>('0' + value % 10);
  while (value /= 10);
  writeAll(fd, digits + at, sizeof digits - static_cast<size_t>(at));
}

// ASCII with the rest escaped.
void writeStr(int fd, PyObject* object) {
  if (!object || !isStr(object)) return dumpText(fd, "???");
  auto* text = cast<StrObject>(object);
  Py_ssize_t size = text->size() < kMaxText ? text->size() : kMaxText;
  for (Py_ssize_t i = 0; i < size; i++) {
    Py_UCS4 ch = text->at(i);
    if (ch >= ' ' && ch <= 126) {
      char plain = static_cast<char>(ch);
      writeAll(fd, &plain, 1);
      continue;
    }
    dumpText(fd, ch <= 0xff ? "\\x" : ch <= 0xffff ? "\\u" : "\\U");
    writeHex(fd, ch, ch <= 0xff ? 2 : ch <= 0xffff ? 4 : 8);
  }
  if (text->size() > kMaxText) dumpText(fd, "...");
}

struct Walk {
  int fd;
  int count = 0;
};

bool writeFrame(CodeObject* code, int line, void* arg) {
  auto* walk = static_cast<Walk*>(arg);
  if (walk->count++ >= kMaxFrames) {
    dumpText(walk->fd, "  ...\n");
    return false;
  }
  dumpText(walk->fd, "  File \"");
  writeStr(walk->fd, code->co_filename);
  dumpText(walk->fd, "\", line ");
  if (line >= 0)
    writeDecimal(walk->fd, static_cast<unsigned long>(line));
  else
    dumpText(walk->fd, "???");
  dumpText(walk->fd, " in ");
  writeStr(walk->fd, code->co_name);
  dumpText(walk->fd, "\n");
  return true;
}

void writeFrames(int fd, Thread* thread) {
  Walk walk{fd};
  if (frameHooks.walk) frameHooks.walk(thread, writeFrame, &walk);
  if (walk.count == 0) dumpText(fd, "  <no Python frame>\n");
}

bool isExtension(PyObject* module) {
  if (!isModule(module)) return false;
  PyModuleDef* def = cast<ModuleObject>(module)->md_def;
  return def && def->m_methods;
}

// Searched without hashing: nothing may be allocated.
bool isNamed(PyObject* names, StrObject* wanted) {
  if (!isAnySet(names)) return false;
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t hash;
  while (setNext(cast<SetObject>(names), &position, &key, &hash)) {
    if (isStr(key) && strEquals(cast<StrObject>(key), wanted)) return true;
  }
  return false;
}

}  // namespace

void dumpText(int fd, const char* text) { writeAll(fd, text, std::strlen(text)); }

void dumpStack(int fd, Thread* thread) {
  dumpText(fd, "Stack (most recent call first):\n");
  writeFrames(fd, thread);
}

void dumpExtensionModules(int fd) {
  DictObject* modules = interpreter().modules;
  Opt<> names = sysGet("stdlib_module_names");
  if (!modules) return;
  Py_ssize_t position = 0;
  unsigned long count = 0;
  PyObject *key, *module;
  while (dictNext(modules, &position, &key, &module)) {
    if (!isStr(key) || !isExtension(module) || (names && isNamed(names.get(), cast<StrObject>(key))))
      continue;
    dumpText(fd, count++ ? ", " : "\nExtension modules: ");
    writeStr(fd, key);
  }
  if (count == 0) return;
  dumpText(fd, " (total: ");
  writeDecimal(fd, count);
  dumpText(fd, ")\n");
}

void dumpAllThreads(int fd, Thread* current) {
  int count = 0;
  for (Thread* thread = firstThread(); thread; thread = nextThread(thread)) {
    if (count++ > 0) dumpText(fd, "\n");
    if (count > kMaxThreads) return dumpText(fd, "...\n");
    dumpText(fd, thread == current ? "Current thread 0x" : "Thread 0x");
    writeHex(fd, thread->thread_id, 16);
    dumpText(fd, " (most recent call first):\n");
    if (thread == current && gc::state.collecting) dumpText(fd, "  Garbage-collecting\n");
    writeFrames(fd, thread);
  }
}

}  // namespace krait
