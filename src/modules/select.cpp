// select: waiting for descriptors with select(), poll objects and epoll.
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include <vector>

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "modules/heap_type.h"
#include "modules/posix/posix.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/time_value.h"

namespace krait::modules {
namespace {

using posix::Fd;
constexpr TimeNs kNsPerMs = 1'000'000;

PyTypeObject *g_poll_type, *g_epoll_type;

struct EpollEvents {
  unsigned mask;
};
struct PollEvents {
  unsigned short mask;
};

// A wait that signals may interrupt: how long it goes on, or for ever.
class Timeout {
 public:
  static Timeout forever() { return {}; }
  static Timeout after(TimeNs ns) {
    Timeout t;
    t.limited_ = true;
    t.left_ = ns;
    t.deadline_ = timeOf(CLOCK_MONOTONIC) + ns;
    return t;
  }
  bool isForever() const { return !limited_; }
  TimeNs left() const { return left_; }
  // After an interruption; false: the time is over.
  bool refresh() {
    if (!limited_) return true;
    left_ = deadline_ - timeOf(CLOCK_MONOTONIC);
    return left_ >= 0;
  }
  int milliseconds() const {
    if (!limited_) return -1;
    return static_cast<int>(timeDivide(left_, kNsPerMs, TimeRound::kCeiling));
  }

 private:
  Timeout() = default;
  bool limited_ = false;
  TimeNs left_ = 0, deadline_ = 0;
};

// The pending TypeError gets another text.
template <class X>
Result<X> explainType(Result<X> result, const char* message) {
  if (result.failed() && pendingMatches(PyExc_TypeError)) {
    clearPending();
    return raise(PyExc_TypeError, "%s", message);
  }
  return result;
}

// Waits by f(timeout), again after signals. 0 when the time is over.
template <class F>
Result<int> waitFor(Timeout& timeout, F&& f) {
  for (;;) {
    errno = 0;
    int count = posix::unlocked([&] { return f(timeout); });
    if (count >= 0) return count;
    if (errno != EINTR) return raiseErrno(errno);
    TRY(checkSignals());
    if (!timeout.refresh()) return 0;
  }
}

// --- select ------------------------------------------------------------------------------------------------

struct Watched {
  Ref<> object;
  int fd;
};
class DescriptorSet {
 public:
  static Result<DescriptorSet> from(PyObject* iterable) {
    DescriptorSet out;
    Ref<> items = TRY(sequenceFast(iterable, "arguments 1-3 must be sequences"));
    for (Py_ssize_t i = 0; i < fastSize(items); i++) {
      Ref<> object = share(fastItems(items)[i]);
      int fd = TRY(posix::asDescriptor(object));
      if (fd >= FD_SETSIZE) return raise(PyExc_ValueError, "filedescriptor out of range in select()");
      if (out.watched_.size() >= FD_SETSIZE)
        return raise(PyExc_ValueError, "too many file descriptors in select()");
      out.watched_.push_back({std::move(object), fd});
    }
    return out;
  }
  int highest() const {
    int highest = -1;
    for (const Watched& w : watched_) highest = std::max(highest, w.fd);
    return highest;
  }
  fd_set* prepare() {
    FD_ZERO(&set_);
    for (const Watched& w : watched_) FD_SET(w.fd, &set_);
    return &set_;
  }
  Result<Ref<>> ready(bool any) {
    Ref<ListObject> out = TRY(listNew());
    if (!any) return out;
    for (const Watched& w : watched_) {
      if (FD_ISSET(w.fd, &set_)) TRY(listAppend(out, w.object.get()));
    }
    return out;
  }

 private:
  std::vector<Watched> watched_;
  fd_set set_;
};

Result<Timeout> selectTimeout(PyObject* object) {
  if (object == Py_None) return Timeout::forever();
  TimeNs ns =
      TRY(explainType(timeFromSeconds(object, TimeRound::kTimeout), "timeout must be a float or None"));
  if (ns < 0) return raise(PyExc_ValueError, "timeout must be non-negative");
  return Timeout::after(ns);
}

Result<Ref<>> selectSelect(PyObject* rlist, PyObject* wlist, PyObject* xlist, PyObject* timeout_object) {
  Timeout timeout = TRY(selectTimeout(timeout_object));
  DescriptorSet read = TRY(DescriptorSet::from(rlist));
  DescriptorSet write = TRY(DescriptorSet::from(wlist));
  DescriptorSet except = TRY(DescriptorSet::from(xlist));
  int limit = std::max(std::max(read.highest(), write.highest()), except.highest()) + 1;
  int count = TRY(waitFor(timeout, [&](const Timeout& t) {
    TimeNs us = timeDivide(t.left(), 1000, TimeRound::kUp);
    timeval left{us / 1000000, us % 1000000};
    return ::select(limit, read.prepare(), write.prepare(), except.prepare(),
                    t.isForever() ? nullptr : &left);
  }));
  Ref<> r = TRY(read.ready(count > 0)), w = TRY(write.ready(count > 0)), x = TRY(except.ready(count > 0));
  return Ref<>(TRY(tupleOf(r.get(), w.get(), x.get())));
}

// --- poll --------------------------------------------------------------------------------------------------

struct PollObject : PyObject {
  DictObject* masks;  // descriptor -> events; owned
  bool running;       // one poll() at a time
  void* reserved[2];
};
static_assert(sizeof(PollObject) == 48);

Result<Ref<>> selectPoll() {
  Ref<PollObject> self = TRY(typeAlloc<PollObject>(g_poll_type));
  self->masks = TRY(dictNew()).leak();
  return self;
}
void pollDealloc(PollObject* self) {
  PyTypeObject* type = typeOf(self);
  xdecref(self->masks);
  objectFreeMemory(self);
  decref(type);
}

Status pollRegister(PollObject* self, Fd fd, PollEvents events) {
  Ref<IntObject> key = TRY(intFromLong(fd.fd)), mask = TRY(intFromLong(events.mask));
  return dictSet(self->masks, key, mask);
}
Status pollModify(PollObject* self, Fd fd, PollEvents events) {
  Ref<IntObject> key = TRY(intFromLong(fd.fd)), mask = TRY(intFromLong(events.mask));
  if (!TRY(dictContains(self->masks, key))) return raiseErrno(ENOENT);
  return dictSet(self->masks, key, mask);
}
Status pollUnregister(PollObject* self, Fd fd) {
  Ref<IntObject> key = TRY(intFromLong(fd.fd));
  if (!TRY(dictDiscard(self->masks, key))) return raiseKeyError(key);
  return {};
}

Result<Timeout> limitedTimeout(TimeNs ns, TimeRound round) {
  int64_t ms = timeDivide(ns, kNsPerMs, round);
  if (ms < INT_MIN || ms > INT_MAX) return raise(PyExc_OverflowError, "timeout is too large");
  if (ns < 0) return Timeout::forever();
  return Timeout::after(ns);
}
Result<Timeout> pollTimeout(PyObject* object) {
  if (object == Py_None) return Timeout::forever();
  TimeNs ns = TRY(explainType(timeFromUnits(object, kNsPerMs, TimeRound::kTimeout),
                              "timeout must be an integer or None"));
  return limitedTimeout(ns, TimeRound::kTimeout);
}

Result<std::vector<pollfd>> pollEntries(PollObject* self) {
  std::vector<pollfd> entries;
  PyObject *key, *value;
  for (Py_ssize_t at = 0; dictNext(self->masks, &at, &key, &value);) {
    long fd = TRY(asLong(key)), mask = TRY(asLong(value));
    TRY(pushMore(entries, pollfd{static_cast<int>(fd), static_cast<short>(mask), 0}));
  }
  return entries;
}

Result<Ref<>> eventPair(int fd, long events) {
  Ref<IntObject> first = TRY(intFromLong(fd)), second = TRY(intFromLong(events));
  return Ref<>(TRY(tupleOf(first.get(), second.get())));
}

Result<Ref<>> pollPoll(PollObject* self, PyObject* timeout_object) {
  Timeout timeout = TRY(pollTimeout(timeout_object));
  if (self->running) return raise(PyExc_RuntimeError, "concurrent poll() invocation");
  std::vector<pollfd> entries = TRY(pollEntries(self));
  self->running = true;
  Result<int> waited = waitFor(
      timeout, [&](const Timeout& t) { return ::poll(entries.data(), entries.size(), t.milliseconds()); });
  self->running = false;
  int count = TRY(std::move(waited));
  Ref<ListObject> out = TRY(listNew());
  for (const pollfd& entry : entries) {
    if (count > 0 && entry.revents) TRY(listAppend(out, TRY(eventPair(entry.fd, entry.revents & 0xffff))));
  }
  return out;
}

}  // namespace
}  // namespace krait::modules

namespace krait {
template <>
struct ArgFrom<modules::PollEvents> {
  static Result<modules::PollEvents> from(PyObject* o, const ArgContext&) {
    if (isInt(o) && intSign(cast<IntObject>(o)) < 0) return raise(PyExc_ValueError, "value must be positive");
    unsigned long mask = TRY(asUnsignedLong(o));
    if (mask > USHRT_MAX) return raise(PyExc_OverflowError, "Python int too large for C unsigned short");
    return modules::PollEvents{static_cast<unsigned short>(mask)};
  }
  template <Text D>
  static modules::PollEvents fallback() {
    return {POLLIN | POLLPRI | POLLOUT};
  }
};
template <>
struct ArgFrom<modules::EpollEvents> {
  static Result<modules::EpollEvents> from(PyObject* o, const ArgContext&) {
    return modules::EpollEvents{TRY(modules::asCMask(o))};
  }
  template <Text D>
  static modules::EpollEvents fallback() {
    return {EPOLLIN | EPOLLPRI | EPOLLOUT};
  }
};
}  // namespace krait

namespace krait::modules {
namespace {

constinit PyMethodDef kPollMethods[] = {
    method<"register($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
           pollRegister, "Watch a descriptor.">,
    method<"modify($self, fd, eventmask, /)", pollModify, "Change the events of a watched descriptor.">,
    method<"unregister($self, fd, /)", pollUnregister, "Stop watching a descriptor.">,
    method<"poll($self, timeout=None, /)", pollPoll, "Wait for events: a list of (descriptor, events).">,
    {}};
constinit PyTypeObject kPollType = {KR_TYPE_HEAD,
                                    .tp_name = "select.poll",
                                    .tp_basicsize = sizeof(PollObject),
                                    .tp_dealloc = slot<pollDealloc>,
                                    .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                    .tp_methods = kPollMethods};

// --- epoll -------------------------------------------------------------------------------------------------

struct EpollObject : PyObject {
  int fd;  // -1: closed
};
static_assert(sizeof(EpollObject) == 24);

Raised raiseClosedEpoll() { return raise(PyExc_ValueError, "I/O operation on closed epoll object"); }

int closeEpoll(EpollObject* self) {
  if (self->fd < 0) return 0;
  int fd = std::exchange(self->fd, -1);
  return posix::unlocked([&] { return ::close(fd); }) < 0 ? errno : 0;
}

// fd -1: a new one.
Result<Ref<>> epollOf(PyTypeObject* type, int fd) {
  Ref<EpollObject> self = TRY(typeAlloc<EpollObject>(type));
  self->fd = fd == -1 ? posix::unlocked([] { return epoll_create1(EPOLL_CLOEXEC); }) : fd;
  if (self->fd < 0) return raiseErrno(errno);
  return self;
}

Result<Ref<>> epollNew(PyTypeObject* type, int sizehint, int flags) {
  if (sizehint != -1 && sizehint <= 0) return raise(PyExc_ValueError, "negative sizehint");
  if (flags && flags != EPOLL_CLOEXEC) return raise(PyExc_OSError, "invalid flags");
  return epollOf(type, -1);
}
Result<Ref<>> epollFromfd(PyTypeObject* type, int fd) { return epollOf(type, fd); }

void epollDealloc(EpollObject* self) {
  PyTypeObject* type = typeOf(self);
  PendingSaved saved;
  closeEpoll(self);
  objectFreeMemory(self);
  decref(type);
}

Status epollClose(EpollObject* self) {
  int error = closeEpoll(self);
  if (error) return raiseErrno(error);
  return {};
}
bool epollClosed(EpollObject* self) { return self->fd < 0; }
Result<long> epollFileno(EpollObject* self) {
  if (self->fd < 0) return raiseClosedEpoll();
  return self->fd;
}
Result<Ref<>> epollEnter(EpollObject* self) {
  if (self->fd < 0) return raiseClosedEpoll();
  return share<PyObject>(self);
}
Result<Ref<>> epollExit(EpollObject* self, PyObject*, PyObject*, PyObject*) {
  return callMethod(static_cast<PyObject*>(self), name<"close">());
}

Status epollControl(EpollObject* self, int operation, int fd, unsigned events) {
  if (self->fd < 0) return raiseClosedEpoll();
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return posix::check(posix::unlocked([&] { return epoll_ctl(self->fd, operation, fd, &event); }));
}
Status epollRegister(EpollObject* self, Fd fd, EpollEvents events) {
  return epollControl(self, EPOLL_CTL_ADD, fd.fd, events.mask);
}
Status epollModify(EpollObject* self, Fd fd, CMask events) {
  return epollControl(self, EPOLL_CTL_MOD, fd.fd, events.value);
}
Status epollUnregister(EpollObject* self, Fd fd) { return epollControl(self, EPOLL_CTL_DEL, fd.fd, 0); }

Result<Timeout> epollTimeout(PyObject* object) {
  if (object == Py_None) return Timeout::forever();
  TimeNs ns =
      TRY(explainType(timeFromSeconds(object, TimeRound::kTimeout), "timeout must be an integer or None"));
  return limitedTimeout(ns, TimeRound::kCeiling);
}

Result<Ref<>> epollPoll(EpollObject* self, PyObject* timeout_object, int max_events) {
  if (self->fd < 0) return raiseClosedEpoll();
  Timeout timeout = TRY(epollTimeout(timeout_object));
  if (max_events == -1) max_events = FD_SETSIZE - 1;
  if (max_events < 1) return raise(PyExc_ValueError, "maxevents must be greater than 0, got %d", max_events);
  auto events = TRY(MemArray<epoll_event>::make(static_cast<size_t>(max_events)));
  int count = TRY(waitFor(timeout, [&](const Timeout& t) {
    return epoll_wait(self->fd, events.get(), max_events, t.milliseconds());
  }));
  Ref<ListObject> out = TRY(listNew());
  for (int i = 0; i < count; i++) TRY(listAppend(out, TRY(eventPair(events[i].data.fd, events[i].events))));
  return out;
}

constinit PyMethodDef kEpollMethods[] = {
    classMethod<"fromfd($type, fd, /)", epollFromfd, "An epoll object over an existing descriptor.">,
    method<"close($self, /)", epollClose, "Close the descriptor; further use raises ValueError.">,
    method<"fileno($self, /)", epollFileno, "The descriptor of the epoll object.">,
    method<"modify($self, /, fd, eventmask)", epollModify, "Change the events of a watched descriptor.">,
    method<"register($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
           epollRegister, "Watch a descriptor.">,
    method<"unregister($self, /, fd)", epollUnregister, "Stop watching a descriptor.">,
    method<"poll($self, /, timeout=None, maxevents=-1)", epollPoll,
           "Wait for events: a list of (descriptor, events).">,
    method<"__enter__($self, /)", epollEnter>,
    method<"__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)", epollExit>,
    {}};
constinit PyGetSetDef kEpollGetSet[] = {
    getterRow<"closed", epollClosed, "True if the epoll handler is closed">, {}};
constinit PyTypeObject kEpollType = {
    KR_TYPE_HEAD,
    .tp_name = "select.epoll",
    .tp_basicsize = sizeof(EpollObject),
    .tp_dealloc = slot<epollDealloc>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_doc = docText<"!epoll(sizehint=-1, flags=0)",
                      "select.epoll(sizehint=-1, flags=0)\n\nWaits for events on many descriptors.">,
    .tp_methods = kEpollMethods,
    .tp_getset = kEpollGetSet,
    .tp_new = newSlot<"epoll(sizehint=-1, flags=0)", epollNew>};

constinit PyMethodDef kSelectMethods[] = {
    function<"select($module, rlist, wlist, xlist, timeout=None, /)", selectSelect,
             "Wait until descriptors are ready to read, to write, or have errors.">,
    function<"poll($module, /)", selectPoll, "A new poll object.">,
    {}};

#define CONSTANT(name) {#name, static_cast<unsigned>(name)}
constexpr std::pair<const char*, unsigned> kConstants[] = {
    {"PIPE_BUF", PIPE_BUF}, CONSTANT(POLLIN),         CONSTANT(POLLPRI),     CONSTANT(POLLOUT),
    CONSTANT(POLLERR),      CONSTANT(POLLHUP),        CONSTANT(POLLNVAL),    CONSTANT(POLLRDNORM),
    CONSTANT(POLLRDBAND),   CONSTANT(POLLWRNORM),     CONSTANT(POLLWRBAND),  CONSTANT(POLLMSG),
    CONSTANT(POLLRDHUP),    CONSTANT(EPOLLIN),        CONSTANT(EPOLLOUT),    CONSTANT(EPOLLPRI),
    CONSTANT(EPOLLERR),     CONSTANT(EPOLLHUP),       CONSTANT(EPOLLRDHUP),  CONSTANT(EPOLLET),
    CONSTANT(EPOLLONESHOT), CONSTANT(EPOLLEXCLUSIVE), CONSTANT(EPOLLRDNORM), CONSTANT(EPOLLRDBAND),
    CONSTANT(EPOLLWRNORM),  CONSTANT(EPOLLWRBAND),    CONSTANT(EPOLLMSG),    CONSTANT(EPOLL_CLOEXEC)};

Status selectExec(PyObject* module) {
  TRY(moduleAdd(module, "error", share(PyExc_OSError)));
  TRY(typeMakeOnce(module, &g_poll_type, kPollType));
  for (auto [constant, value] : kConstants) {
    if (std::string_view(constant) == "EPOLLIN") TRY(typeAddOnce(module, &g_epoll_type, kEpollType));
    TRY(moduleAddInt(module, constant, value));
  }
  return {};
}

constinit PyModuleDef kSelectModule =
    moduleDef<"select", selectExec>(kSelectMethods, "Waiting for input and output on descriptors.");

}  // namespace

PyObject* initSelect() { return moduleDefInit(&kSelectModule); }

}  // namespace krait::modules
