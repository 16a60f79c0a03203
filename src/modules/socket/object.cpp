// The socket type: life, time limits, options, connecting and accepting.
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <climits>
#include <vector>

#include "core/gc.h"
#include "core/native_order.h"
#include "modules/socket/socket.h"
#include "types/bool.h"
#include "types/type.h"

namespace krait::modules::sockets {

TimeNs g_default_timeout = -kNsPerSecond;

Raised raiseTimedOut() { return raise(PyExc_TimeoutError, "timed out"); }

Status endStatus(CallEnd end) {
  switch (end) {
    case CallEnd::kDone: return {};
    case CallEnd::kTimedOut: return raiseTimedOut();
    case CallEnd::kError: return raiseSocketError();
    default: return Raised{};
  }
}

WaitAnswer waitReady(SocketObject* self, Wait kind, TimeNs limit) {
  if (self->fd < 0) return WaitAnswer::kReady;  // the call itself will report it
  pollfd entry{self->fd, POLLIN, 0};
  if (kind == Wait::kWrite) entry.events = POLLOUT;
  if (kind == Wait::kConnect) entry.events = POLLOUT | POLLERR;
  int ms = limit < 0 ? -1 : static_cast<int>(timeDivide(limit, 1'000'000, TimeRound::kCeiling));
  int count = posix::unlocked([&] { return poll(&entry, 1, ms); });
  if (count < 0) return WaitAnswer::kFailed;
  return count == 0 ? WaitAnswer::kTimedOut : WaitAnswer::kReady;
}

// --- time limits -------------------------------------------------------------------------------------------

Status setBlocking(SocketObject* self, bool block) {
  int delay = !block;
  if (posix::unlocked([&] { return ioctl(self->fd, FIONBIO, &delay); }) == -1) return raiseSocketError();
  return {};
}

Result<TimeNs> timeoutFromPython(PyObject* object) {
  if (object == Py_None) return -kNsPerSecond;
  TimeNs timeout = TRY(timeFromSeconds(object, TimeRound::kTimeout));
  if (timeout < 0) return raise(PyExc_ValueError, "Timeout value out of range");
  if (timeDivide(timeout, 1'000'000, TimeRound::kTimeout) > INT_MAX) {
    return raise(PyExc_OverflowError, "timeout doesn't fit into C timeval");
  }
  return timeout;
}
Result<Ref<>> timeoutToPython(TimeNs timeout) {
  if (timeout < 0) return none();
  return floatObject(timeAsDouble(timeout));
}

namespace {

PyObject* raiseFromErrno() {
  (void)raiseSocketError();
  return nullptr;
}

Status setUp(SocketObject* self, int fd, int family, int type, int proto) {
  self->fd = fd;
  self->family = family;
  self->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  self->proto = proto;
  self->raise_error = raiseFromErrno;
  if (type & SOCK_NONBLOCK) {
    self->timeout = 0;
    return {};
  }
  self->timeout = g_default_timeout;
  return g_default_timeout >= 0 ? setBlocking(self, false) : Status();
}

// --- life --------------------------------------------------------------------------------------------------

Result<Ref<>> socketAlloc(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<SocketObject> self = TRY(typeAlloc<SocketObject>(type));
  self->fd = -1;
  self->timeout = -kNsPerSecond;
  self->raise_error = raiseFromErrno;
  return self;
}

struct Kind {
  int family, type, proto;
};

// Fills in what was not given (-1) by asking an existing socket.
Status askKind(int fd, Kind& kind) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) < 0) {
    if (kind.family == -1 || errno == EBADF || errno == ENOTSOCK) return raiseSocketError();
  } else if (kind.family == -1) {
    kind.family = address.ss_family;
  }
  size = sizeof(int);
  if (kind.type == -1 && getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind.type, &size) < 0)
    return raiseSocketError();
  size = sizeof(int);
  if (kind.proto == -1 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &kind.proto, &size) < 0)
    return raiseSocketError();
  return {};
}

Status socketInit(SocketObject* self, int family, int type, int proto, PyObject* fileno) {
  Kind kind{family, type, proto};
  TRY(audit("socket.__new__", "Oiii", self, kind.family, kind.type, kind.proto));
  if (fileno != Py_None) {
    int fd = TRY(asInt(fileno));
    if (fd < 0) return raise(PyExc_ValueError, "negative file descriptor");
    TRY(askKind(fd, kind));
    return setUp(self, fd, kind.family, kind.type, kind.proto);
  }
  if (kind.family == -1) kind.family = AF_INET;
  if (kind.type == -1) kind.type = SOCK_STREAM;
  if (kind.proto == -1) kind.proto = 0;
  int fd = posix::unlocked([&] { return socket(kind.family, kind.type | SOCK_CLOEXEC, kind.proto); });
  if (fd == -1) return raiseSocketError();
  Status done = setUp(self, fd, kind.family, kind.type, kind.proto);
  if (done.failed()) close(std::exchange(self->fd, -1));
  return done;
}

// An open socket that nobody closed: warns, then closes it.
void socketFinalize(SocketObject* self) {
  if (self->fd == -1) return;
  PendingSaved saved;
  if (warnResource(self, 1, "unclosed %R", self).failed() && pendingMatches(PyExc_Warning))
    writeUnraisable(self);
  clearPending();
  int fd = std::exchange(self->fd, -1);
  posix::unlocked([&] { return close(fd); });
}
void socketDealloc(SocketObject* self) {
  if (!finalizeFromDealloc(self)) return;
  typeOf(self)->tp_free(self);
}

Result<Ref<StrObject>> socketRepr(SocketObject* self) {
  return strFormat("<socket object, fd=%d, family=%d, type=%d, proto=%d>", self->fd, self->family, self->type,
                   self->proto);
}

Status socketClose(SocketObject* self) {
  int fd = std::exchange(self->fd, -1);
  if (fd == -1) return {};
  if (posix::unlocked([&] { return close(fd); }) < 0 && errno != ECONNRESET) return raiseSocketError();
  return {};
}
long socketDetach(SocketObject* self) { return std::exchange(self->fd, -1); }
long socketFileno(SocketObject* self) { return self->fd; }

// --- blocking ----------------------------------------------------------------------------------------------

Status socketSetblocking(SocketObject* self, PyObject* flag) {
  bool block = TRY(asLong(flag)) != 0;
  self->timeout = block ? -kNsPerSecond : 0;
  return setBlocking(self, block);
}
bool socketGetblocking(SocketObject* self) { return self->timeout != 0; }
Status socketSettimeout(SocketObject* self, PyObject* timeout) {
  self->timeout = TRY(timeoutFromPython(timeout));
  return setBlocking(self, self->timeout < 0);
}
Result<Ref<>> socketGettimeout(SocketObject* self) { return timeoutToPython(self->timeout); }

// --- options -----------------------------------------------------------------------------------------------

Status setOption(SocketObject* self, int level, int option, const void* value, socklen_t size) {
  if (setsockopt(self->fd, level, option, value, size) < 0) return raiseSocketError();
  return {};
}

// Values of VSOCK options are 64 bits wide.
Result<bool> setWideOption(SocketObject* self, int level, int option, PyObject* value) {
  if (self->family != AF_VSOCK || !isIndex(value)) return false;
  bool failed;
  uint64_t wide = asUnsignedLongMask(value, &failed);
  if (failed) return Raised{};
  TRY(setOption(self, level, option, &wide, sizeof wide));
  return true;
}

// setsockopt(level, option, None, length); false: the arguments are not of these kinds.
Result<bool> setNullOption(SocketObject* self, CallArgs args) {
  int level = 0, option = 0;
  unsigned length = 0;
  auto convert = [&]() -> Result<bool> {
    level = TRY(asCInt(args.values[0]));
    option = TRY(asCInt(args.values[1]));
    if (args.values[2] != Py_None) return false;
    length = TRY(asCMask(args.values[3]));
    return true;
  };
  auto fits = convert();
  if (fits.failed()) return clearPending(), false;
  if (!std::move(fits).take()) return false;
  TRY(setOption(self, level, option, nullptr, length));
  return true;
}

Status socketSetsockopt(SocketObject* self, CallArgs args) {
  if (args.count == 4 && TRY(setNullOption(self, args))) return {};
  if (args.count != 3)
    return raise(PyExc_TypeError, "setsockopt() takes exactly 3 arguments (%zd given)", args.count);
  int level = TRY(asCInt(args.values[0])), option = TRY(asCInt(args.values[1]));
  Opt<> value = args.values[2];
  if (TRY(setWideOption(self, level, option, value.get()))) return {};
  Result<int> number = asCInt(value.get());
  if (!number.failed()) {
    int plain = std::move(number).take();
    return setOption(self, level, option, &plain, sizeof plain);
  }
  clearPending();
  Buffer bytes = TRY(Buffer::acquire(value.get()));
  return setOption(self, level, option, bytes.data(), static_cast<socklen_t>(bytes.size()));
}

Result<Ref<>> socketGetsockopt(SocketObject* self, CInt level, CInt option, CInt length) {
  if (length.value == 0) {
    uint64_t wide = 0;
    int number = 0;
    bool is_wide = self->family == AF_VSOCK;
    socklen_t size = is_wide ? sizeof wide : sizeof number;
    void* into = is_wide ? static_cast<void*>(&wide) : &number;
    if (getsockopt(self->fd, level.value, option.value, into, &size) < 0) return raiseSocketError();
    if (is_wide) return Ref<>(TRY(intFromUnsignedLong(wide)));
    return Ref<>(TRY(intFromLong(number)));
  }
  if (self->family == AF_VSOCK) return raise(PyExc_OSError, "getsockopt string buffer not allowed");
  if (length.value < 0 || length.value > 1024) return raise(PyExc_OSError, "getsockopt buflen out of range");
  char bytes[1024];
  auto size = static_cast<socklen_t>(length.value);
  if (getsockopt(self->fd, level.value, option.value, bytes, &size) < 0) return raiseSocketError();
  return Ref<>(TRY(bytesFrom({bytes, size})));
}

// --- addresses ---------------------------------------------------------------------------------------------

Status socketBind(SocketObject* self, PyObject* given) {
  Address address = TRY(addressFromPython(self, given, "bind"));
  TRY(audit("socket.bind", "OO", self, given));
  if (posix::unlocked([&] { return bind(self->fd, address.get(), address.size); }) < 0)
    return raiseSocketError();
  return {};
}

template <int (*Ask)(int, sockaddr*, socklen_t*)>
Result<Ref<>> askName(SocketObject* self) {
  Address address = TRY(addressRoom(self));
  if (posix::unlocked([&] { return Ask(self->fd, address.get(), &address.size); }) < 0)
    return raiseSocketError();
  return addressToPython(self->fd, address.get(), address.size, self->proto);
}
int askSockname(int fd, sockaddr* address, socklen_t* size) { return getsockname(fd, address, size); }
int askPeername(int fd, sockaddr* address, socklen_t* size) { return getpeername(fd, address, size); }

Status socketListen(SocketObject* self, CInt backlog) {
  int length = std::max(backlog.value, 0);
  if (posix::unlocked([&] { return listen(self->fd, length); }) < 0) return raiseSocketError();
  return {};
}

Result<Ref<>> socketAccept(SocketObject* self) {
  Address address = TRY(addressRoom(self));
  int fd = -1;
  TRY(callSocket(self, Wait::kRead,
                 [&] { return (fd = accept4(self->fd, address.get(), &address.size, SOCK_CLOEXEC)) >= 0; }));
  Result<Ref<>> peer = addressToPython(fd, address.get(), address.size, self->proto);
  if (peer.failed()) {
    close(fd);
    return peer;
  }
  Ref<> from = std::move(peer).take();
  Ref<IntObject> number = TRY(intFromLong(fd));
  return Ref<>(TRY(tupleOf<PyObject>(number.get(), from.get())));
}

// --- connecting --------------------------------------------------------------------------------------------

// The end of a connection attempt that goes on in the background.
bool connectionMade(SocketObject* self) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0 || error == EISCONN) return true;
  errno = error;
  return false;
}

// 0, or the errno. Fails only for signal handlers that raise.
Result<int> connectTo(SocketObject* self, Address& address) {
  int status = posix::unlocked([&] { return connect(self->fd, address.get(), address.size); });
  if (status == 0) return 0;
  int error = errno;
  bool wait = self->timeout > 0 && error == EINPROGRESS;
  if (error == EINTR) {
    TRY(checkSignals());
    wait = self->timeout != 0;
  }
  if (!wait) return error;
  switch (callWaiting(self, Wait::kConnect, self->timeout, [&] { return connectionMade(self); })) {
    case CallEnd::kDone: return 0;
    case CallEnd::kRaised: return Raised{};
    case CallEnd::kTimedOut: return -1;
    default: return errno;
  }
}

Status socketConnect(SocketObject* self, PyObject* given) {
  Address address = TRY(addressFromPython(self, given, "connect"));
  TRY(audit("socket.connect", "OO", self, given));
  int error = TRY(connectTo(self, address));
  if (error == -1) return raiseTimedOut();
  if (error) return raiseErrno(error);
  return {};
}
Result<long> socketConnectEx(SocketObject* self, PyObject* given) {
  Address address = TRY(addressFromPython(self, given, "connect_ex"));
  TRY(audit("socket.connect", "OO", self, given));
  int error = TRY(connectTo(self, address));
  return error == -1 ? EWOULDBLOCK : error;
}

Status socketShutdown(SocketObject* self, PyObject* flag) {
  int how = TRY(asInt(flag));
  if (posix::unlocked([&] { return shutdown(self->fd, how); }) < 0) return raiseSocketError();
  return {};
}

PyMethodDef kObjectMethods[] = {
    method<"!_accept()", socketAccept,
           "_accept() -> (integer, address info)\n\nWait for a connection: its descriptor and the peer's "
           "address.">,
    method<"!bind(address, /)", socketBind, "bind(address)\n\nGive the socket a local address.">,
    method<"!close()", socketClose, "close()\n\nClose the socket; it cannot be used afterwards.">,
    method<"!connect(address, /)", socketConnect, "connect(address)\n\nConnect to an address.">,
    method<"!connect_ex(address, /)", socketConnectEx,
           "connect_ex(address) -> errno\n\nLike connect(), but errors are returned.">,
    method<"!detach()", socketDetach, "detach()\n\nGive up the descriptor without closing it; returns it.">,
    method<"!fileno()", socketFileno, "fileno() -> integer\n\nThe descriptor.">,
    method<"!getpeername()", askName<askPeername>,
           "getpeername() -> address info\n\nThe address at the other end.">,
    method<"!getsockname()", askName<askSockname>, "getsockname() -> address info\n\nThe local address.">,
    method<"!%%getsockopt(level, option, buffersize=0, /)", socketGetsockopt,
           "getsockopt(level, option[, buffersize]) -> value\n\nAn option: an integer, or bytes of at most "
           "buffersize.">,
    method<"!%%listen(backlog=128, /)", socketListen,
           "listen([backlog])\n\nAccept connections; backlog of them may wait.">,
    method<"!setblocking(flag, /)", socketSetblocking,
           "setblocking(flag)\n\nWhether calls wait; the same as settimeout(None) or settimeout(0.0).">,
    method<"!getblocking()", socketGetblocking, "getblocking()\n\nWhether calls wait.">,
    method<"!settimeout(timeout, /)", socketSettimeout,
           "settimeout(timeout)\n\nSeconds that calls wait at most; None: without limit.">,
    method<"!gettimeout()", socketGettimeout,
           "gettimeout() -> timeout\n\nSeconds that calls wait at most, or None.">,
    method<"!%%setsockopt(*args)", socketSetsockopt,
           "setsockopt(level, option, value: int)\nsetsockopt(level, option, value: buffer)\n"
           "setsockopt(level, option, None, optlen: int)\n\nSet an option.">,
    method<"!shutdown(flag, /)", socketShutdown,
           "shutdown(flag)\n\nEnd reading (SHUT_RD), writing (SHUT_WR) or both (SHUT_RDWR).">,
    {}};

constinit PyMemberDef kMembers[] = {
    {"family", T_INT, offsetof(SocketObject, family), READONLY, "the socket family"},
    {"type", T_INT, offsetof(SocketObject, type), READONLY, "the socket type"},
    {"proto", T_INT, offsetof(SocketObject, proto), READONLY, "the socket protocol"},
    {}};
constinit PyGetSetDef kGetSet[] = {getterRow<"timeout", socketGettimeout, "the socket timeout">, {}};

// The methods of all files in one table.
PyMethodDef* allMethods() {
  static std::vector<PyMethodDef> all = mergedInOrder(
      {kObjectMethods, kTransferMethods, kMessageMethods},
      "_accept bind close connect connect_ex detach fileno getpeername getsockname getsockopt listen "
      "recv recv_into recvfrom recvfrom_into send sendall sendto setblocking getblocking settimeout "
      "gettimeout setsockopt shutdown recvmsg recvmsg_into sendmsg sendmsg_afalg");
  return all.data();
}

}  // namespace
}  // namespace krait::modules::sockets

constinit PyTypeObject krait_socket_type = {
    KR_TYPE_HEAD,
    .tp_name = "_socket.socket",
    .tp_basicsize = sizeof(krait::modules::sockets::SocketObject),
    .tp_dealloc = krait::slot<krait::modules::sockets::socketDealloc>,
    .tp_repr = krait::slot<krait::modules::sockets::socketRepr>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\n"
        "socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\n"
        "An end of a network connection. Without fileno a new socket is opened.",
    .tp_members = krait::modules::sockets::kMembers,
    .tp_getset = krait::modules::sockets::kGetSet,
    .tp_init = krait::initSlot<"socket(family=-1, type=-1, proto=-1, fileno=None)",
                               krait::modules::sockets::socketInit>,
    .tp_new = krait::slot<krait::modules::sockets::socketAlloc>,
    .tp_finalize = krait::slot<krait::modules::sockets::socketFinalize>,
};

namespace krait::modules::sockets {

Status readySocketType() {
  krait_socket_type.tp_methods = allMethods();
  return typeReady(&krait_socket_type);
}

Result<Ref<SocketObject>> socketNew(int fd, int family, int type, int proto) {
  Result<Ref<SocketObject>> made = typeAlloc<SocketObject>(&krait_socket_type);
  if (made.failed()) {
    close(fd);
    return Raised{};
  }
  Ref<SocketObject> self = std::move(made).take();
  self->fd = -1;
  TRY(setUp(self, fd, family, type, proto));
  return self;
}

}  // namespace krait::modules::sockets
