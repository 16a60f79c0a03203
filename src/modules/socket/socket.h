// The _socket module: the socket object and what its files share.
//
//   object.cpp   life of a socket, time limits, options, connecting
//   transfer.cpp recv*, send*          message.cpp  recvmsg*, sendmsg*
//   address.cpp  addresses from and to Python          resolve.cpp  names of hosts, services, interfaces
//   module.cpp   the module object, byte order functions   constants.cpp  its numbers
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "core/call.h"
#include "core/native.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "modules/posix/posix.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/time_value.h"
#include "types/tuple.h"

extern "C" PyTypeObject krait_socket_type;

namespace krait::modules::sockets {

// CPython's PySocketSockObject: _ssl reads it.
struct SocketObject : PyObject {
  int fd;  // -1: closed
  int family, type, proto;
  PyObject* (*raise_error)();  // raises OSError from errno
  TimeNs timeout;              // negative: wait for ever; 0: do not wait
};
static_assert(sizeof(SocketObject) == 48 && offsetof(SocketObject, raise_error) == 32);

extern PyObject *g_host_error, *g_address_error;  // herror, gaierror
extern TimeNs g_default_timeout;

inline Raised raiseSocketError() { return raiseErrno(errno); }
[[gnu::cold]] Raised raiseAddressError(int error);  // from getaddrinfo's answer
[[gnu::cold]] Raised raiseHostError(int error);
[[gnu::cold]] Raised raiseTimedOut();

// --- waiting -----------------------------------------------------------------------------------------------

enum class Wait { kRead, kWrite, kConnect };
enum class WaitAnswer { kReady, kTimedOut, kFailed };
// Polls for at most `limit` (negative: for ever). kFailed: errno is set.
WaitAnswer waitReady(SocketObject* self, Wait kind, TimeNs limit);

// How a waiting call ended. A pending exception belongs to kRaised only.
enum class CallEnd { kDone, kRaised, kTimedOut, kError };

// Runs a system call without the GIL, after waiting for readiness within `timeout`. `attempt` answers false
// with errno set.
template <class F>
CallEnd callWaiting(SocketObject* self, Wait kind, TimeNs timeout, F&& attempt) {
  bool limited = timeout > 0;
  TimeNs deadline = 0, left = timeout;
  bool started = false;
  for (;;) {
    if (limited || kind == Wait::kConnect) {
      if (started && limited)
        left = deadline - timeOf(CLOCK_MONOTONIC);
      else if (limited)
        deadline = timeOf(CLOCK_MONOTONIC) + timeout;
      started = true;
      WaitAnswer answer = limited && left < 0 ? WaitAnswer::kTimedOut : waitReady(self, kind, left);
      if (answer == WaitAnswer::kTimedOut) return CallEnd::kTimedOut;
      if (answer == WaitAnswer::kFailed) {
        if (errno != EINTR) return CallEnd::kError;
        if (checkSignals().failed()) return CallEnd::kRaised;
        continue;
      }
    }
    for (;;) {
      if (posix::unlocked([&] { return attempt() ? 1 : 0; })) return CallEnd::kDone;
      if (errno != EINTR) break;
      if (checkSignals().failed()) return CallEnd::kRaised;
    }
    if (!limited || (errno != EWOULDBLOCK && errno != EAGAIN)) return CallEnd::kError;
  }
}
Status endStatus(CallEnd end);
template <class F>
Status callSocket(SocketObject* self, Wait kind, F&& attempt) {
  return endStatus(callWaiting(self, kind, self->timeout, attempt));
}

// --- addresses ---------------------------------------------------------------------------------------------

struct Address {
  sockaddr_storage storage;
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(&storage);
  }
};
// An empty address of the socket's family, with room for the answer.
Result<Address> addressRoom(SocketObject* self);
Result<Address> addressFromPython(SocketObject* self, PyObject* given, const char* caller);
Result<Ref<>> addressToPython(int fd, const sockaddr* address, socklen_t size, int proto);
// Resolves a host name ("" and "<broadcast>" included). The answer's port is 0.
Result<Address> resolveHost(const char* host, int family);
Result<Ref<>> ipv4Text(const in_addr& address);

// A host name argument: bytes, bytearray, or text encoded by IDNA ("et" of argument parsing).
Result<std::string> hostName(PyObject* object, const char* function);

Status setBlocking(SocketObject* self, bool block);
Result<TimeNs> timeoutFromPython(PyObject* object);
Result<Ref<>> timeoutToPython(TimeNs timeout);
Status readySocketType();  // before the type is used
Result<Ref<SocketObject>> socketNew(int fd, int family, int type, int proto);

// A writable buffer argument ("w*").
struct WritableBuffer {
  Buffer buffer;
  char* data() const { return reinterpret_cast<char*>(buffer.writableData()); }
  Py_ssize_t size() const { return buffer.size(); }
};

extern PyMethodDef kTransferMethods[], kMessageMethods[], kResolveMethods[];
Status addConstants(PyObject* module);

}  // namespace krait::modules::sockets

namespace krait {
template <>
struct ArgFrom<modules::sockets::WritableBuffer> {
  static Result<modules::sockets::WritableBuffer> from(PyObject* o, const ArgContext& where) {
    Result<Buffer> buffer = Buffer::acquire(o, PyBUF_WRITABLE);
    if (!buffer.failed()) return modules::sockets::WritableBuffer{std::move(buffer).take()};
    clearPending();
    return raiseBadArgument(ArgContext{where.function, where.name, where.position ? where.position : 1},
                            "read-write bytes-like object", o);
  }
};
}  // namespace krait
