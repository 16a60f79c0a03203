// Names of hosts, services, protocols and interfaces.
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "core/scratch.h"
#include "modules/heap_type.h"
#include "modules/socket/socket.h"

namespace krait::modules::sockets {

Raised raiseAddressError(int error) {
  if (error == EAI_SYSTEM) return raiseSocketError();
  Ref<IntObject> number = TRY(intFromLong(error));
  Ref<StrObject> text = TRY(strFromUtf8(gai_strerror(error)));
  Ref<TupleObject> args = TRY(tupleOf<PyObject>(number.get(), text.get()));
  return raiseObject(g_address_error, args);
}
Raised raiseHostError(int error) {
  Ref<IntObject> number = TRY(intFromLong(error));
  Ref<StrObject> text = TRY(strFromUtf8(hstrerror(error)));
  Ref<TupleObject> args = TRY(tupleOf<PyObject>(number.get(), text.get()));
  return raiseObject(g_host_error, args);
}

namespace {

// The answers of getaddrinfo().
class Answers {
 public:
  static Result<Answers> ask(const char* host, const char* service, const addrinfo& hints) {
    addrinfo* first = nullptr;
    int error = posix::unlocked([&] { return getaddrinfo(host, service, &hints, &first); });
    if (error) return raiseAddressError(error);
    return Answers(first);
  }
  Answers(Answers&& other) noexcept : first_(std::exchange(other.first_, nullptr)) {}
  ~Answers() {
    if (first_) freeaddrinfo(first_);
  }
  const addrinfo* first() const { return first_; }

 private:
  explicit Answers(addrinfo* first) : first_(first) {}
  addrinfo* first_;
};

Address addressOf(const addrinfo* answer, size_t most) {
  Address out;
  std::memset(&out.storage, 0, sizeof out.storage);
  std::memcpy(&out.storage, answer->ai_addr, std::min<size_t>(answer->ai_addrlen, most));
  out.size = answer->ai_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  return out;
}

Address ipv4Address(in_addr address) {
  Address out;
  std::memset(&out.storage, 0, sizeof out.storage);
  out.as<sockaddr_in>()->sin_family = AF_INET;
  out.as<sockaddr_in>()->sin_addr = address;
  out.size = sizeof(sockaddr_in);
  return out;
}

Result<Address> resolveAny(int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_PASSIVE;
  Answers answers = TRY(Answers::ask(nullptr, "0", hints));
  if (answers.first()->ai_family != AF_INET && answers.first()->ai_family != AF_INET6) {
    return raise(PyExc_OSError, "unsupported address family");
  }
  if (answers.first()->ai_next) return raise(PyExc_OSError, "wildcard resolved to multiple address");
  return addressOf(answers.first(), sizeof(sockaddr_storage));
}

// Numbers need no resolver.
bool parseNumeric(const char* host, int family, Address* out) {
  in_addr v4;
  if ((family == AF_UNSPEC || family == AF_INET) && inet_pton(AF_INET, host, &v4) > 0) {
    *out = ipv4Address(v4);
    return true;
  }
  in6_addr v6;
  if ((family == AF_UNSPEC || family == AF_INET6) && !std::strchr(host, '%') &&
      inet_pton(AF_INET6, host, &v6) > 0) {
    std::memset(&out->storage, 0, sizeof out->storage);
    out->as<sockaddr_in6>()->sin6_family = AF_INET6;
    out->as<sockaddr_in6>()->sin6_addr = v6;
    out->size = sizeof(sockaddr_in6);
    return true;
  }
  return false;
}

}  // namespace

Result<Address> resolveHost(const char* host, int family) {
  if (!*host) return resolveAny(family);
  if (std::strcmp(host, "<broadcast>") == 0 || std::strcmp(host, "255.255.255.255") == 0) {
    if (family != AF_INET && family != AF_UNSPEC) return raise(PyExc_OSError, "address family mismatched");
    return ipv4Address({INADDR_BROADCAST});
  }
  Address out;
  if (parseNumeric(host, family, &out)) return out;
  addrinfo hints{};
  hints.ai_family = family;
  Answers answers = TRY(Answers::ask(host, nullptr, hints));
  return addressOf(answers.first(), sizeof(sockaddr_storage));
}

Result<std::string> hostName(PyObject* object, const char* function) {
  std::string out;
  if (isBytes(object)) {
    out = TRY(scratchText(cast<BytesObject>(object)->view()));
  } else if (isByteArray(object)) {
    auto* array = cast<ByteArrayObject>(object);
    out = TRY(scratchText({array->ob_start, static_cast<size_t>(array->ob_size)}));
  } else if (isStr(object)) {
    Ref<> encoded = TRY(strEncode(cast<StrObject>(object), "idna", nullptr));
    if (!isBytes(encoded)) return raise(PyExc_TypeError, "encoding of a host name did not give bytes");
    out = TRY(scratchText(cast<BytesObject>(encoded.get())->view()));
  } else {
    return raise(PyExc_TypeError, "%s() argument 1 must be str, bytes or bytearray, not %.50s", function,
                 object == Py_None ? "None" : typeName(object));
  }
  if (out.find('\0') == out.npos) return out;
  return raise(PyExc_TypeError, "%s() argument 1 must be encoded string without null bytes, not %.50s",
               function, typeName(object));
}

namespace {

// --- hosts -------------------------------------------------------------------------------------------------

Result<Ref<>> getHostByName(PyObject* given) {
  std::string host = TRY(hostName(given, "gethostbyname"));
  TRY(audit("socket.gethostbyname", "O", given));
  Address address = TRY(resolveHost(host.c_str(), AF_INET));
  return ipv4Text(address.as<sockaddr_in>()->sin_addr);
}

Result<Ref<>> addressText(int family, const void* bytes) {
  char text[INET6_ADDRSTRLEN];
  if (!inet_ntop(family, bytes, text, sizeof text)) return raiseSocketError();
  return Ref<>(TRY(strFromAscii(text)));
}

// (name, aliases, addresses)
Result<Ref<>> hostResult(const hostent* host, int error, int family) {
  if (!host) return raiseHostError(error);
  if (host->h_addrtype != family) return raiseErrno(EAFNOSUPPORT);
  Ref<ListObject> aliases = TRY(listNew()), addresses = TRY(listNew());
  for (char** alias = host->h_aliases; alias && *alias; alias++)
    TRY(listAppend(aliases, Ref<>(TRY(strFromUtf8(*alias)))));
  for (char** address = host->h_addr_list; address && *address; address++)
    TRY(listAppend(addresses, TRY(addressText(family, *address))));
  Ref<StrObject> official = TRY(fsDecode(host->h_name));
  return Ref<>(TRY(tupleOf<PyObject>(official.get(), aliases.get(), addresses.get())));
}

// Calls a reentrant resolver function with a growing buffer.
template <class F>
Result<Ref<>> askHost(int family, F&& ask) {
  std::vector<char> storage(16384);
  hostent entry;
  hostent* found = nullptr;
  int host_error = 0;
  while (posix::unlocked([&] { return ask(&entry, storage.data(), storage.size(), &found, &host_error); }) ==
         ERANGE) {
    storage.resize(storage.size() * 2);
  }
  return hostResult(found, host_error, family);
}

Result<Ref<>> getHostByNameEx(PyObject* given) {
  std::string host = TRY(hostName(given, "gethostbyname_ex"));
  TRY(audit("socket.gethostbyname", "O", given));
  Address address = TRY(resolveHost(host.c_str(), AF_INET));
  return askHost(address.get()->sa_family,
                 [&](auto... rest) { return gethostbyname_r(host.c_str(), rest...); });
}

Result<Ref<>> getHostByAddr(PyObject* given) {
  std::string host = TRY(hostName(given, "gethostbyaddr"));
  TRY(audit("socket.gethostbyaddr", "O", given));
  Address address = TRY(resolveHost(host.c_str(), AF_UNSPEC));
  int family = address.get()->sa_family;
  if (family == AF_INET) {
    in_addr* v4 = &address.as<sockaddr_in>()->sin_addr;
    return askHost(family, [&](auto... rest) { return gethostbyaddr_r(v4, sizeof *v4, AF_INET, rest...); });
  }
  if (family == AF_INET6) {
    in6_addr* v6 = &address.as<sockaddr_in6>()->sin6_addr;
    return askHost(family, [&](auto... rest) { return gethostbyaddr_r(v6, sizeof *v6, AF_INET6, rest...); });
  }
  return raise(PyExc_OSError, "unsupported address family");
}

Result<Ref<StrObject>> getHostName() {
  TRY(audit("socket.gethostname"));
  char text[1024];
  if (posix::unlocked([&] { return gethostname(text, sizeof text - 1); }) < 0) return raiseSocketError();
  text[sizeof text - 1] = '\0';
  return fsDecode(text);
}
Status setHostName(PyObject* given) {
  std::string host = TRY(fsPath(given));
  TRY(audit("socket.sethostname", "(O)", given));
  if (sethostname(host.data(), host.size()) < 0) return raiseSocketError();
  return {};
}

// --- services and protocols --------------------------------------------------------------------------------

Result<long> getServByName(CText service, std::optional<CText> given) {
  CText protocol = given.value_or(CText{});
  TRY(audit("socket.getservbyname", "ss", service.text, protocol.text ? protocol.text : ""));
  servent* found = posix::unlocked([&] { return getservbyname(service.text, protocol.text); });
  if (!found) return raise(PyExc_OSError, "service/proto not found");
  return ntohs(static_cast<uint16_t>(found->s_port));
}
Result<Ref<StrObject>> getServByPort(CInt port, std::optional<CText> given) {
  CText protocol = given.value_or(CText{});
  if (port.value < 0 || port.value > 0xffff)
    return raise(PyExc_OverflowError, "getservbyport: port must be 0-65535.");
  TRY(audit("socket.getservbyport", "is", port.value, protocol.text ? protocol.text : ""));
  servent* found =
      posix::unlocked([&] { return getservbyport(htons(static_cast<uint16_t>(port.value)), protocol.text); });
  if (!found) return raise(PyExc_OSError, "port/proto not found");
  return strFromUtf8(found->s_name);
}
Result<long> getProtoByName(CText protocol) {
  protoent* found = posix::unlocked([&] { return getprotobyname(protocol.text); });
  if (!found) return raise(PyExc_OSError, "protocol not found");
  return found->p_proto;
}

// --- getaddrinfo, getnameinfo ------------------------------------------------------------------------------

struct MaybeText {
  std::string text;
  bool absent = true;
  const char* c_str() const { return absent ? nullptr : text.c_str(); }
};
Result<MaybeText> textOf(std::string_view text) { return MaybeText{TRY(scratchText(text)), false}; }

Result<MaybeText> hostArgument(PyObject* host) {
  if (host == Py_None) return MaybeText{};
  if (isBytes(host)) return textOf(cast<BytesObject>(host)->view());
  if (!isStr(host)) return raise(PyExc_TypeError, "getaddrinfo() argument 1 must be string or None");
  Ref<> encoded = TRY(strEncode(cast<StrObject>(host), "idna", nullptr));
  if (!isBytes(encoded)) return raise(PyExc_TypeError, "encoding of a host name did not give bytes");
  return textOf(cast<BytesObject>(encoded.get())->view());
}
Result<MaybeText> portArgument(PyObject* port) {
  if (port == Py_None) return MaybeText{};
  if (isInt(port)) return textOf(std::to_string(TRY(asLong(port))));
  if (isStr(port)) return textOf(TRY(strUtf8(cast<StrObject>(port))));
  if (isBytes(port)) return textOf(cast<BytesObject>(port)->view());
  return raise(PyExc_OSError, "Int or String expected");
}

Result<Ref<>> answerResult(const addrinfo* answer) {
  Ref<> address = TRY(addressToPython(-1, answer->ai_addr, answer->ai_addrlen, answer->ai_protocol));
  Ref<IntObject> family = TRY(intFromLong(answer->ai_family)), type = TRY(intFromLong(answer->ai_socktype)),
                 proto = TRY(intFromLong(answer->ai_protocol));
  Ref<StrObject> canonical = TRY(strFromUtf8(answer->ai_canonname ? answer->ai_canonname : ""));
  return Ref<>(TRY(tupleOf<PyObject>(family.get(), type.get(), proto.get(), canonical.get(), address.get())));
}

Result<Ref<>> getAddrInfo(PyObject* host, PyObject* port, CInt family, CInt type, CInt proto, CInt flags) {
  MaybeText host_text = TRY(hostArgument(host)), port_text = TRY(portArgument(port));
  TRY(audit("socket.getaddrinfo", "OOiii", host, port, family.value, type.value, proto.value));
  addrinfo hints{};
  hints.ai_family = family.value;
  hints.ai_socktype = type.value;
  hints.ai_protocol = proto.value;
  hints.ai_flags = flags.value;
  Answers answers = TRY(Answers::ask(host_text.c_str(), port_text.c_str(), hints));
  Ref<ListObject> out = TRY(listNew());
  for (const addrinfo* answer = answers.first(); answer; answer = answer->ai_next)
    TRY(listAppend(out, TRY(answerResult(answer))));
  return out;
}

struct SocketName {
  const char* host;
  int port;
  unsigned flow = 0, scope = 0;
};
Result<SocketName> socketNameFrom(PyObject* given) {
  constexpr const char* kIllegal = "getnameinfo(): illegal sockaddr argument";
  if (!isTuple(given)) return raise(PyExc_TypeError, "getnameinfo() argument 1 must be a tuple");
  auto* items = cast<TupleObject>(given);
  if (items->size() < 2 || items->size() > 4) return raise(PyExc_TypeError, "%s", kIllegal);
  if (!isStr(items->at(0))) return raise(PyExc_TypeError, "%s", kIllegal);
  SocketName out;
  out.host = TRY(strUtf8NoNul(cast<StrObject>(items->at(0))));
  out.port = TRY(asCInt(items->at(1)));
  if (items->size() > 2) out.flow = TRY(asCMask(items->at(2)));
  if (items->size() > 3) out.scope = TRY(asCMask(items->at(3)));
  if (out.flow > 0xfffff) return raise(PyExc_OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
  return out;
}

Result<Ref<>> getNameInfo(PyObject* given, CInt flags) {
  SocketName wanted = TRY(socketNameFrom(given));
  TRY(audit("socket.getnameinfo", "(O)", given));
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST;
  Answers answers = TRY(Answers::ask(wanted.host, std::to_string(wanted.port).c_str(), hints));
  const addrinfo* answer = answers.first();
  if (answer->ai_next) return raise(PyExc_OSError, "sockaddr resolved to multiple addresses");
  if (answer->ai_family == AF_INET && cast<TupleObject>(given)->size() != 2)
    return raise(PyExc_OSError, "IPv4 sockaddr must be 2 tuple");
  if (answer->ai_family == AF_INET6) {
    auto* address = reinterpret_cast<sockaddr_in6*>(answer->ai_addr);
    address->sin6_flowinfo = htonl(wanted.flow);
    address->sin6_scope_id = wanted.scope;
  }
  char host[NI_MAXHOST], service[NI_MAXSERV];
  int error = posix::unlocked([&] {
    return getnameinfo(answer->ai_addr, answer->ai_addrlen, host, sizeof host, service, sizeof service,
                       flags.value);
  });
  if (error) return raiseAddressError(error);
  Ref<StrObject> host_text = TRY(fsDecode(host)), service_text = TRY(strFromUtf8(service));
  return Ref<>(TRY(tupleOf(host_text.get(), service_text.get())));
}

// --- interfaces --------------------------------------------------------------------------------------------

struct InterfaceList {
  struct if_nameindex* first = posix::unlocked([] { return ::if_nameindex(); });
  ~InterfaceList() {
    if (first) if_freenameindex(first);
  }
};
Result<Ref<>> ifNameIndex() {
  InterfaceList all;
  if (!all.first) return raiseSocketError();
  Ref<ListObject> out = TRY(listNew());
  for (struct if_nameindex* at = all.first; at->if_index && at->if_name; at++) {
    Ref<IntObject> index = TRY(intFromLong(at->if_index));
    Ref<StrObject> text = TRY(fsDecode(at->if_name));
    TRY(listAppend(out, Ref<>(TRY(tupleOf<PyObject>(index.get(), text.get())))));
  }
  return out;
}
Result<long> ifNameToIndex(PyObject* given) {
  std::string text = TRY(fsPath(given));
  unsigned index = posix::unlocked([&] { return if_nametoindex(text.c_str()); });
  if (index == 0) return raise(PyExc_OSError, "no interface with this name");
  return index;
}
Result<Ref<StrObject>> ifIndexToName(PyObject* given) {
  unsigned long index = TRY(asUnsignedLong(given));
  char text[IF_NAMESIZE + 1];
  if (!if_indextoname(static_cast<unsigned>(index), text)) return raiseSocketError();
  return fsDecode(text);
}

}  // namespace

PyMethodDef kResolveMethods[] = {
    function<"!%%gethostbyname(host, /)", getHostByName,
             "gethostbyname(host) -> address\n\nThe IPv4 address of a host.">,
    function<"!%%gethostbyname_ex(host, /)", getHostByNameEx,
             "gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nAll that is known about a host.">,
    function<"!%%gethostbyaddr(host, /)", getHostByAddr,
             "gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nThe host with an address.">,
    function<"!gethostname()", getHostName, "gethostname() -> string\n\nThe name of this host.">,
    function<"!%%sethostname(name, /)", setHostName, "sethostname(name)\n\nSet the name of this host.">,
    function<"!%%getservbyname(servicename, protocolname=<unrepresentable>, /)", getServByName,
             "getservbyname(servicename[, protocolname]) -> integer\n\nThe port of a service.">,
    function<"!%%getservbyport(port, protocolname=<unrepresentable>, /)", getServByPort,
             "getservbyport(port[, protocolname]) -> string\n\nThe service on a port.">,
    function<"!%%getprotobyname(name, /)", getProtoByName,
             "getprotobyname(name) -> integer\n\nThe number of a protocol.">,
    function<"!%%getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)", getAddrInfo,
             "getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, "
             "canonname, sockaddr)\n\nAddresses of a host and service.">,
    function<"!%%getnameinfo(sockaddr, flags, /)", getNameInfo,
             "getnameinfo(sockaddr, flags) --> (host, port)\n\nNames for an address.">,
    function<"!if_nameindex()", ifNameIndex,
             "if_nameindex()\n\nAll network interfaces: a list of (index, name).">,
    function<"!%%if_nametoindex(if_name, /)", ifNameToIndex,
             "if_nametoindex(if_name)\n\nThe index of an interface.">,
    function<"!if_indextoname(if_index, /)", ifIndexToName,
             "if_indextoname(if_index)\n\nThe name of an interface.">,
    {}};

}  // namespace krait::modules::sockets
