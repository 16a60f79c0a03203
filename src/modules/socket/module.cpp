// The _socket module object, byte order, packed addresses, and the capsule that _ssl reads.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <climits>
#include <cstring>

#include "core/native_order.h"
#include "modules/heap_type.h"
#include "modules/modules.h"
#include "modules/socket/socket.h"
#include "types/misc_objects.h"
#include "types/module.h"

namespace krait::modules {
namespace sockets {

PyObject *g_host_error, *g_address_error;

namespace {

// --- descriptors -------------------------------------------------------------------------------------------

Status closeFd(PyObject* fd_object) {
  int fd = TRY(asInt(fd_object));
  if (posix::unlocked([&] { return close(fd); }) < 0 && errno != ECONNRESET) return raiseSocketError();
  return {};
}
Result<long> dupFd(PyObject* fd_object) {
  int fd = static_cast<int>(TRY(asLong(fd_object)));  // CPython takes the low bits of a descriptor
  int copy = posix::unlocked([&] { return fcntl(fd, F_DUPFD_CLOEXEC, 0); });
  if (copy < 0) return raiseSocketError();
  return copy;
}

Result<Ref<>> socketPair(CInt family, CInt type, CInt proto) {
  int fds[2];
  if (posix::unlocked([&] { return socketpair(family.value, type.value | SOCK_CLOEXEC, proto.value, fds); }) <
      0)
    return raiseSocketError();
  Result<Ref<SocketObject>> first = socketNew(fds[0], family.value, type.value, proto.value);
  if (first.failed()) {
    close(fds[1]);
    return Raised{};
  }
  Ref<SocketObject> a = std::move(first).take(),
                    b = TRY(socketNew(fds[1], family.value, type.value, proto.value));
  return Ref<>(TRY(tupleOf(a.get(), b.get())));
}

// --- byte order --------------------------------------------------------------------------------------------

Result<long> swapShort(const char* function, int value) {
  if (value < 0)
    return raise(PyExc_OverflowError, "%s: can't convert negative Python int to C 16-bit unsigned integer",
                 function);
  if (value > 0xffff)
    return raise(PyExc_OverflowError, "%s: Python int too large to convert to C 16-bit unsigned integer",
                 function);
  return htons(static_cast<uint16_t>(value));
}
Result<long> swapLong(PyObject* object) {
  if (!isInt(object)) return raise(PyExc_TypeError, "expected int, %s found", typeName(object));
  unsigned long value = TRY(asUnsignedLong(object));
  if (value > 0xffffffffUL) return raise(PyExc_OverflowError, "int larger than 32 bits");
  return htonl(static_cast<uint32_t>(value));
}
Result<long> hostToNetShort(CInt value) { return swapShort("htons", value.value); }
Result<long> netToHostShort(CInt value) { return swapShort("ntohs", value.value); }
Result<long> hostToNetLong(PyObject* value) { return swapLong(value); }
Result<long> netToHostLong(PyObject* value) { return swapLong(value); }

// --- packed addresses --------------------------------------------------------------------------------------

Result<Ref<>> packed(const void* bytes, size_t size) {
  return Ref<>(TRY(bytesFrom({static_cast<const char*>(bytes), size})));
}

Result<Ref<>> inetAton(CText text) {
  in_addr address;
  if (!inet_aton(text.text, &address))
    return raise(PyExc_OSError, "illegal IP address string passed to inet_aton");
  return packed(&address, sizeof address);
}
Result<Ref<>> inetNtoa(Buffer given) {
  in_addr address;
  if (given.size() != sizeof address) return raise(PyExc_OSError, "packed IP wrong length for inet_ntoa");
  std::memcpy(&address, given.data(), sizeof address);
  return ipv4Text(address);
}
Result<Ref<>> inetPton(CInt family, CText text) {
  char bytes[sizeof(in6_addr)];
  int status = inet_pton(family.value, text.text, bytes);
  if (status == -1) return raiseSocketError();
  if (status == 0) return raise(PyExc_OSError, "illegal IP address string passed to inet_pton");
  return packed(bytes, family.value == AF_INET ? sizeof(in_addr) : sizeof(in6_addr));
}
Result<Ref<StrObject>> inetNtop(CInt family, Buffer given) {
  if (family.value != AF_INET && family.value != AF_INET6)
    return raise(PyExc_ValueError, "unknown address family %d", family.value);
  size_t wanted = family.value == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
  if (static_cast<size_t>(given.size()) != wanted)
    return raise(PyExc_ValueError, "invalid length of packed IP address string");
  char text[INET6_ADDRSTRLEN];
  if (!inet_ntop(family.value, given.data(), text, sizeof text)) return raiseSocketError();
  return strFromAscii(text);
}

// --- ancillary data sizes, time limits ---------------------------------------------------------------------

Result<long> cmsgLen(long length) {
  if (length < 0 || length > static_cast<long>(INT_MAX - CMSG_LEN(0)))
    return raise(PyExc_OverflowError, "CMSG_LEN() argument out of range");
  return CMSG_LEN(static_cast<size_t>(length));
}
Result<long> cmsgSpace(long length) {
  if (length < 0 || length > static_cast<long>(INT_MAX - CMSG_SPACE(1)))
    return raise(PyExc_OverflowError, "CMSG_SPACE() argument out of range");
  return CMSG_SPACE(static_cast<size_t>(length));
}

Result<Ref<>> getDefaultTimeout() { return timeoutToPython(g_default_timeout); }
Status setDefaultTimeout(PyObject* timeout) {
  g_default_timeout = TRY(timeoutFromPython(timeout));
  return {};
}

constinit PyMethodDef kModuleMethods[] = {
    function<"!close(fd, /)", closeFd, "close(integer) -> None\n\nClose a socket's descriptor.">,
    function<"!dup(fd, /)", dupFd,
             "dup(integer) -> integer\n\nA second descriptor for a socket, not inherited by children.">,
    function<
        "!%%socketpair(family=1, type=1, proto=0, /)", socketPair,
        "socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nTwo connected sockets.">,
    function<"!%%ntohs(x, /)", netToHostShort,
             "ntohs(integer) -> integer\n\nA 16-bit number from network to host byte order.">,
    function<"!ntohl(x, /)", netToHostLong,
             "ntohl(integer) -> integer\n\nA 32-bit number from network to host byte order.">,
    function<"!%%htons(x, /)", hostToNetShort,
             "htons(integer) -> integer\n\nA 16-bit number from host to network byte order.">,
    function<"!htonl(x, /)", hostToNetLong,
             "htonl(integer) -> integer\n\nA 32-bit number from host to network byte order.">,
    function<"!%%inet_aton(ip_addr, /)", inetAton,
             "inet_aton(string) -> bytes giving packed 32-bit IP representation\n\nPack an IPv4 address.">,
    function<"!%%inet_ntoa(packed_ip, /)", inetNtoa,
             "inet_ntoa(packed_ip) -> ip_address_string\n\nText of a packed IPv4 address.">,
    function<"!%%inet_pton(af, ip, /)", inetPton,
             "inet_pton(af, ip) -> packed IP address string\n\nPack an address of a family.">,
    function<"!%%inet_ntop(af, packed_ip, /)", inetNtop,
             "inet_ntop(af, packed_ip) -> string formatted IP address\n\nText of a packed address.">,
    function<"!getdefaulttimeout()", getDefaultTimeout,
             "getdefaulttimeout() -> timeout\n\nThe time limit of new sockets; None: without.">,
    function<"!setdefaulttimeout(timeout, /)", setDefaultTimeout,
             "setdefaulttimeout(timeout)\n\nSet the time limit of new sockets.">,
    function<"!%%CMSG_LEN(length, /)", cmsgLen,
             "CMSG_LEN(length) -> control message length\n\nSize of an item with so much data.">,
    function<"!%%CMSG_SPACE(length, /)", cmsgSpace,
             "CMSG_SPACE(length) -> buffer size\n\nRoom that an item with so much data takes.">,
    {}};

// PySocketModule_APIObject
struct SocketApi {
  PyTypeObject* socket_type;
  PyObject *error, *timeout_error;
};

// The functions of all files, in CPython's order.
PyMethodDef* allFunctions() {
  static std::vector<PyMethodDef> all = mergedInOrder(
      {kModuleMethods, kResolveMethods},
      "gethostbyname gethostbyname_ex gethostbyaddr gethostname sethostname getservbyname "
      "getservbyport getprotobyname close dup socketpair ntohs ntohl htons htonl inet_aton inet_ntoa "
      "inet_pton inet_ntop getaddrinfo getnameinfo getdefaulttimeout setdefaulttimeout if_nameindex "
      "if_nametoindex if_indextoname CMSG_LEN CMSG_SPACE");
  return all.data();
}

Status socketExec(PyObject* module) {
  static SocketApi api;
  TRY(moduleAdd(module, "error", share(PyExc_OSError)));
  TRY(exceptionAddOnce(module, &g_host_error, "socket.herror", PyExc_OSError));
  TRY(exceptionAddOnce(module, &g_address_error, "socket.gaierror", PyExc_OSError));
  TRY(moduleAdd(module, "timeout", share(PyExc_TimeoutError)));
  TRY(readySocketType());
  for (const char* alias : {"SocketType", "socket"})
    TRY(moduleAdd(module, alias, share<PyObject>(&krait_socket_type)));
  TRY(moduleAdd(module, "has_ipv6", boolObject(true)));
  api = {&krait_socket_type, PyExc_OSError, PyExc_TimeoutError};
  TRY(moduleAdd(module, "CAPI", TRY(capsuleNew(&api, "_socket.CAPI", nullptr))));
  return addConstants(module);
}

constinit PyModuleDef kSocketModule = singlePhaseModule<"_socket">(
    nullptr, "Sockets. Import socket, which builds on this module, instead.", -1);

}  // namespace
}  // namespace sockets

PyObject* initSocket() {
  sockets::kSocketModule.m_methods = sockets::allFunctions();
  return singlePhaseInit(&sockets::kSocketModule, sockets::socketExec);
}

}  // namespace krait::modules
