// Socket addresses of all families, from and to Python.
#include <arpa/inet.h>
#include <linux/can.h>
#include <linux/can/j1939.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/un.h>

#include <cstring>

#include "core/interpreter.h"
#include "core/scratch.h"
#include "modules/socket/socket.h"

namespace krait::modules::sockets {
namespace {

// Bluetooth's addresses; its headers are not part of the C library.
struct BluetoothId {
  uint8_t bytes[6];
};
struct L2capAddress {
  sa_family_t family;
  uint16_t psm;
  BluetoothId id;
  uint16_t cid;
  uint8_t id_type;
};
struct RfcommAddress {
  sa_family_t family;
  BluetoothId id;
  uint8_t channel;
};
struct ScoAddress {
  sa_family_t family;
  BluetoothId id;
};
struct HciAddress {
  sa_family_t family;
  uint16_t device, channel;
};
enum BluetoothProtocol { kL2cap = 0, kHci = 1, kSco = 2, kRfcomm = 3 };

// --- sizes -------------------------------------------------------------------------------------------------

Result<socklen_t> bluetoothSize(int proto) {
  switch (proto) {
    case kL2cap: return sizeof(L2capAddress);
    case kRfcomm: return sizeof(RfcommAddress);
    case kHci: return sizeof(HciAddress);
    case kSco: return sizeof(ScoAddress);
    default: return raise(PyExc_OSError, "getsockaddrlen: unknown BT protocol");
  }
}

Result<socklen_t> roomFor(SocketObject* self) {
  switch (self->family) {
    case AF_UNIX: return sizeof(sockaddr_un);
    case AF_NETLINK: return sizeof(sockaddr_nl);
    case AF_QIPCRTR: return sizeof(sockaddr_qrtr);
    case AF_VSOCK: return sizeof(sockaddr_vm);
    case AF_RDS:
    case AF_INET: return sizeof(sockaddr_in);
    case AF_INET6: return sizeof(sockaddr_in6);
    case AF_BLUETOOTH: return bluetoothSize(self->proto);
    case AF_PACKET: return sizeof(sockaddr_ll);
    case AF_TIPC: return sizeof(sockaddr_tipc);
    case AF_CAN: return sizeof(sockaddr_can);
    case AF_ALG: return sizeof(sockaddr_alg);
    default: return raise(PyExc_OSError, "getsockaddrlen: bad family");
  }
}

// --- to Python ---------------------------------------------------------------------------------------------

Result<Ref<>> number(unsigned long value) { return Ref<>(TRY(intFromUnsignedLong(value))); }
template <class... N>
Result<Ref<>> numbers(N... values) {
  Ref<TupleObject> out = TRY(tupleNew(sizeof...(N)));
  Py_ssize_t at = 0;
  for (unsigned long value : {static_cast<unsigned long>(values)...})
    out->ob_item[at++] = TRY(number(value)).leak();
  return out;
}

Result<Ref<>> interfaceName(int fd, int index) {
  if (index == 0) return Ref<>(emptyStr());
  ifreq request{};
  request.ifr_ifindex = index;
  if (ioctl(fd, SIOCGIFNAME, &request) != 0) return Ref<>(emptyStr());
  return Ref<>(TRY(fsDecode(request.ifr_name)));
}

Result<Ref<>> ipText(int family, const void* address) {
  char text[INET6_ADDRSTRLEN];
  if (!inet_ntop(family, address, text, sizeof text)) return raiseSocketError();
  return Ref<>(TRY(strFromAscii(text)));
}

Result<Ref<>> inetResult(const sockaddr_in* a) {
  Ref<> host = TRY(ipText(AF_INET, &a->sin_addr)), port = TRY(number(ntohs(a->sin_port)));
  return Ref<>(TRY(tupleOf(host.get(), port.get())));
}
Result<Ref<>> inet6Result(const sockaddr_in6* a) {
  Ref<> host = TRY(ipText(AF_INET6, &a->sin6_addr)), port = TRY(number(ntohs(a->sin6_port))),
        flow = TRY(number(ntohl(a->sin6_flowinfo))), scope = TRY(number(a->sin6_scope_id));
  return Ref<>(TRY(tupleOf(host.get(), port.get(), flow.get(), scope.get())));
}
// Names in the abstract name space start with a NUL and are bytes.
Result<Ref<>> unixResult(const sockaddr_un* a, socklen_t size) {
  size_t length = size - offsetof(sockaddr_un, sun_path);
  if (size > offsetof(sockaddr_un, sun_path) && a->sun_path[0] == '\0')
    return Ref<>(TRY(bytesFrom({a->sun_path, length})));
  if (size <= offsetof(sockaddr_un, sun_path)) return Ref<>(emptyStr());
  return Ref<>(TRY(fsDecode({a->sun_path, strnlen(a->sun_path, length)})));
}
Result<Ref<>> packetResult(int fd, const sockaddr_ll* a) {
  Ref<> interface = TRY(interfaceName(fd, a->sll_ifindex)), protocol = TRY(number(ntohs(a->sll_protocol))),
        kind = TRY(number(a->sll_pkttype)), hardware = TRY(number(a->sll_hatype)),
        address = TRY(bytesFrom({reinterpret_cast<const char*>(a->sll_addr), a->sll_halen}));
  return Ref<>(TRY(tupleOf(interface.get(), protocol.get(), kind.get(), hardware.get(), address.get())));
}
Result<Ref<>> tipcResult(const sockaddr_tipc* a) {
  switch (a->addrtype) {
    case TIPC_ADDR_NAMESEQ:
      return numbers(a->addrtype, a->addr.nameseq.type, a->addr.nameseq.lower, a->addr.nameseq.upper,
                     static_cast<unsigned>(a->scope));
    case TIPC_ADDR_NAME:
      return numbers(a->addrtype, a->addr.name.name.type, a->addr.name.name.instance,
                     a->addr.name.name.instance, static_cast<unsigned>(a->scope));
    case TIPC_ADDR_ID:
      return numbers(a->addrtype, a->addr.id.node, a->addr.id.ref, 0u, static_cast<unsigned>(a->scope));
    default: return raise(PyExc_ValueError, "Invalid address type");
  }
}
Result<Ref<>> canResult(int fd, const sockaddr_can* a, int proto) {
  Ref<> interface = TRY(interfaceName(fd, a->can_ifindex));
  if (proto == CAN_ISOTP) {
    Ref<> receive = TRY(number(a->can_addr.tp.rx_id)), send = TRY(number(a->can_addr.tp.tx_id));
    return Ref<>(TRY(tupleOf(interface.get(), receive.get(), send.get())));
  }
  if (proto == CAN_J1939) {
    Ref<> device = TRY(number(a->can_addr.j1939.name)), group = TRY(number(a->can_addr.j1939.pgn)),
          address = TRY(number(a->can_addr.j1939.addr));
    return Ref<>(TRY(tupleOf(interface.get(), device.get(), group.get(), address.get())));
  }
  return Ref<>(TRY(tupleOf(interface.get())));
}
Result<Ref<>> algResult(const sockaddr_alg* a) {
  auto text = [](const uint8_t* chars, size_t room) {
    auto* start = reinterpret_cast<const char*>(chars);
    return strFromUtf8({start, strnlen(start, room)});
  };
  Ref<StrObject> type = TRY(text(a->salg_type, sizeof a->salg_type)),
                 name = TRY(text(a->salg_name, sizeof a->salg_name));
  Ref<> feature = TRY(number(a->salg_feat)), mask = TRY(number(a->salg_mask));
  return Ref<>(TRY(tupleOf<PyObject>(type.get(), name.get(), feature.get(), mask.get())));
}

Result<Ref<>> bluetoothIdText(const BluetoothId& id) {
  char text[18];
  snprintf(text, sizeof text, "%02X:%02X:%02X:%02X:%02X:%02X", id.bytes[5], id.bytes[4], id.bytes[3],
           id.bytes[2], id.bytes[1], id.bytes[0]);
  return Ref<>(TRY(strFromAscii(text)));
}
Result<Ref<>> bluetoothPair(const BluetoothId& id, unsigned channel) {
  Ref<> text = TRY(bluetoothIdText(id)), second = TRY(number(channel));
  return Ref<>(TRY(tupleOf(text.get(), second.get())));
}
template <class T>
const T* viewed(const sockaddr* address) {
  return reinterpret_cast<const T*>(address);
}
Result<Ref<>> bluetoothResult(const sockaddr* address, int proto) {
  switch (proto) {
    case kL2cap: return bluetoothPair(viewed<L2capAddress>(address)->id, viewed<L2capAddress>(address)->psm);
    case kRfcomm:
      return bluetoothPair(viewed<RfcommAddress>(address)->id, viewed<RfcommAddress>(address)->channel);
    case kHci: return number(viewed<HciAddress>(address)->device);
    case kSco: return bluetoothIdText(viewed<ScoAddress>(address)->id);
    default: return raise(PyExc_ValueError, "Unknown Bluetooth protocol");
  }
}
Result<Ref<>> unknownResult(const sockaddr* address) {
  Ref<> family = TRY(number(address->sa_family)),
        data = TRY(bytesFrom({address->sa_data, sizeof address->sa_data}));
  return Ref<>(TRY(tupleOf(family.get(), data.get())));
}

// --- from Python: tuples of mixed items --------------------------------------------------------------------

// Reads an address tuple item by item. `message` describes the whole for wrong counts; "name()" stands for
// the texts of a function called `name`.
class Fields {
 public:
  static Result<Fields> of(PyObject* tuple, Py_ssize_t least, Py_ssize_t most, const char* message) {
    auto* items = cast<TupleObject>(tuple);
    if (items->size() < least || items->size() > most) return raise(PyExc_TypeError, "%s", message);
    return Fields(items);
  }
  Py_ssize_t size() const { return items_->size(); }
  PyObject* at(Py_ssize_t i) const { return items_->at(i); }
  Result<int> integer(Py_ssize_t i, int fallback = 0) const {
    return i < size() ? asCInt(at(i)) : Result<int>(fallback);
  }
  Result<unsigned> mask(Py_ssize_t i, unsigned fallback = 0) const {
    return i < size() ? asCMask(at(i)) : Result<unsigned>(fallback);
  }
  Result<const char*> text(Py_ssize_t i) const {
    if (!isStr(at(i)))
      return raise(PyExc_TypeError, "argument %zd must be str, not %.50s", i + 1,
                   at(i) == Py_None ? "None" : typeName(at(i)));
    return strUtf8NoNul(cast<StrObject>(at(i)));
  }

 private:
  explicit Fields(TupleObject* items) : items_(items) {}
  TupleObject* items_;
};

Result<Fields> pairOfNumbers(PyObject* given) {
  Py_ssize_t size = cast<TupleObject>(given)->size();
  if (size == 2) return Fields::of(given, 2, 2, "");
  return raise(PyExc_TypeError, "getsockaddrarg() takes exactly 2 arguments (%zd given)", size);
}

Status wantTuple(PyObject* given, const char* caller, const char* family) {
  if (isTuple(given)) return {};
  return raise(PyExc_TypeError, "%s(): %s address must be tuple, not %.500s", caller, family,
               typeName(given));
}
Status wantBareTuple(PyObject* given, const char* family) {
  if (isTuple(given)) return {};
  return raise(PyExc_TypeError, "getsockaddrarg: %s address must be tuple, not %.500s", family,
               typeName(given));
}

// --- internet ----------------------------------------------------------------------------------------------

// The host of an address tuple: ASCII text is taken as it is, other text goes through IDNA.
Result<std::string> addressHost(PyObject* object) {
  std::string host;
  if (isBytes(object))
    host = TRY(scratchText(cast<BytesObject>(object)->view()));
  else if (isByteArray(object))
    host = TRY(scratchText({cast<ByteArrayObject>(object)->ob_start,
                            static_cast<size_t>(cast<ByteArrayObject>(object)->ob_size)}));
  else if (isStr(object) && cast<StrObject>(object)->isAscii())
    host = TRY(scratchText(cast<StrObject>(object)->asciiView()));
  else if (isStr(object)) {
    Ref<> encoded = TRY(strEncode(cast<StrObject>(object), "idna", nullptr));
    if (!isBytes(encoded)) return raise(PyExc_TypeError, "encoding of a host name did not give bytes");
    host = TRY(scratchText(cast<BytesObject>(encoded.get())->view()));
  } else {
    return raise(PyExc_TypeError, "str, bytes or bytearray expected, not %s", typeName(object));
  }
  if (host.find('\0') != host.npos)
    return raise(PyExc_TypeError, "host name must not contain null character");
  return host;
}

Raised raisePortRange(const char* caller) {
  return raise(PyExc_OverflowError, "%s(): port must be 0-65535.", caller);
}
Result<int> portNumber(PyObject* object, const char* caller) {
  Result<int> port = asCInt(object);
  if (port.failed() && pendingMatches(PyExc_OverflowError)) {
    clearPending();
    return raisePortRange(caller);
  }
  return port;
}

Result<Address> inetFrom(SocketObject* self, PyObject* given, const char* caller) {
  TRY(wantTuple(given, caller, "AF_INET"));
  Fields fields = TRY(Fields::of(given, 2, 2, "AF_INET address must be a pair (host, port)"));
  std::string host = TRY(addressHost(fields.at(0)));
  int port = TRY(portNumber(fields.at(1), caller));
  Address out = TRY(resolveHost(host.c_str(), AF_INET));
  if (port < 0 || port > 0xffff) return raisePortRange(caller);
  out.as<sockaddr_in>()->sin_family = static_cast<sa_family_t>(self->family);
  out.as<sockaddr_in>()->sin_port = htons(static_cast<uint16_t>(port));
  return out;
}

Result<Address> inet6From(SocketObject* self, PyObject* given, const char* caller) {
  TRY(wantTuple(given, caller, "AF_INET6"));
  Fields fields =
      TRY(Fields::of(given, 2, 4, "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"));
  std::string host = TRY(addressHost(fields.at(0)));
  int port = TRY(portNumber(fields.at(1), caller));
  unsigned flow = TRY(fields.mask(2)), scope = TRY(fields.mask(3));
  Address out = TRY(resolveHost(host.c_str(), AF_INET6));
  if (port < 0 || port > 0xffff) return raisePortRange(caller);
  if (flow > 0xfffff) return raise(PyExc_OverflowError, "%s(): flowinfo must be 0-1048575.", caller);
  auto* address = out.as<sockaddr_in6>();
  address->sin6_family = static_cast<sa_family_t>(self->family);
  address->sin6_port = htons(static_cast<uint16_t>(port));
  address->sin6_flowinfo = htonl(flow);
  address->sin6_scope_id = scope;
  return out;
}

// --- other families ----------------------------------------------------------------------------------------

Address emptyAddress(int family, socklen_t size) {
  Address out;
  std::memset(&out.storage, 0, sizeof out.storage);
  out.storage.ss_family = static_cast<sa_family_t>(family);
  out.size = size;
  return out;
}

Status copyUnixPath(Address& out, std::string_view path) {
  auto* address = out.as<sockaddr_un>();
  bool abstract = path.empty() || path[0] == '\0';
  if (path.size() > sizeof address->sun_path - (abstract ? 0 : 1))
    return raise(PyExc_OSError, "AF_UNIX path too long");
  std::memcpy(address->sun_path, path.data(), path.size());
  out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1));
  return {};
}
Result<Address> unixFrom(PyObject* given) {
  Address out = emptyAddress(AF_UNIX, 0);
  if (isStr(given)) {
    Ref<> encoded =
        TRY(strEncode(cast<StrObject>(given), interpreter().config.fs_encoding.c_str(), "surrogateescape"));
    TRY(copyUnixPath(out, cast<BytesObject>(encoded.get())->view()));
    return out;
  }
  Buffer buffer = TRY(Buffer::acquire(given));
  TRY(copyUnixPath(out, {reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())}));
  return out;
}

Result<Address> netlinkFrom(PyObject* given, const char* caller) {
  TRY(wantTuple(given, caller, "AF_NETLINK"));
  Fields fields = TRY(Fields::of(given, 2, 2, "AF_NETLINK address must be a pair (pid, groups)"));
  Address out = emptyAddress(AF_NETLINK, sizeof(sockaddr_nl));
  out.as<sockaddr_nl>()->nl_pid = TRY(fields.mask(0));
  out.as<sockaddr_nl>()->nl_groups = TRY(fields.mask(1));
  return out;
}
Result<Address> qrtrFrom(PyObject* given) {
  TRY(wantBareTuple(given, "AF_QIPCRTR"));
  Fields fields = TRY(pairOfNumbers(given));
  Address out = emptyAddress(AF_QIPCRTR, sizeof(sockaddr_qrtr));
  out.as<sockaddr_qrtr>()->sq_node = TRY(fields.mask(0));
  out.as<sockaddr_qrtr>()->sq_port = TRY(fields.mask(1));
  return out;
}
Result<Address> vsockFrom(PyObject* given) {
  TRY(wantBareTuple(given, "AF_VSOCK"));
  Fields fields = TRY(pairOfNumbers(given));
  Address out = emptyAddress(AF_VSOCK, sizeof(sockaddr_vm));
  out.as<sockaddr_vm>()->svm_cid = TRY(fields.mask(0));
  out.as<sockaddr_vm>()->svm_port = TRY(fields.mask(1));
  return out;
}

bool parseBluetoothId(const char* text, BluetoothId& id) {
  unsigned b[6];
  char rest;
  if (sscanf(text, "%X:%X:%X:%X:%X:%X%c", &b[5], &b[4], &b[3], &b[2], &b[1], &b[0], &rest) != 6) return false;
  for (int i = 0; i < 6; i++) {
    if (b[i] > 0xff) return false;
    id.bytes[i] = static_cast<uint8_t>(b[i]);
  }
  return true;
}
Status readBluetoothId(const char* text, BluetoothId& id) {
  if (parseBluetoothId(text, id)) return {};
  return raise(PyExc_OSError, "bad bluetooth address");
}
Raised raiseWrongFormat(const char* caller) {
  clearPending();
  return raise(PyExc_OSError, "%s(): wrong format", caller);
}
struct BluetoothFields {
  BluetoothId id;
  int channel;
};
Result<BluetoothFields> bluetoothPairFrom(PyObject* given, const char* caller) {
  if (!isTuple(given) || cast<TupleObject>(given)->size() != 2) return raiseWrongFormat(caller);
  Fields fields = TRY(Fields::of(given, 2, 2, ""));
  Result<const char*> text = fields.text(0);
  if (text.failed()) return raiseWrongFormat(caller);
  Result<int> channel = fields.integer(1);
  if (channel.failed()) return raiseWrongFormat(caller);
  BluetoothFields out;
  out.channel = std::move(channel).take();
  TRY(readBluetoothId(std::move(text).take(), out.id));
  return out;
}
Result<Address> bluetoothFrom(SocketObject* self, PyObject* given, const char* caller) {
  switch (self->proto) {
    case kL2cap: {
      BluetoothFields fields = TRY(bluetoothPairFrom(given, caller));
      Address out = emptyAddress(AF_BLUETOOTH, sizeof(L2capAddress));
      out.as<L2capAddress>()->id = fields.id;
      out.as<L2capAddress>()->psm = static_cast<uint16_t>(fields.channel);
      return out;
    }
    case kRfcomm: {
      BluetoothFields fields = TRY(bluetoothPairFrom(given, caller));
      Address out = emptyAddress(AF_BLUETOOTH, sizeof(RfcommAddress));
      out.as<RfcommAddress>()->id = fields.id;
      out.as<RfcommAddress>()->channel = static_cast<uint8_t>(fields.channel);
      return out;
    }
    case kHci: {
      if (!isTuple(given) || cast<TupleObject>(given)->size() != 1) return raiseWrongFormat(caller);
      Result<int> device = asCInt(cast<TupleObject>(given)->at(0));
      if (device.failed()) return raiseWrongFormat(caller);
      Address out = emptyAddress(AF_BLUETOOTH, sizeof(HciAddress));
      out.as<HciAddress>()->device = static_cast<uint16_t>(std::move(device).take());
      return out;
    }
    case kSco: {
      if (!isBytes(given)) return raiseWrongFormat(caller);
      Address out = emptyAddress(AF_BLUETOOTH, sizeof(ScoAddress));
      TRY(readBluetoothId(cast<BytesObject>(given)->data(), out.as<ScoAddress>()->id));
      return out;
    }
    default: return raise(PyExc_OSError, "%s(): unknown Bluetooth protocol", caller);
  }
}

Result<int> interfaceIndex(SocketObject* self, const char* interface) {
  ifreq request{};
  std::strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
  if (ioctl(self->fd, SIOCGIFINDEX, &request) < 0) return raiseSocketError();
  return request.ifr_ifindex;
}

Result<Address> packetFrom(SocketObject* self, PyObject* given, const char* caller) {
  TRY(wantTuple(given, caller, "AF_PACKET"));
  Fields fields = TRY(Fields::of(given, 2, 5, "AF_PACKET address must be a tuple of two to five elements"));
  const char* interface = TRY(fields.text(0));
  int protocol = TRY(fields.integer(1)), kind = TRY(fields.integer(2)), hardware = TRY(fields.integer(3));
  Address out = emptyAddress(AF_PACKET, sizeof(sockaddr_ll));
  auto* address = out.as<sockaddr_ll>();
  if (fields.size() > 4) {
    Buffer bytes = TRY(Buffer::acquire(fields.at(4)));
    if (bytes.size() > 8) return raise(PyExc_ValueError, "Hardware address must be 8 bytes or less");
    std::memcpy(address->sll_addr, bytes.data(), static_cast<size_t>(bytes.size()));
    address->sll_halen = static_cast<unsigned char>(bytes.size());
  }
  address->sll_ifindex = TRY(interfaceIndex(self, interface));
  if (protocol < 0 || protocol > 0xffff)
    return raise(PyExc_OverflowError, "%s(): proto must be 0-65535.", caller);
  address->sll_protocol = htons(static_cast<uint16_t>(protocol));
  address->sll_pkttype = static_cast<unsigned char>(kind);
  address->sll_hatype = static_cast<unsigned short>(hardware);
  return out;
}

Result<Address> tipcFrom(PyObject* given, const char* caller) {
  TRY(wantTuple(given, caller, "AF_TIPC"));
  Fields fields =
      TRY(Fields::of(given, 4, 5, "AF_TIPC address must be a tuple (addrtype, v1, v2, v3[, scope])"));
  unsigned type = TRY(fields.mask(0)), v1 = TRY(fields.mask(1)), v2 = TRY(fields.mask(2)),
           v3 = TRY(fields.mask(3)), scope = TRY(fields.mask(4, TIPC_CLUSTER_SCOPE));
  Address out = emptyAddress(AF_TIPC, sizeof(sockaddr_tipc));
  auto* address = out.as<sockaddr_tipc>();
  address->scope = static_cast<signed char>(scope);
  address->addrtype = static_cast<unsigned char>(type);
  switch (type) {
    case TIPC_ADDR_NAMESEQ: address->addr.nameseq = {v1, v2, v3}; return out;
    case TIPC_ADDR_NAME: address->addr.name.name = {v1, v2}; return out;
    case TIPC_ADDR_ID: address->addr.id.node = v1, address->addr.id.ref = v2; return out;
    default: return raise(PyExc_TypeError, "Invalid address type");
  }
}

Status canInterface(SocketObject* self, Address& out, PyObject* object) {
  std::string interface = TRY(fsPath(object));
  if (interface.empty()) return {};
  if (interface.size() >= IFNAMSIZ) return raise(PyExc_OSError, "AF_CAN interface name too long");
  out.as<sockaddr_can>()->can_ifindex = TRY(interfaceIndex(self, interface.c_str()));
  return {};
}
Result<Address> canFrom(SocketObject* self, PyObject* given, const char* caller) {
  constexpr int kRaw = 1, kBroadcast = 2;
  bool plain = self->proto == kRaw || self->proto == kBroadcast;
  if (!plain && self->proto != CAN_ISOTP && self->proto != CAN_J1939)
    return raise(PyExc_OSError, "%s(): unsupported CAN protocol", caller);
  TRY(wantTuple(given, caller, "AF_CAN"));
  Address out = emptyAddress(AF_CAN, sizeof(sockaddr_can));
  auto* address = out.as<sockaddr_can>();
  if (plain) {
    Fields fields = TRY(Fields::of(given, 1, 1, "AF_CAN address must be a tuple (interface, )"));
    TRY(canInterface(self, out, fields.at(0)));
  } else if (self->proto == CAN_ISOTP) {
    Fields fields = TRY(Fields::of(given, 3, 3, "AF_CAN address must be a tuple (interface, rx_id, tx_id)"));
    address->can_addr.tp.rx_id = TRY(fields.mask(1));
    address->can_addr.tp.tx_id = TRY(fields.mask(2));
    TRY(canInterface(self, out, fields.at(0)));
  } else {
    Fields fields =
        TRY(Fields::of(given, 4, 4, "AF_CAN address must be a tuple (interface, name, pgn, addr)"));
    bool failed;
    address->can_addr.j1939.name = asUnsignedLongMask(fields.at(1), &failed);
    if (failed) return Raised{};
    address->can_addr.j1939.pgn = TRY(fields.mask(2));
    address->can_addr.j1939.addr = static_cast<uint8_t>(TRY(fields.mask(3)));
    TRY(canInterface(self, out, fields.at(0)));
  }
  return out;
}

Result<Address> algFrom(PyObject* given, const char* caller) {
  TRY(wantTuple(given, caller, "AF_ALG"));
  Fields fields = TRY(Fields::of(given, 2, 4, "AF_ALG address must be a tuple (type, name[, feat[, mask]])"));
  std::string_view type = TRY(fields.text(0)), name = TRY(fields.text(1));
  Address out = emptyAddress(AF_ALG, sizeof(sockaddr_alg));
  auto* address = out.as<sockaddr_alg>();
  address->salg_feat = TRY(fields.mask(2)) & 0xffff;
  address->salg_mask = TRY(fields.mask(3)) & 0xffff;
  if (type.size() >= sizeof address->salg_type) return raise(PyExc_ValueError, "AF_ALG type too long.");
  if (name.size() >= sizeof address->salg_name) return raise(PyExc_ValueError, "AF_ALG name too long.");
  std::memcpy(address->salg_type, type.data(), type.size());
  std::memcpy(address->salg_name, name.data(), name.size());
  return out;
}

}  // namespace

Result<Address> addressRoom(SocketObject* self) { return emptyAddress(AF_UNSPEC, TRY(roomFor(self))); }

Result<Ref<>> ipv4Text(const in_addr& address) { return ipText(AF_INET, &address); }

Result<Ref<>> addressToPython(int fd, const sockaddr* address, socklen_t size, int proto) {
  if (size == 0) return none();
  switch (address->sa_family) {
    case AF_INET: return inetResult(viewed<sockaddr_in>(address));
    case AF_INET6: return inet6Result(viewed<sockaddr_in6>(address));
    case AF_UNIX: return unixResult(viewed<sockaddr_un>(address), size);
    case AF_NETLINK:
      return numbers(viewed<sockaddr_nl>(address)->nl_pid, viewed<sockaddr_nl>(address)->nl_groups);
    case AF_QIPCRTR:
      return numbers(viewed<sockaddr_qrtr>(address)->sq_node, viewed<sockaddr_qrtr>(address)->sq_port);
    case AF_VSOCK:
      return numbers(viewed<sockaddr_vm>(address)->svm_cid, viewed<sockaddr_vm>(address)->svm_port);
    case AF_BLUETOOTH: return bluetoothResult(address, proto);
    case AF_PACKET: return packetResult(fd, viewed<sockaddr_ll>(address));
    case AF_TIPC: return tipcResult(viewed<sockaddr_tipc>(address));
    case AF_CAN: return canResult(fd, viewed<sockaddr_can>(address), proto);
    case AF_ALG: return algResult(viewed<sockaddr_alg>(address));
    default: return unknownResult(address);
  }
}

Result<Address> addressFromPython(SocketObject* self, PyObject* given, const char* caller) {
  switch (self->family) {
    case AF_UNIX: return unixFrom(given);
    case AF_NETLINK: return netlinkFrom(given, caller);
    case AF_QIPCRTR: return qrtrFrom(given);
    case AF_VSOCK: return vsockFrom(given);
    case AF_RDS:
    case AF_INET: return inetFrom(self, given, caller);
    case AF_INET6: return inet6From(self, given, caller);
    case AF_BLUETOOTH: return bluetoothFrom(self, given, caller);
    case AF_PACKET: return packetFrom(self, given, caller);
    case AF_TIPC: return tipcFrom(given, caller);
    case AF_CAN: return canFrom(self, given, caller);
    case AF_ALG: return algFrom(given, caller);
    default: return raise(PyExc_OSError, "%s(): bad family", caller);
  }
}

}  // namespace krait::modules::sockets
