// _tracemalloc: which lines allocated the memory that is in use.
//
// While tracing, all three allocator domains are wrapped. A traced block's key is (domain, address); its
// traceback is interned: equal ones are stored once and live until tracing stops.
#include "core/scratch.h"
#include "modules/tracemalloc.h"

#include <cstring>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/sanitizer.h"
#include "core/frame_hooks.h"
#include "core/gc.h"
#include "core/memory.h"
#include "core/native.h"
#include "types/code.h"
#include "types/dict_keys.h"
#include "types/free_list.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {
namespace {

constexpr int kMaxFrames = 65535;

struct TraceFrame {
  PyObject* filename;  // owned by `filenames`
  int line;
  bool operator==(const TraceFrame&) const = default;
};

struct Traceback {
  std::vector<TraceFrame> frames;  // most recent first
  int total;                       // frames there were, shown or not
  bool operator==(const Traceback&) const = default;
};
struct TracebackHash {
  size_t operator()(const Traceback& t) const {
    size_t hash = static_cast<size_t>(t.total);
    for (const TraceFrame& f : t.frames)
      hash = (hash ^ reinterpret_cast<uintptr_t>(f.filename) ^ static_cast<size_t>(f.line)) *
             0x9E3779B97F4A7C15u;
    return hash;
  }
};

struct Key {
  unsigned domain;
  uintptr_t address;
  bool operator==(const Key&) const = default;
};
struct KeyHash {
  size_t operator()(const Key& k) const { return (k.address >> 4) * 0x9E3779B97F4A7C15u + k.domain; }
};
struct Trace {
  size_t size;
  const Traceback* traceback;
};

struct Tracer {
  bool tracing = false;
  int max_frames = 1;
  size_t traced = 0, peak = 0;
  MemAllocator below[3];
  std::unordered_map<Key, Trace, KeyHash> traces;
  std::unordered_set<Traceback, TracebackHash> tracebacks;
  std::unordered_set<PyObject*> filenames;  // owned references
};
Tracer& tracer() {
  static auto* instance = new Tracer;
  return *instance;
}

thread_local bool
    inside;  // the tracer's own allocations, and the lower domain's under a higher one, are not traced

struct Inside {
  Inside() : was(std::exchange(inside, true)) {}
  ~Inside() { inside = was; }
  bool was;
};

// --- taking a trace ----------------------------------------------------------------------------------------

bool holdsGil() {
  Thread* current = currentThread();
  return current && (current == gilStateThisThread());
}

bool addFrame(CodeObject* code, int line, void* arg) {
  auto* traceback = static_cast<Traceback*>(arg);
  traceback->total++;
  if (static_cast<int>(traceback->frames.size()) >= tracer().max_frames) return traceback->total < kMaxFrames;
  PyObject* filename = code->co_filename;
  if (tracer().filenames.insert(filename).second) incref(filename);
  traceback->frames.push_back({filename, line < 0 ? 0 : line});
  return true;
}

const Traceback* currentTraceback() {
  Traceback traceback{{}, 0};
  if (frameHooks.walk) frameHooks.walk(currentThread(), addFrame, &traceback);
  if (traceback.frames.empty()) {
    auto* unknown = static_cast<PyObject*>(name<"<unknown>">());
    if (tracer().filenames.insert(unknown).second) incref(unknown);
    traceback.frames.push_back({unknown, 0});
    traceback.total = 1;
  }
  return &*tracer().tracebacks.insert(std::move(traceback)).first;
}

void addTrace(unsigned domain, uintptr_t address, size_t size) {
  Tracer& t = tracer();
  Trace& trace = t.traces[{domain, address}];
  t.traced += size - trace.size;
  trace = {size, currentTraceback()};
  if (t.traced > t.peak) t.peak = t.traced;
}

void removeTrace(unsigned domain, uintptr_t address) {
  Tracer& t = tracer();
  auto found = t.traces.find({domain, address});
  if (found == t.traces.end()) return;
  t.traced -= found->second.size;
  t.traces.erase(found);
}

uintptr_t addressOf(void* p) { return reinterpret_cast<uintptr_t>(p); }
bool shouldTrace() { return !inside && tracer().tracing && holdsGil(); }

// Room for one more element, whose insertion makes the table larger.
template <class Table>
bool mayGrow(const Table& table) {
  size_t buckets = table.bucket_count();
  return table.size() < buckets || hasRoom(buckets * 3 * sizeof(void*));
}
// Without room for its trace an allocation fails.
bool hasRoomForTrace() { return hasMemory() && mayGrow(tracer().traces) && mayGrow(tracer().tracebacks); }

// --- the wrapped allocators --------------------------------------------------------------------------------

void* tracedMalloc(void* ctx, size_t size) {
  auto* below = static_cast<MemAllocator*>(ctx);
  if (!shouldTrace()) return below->malloc(below->ctx, size);
  Inside scope;
  void* p = hasRoomForTrace() ? below->malloc(below->ctx, size) : nullptr;
  if (p) addTrace(0, addressOf(p), size);
  return p;
}
void* tracedCalloc(void* ctx, size_t count, size_t size) {
  auto* below = static_cast<MemAllocator*>(ctx);
  if (!shouldTrace()) return below->calloc(below->ctx, count, size);
  Inside scope;
  void* p = hasRoomForTrace() ? below->calloc(below->ctx, count, size) : nullptr;
  if (p) addTrace(0, addressOf(p), count * size);
  return p;
}
void* tracedRealloc(void* ctx, void* old, size_t size) {
  auto* below = static_cast<MemAllocator*>(ctx);
  if (!shouldTrace()) return below->realloc(below->ctx, old, size);
  Inside scope;
  void* p = hasRoomForTrace() ? below->realloc(below->ctx, old, size) : nullptr;
  if (!p) return nullptr;
  if (old && old != p) removeTrace(0, addressOf(old));
  addTrace(0, addressOf(p), size);
  return p;
}
void tracedFree(void* ctx, void* p) {
  auto* below = static_cast<MemAllocator*>(ctx);
  if (p && tracer().tracing && holdsGil()) {
    Inside scope;
    removeTrace(0, addressOf(p));
  }
  below->free(below->ctx, p);
}

// --- switching ---------------------------------------------------------------------------------------------

void clearTraces() {
  Inside scope;
  Tracer& t = tracer();
  t.traces.clear();
  t.tracebacks.clear();
  t.traced = t.peak = 0;
  std::unordered_set<PyObject*> filenames;
  filenames.swap(t.filenames);
  for (PyObject* filename : filenames) decref(filename);
}

void keepFreeLists(bool kept) {
  free_lists_kept = kept && !kAddressSanitizer;
  if (kept) return;
  listClearFreeList();
  dictClearFreeList();
  dictKeysClearFreeList();
}

Result<Ref<>> start(int nframe) {
  if (nframe < 1 || nframe > kMaxFrames)
    return raise(PyExc_ValueError, "the number of frames must be in range [1; %d]", kMaxFrames);
  Tracer& t = tracer();
  if (t.tracing) return none();
  t.max_frames = nframe;
  for (int i = 0; i < 3; i++) {
    auto domain = static_cast<MemDomain>(i);
    t.below[i] = memAllocator(domain);
    memSetAllocator(domain, {&t.below[i], tracedMalloc, tracedCalloc, tracedRealloc, tracedFree});
  }
  t.tracing = true;
  keepFreeLists(false);
  return none();
}

Result<Ref<>> stop() {
  Tracer& t = tracer();
  if (!t.tracing) return none();
  t.tracing = false;
  keepFreeLists(true);
  for (int i = 0; i < 3; i++) memSetAllocator(static_cast<MemDomain>(i), t.below[i]);
  clearTraces();
  return none();
}

// --- as Python objects -------------------------------------------------------------------------------------

Result<Ref<>> tracebackObject(const Traceback& traceback) {
  Ref<TupleObject> frames = TRY(tupleNew(static_cast<Py_ssize_t>(traceback.frames.size())));
  for (size_t i = 0; i < traceback.frames.size(); i++) {
    Ref<IntObject> line = TRY(intFromLong(traceback.frames[i].line));
    frames->ob_item[i] = TRY(tupleOf(traceback.frames[i].filename, line.get())).leak();
  }
  return frames;
}

Result<Ref<>> traceObject(const Key& key, const Trace& trace) {
  Ref<> domain = TRY(intObject(key.domain)), size = TRY(intObject(static_cast<long>(trace.size)));
  Ref<> frames = TRY(tracebackObject(*trace.traceback)), total = TRY(intObject(trace.traceback->total));
  return TRY(tupleOf(domain.get(), size.get(), frames.get(), total.get()));
}

// Untraced while it builds the list: the table must not change under the walk.
Result<Ref<>> getTraces() {
  Inside scope;
  Ref<ListObject> list = TRY(listNew());
  if (!tracer().tracing) return list;
  TRY(askForRoom(tracer().traces.size() * sizeof(std::pair<Key, Trace>)));
  std::vector<std::pair<Key, Trace>> traces(tracer().traces.begin(), tracer().traces.end());
  for (auto& [key, trace] : traces) TRY(listAppend(list, TRY(traceObject(key, trace))));
  return list;
}

// Where the object's memory begins: before its headers.
uintptr_t blockOf(PyObject* object) {
  auto address = reinterpret_cast<uintptr_t>(object);
  if (hasFlag(typeOf(object), Py_TPFLAGS_MANAGED_DICT)) return address - sizeof(ManagedDict) - 16;
  return isGcObject(object) ? address - 16 : address;
}

Result<Ref<>> getObjectTraceback(PyObject* object) {
  return modules::tracemallocTracebackOf(0, blockOf(object));
}
bool isTracing() { return tracer().tracing; }
Result<Ref<>> clearTracesFunction() { return clearTraces(), none(); }
int tracebackLimit() { return tracer().max_frames; }
Result<Ref<>> tracedMemory() {
  Ref<> now = TRY(intObject(static_cast<long>(tracer().traced))),
        peak = TRY(intObject(static_cast<long>(tracer().peak)));
  return TRY(tupleOf(now.get(), peak.get()));
}
Result<Ref<>> resetPeak() {
  tracer().peak = tracer().traced;
  return none();
}
long ownMemory() {
  Tracer& t = tracer();
  return static_cast<long>(t.traces.size() * 48 + t.traces.bucket_count() * 8 + t.tracebacks.size() * 96 +
                           t.filenames.size() * 24);
}

constinit PyMethodDef kMethods[] = {
    function<"is_tracing($module, /)", isTracing, "Whether memory allocations are traced.">,
    function<"clear_traces($module, /)", clearTracesFunction, "Forget the traces taken so far.">,
    function<"_get_traces($module, /)", getTraces, "All traces as tuples.">,
    function<"_get_object_traceback($module, obj, /)", getObjectTraceback,
             "Where the object was allocated, or None.">,
    function<"start($module, nframe=1, /)", start, "Start tracing.">,
    function<"stop($module, /)", stop, "Stop tracing and forget the traces.">,
    function<"get_traceback_limit($module, /)", tracebackLimit, "Number of frames kept per trace.">,
    function<"get_tracemalloc_memory($module, /)", ownMemory, "Memory used for the traces.">,
    function<"get_traced_memory($module, /)", tracedMemory, "Current and peak size of traced memory.">,
    function<"reset_peak($module, /)", resetPeak, "Make the current size the peak.">,
    {}};

Status exec(PyObject*) { return {}; }
constinit PyModuleDef kModule = moduleDef<"_tracemalloc", exec>(kMethods, "Tracing of memory allocations.");

}  // namespace

namespace modules {

int tracemallocTrack(unsigned domain, uintptr_t address, size_t size) {
  if (!tracer().tracing) return -2;
  Inside scope;
  addTrace(domain, address, size);
  return 0;
}

int tracemallocUntrack(unsigned domain, uintptr_t address) {
  if (!tracer().tracing) return -2;
  Inside scope;
  removeTrace(domain, address);
  return 0;
}

Result<Ref<>> tracemallocTracebackOf(unsigned domain, uintptr_t address) {
  auto found = tracer().traces.find({domain, address});
  if (!tracer().tracing || found == tracer().traces.end()) return none();
  return tracebackObject(*found->second.traceback);
}

PyObject* initTracemalloc() { return moduleDefInit(&kModule); }

}  // namespace modules
}  // namespace krait
