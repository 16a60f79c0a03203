// The _random module: the Mersenne twister as an object.
#include <sys/random.h>

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "base/mersenne_twister.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/scratch.h"
#include "modules/heap_type.h"
#include "types/float.h"
#include "types/int.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

struct RandomObject : PyObject {
  MersenneTwister twister;
};

// Entropy of the system; the clock when it has none.
void seedFromSystem(MersenneTwister& twister) {
  uint32_t key[MersenneTwister::kWords];
  size_t filled = 0;
  auto* bytes = reinterpret_cast<unsigned char*>(key);
  while (filled < sizeof key) {
    ssize_t got = getrandom(bytes + filled, std::min<size_t>(sizeof key - filled, 256), GRND_NONBLOCK);
    if (got <= 0) break;
    filled += static_cast<size_t>(got);
  }
  if (filled == sizeof key) return twister.seedByArray(key, MersenneTwister::kWords);
  timespec wall, steady;
  clock_gettime(CLOCK_REALTIME, &wall);
  clock_gettime(CLOCK_MONOTONIC, &steady);
  uint32_t words[] = {static_cast<uint32_t>(wall.tv_nsec), static_cast<uint32_t>(wall.tv_sec),
                      static_cast<uint32_t>(getpid()), static_cast<uint32_t>(steady.tv_nsec),
                      static_cast<uint32_t>(steady.tv_sec)};
  twister.seedByArray(words, 5);
}

// The key is the magnitude in 32-bit words; objects that are no ints count by their hash.
Status seedWith(RandomObject* self, Opt<> argument) {
  if (!argument || argument.get() == Py_None) {
    seedFromSystem(self->twister);
    return {};
  }
  PyObject* o = argument.get();
  Ref<> magnitude = none();
  if (isExactInt(o)) {
    magnitude = TRY(intAbsolute(cast<IntObject>(o)));
  } else if (isInt(o)) {
    magnitude = TRY(numberAbsolute(o));
  } else {
    magnitude = TRY(intFromUnsignedLong(static_cast<unsigned long>(TRY(objectHash(o)))));
  }
  if (!isInt(magnitude.get())) return raise(PyExc_TypeError, "an integer is required");
  auto* number = cast<IntObject>(magnitude.get());
  size_t words = (intBitCount(number) + 31) / 32;
  InlineBuffer<uint32_t, 64> key;
  TRY(resizeScratch(key, words == 0 ? 1 : words));
  key[0] = 0;
  TRY(intToBytes(number, reinterpret_cast<uint8_t*>(key.data()), words * 4, true, false));
  self->twister.seedByArray(key.data(), key.size());
  return {};
}

PyTypeObject* random_type = nullptr;

Result<Ref<>> newRandom(PyTypeObject* type, PyObject*, Opt<>) {
  return TRY(typeAlloc<RandomObject>(type));  // a state of zeros, until __init__ seeds it
}

// Keywords are for a subclass's own __init__.
Status initRandom(RandomObject* self, PyObject* args, Opt<> kwargs) {
  if (typeOf(self)->tp_init == random_type->tp_init && kwargs &&
      static_cast<DictObject*>(kwargs.get())->size() > 0) {
    return raise(PyExc_TypeError, "Random() takes no keyword arguments");
  }
  auto* values = cast<TupleObject>(args);
  if (values->size() > 1) return raise(PyExc_TypeError, "Random() requires 0 or 1 argument");
  return seedWith(self, values->size() == 1 ? Opt<>(values->at(0)) : Opt<>());
}

void dealloc(RandomObject* self) { heapInstanceFree(self); }

Result<Ref<>> randomMethod(RandomObject* self) { return floatNew(self->twister.nextDouble()); }

Result<Ref<>> seedMethod(RandomObject* self, PyObject* n) {
  TRY(seedWith(self, n));
  return none();
}

Result<Ref<>> getstateMethod(RandomObject* self) {
  Ref<TupleObject> state = TRY(tupleNew(MersenneTwister::kWords + 1));
  Py_ssize_t at = 0;
  for (uint32_t word : self->twister.state()) state->ob_item[at++] = TRY(intFromUnsignedLong(word)).leak();
  state->ob_item[at] = TRY(intFromLong(self->twister.index())).leak();
  return state;
}

Result<Ref<>> setstateMethod(RandomObject* self, PyObject* state) {
  if (!isTuple(state)) return raise(PyExc_TypeError, "state vector must be a tuple");
  auto* values = cast<TupleObject>(state);
  if (values->size() != MersenneTwister::kWords + 1) {
    return raise(PyExc_ValueError, "state vector is the wrong size");
  }
  std::array<uint32_t, MersenneTwister::kWords> words;
  for (int i = 0; i < MersenneTwister::kWords; i++) {
    words[i] = static_cast<uint32_t>(TRY(asUnsignedLong(values->at(i))));
  }
  long index = TRY(asLong(values->at(MersenneTwister::kWords)));
  if (index < 0 || index > MersenneTwister::kWords) return raise(PyExc_ValueError, "invalid state");
  self->twister.restore(words, static_cast<int>(index));
  return none();
}

Result<Ref<>> getrandbitsMethod(RandomObject* self, int k) {
  if (k < 0) return raise(PyExc_ValueError, "number of bits must be non-negative");
  if (k == 0) return share(smallInt(0));
  if (k <= 32) return intFromUnsignedLong(self->twister.next32() >> (32 - k));
  size_t words = (static_cast<size_t>(k) - 1) / 32 + 1;
  MemArray<uint32_t> bits = TRY(MemArray<uint32_t>::make(words));
  for (size_t i = 0; i < words; i++, k -= 32) {
    uint32_t word = self->twister.next32();
    bits[i] = k < 32 ? word >> (32 - k) : word;
  }
  return intFromBytes(reinterpret_cast<uint8_t*>(bits.get()), words * 4, true, false);
}

constinit PyMethodDef kRandomMethods[] = {
    method<"random($self, /)", randomMethod, "random() -> x in the interval [0, 1).">,
    method<"seed($self, n=None, /)", seedMethod,
           "Starts a sequence from an object, or from the system's entropy.">,
    method<"getstate($self, /)", getstateMethod, "The state as a tuple of integers.">,
    method<"setstate($self, state, /)", setstateMethod, "Restores a state from getstate().">,
    method<"getrandbits($self, k, /)", getrandbitsMethod, "An int with k random bits.">,
    {}};

constinit PyTypeObject kRandomType = {
    .tp_name = "_random.Random",
    .tp_basicsize = sizeof(RandomObject),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc = "Random() -> create a random number generator with its own internal state.",
    .tp_methods = kRandomMethods,
    .tp_init = slot<initRandom>,
    .tp_new = slot<newRandom>,
};

Status randomExec(PyObject* module) { return typeAddOnce(module, &random_type, kRandomType); }

constinit PyModuleDef kRandomModule = moduleDef<"_random", randomExec>(
    nullptr, "Module implements the Mersenne Twister random number generator.");

}  // namespace

PyObject* initRandom() { return moduleDefInit(&kRandomModule); }

}  // namespace krait::modules
