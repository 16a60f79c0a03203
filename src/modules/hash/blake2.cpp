// The module _blake2.
#include <new>

#include "base/digest/digest.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/reported_size.h"
#include "modules/hash/hash_object.h"
#include "modules/heap_type.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"

namespace krait::modules {
namespace {

template <class Hash>
struct Blake2Object : PyObject {
  Hash hash;
};

constexpr bool isWide(size_t block_size) { return block_size == 128; }

Result<uint64_t> unsignedOf(PyObject* o) {
  if (!isInt(o)) return raise(PyExc_TypeError, "an integer is required");
  if (cast<IntObject>(o)->isNegative()) return raise(PyExc_ValueError, "value must be positive");
  return TRY(intAsUnsignedLong(cast<IntObject>(o)));
}

Status checkRange(int value, int least, int most, const char* what) {
  if (value >= least && value <= most) return {};
  return raise(PyExc_ValueError, "%s must be between %d and %d", what, least, most);
}

// Copies salt or person.
Status copyShort(uint8_t* out, const Buffer& text, size_t room, const char* what) {
  if (static_cast<size_t>(text.size()) > room) {
    return raise(PyExc_ValueError, "maximum %s length is %d bytes", what, static_cast<int>(room));
  }
  std::memcpy(out, text.data(), text.size());
  return {};
}

Status readNodeOffset(PyObject* o, bool wide, uint64_t* out) {
  if (isInt(o) && !cast<IntObject>(o)->isNegative() && intBitCount(cast<IntObject>(o)) > 64) {
    return raise(PyExc_OverflowError, "int too big to convert");
  }
  *out = TRY(unsignedOf(o));
  if (!wide && *out >> 48 != 0) return raise(PyExc_OverflowError, "node_offset is too large");
  return {};
}

template <class Hash>
struct Blake2Type {
  using Object = Blake2Object<Hash>;
  static constexpr bool kWide = isWide(Hash::kBlockSize);

  static Result<Ref<>> construct(PyTypeObject* type, Opt<> data, std::optional<int> digest_size,
                                 std::optional<Buffer> key, std::optional<Buffer> salt,
                                 std::optional<Buffer> person, std::optional<int> fanout,
                                 std::optional<int> depth, Opt<> leaf_size, Opt<> node_offset,
                                 std::optional<int> node_depth, std::optional<int> inner_size, bool last_node,
                                 bool) {
    Blake2Parameters p{};
    int digest = digest_size.value_or(Hash::kMaxDigest);
    if (digest <= 0 || digest > static_cast<int>(Hash::kMaxDigest)) {
      return raise(PyExc_ValueError, "digest_size must be between 1 and %d bytes",
                   static_cast<int>(Hash::kMaxDigest));
    }
    p.digest_size = static_cast<uint8_t>(digest);
    if (salt) TRY(copyShort(p.salt, *salt, Hash::kSaltSize, "salt"));
    if (person) TRY(copyShort(p.person, *person, Hash::kSaltSize, "person"));
    TRY(checkRange(fanout.value_or(1), 0, 255, "fanout"));
    TRY(checkRange(depth.value_or(1), 1, 255, "depth"));
    p.fanout = static_cast<uint8_t>(fanout.value_or(1));
    p.depth = static_cast<uint8_t>(depth.value_or(1));
    if (leaf_size) {
      uint64_t leaf = TRY(unsignedOf(leaf_size.get()));
      if (leaf >> 32 != 0) return raise(PyExc_OverflowError, "leaf_size is too large");
      p.leaf_size = static_cast<uint32_t>(leaf);
    }
    if (node_offset) TRY(readNodeOffset(node_offset.get(), kWide, &p.node_offset));
    TRY(checkRange(node_depth.value_or(0), 0, 255, "node_depth"));
    p.node_depth = static_cast<uint8_t>(node_depth.value_or(0));
    int inner = inner_size.value_or(0);
    if (inner < 0 || inner > static_cast<int>(Hash::kMaxDigest)) {
      return raise(PyExc_ValueError, "inner_size must be between 0 and is %d",
                   static_cast<int>(Hash::kMaxDigest));
    }
    p.inner_size = static_cast<uint8_t>(inner);
    p.last_node = last_node;
    size_t key_size = key ? key->size() : 0;
    if (key_size > Hash::kMaxDigest) {
      return raise(PyExc_ValueError, "maximum key length is %d bytes", static_cast<int>(Hash::kMaxDigest));
    }
    p.key_size = static_cast<uint8_t>(key_size);
    Ref<Object> self = TRY(typeAlloc<Object>(type));
    new (&self->hash) Hash(p);
    if (key_size > 0) self->hash.updateKey(key->data(), key_size);
    TRY(hashUpdate(self->hash, data));
    return self;
  }

  static Result<Ref<>> copy(Object* self) {
    Ref<Object> made = TRY(typeAlloc<Object>(typeOf(self)));
    new (&made->hash) Hash(self->hash);
    return made;
  }
  static Status update(Object* self, PyObject* data) { return hashUpdate(self->hash, data); }
  static std::span<const uint8_t> finish(Object* self, uint8_t* out) {
    Hash hash = self->hash;
    hash.finish(out);
    return {out, hash.digestSize()};
  }
  static Result<Ref<>> digest(Object* self) {
    uint8_t out[Hash::kMaxDigest];
    return digestBytes(finish(self, out));
  }
  static Result<Ref<>> hexdigest(Object* self) {
    uint8_t out[Hash::kMaxDigest];
    return digestHex(finish(self, out));
  }
  static void dealloc(Object* self) { heapInstanceFree(self); }
  static Result<Ref<>> nameOf(Object*) { return strFromAscii(kWide ? "blake2b" : "blake2s"); }
  static Result<Ref<>> blockSize(Object*) { return intFromLong(Hash::kBlockSize); }
  static Result<Ref<>> digestSize(Object* self) {
    return intFromLong(static_cast<long>(self->hash.digestSize()));
  }

  static inline constinit PyMethodDef methods[] = {
      method<"copy($self, /)", copy, "Return a copy of the hash object.">,
      method<"digest($self, /)", digest, "Return the digest value as a bytes object.">,
      method<"hexdigest($self, /)", hexdigest, "Return the digest value as a string of hexadecimal digits.">,
      method<"update($self, data, /)", update,
             "Update this hash object's state with the provided bytes-like object.">,
      {}};
  static inline constinit PyGetSetDef getset_rows[] = {
      getset<"name", nameOf>, getset<"block_size", blockSize>, getset<"digest_size", digestSize>, {}};
};

constexpr Text kSignatureB =
    "blake2b(data=b'', /, *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,\n"
    "        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n"
    "        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n"
    "        usedforsecurity=True)";
constexpr Text kSignatureS =
    "blake2s(data=b'', /, *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,\n"
    "        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n"
    "        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n"
    "        usedforsecurity=True)";
constexpr Text kBindB =
    "blake2b(data=b'', /, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, "
    "node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)";
constexpr Text kBindS =
    "blake2s(data=b'', /, *, digest_size=32, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, "
    "node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)";

template <class Hash, Text kFullName, Text kSignature, Text kBind>
constexpr PyTypeObject kDescription = {
    .tp_name = kFullName.chars,
    .tp_basicsize = reportedSize<Blake2Object<Hash>>(sizeof(Hash) > sizeof(Blake2s) ? 448 : 240),
    .tp_dealloc = slot<Blake2Type<Hash>::dealloc>,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = docText<kSignature, "Return a new BLAKE2 hash object.">,
    .tp_methods = Blake2Type<Hash>::methods,
    .tp_getset = Blake2Type<Hash>::getset_rows,
    .tp_new = newSlot<kBind, Blake2Type<Hash>::construct>,
};

template <class Hash>
Status addSizes(PyObject* module, PyTypeObject* type, const char* const names[4]) {
  constexpr long kSizes[] = {Hash::kSaltSize, Hash::kSaltSize, Hash::kMaxDigest, Hash::kMaxDigest};
  constexpr const char* kAttributes[] = {"SALT_SIZE", "PERSON_SIZE", "MAX_KEY_SIZE", "MAX_DIGEST_SIZE"};
  for (int i = 0; i < 4; i++) {
    Ref<IntObject> size = TRY(intFromLong(kSizes[i]));
    TRY(dictSet(cast<DictObject>(type->tp_dict), kAttributes[i], size));
    TRY(moduleAddInt(module, names[i], kSizes[i]));
  }
  return {};
}

Status blake2Exec(PyObject* module) {
  Ref<PyTypeObject> wide =
      TRY(heapTypeAdd(module, kDescription<Blake2b, "_blake2.blake2b", kSignatureB, kBindB>));
  constexpr const char* kWideNames[] = {"BLAKE2B_SALT_SIZE", "BLAKE2B_PERSON_SIZE", "BLAKE2B_MAX_KEY_SIZE",
                                        "BLAKE2B_MAX_DIGEST_SIZE"};
  TRY(addSizes<Blake2b>(module, wide, kWideNames));
  Ref<PyTypeObject> narrow =
      TRY(heapTypeAdd(module, kDescription<Blake2s, "_blake2.blake2s", kSignatureS, kBindS>));
  constexpr const char* kNarrowNames[] = {"BLAKE2S_SALT_SIZE", "BLAKE2S_PERSON_SIZE", "BLAKE2S_MAX_KEY_SIZE",
                                          "BLAKE2S_MAX_DIGEST_SIZE"};
  return addSizes<Blake2s>(module, narrow, kNarrowNames);
}

constinit PyModuleDef kModule =
    moduleDef<"_blake2", blake2Exec>(nullptr, "_blake2b provides BLAKE2b for hashlib\n");

}  // namespace

PyObject* initBlake2() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
