// SRE_Scanner: matches or searches on from where the last match ended.
#include <new>

#include "modules/counted_method.h"
#include "modules/sre/sre.h"

namespace krait::sre {

static_assert(sizeof(ScannerObject) == 232);
PyTypeObject* scanner_type = nullptr;

namespace {

void scannerDealloc(PyObject* object) {
  auto* self = cast<ScannerObject>(object);
  gcUntrack(object);
  if (State* state = std::exchange(self->state, nullptr)) {
    state->~State();
    memFree(state);
  }
  xdecref(self->pattern);
  heapInstanceFree(object);
}
int scannerTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<ScannerObject>(object);
  return visitAll(visit, arg, typeObject(object), self->pattern, self->state ? self->state->string : nullptr);
}
int scannerClear(PyObject* object) {
  clearField(cast<ScannerObject>(object)->pattern);
  return 0;
}

template <bool kSearch>
Result<Ref<>> scannerNext(ScannerObject* self) {
  if (self->running) return raise(PyExc_ValueError, "regular expression scanner already executing");
  if (self->exhausted || !self->pattern) return none();
  State& state = *self->state;
  if (kSearch && state.start > state.end) return none();
  self->running = true;
  int found = kSearch ? state.search() : state.match(false);
  self->running = false;
  if (found < 0) return Raised{};
  if (found == 0) {
    self->exhausted = true;
    return none();
  }
  Ref<> match = TRY(matchNew(cast<PatternObject>(self->pattern), state));
  state.advance();
  return match;
}

constinit PyMethodDef kMethods[] = {modules::bareMethod<"match($self, /)", scannerNext<false>>,
                                    modules::bareMethod<"search($self, /)", scannerNext<true>>,
                                    {}};
constinit PyMemberDef kMembers[] = {
    {"pattern", T_OBJECT, offsetof(ScannerObject, pattern), READONLY, nullptr}, {}};
constexpr PyTypeObject kDescription = {
    .tp_name = "_sre.SRE_Scanner",
    .tp_basicsize = sizeof(ScannerObject),
    .tp_dealloc = scannerDealloc,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = scannerTraverse,
    .tp_clear = scannerClear,
    .tp_methods = kMethods,
    .tp_members = kMembers,
};

}  // namespace

Result<Ref<>> scannerNew(PatternObject* pattern, PyObject* string, Py_ssize_t pos, Py_ssize_t endpos) {
  Ref<ScannerObject> self = TRY(typeAlloc<ScannerObject>(scanner_type));
  void* memory = memAlloc(sizeof(State));
  if (!memory) return raiseNoMemory();
  self->state = new (memory) State;
  self->pattern = share<PyObject>(pattern).leak();
  TRY(self->state->open(pattern->program, string, pattern->is_bytes, pos, endpos));
  return self;
}

Status addScannerType(PyObject* module) {
  TRY(modules::typeMakeOnce(module, &scanner_type, kDescription));
  return {};
}

}  // namespace krait::sre
