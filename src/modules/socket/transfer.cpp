// Receiving and sending of plain data.
#include "modules/socket/socket.h"

namespace krait::modules::sockets {
namespace {

// --- receiving ---------------------------------------------------------------------------------------------

Result<Py_ssize_t> receive(SocketObject* self, char* into, Py_ssize_t size, int flags) {
  if (size == 0) return 0;
  Py_ssize_t count = 0;
  TRY(callSocket(self, Wait::kRead,
                 [&] { return (count = recv(self->fd, into, static_cast<size_t>(size), flags)) >= 0; }));
  return count;
}

Result<Ref<>> socketRecv(SocketObject* self, long size, CInt flags) {
  if (size < 0) return raise(PyExc_ValueError, "negative buffersize in recv");
  Ref<BytesObject> out = TRY(bytesNew(size));
  Py_ssize_t count = TRY(receive(self, out->data(), size, flags.value));
  if (count == size) return out;
  return Ref<>(TRY(bytesResize(std::move(out), count)));
}

Result<long> socketRecvInto(SocketObject* self, WritableBuffer buffer, long nbytes, CInt flags) {
  if (nbytes < 0) return raise(PyExc_ValueError, "negative buffersize in recv_into");
  if (nbytes == 0) nbytes = buffer.size();
  if (buffer.size() < nbytes) return raise(PyExc_ValueError, "buffer too small for requested bytes");
  return TRY(receive(self, buffer.data(), nbytes, flags.value));
}

struct Received {
  Py_ssize_t count;
  Ref<> from;
};
Result<Received> receiveFrom(SocketObject* self, char* into, Py_ssize_t size, int flags) {
  Address address = TRY(addressRoom(self));
  socklen_t room = address.size;
  Py_ssize_t count = 0;
  TRY(callSocket(self, Wait::kRead, [&] {
    address.size = room;
    return (count = recvfrom(self->fd, into, static_cast<size_t>(size), flags, address.get(),
                             &address.size)) >= 0;
  }));
  return Received{count, TRY(addressToPython(self->fd, address.get(), address.size, self->proto))};
}

Result<Ref<>> socketRecvfrom(SocketObject* self, long size, CInt flags) {
  if (size < 0) return raise(PyExc_ValueError, "negative buffersize in recvfrom");
  Ref<BytesObject> out = TRY(bytesNew(size));
  Received received = TRY(receiveFrom(self, out->data(), size, flags.value));
  if (received.count != size) out = TRY(bytesResize(std::move(out), received.count));
  return Ref<>(TRY(tupleOf<PyObject>(out.get(), received.from.get())));
}

Result<Ref<>> socketRecvfromInto(SocketObject* self, WritableBuffer buffer, long nbytes, CInt flags) {
  if (nbytes < 0) return raise(PyExc_ValueError, "negative buffersize in recvfrom_into");
  if (nbytes == 0)
    nbytes = buffer.size();
  else if (nbytes > buffer.size())
    return raise(PyExc_ValueError, "nbytes is greater than the length of the buffer");
  Received received = TRY(receiveFrom(self, buffer.data(), nbytes, flags.value));
  Ref<IntObject> count = TRY(intFromLong(received.count));
  return Ref<>(TRY(tupleOf<PyObject>(count.get(), received.from.get())));
}

// --- sending -----------------------------------------------------------------------------------------------

Result<long> socketSend(SocketObject* self, Buffer data, CInt flags) {
  Py_ssize_t count = 0;
  TRY(callSocket(self, Wait::kWrite, [&] {
    return (count = send(self->fd, data.data(), static_cast<size_t>(data.size()), flags.value)) >= 0;
  }));
  return count;
}

// The time limit is one for all pieces together.
Status socketSendall(SocketObject* self, Buffer data, CInt flags) {
  const uint8_t* at = data.data();
  Py_ssize_t left = data.size();
  TimeNs timeout = self->timeout, interval = timeout, deadline = 0;
  bool limited = timeout > 0, started = false;
  do {
    if (limited && started)
      interval = deadline - timeOf(CLOCK_MONOTONIC);
    else if (limited)
      deadline = timeOf(CLOCK_MONOTONIC) + timeout;
    started = true;
    if (limited && interval <= 0) return raiseTimedOut();
    Py_ssize_t count = 0;
    TRY(endStatus(callWaiting(self, Wait::kWrite, interval, [&] {
      return (count = send(self->fd, at, static_cast<size_t>(left), flags.value)) >= 0;
    })));
    at += count;
    left -= count;
    TRY(checkSignals());
  } while (left > 0);
  return {};
}

Result<long> socketSendto(SocketObject* self, CallArgs args) {
  if (args.names && args.names->size())
    return raise(PyExc_TypeError, "socket.sendto() takes no keyword arguments");
  if (args.count != 2 && args.count != 3)
    return raise(PyExc_TypeError, "sendto() takes 2 or 3 arguments (%zd given)", args.count);
  PyObject* given = args.values[args.count - 1];
  Buffer data = TRY(Buffer::acquire(args.values[0]));
  int flags = args.count == 3 ? TRY(asCInt(args.values[1])) : 0;
  Address address = TRY(addressFromPython(self, given, "sendto"));
  TRY(audit("socket.sendto", "OO", self, given));
  Py_ssize_t count = 0;
  TRY(callSocket(self, Wait::kWrite, [&] {
    return (count = sendto(self->fd, data.data(), static_cast<size_t>(data.size()), flags, address.get(),
                           address.size)) >= 0;
  }));
  return count;
}

}  // namespace

PyMethodDef kTransferMethods[] = {
    method<
        "!%%recv(buffersize, flags=0, /)", socketRecv,
        "recv(buffersize[, flags]) -> data\n\nReceive at most buffersize bytes; none: the peer has closed.">,
    method<"!%%recv_into(buffer, nbytes=0, flags=0)", socketRecvInto,
           "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nReceive into a buffer; returns the number "
           "of bytes.">,
    method<"!%%recvfrom(buffersize, flags=0, /)", socketRecvfrom,
           "recvfrom(buffersize[, flags]) -> (data, address info)\n\nReceive data and who sent it.">,
    method<"!%%recvfrom_into(buffer, nbytes=0, flags=0)", socketRecvfromInto,
           "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nReceive into a buffer, and "
           "who sent it.">,
    method<"!%%send(data, flags=0, /)", socketSend,
           "send(data[, flags]) -> count\n\nSend some of the data; returns how many bytes.">,
    method<"!%%sendall(data, flags=0, /)", socketSendall, "sendall(data[, flags])\n\nSend all of the data.">,
    method<"!%%sendto(*args)", socketSendto,
           "sendto(data[, flags], address) -> count\n\nSend data to an address.">,
    {}};

}  // namespace krait::modules::sockets
