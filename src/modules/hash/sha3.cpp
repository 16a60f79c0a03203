// The module _sha3: SHA-3 and SHAKE.
#include <new>

#include "base/digest/digest.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/memory.h"
#include "modules/hash/hash_object.h"
#include "modules/heap_type.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"

namespace krait::modules {
namespace {

struct KeccakObject : PyObject {
  Keccak hash;
  uint8_t digest_size;  // 0: as long as asked
  uint8_t suffix;
  const char* name;
};
static_assert(sizeof(KeccakObject) == 240);

struct Form {
  const char* name;
  uint8_t rate, digest_size, suffix;
};
constexpr Form kForms[] = {{"sha3_224", 144, 28, 0x06}, {"sha3_256", 136, 32, 0x06},
                           {"sha3_384", 104, 48, 0x06}, {"sha3_512", 72, 64, 0x06},
                           {"shake_128", 168, 0, 0x1f}, {"shake_256", 136, 0, 0x1f}};

template <int kForm>
Result<Ref<>> construct(PyTypeObject* type, Opt<> data, bool) {
  const Form& form = kForms[kForm];
  Ref<KeccakObject> self = TRY(typeAlloc<KeccakObject>(type));
  new (&self->hash) Keccak(form.rate, form.suffix);
  self->digest_size = form.digest_size;
  self->suffix = form.suffix;
  self->name = form.name;
  TRY(hashUpdate(self->hash, data));
  return self;
}

Result<Ref<>> copy(KeccakObject* self) {
  Ref<KeccakObject> made = TRY(typeAlloc<KeccakObject>(typeOf(self)));
  new (&made->hash) Keccak(self->hash);
  made->digest_size = self->digest_size;
  made->suffix = self->suffix;
  made->name = self->name;
  return made;
}

Status update(KeccakObject* self, PyObject* data) { return hashUpdate(self->hash, data); }

using Answer = Result<Ref<>> (*)(std::span<const uint8_t>);

template <Answer kAnswer>
Result<Ref<>> fixed(KeccakObject* self) {
  uint8_t out[64];
  Keccak hash = self->hash;
  hash.finish(out, self->digest_size);
  return kAnswer({out, self->digest_size});
}

Result<size_t> lengthOf(PyObject* length) {
  if (!isInt(length)) return raise(PyExc_TypeError, "an integer is required");
  auto* number = cast<IntObject>(length);
  if (number->isNegative()) return raise(PyExc_ValueError, "value must be positive");
  size_t value = TRY(intAsUnsignedLong(number));
  if (value >= (size_t{1} << 29)) return raise(PyExc_ValueError, "length is too large");
  return value;
}

template <Answer kAnswer>
Result<Ref<>> variable(KeccakObject* self, PyObject* length) {
  size_t size = TRY(lengthOf(length));
  MemArray<uint8_t> out = TRY(MemArray<uint8_t>::make(size));
  Keccak hash = self->hash;
  hash.finish(out.get(), size);
  return kAnswer({out.get(), size});
}

void dealloc(KeccakObject* self) { heapInstanceFree(self); }

Result<Ref<>> blockSize(KeccakObject* self) { return intFromLong(static_cast<long>(self->hash.rate())); }
Result<Ref<>> nameOf(KeccakObject* self) { return strFromAscii(self->name); }
Result<Ref<>> digestSize(KeccakObject* self) { return intFromLong(static_cast<long>(self->digest_size)); }
Result<Ref<>> rateBits(KeccakObject* self) { return intFromLong(static_cast<long>(self->hash.rate() * 8)); }
Result<Ref<>> capacityBits(KeccakObject* self) {
  return intFromLong(1600 - static_cast<long>(self->hash.rate() * 8));
}
Result<Ref<>> suffixOf(KeccakObject* self) { return bytesFrom({reinterpret_cast<char*>(&self->suffix), 1}); }

constinit PyMethodDef kFixedMethods[] = {
    method<"copy($self, /)", copy, "Return a copy of the hash object.">,
    method<"digest($self, /)", fixed<digestBytes>, "Return the digest value as a bytes object.">,
    method<"hexdigest($self, /)", fixed<digestHex>,
           "Return the digest value as a string of hexadecimal digits.">,
    method<"update($self, data, /)", update,
           "Update this hash object's state with the provided bytes-like object.">,
    {}};
constinit PyMethodDef kVariableMethods[] = {
    method<"copy($self, /)", copy, "Return a copy of the hash object.">,
    method<"digest($self, length, /)", variable<digestBytes>, "Return a digest of so many bytes.">,
    method<"hexdigest($self, length, /)", variable<digestHex>,
           "Return a digest of so many bytes in hexadecimal.">,
    method<"update($self, data, /)", update,
           "Update this hash object's state with the provided bytes-like object.">,
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"block_size", blockSize>,
                                   getset<"name", nameOf>,
                                   getset<"digest_size", digestSize>,
                                   getset<"_capacity_bits", capacityBits>,
                                   getset<"_rate_bits", rateBits>,
                                   getset<"_suffix", suffixOf>,
                                   {}};

template <int kForm, Text kSignature, Text kFullName>
constexpr PyTypeObject kDescription = {
    .tp_name = kFullName.chars,
    .tp_basicsize = sizeof(KeccakObject),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = kForms[kForm].name,
    .tp_methods = kForms[kForm].digest_size ? kFixedMethods : kVariableMethods,
    .tp_getset = kGetSet,
    .tp_new = newSlot<kSignature, construct<kForm>>,
};

// All constructors call themselves by the first one's name in messages, as CPython's do.
Status sha3Exec(PyObject* module) {
  TRY(heapTypeAdd(module,
                  kDescription<0, "sha3_224(data=b'', /, *, usedforsecurity=True)", "_sha3.sha3_224">));
  TRY(heapTypeAdd(module,
                  kDescription<1, "sha3_224(data=b'', /, *, usedforsecurity=True)", "_sha3.sha3_256">));
  TRY(heapTypeAdd(module,
                  kDescription<2, "sha3_224(data=b'', /, *, usedforsecurity=True)", "_sha3.sha3_384">));
  TRY(heapTypeAdd(module,
                  kDescription<3, "sha3_224(data=b'', /, *, usedforsecurity=True)", "_sha3.sha3_512">));
  TRY(heapTypeAdd(module,
                  kDescription<4, "sha3_224(data=b'', /, *, usedforsecurity=True)", "_sha3.shake_128">));
  TRY(heapTypeAdd(module,
                  kDescription<5, "sha3_224(data=b'', /, *, usedforsecurity=True)", "_sha3.shake_256">));
  TRY(moduleAddInt(module, "keccakopt", 0));
  return moduleAddStr(module, "implementation", "tiny_sha3");
}

constinit PyModuleDef kModule = moduleDef<"_sha3", sha3Exec>(nullptr, nullptr);

}  // namespace

PyObject* initSha3() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
