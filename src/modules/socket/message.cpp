// recvmsg() and sendmsg(): scattered buffers and ancillary data.
#include <linux/if_alg.h>
#include <sys/uio.h>
#include <unistd.h>

#include <climits>
#include <cstring>
#include <vector>

#include "core/memory.h"
#include "core/scratch.h"
#include "modules/socket/socket.h"

namespace krait::modules::sockets {
namespace {

// --- receiving ---------------------------------------------------------------------------------------------

// Bytes of an item that lie within the message's control buffer; *complete tells whether all do. -1: not even
// a header.
Py_ssize_t itemLength(const msghdr& message, cmsghdr* item, bool* complete) {
  auto* end = static_cast<uint8_t*>(message.msg_control) + message.msg_controllen;
  auto* data = CMSG_DATA(item);
  *complete = false;
  if (item->cmsg_len < CMSG_LEN(0) || data > end) return -1;
  auto wanted = static_cast<Py_ssize_t>(item->cmsg_len - CMSG_LEN(0));
  Py_ssize_t there = end - data;
  *complete = wanted <= there;
  return std::min(wanted, there);
}

Result<Ref<>> ancillaryItem(cmsghdr* item, Py_ssize_t length) {
  Ref<IntObject> level = TRY(intFromLong(item->cmsg_level)), type = TRY(intFromLong(item->cmsg_type));
  Ref<BytesObject> data =
      TRY(bytesFrom({reinterpret_cast<const char*>(CMSG_DATA(item)), static_cast<size_t>(length)}));
  return Ref<>(TRY(tupleOf<PyObject>(level.get(), type.get(), data.get())));
}

Result<Ref<>> ancillaryList(msghdr& message) {
  Ref<ListObject> out = TRY(listNew());
  if (message.msg_controllen == 0) return out;
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
    bool complete;
    Py_ssize_t length = itemLength(message, item, &complete);
    if (!complete)
      TRY(warn(PyExc_RuntimeWarning, 1, "received malformed or improperly-truncated ancillary data"));
    if (length < 0) break;
    TRY(listAppend(out, TRY(ancillaryItem(item, length))));
    if (!complete) break;
  }
  return out;
}

// Descriptors that arrived in a message which cannot be delivered.
void closePassedDescriptors(msghdr& message) {
  if (message.msg_controllen == 0) return;
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    bool complete;
    Py_ssize_t length = itemLength(message, item, &complete);
    for (Py_ssize_t at = 0; at + Py_ssize_t{sizeof(int)} <= length; at += sizeof(int)) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(item) + at, sizeof fd);
      close(fd);
    }
    if (!complete) break;
  }
}

// (what, ancillary data, flags, address); `what` comes from describe(byte count).
template <class F>
Result<Ref<>> messageResult(SocketObject* self, msghdr& message, Py_ssize_t count, F&& describe) {
  Ref<> ancillary = TRY(ancillaryList(message));
  Ref<> what = TRY(describe(count));
  Ref<IntObject> flags = TRY(intFromLong(message.msg_flags));
  Ref<> from =
      TRY(addressToPython(self->fd, static_cast<sockaddr*>(message.msg_name),
                          std::min<socklen_t>(message.msg_namelen, sizeof(sockaddr_storage)), self->proto));
  return Ref<>(TRY(tupleOf<PyObject>(what.get(), ancillary.get(), flags.get(), from.get())));
}

template <class F>
Result<Ref<>> receiveMessage(SocketObject* self, iovec* pieces, size_t piece_count, int flags,
                             long control_size, F&& describe) {
  Address address = TRY(addressRoom(self));
  if (control_size < 0 || control_size > INT_MAX)
    return raise(PyExc_ValueError, "invalid ancillary data buffer length");
  auto control = TRY(MemArray<char>::make(static_cast<size_t>(control_size)));
  msghdr message{};
  Py_ssize_t count = 0;
  TRY(callSocket(self, Wait::kRead, [&] {
    message.msg_name = address.get(), message.msg_namelen = address.size;
    message.msg_iov = pieces, message.msg_iovlen = piece_count;
    message.msg_control = control_size ? control.get() : nullptr,
    message.msg_controllen = static_cast<size_t>(control_size);
    return (count = recvmsg(self->fd, &message, flags)) >= 0;
  }));
  Result<Ref<>> result = messageResult(self, message, count, describe);
  if (result.failed()) closePassedDescriptors(message);
  return result;
}

Result<Ref<>> socketRecvmsg(SocketObject* self, long size, long control_size, CInt flags) {
  if (size < 0) return raise(PyExc_ValueError, "negative buffer size in recvmsg()");
  Ref<BytesObject> data = TRY(bytesNew(size));
  iovec piece{data->data(), static_cast<size_t>(size)};
  return receiveMessage(self, &piece, 1, flags.value, control_size, [&](Py_ssize_t count) -> Result<Ref<>> {
    if (count == size) return Ref<>(std::move(data));
    return Ref<>(TRY(bytesResize(std::move(data), count)));
  });
}

// Several buffers, held, and where they are.
struct Pieces {
  std::vector<Buffer> held;
  std::vector<iovec> vectors;

  Status add(Buffer buffer) {
    TRY(pushMore(vectors, iovec{buffer.writableData(), static_cast<size_t>(buffer.size())}));
    return pushMore(held, std::move(buffer));
  }
};

Result<Ref<>> socketRecvmsgInto(SocketObject* self, PyObject* buffers, long control_size, CInt flags) {
  Ref<> items = TRY(sequenceFast(buffers, "recvmsg_into() argument 1 must be an iterable"));
  if (fastSize(items) > INT_MAX) return raise(PyExc_OSError, "recvmsg_into() argument 1 is too long");
  Pieces out;
  for (Py_ssize_t i = 0; i < fastSize(items); i++) {
    Ref<> item = share(fastItems(items)[i]);
    Result<Buffer> buffer = Buffer::acquire(item, PyBUF_WRITABLE);
    if (buffer.failed()) {
      clearPending();
      return raise(PyExc_TypeError,
                   "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers");
    }
    TRY(out.add(std::move(buffer).take()));
  }
  return receiveMessage(self, out.vectors.data(), out.vectors.size(), flags.value, control_size,
                        [](Py_ssize_t count) -> Result<Ref<>> { return Ref<>(TRY(intFromLong(count))); });
}

// --- sending -----------------------------------------------------------------------------------------------

Result<Pieces> piecesFrom(PyObject* buffers) {
  Ref<> items = TRY(sequenceFast(buffers, "sendmsg() argument 1 must be an iterable"));
  if (fastSize(items) > INT_MAX) return raise(PyExc_OSError, "sendmsg() argument 1 is too long");
  Pieces out;
  for (Py_ssize_t i = 0; i < fastSize(items); i++) {
    Ref<> item = share(fastItems(items)[i]);
    TRY(out.add(TRY(Buffer::acquire(item))));
  }
  return out;
}

struct Ancillary {
  int level, type;
  Buffer data;
};
Result<Ancillary> ancillaryFrom(PyObject* item) {
  constexpr const char* kWho = "[sendmsg() ancillary data items]";
  if (!isSequence(item) || isBytes(item))
    return raise(PyExc_TypeError, "%s() argument must be 3-item sequence, not %.50s", kWho,
                 item == Py_None ? "None" : typeName(item));
  Py_ssize_t size = TRY(sequenceLength(item));
  if (size != 3)
    return raise(PyExc_TypeError, "%s() argument must be sequence of length 3, not %zd", kWho, size);
  Ref<> level = TRY(sequenceGet(item, 0)), type = TRY(sequenceGet(item, 1)), data = TRY(sequenceGet(item, 2));
  int level_number = TRY(asCInt(level)), type_number = TRY(asCInt(type));
  return Ancillary{level_number, type_number, TRY(Buffer::acquire(data))};
}

// The control buffer of a message, filled with items.
Result<std::vector<char>> controlFrom(PyObject* ancillary) {
  Ref<> items = TRY(sequenceFast(ancillary, "sendmsg() argument 2 must be an iterable"));
  std::vector<Ancillary> parsed;
  size_t total = 0;
  for (Py_ssize_t i = 0; i < fastSize(items); i++) {
    Ref<> item = share(fastItems(items)[i]);
    TRY(pushMore(parsed, TRY(ancillaryFrom(item))));
    Py_ssize_t size = parsed.back().data.size();
    if (size > INT_MAX - Py_ssize_t(CMSG_SPACE(0)))
      return raise(PyExc_OSError, "ancillary data item too large");
    total += CMSG_SPACE(static_cast<size_t>(size));
    if (total > INT_MAX) return raise(PyExc_OSError, "too much ancillary data");
  }
  TRY(askForRoom(total));
  std::vector<char> control(total);
  char* at = control.data();
  for (const Ancillary& item : parsed) {
    auto size = static_cast<size_t>(item.data.size());
    auto* header = reinterpret_cast<cmsghdr*>(at);
    header->cmsg_len = CMSG_LEN(size);
    header->cmsg_level = item.level;
    header->cmsg_type = item.type;
    std::memcpy(CMSG_DATA(header), item.data.data(), size);
    at += CMSG_SPACE(size);
  }
  return control;
}

Result<long> sendMessage(SocketObject* self, const msghdr& message, int flags) {
  Py_ssize_t count = 0;
  TRY(callSocket(self, Wait::kWrite, [&] { return (count = sendmsg(self->fd, &message, flags)) >= 0; }));
  return count;
}

Result<long> socketSendmsg(SocketObject* self, PyObject* buffers, Opt<> ancillary, CInt flags, Opt<> given) {
  msghdr message{};
  Address address;
  if (given && given.get() != Py_None) {
    address = TRY(addressFromPython(self, given.get(), "sendmsg"));
    message.msg_name = address.get(), message.msg_namelen = address.size;
    TRY(audit("socket.sendmsg", "OO", self, given.get()));
  } else {
    TRY(audit("socket.sendmsg", "OO", self, Py_None));
  }
  Pieces pieces = TRY(piecesFrom(buffers));
  message.msg_iov = pieces.vectors.data(), message.msg_iovlen = pieces.vectors.size();
  std::vector<char> control;
  if (ancillary) control = TRY(controlFrom(ancillary.get()));
  if (!control.empty()) message.msg_control = control.data(), message.msg_controllen = control.size();
  return sendMessage(self, message, flags.value);
}

// --- AF_ALG ------------------------------------------------------------------------------------------------

// Appends one control item and returns where its data goes.
Result<char*> appendControl(std::vector<char>& control, int type, size_t size) {
  size_t start = control.size();
  TRY(reserveMore(control, CMSG_SPACE(size)));
  control.resize(start + CMSG_SPACE(size));
  auto* header = reinterpret_cast<cmsghdr*>(control.data() + start);
  header->cmsg_level = SOL_ALG;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(size);
  return reinterpret_cast<char*>(CMSG_DATA(header));
}

Result<long> socketSendmsgAfalg(SocketObject* self, CallArgs args) {
  if (self->family != AF_ALG) return raise(PyExc_OSError, "algset is only supported for AF_ALG");
  PyObject* bound[5];
  TRY(bindArguments(SignatureOf<"sendmsg_afalg(msg=None, *, op=-1, iv=None, assoclen=-1, flags=0)">::runtime,
                    args.values, args.count, args.names, bound));
  Opt<> msg = bound[0], op_object = bound[1], iv = bound[2], assoclen_object = bound[3];
  int flags = bound[4] ? TRY(asCInt(bound[4])) : 0;
  int op = -1, assoclen = -1;
  if (op_object) op = TRY(asInt(op_object.get()));
  if (op < 0) return raise(PyExc_TypeError, "Invalid or missing argument 'op'");
  if (assoclen_object) {
    assoclen = TRY(asInt(assoclen_object.get()));
    if (assoclen < 0) return raise(PyExc_TypeError, "assoclen must be positive");
  }
  std::vector<char> control;
  auto operation = static_cast<uint32_t>(op), associated = static_cast<uint32_t>(assoclen);
  std::memcpy(TRY(appendControl(control, ALG_SET_OP, sizeof operation)), &operation, sizeof operation);
  if (iv) {
    Buffer bytes = TRY(Buffer::acquire(iv.get()));
    auto size = static_cast<uint32_t>(bytes.size());
    char* at = TRY(appendControl(control, ALG_SET_IV, sizeof size + size));
    std::memcpy(at, &size, sizeof size);
    std::memcpy(at + sizeof size, bytes.data(), size);
  }
  if (assoclen >= 0)
    std::memcpy(TRY(appendControl(control, ALG_SET_AEAD_ASSOCLEN, sizeof associated)), &associated,
                sizeof associated);
  Pieces pieces;
  if (msg) pieces = TRY(piecesFrom(msg.get()));
  msghdr message{};
  message.msg_iov = pieces.vectors.data(), message.msg_iovlen = pieces.vectors.size();
  message.msg_control = control.data(), message.msg_controllen = control.size();
  return sendMessage(self, message, flags);
}

}  // namespace

PyMethodDef kMessageMethods[] = {
    method<"!%%recvmsg(bufsize, ancbufsize=0, flags=0, /)", socketRecvmsg,
           "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceive data "
           "with ancillary data.">,
    method<"!%%recvmsg_into(buffers, ancbufsize=0, flags=0, /)", socketRecvmsgInto,
           "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nReceive "
           "into buffers, with ancillary data.">,
    method<"!%%sendmsg(buffers, ancdata=(), flags=0, address=None, /)", socketSendmsg,
           "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSend buffers with ancillary data.">,
    method<"!sendmsg_afalg(*args, **kwargs)", socketSendmsgAfalg,
           "sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])\n\nSet parameters of a "
           "cryptographic socket and send data.">,
    {}};

}  // namespace krait::modules::sockets
