// Locks, thread identities and thread-specific storage of pythread.h. None of these needs the GIL.
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <new>

#include "capi/capi.h"
#include "core/c_stack.h"
#include "core/interpreter.h"
#include "core/memory.h"
#include "core/os_lock.h"
#include "modules/thread/thread_types.h"

using namespace krait;

namespace {

struct Start {
  void (*function)(void*);
  void* arg;
};

void* runStart(void* memory) {
  auto start = *static_cast<Start*>(memory);
  rawFree(memory);
  start.function(start.arg);
  return nullptr;
}

}  // namespace

// Py_tss_t.
struct ThreadKey {
  int created;
  pthread_key_t key;
};
static_assert(sizeof(ThreadKey) == 8);

KR_EXPORT void PyThread_init_thread() {}
KR_EXPORT OsLock* PyThread_allocate_lock() {
  void* memory = rawAlloc(sizeof(OsLock));
  return memory ? new (memory) OsLock() : nullptr;
}
KR_EXPORT void PyThread_free_lock(OsLock* lock) {
  lock->~OsLock();
  rawFree(lock);
}
KR_EXPORT int PyThread_acquire_lock_timed(OsLock* lock, long long microseconds, int interruptible) {
  int64_t wait = microseconds < 0 ? -1 : microseconds > INT64_MAX / 1000 ? INT64_MAX : microseconds * 1000;
  return static_cast<int>(lock->acquire(wait, interruptible != 0));
}
KR_EXPORT int PyThread_acquire_lock(OsLock* lock, int wait) {
  return PyThread_acquire_lock_timed(lock, wait ? -1 : 0, 0);
}
KR_EXPORT void PyThread_release_lock(OsLock* lock) { lock->release(); }
// A bare OS thread; it has no thread state until it asks for one (PyGILState_Ensure). -1: cannot be started.
KR_EXPORT unsigned long PyThread_start_new_thread(void (*function)(void*), void* arg) {
  auto* start = static_cast<Start*>(rawAlloc(sizeof(Start)));
  if (!start) return static_cast<unsigned long>(-1);
  *start = {function, arg};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (threadStackSize()) pthread_attr_setstacksize(&attributes, threadStackSize() + kStackSlack);
  pthread_t id;
  int status = pthread_create(&id, &attributes, runStart, start);
  pthread_attr_destroy(&attributes);
  if (status != 0) {
    rawFree(start);
    return static_cast<unsigned long>(-1);
  }
  pthread_detach(id);
  return static_cast<unsigned long>(id);
}
KR_EXPORT size_t PyThread_get_stacksize() { return threadStackSize(); }
KR_EXPORT int PyThread_set_stacksize(size_t size) { return threadSetStackSize(size) ? 0 : -1; }
KR_EXPORT PyObject* PyThread_GetInfo() {
  Opt<> info = sysGet("thread_info");
  if (info) return share(info.get()).leak();
  (void)raise(PyExc_RuntimeError, "lost sys.thread_info");
  return nullptr;
}
KR_EXPORT void PyThread_exit_thread() { pthread_exit(nullptr); }
KR_EXPORT unsigned long PyThread_get_thread_native_id() {
  return static_cast<unsigned long>(syscall(SYS_gettid));
}
KR_EXPORT unsigned long PyThread_get_thread_ident() { return static_cast<unsigned long>(pthread_self()); }

KR_EXPORT ThreadKey* PyThread_tss_alloc() { return static_cast<ThreadKey*>(rawCalloc(1, sizeof(ThreadKey))); }
KR_EXPORT int PyThread_tss_is_created(ThreadKey* key) { return key->created; }
KR_EXPORT int PyThread_tss_create(ThreadKey* key) {
  if (key->created) return 0;
  if (pthread_key_create(&key->key, nullptr)) return -1;
  key->created = 1;
  return 0;
}
KR_EXPORT void PyThread_tss_delete(ThreadKey* key) {
  if (!key->created) return;
  pthread_key_delete(key->key);
  key->created = 0;
}
KR_EXPORT void PyThread_tss_free(ThreadKey* key) {
  if (!key) return;
  PyThread_tss_delete(key);
  rawFree(key);
}
KR_EXPORT int PyThread_tss_set(ThreadKey* key, void* value) {
  return pthread_setspecific(key->key, value) ? -1 : 0;
}
KR_EXPORT void* PyThread_tss_get(ThreadKey* key) { return pthread_getspecific(key->key); }

// The older interface: keys are plain numbers.
KR_EXPORT int PyThread_create_key() {
  pthread_key_t key;
  return pthread_key_create(&key, nullptr) ? -1 : static_cast<int>(key);
}
KR_EXPORT void PyThread_delete_key(int key) { pthread_key_delete(static_cast<pthread_key_t>(key)); }
KR_EXPORT void PyThread_delete_key_value(int key) {
  pthread_setspecific(static_cast<pthread_key_t>(key), nullptr);
}
KR_EXPORT int PyThread_set_key_value(int key, void* value) {
  return pthread_setspecific(static_cast<pthread_key_t>(key), value) ? -1 : 0;
}
KR_EXPORT void* PyThread_get_key_value(int key) {
  return pthread_getspecific(static_cast<pthread_key_t>(key));
}
KR_EXPORT void PyThread_ReInitTLS() {}
