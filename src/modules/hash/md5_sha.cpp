// The modules _md5, _sha1, _sha256 and _sha512.
#include <new>

#include "base/digest/digest.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/counted_method.h"
#include "modules/hash/hash_object.h"
#include "modules/heap_type.h"
#include "types/int.h"
#include "types/module.h"

namespace krait::modules {
namespace {

constexpr size_t kMaxDigest = 64;

template <class Hash>
struct HashObject : PyObject {
  Hash hash;
};

// What distinguishes the six functions.
struct Md5Form {
  using Hash = Md5;
  static constexpr const char *kName = "md5", *kTypeName = "_md5.md5";
  static Hash make() { return Hash(); }
  static constexpr size_t kDigest = 16;
};
struct Sha1Form {
  using Hash = Sha1;
  static constexpr const char *kName = "sha1", *kTypeName = "_sha1.sha1";
  static Hash make() { return Hash(); }
  static constexpr size_t kDigest = 20;
};
struct Sha224Form {
  using Hash = Sha256;
  static constexpr const char *kName = "sha224", *kTypeName = "_sha256.sha224";
  static Hash make() { return Hash(28); }
  static constexpr size_t kDigest = 28;
};
struct Sha256Form {
  using Hash = Sha256;
  static constexpr const char *kName = "sha256", *kTypeName = "_sha256.sha256";
  static Hash make() { return Hash(32); }
  static constexpr size_t kDigest = 32;
};
struct Sha384Form {
  using Hash = Sha512;
  static constexpr const char *kName = "sha384", *kTypeName = "_sha512.sha384";
  static Hash make() { return Hash(48); }
  static constexpr size_t kDigest = 48;
};
struct Sha512Form {
  using Hash = Sha512;
  static constexpr const char *kName = "sha512", *kTypeName = "_sha512.sha512";
  static Hash make() { return Hash(64); }
  static constexpr size_t kDigest = 64;
};

template <class Form>
struct HashType {
  using Object = HashObject<typename Form::Hash>;
  static inline PyTypeObject* type = nullptr;

  static Result<Ref<Object>> allocate() {
    Ref<Object> self = TRY(typeAlloc<Object>(type));
    return self;
  }

  static Result<Ref<>> construct(Opt<> data, bool) {
    Ref<Object> self = TRY(allocate());
    new (&self->hash) typename Form::Hash(Form::make());
    TRY(hashUpdate(self->hash, data));
    return self;
  }

  static Result<Ref<>> copy(Object* self) {
    Ref<Object> made = TRY(allocate());
    new (&made->hash) typename Form::Hash(self->hash);
    return made;
  }

  static std::span<const uint8_t> finish(Object* self, uint8_t* out) {
    auto hash = self->hash;
    hash.finish(out);
    return {out, Form::kDigest};
  }
  static Result<Ref<>> digest(Object* self) {
    uint8_t out[kMaxDigest];
    return digestBytes(finish(self, out));
  }
  static Result<Ref<>> hexdigest(Object* self) {
    uint8_t out[kMaxDigest];
    return digestHex(finish(self, out));
  }
  static Status update(Object* self, PyObject* data) { return hashUpdate(self->hash, data); }

  static Result<Ref<>> nameOf(Object*) { return strFromAscii(Form::kName); }
  static Result<Ref<>> blockSize(Object*) { return intFromLong(Form::Hash::kBlockSize); }
  static Result<Ref<>> digestSize(Object*) { return intFromLong(Form::kDigest); }
  static constexpr bool kHasSizeMember = requires(Object* self) { self->hash.digest_size; };
  static constexpr Py_ssize_t sizeOffset() {
    if constexpr (kHasSizeMember) return offsetof(Object, hash) + Form::Hash::kDigestSizeOffset;
    return 0;
  }
  static void dealloc(Object* self) {
    gcUntrack(self);
    heapInstanceFree(self);
  }
  static int traverse(Object* self, visitproc visit, void* arg) { return visitAll(visit, arg, typeOf(self)); }

  static inline constinit PyMethodDef methods[] = {
      bareMethod<"copy($self, /)", copy, "Return a copy of the hash object.">,
      method<"digest($self, /)", digest, "Return the digest value as a bytes object.">,
      method<"hexdigest($self, /)", hexdigest, "Return the digest value as a string of hexadecimal digits.">,
      method<"update($self, obj, /)", update, "Update this hash object's state with the provided string.">,
      {}};
  // Where the object knows its size (SHA-2), that is a member; else it is computed.
  static inline constinit PyMemberDef members[] = {{"digest_size", T_INT, sizeOffset(), READONLY, nullptr},
                                                   {}};
  static inline constinit PyGetSetDef getset_rows[] = {
      getset<"block_size", blockSize>,
      getset<"name", nameOf>,
      kHasSizeMember ? PyGetSetDef{} : getset<"digest_size", digestSize>,
      {}};
  static inline constinit PyTypeObject description = {
      .tp_name = Form::kTypeName,
      .tp_basicsize = sizeof(Object),
      .tp_dealloc = slot<dealloc>,
      .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_HAVE_GC,
      .tp_traverse = slot<traverse>,
      .tp_methods = methods,
      .tp_members = kHasSizeMember ? members : nullptr,
      .tp_getset = getset_rows,
  };

  static Status add(PyObject* module, const char* name) {
    TRY(typeMakeOnce(module, &type, description));
    return moduleAdd(module, name, share<PyObject>(type));
  }
};

constinit PyMethodDef kMd5Methods[] = {
    function<"md5($module, /, string=b'', *, usedforsecurity=True)", HashType<Md5Form>::construct,
             "Return a new MD5 hash object; optionally initialized with a string.">,
    {}};
constinit PyMethodDef kSha1Methods[] = {
    function<"sha1($module, /, string=b'', *, usedforsecurity=True)", HashType<Sha1Form>::construct,
             "Return a new SHA1 hash object; optionally initialized with a string.">,
    {}};
constinit PyMethodDef kSha256Methods[] = {
    function<"sha256($module, /, string=b'', *, usedforsecurity=True)", HashType<Sha256Form>::construct,
             "Return a new SHA-256 hash object; optionally initialized with a string.">,
    function<"sha224($module, /, string=b'', *, usedforsecurity=True)", HashType<Sha224Form>::construct,
             "Return a new SHA-224 hash object; optionally initialized with a string.">,
    {}};
constinit PyMethodDef kSha512Methods[] = {
    function<"sha512($module, /, string=b'', *, usedforsecurity=True)", HashType<Sha512Form>::construct,
             "Return a new SHA-512 hash object; optionally initialized with a string.">,
    function<"sha384($module, /, string=b'', *, usedforsecurity=True)", HashType<Sha384Form>::construct,
             "Return a new SHA-384 hash object; optionally initialized with a string.">,
    {}};

Status md5Exec(PyObject* module) { return HashType<Md5Form>::add(module, "MD5Type"); }
Status sha1Exec(PyObject* module) { return HashType<Sha1Form>::add(module, "SHA1Type"); }
Status sha256Exec(PyObject* module) {
  TRY(HashType<Sha224Form>::add(module, "SHA224Type"));
  return HashType<Sha256Form>::add(module, "SHA256Type");
}
Status sha512Exec(PyObject* module) {
  // SHA384Type names the type of sha512 objects, as it always has.
  TRY(typeMakeOnce(module, &HashType<Sha384Form>::type, HashType<Sha384Form>::description));
  return HashType<Sha512Form>::add(module, "SHA384Type");
}

constinit PyModuleDef kMd5Module = moduleDef<"_md5", md5Exec>(kMd5Methods, nullptr);
constinit PyModuleDef kSha1Module = moduleDef<"_sha1", sha1Exec>(kSha1Methods, nullptr);
constinit PyModuleDef kSha256Module = moduleDef<"_sha256", sha256Exec>(kSha256Methods, nullptr);
constinit PyModuleDef kSha512Module = moduleDef<"_sha512", sha512Exec>(kSha512Methods, nullptr);

}  // namespace

PyObject* initMd5() { return moduleDefInit(&kMd5Module); }
PyObject* initSha1() { return moduleDefInit(&kSha1Module); }
PyObject* initSha256() { return moduleDefInit(&kSha256Module); }
PyObject* initSha512() { return moduleDefInit(&kSha512Module); }

}  // namespace krait::modules
