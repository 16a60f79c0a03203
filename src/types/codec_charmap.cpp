// Character maps: decoding tables, encoding dicts, and the EncodingMap that charmap_build makes.
#include "core/gc.h"
#include "types/codec_errors.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str_internal.h"

namespace krait {
namespace {

constexpr const char* kUndefined = "character maps to <undefined>";
constexpr Py_UCS4 kNoMapping = 0xFFFE;

// --- EncodingMap -------------------------------------------------------------------------------------------

// A three-level trie over 16 bits: 5, 4 and 7 bits of the character.
struct EncodingMapObject : PyObject {
  uint8_t level1[32];  // index of a level-2 block, 0xFF: none
  int count2, count3;
  uint8_t level23[1];  // count2 blocks of 16, then count3 blocks of 128
};

void encodingMapDealloc(PyObject* self) { objectFreeMemory(self); }

Py_ssize_t encodingMapSize(EncodingMapObject* map) {
  return static_cast<Py_ssize_t>(sizeof(EncodingMapObject)) - 1 + 16 * map->count2 + 128 * map->count3;
}

// The byte for a character, or -1.
int encodingMapLookup(const EncodingMapObject* map, Py_UCS4 c) {
  if (c > 0xFFFF) return -1;
  if (c == 0) return 0;
  int block = map->level1[c >> 11];
  if (block == 0xFF) return -1;
  block = map->level23[16 * block + (c >> 7 & 15)];
  if (block == 0xFF) return -1;
  int byte = map->level23[16 * map->count2 + 128 * block + (c & 127)];
  return byte == 0 ? -1 : byte;
}

constinit PyMethodDef kEncodingMapMethods[] = {
    method<"size($self, /)", encodingMapSize, "Size (in bytes) of this object.">, {}};

}  // namespace
}  // namespace krait

using namespace krait;

extern "C" constinit PyTypeObject kr_EncodingMap_Type = {
    KR_TYPE_HEAD,
    .tp_name = "EncodingMap",
    .tp_basicsize = sizeof(EncodingMapObject),
    .tp_dealloc = encodingMapDealloc,
    .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_methods = kEncodingMapMethods,
};

namespace krait {
namespace {

Result<Ref<>> buildDict(StrObject* table, Py_ssize_t size) {
  Ref<DictObject> map = TRY(dictNew());
  for (Py_ssize_t i = 0; i < size; i++) {
    Ref<IntObject> key = TRY(intFromLong(static_cast<long>(table->at(i)))), value = TRY(intFromLong(i));
    TRY(dictSet(map.get(), key.get(), value.get()));
  }
  return Ref<>(std::move(map));
}

struct TrieShape {
  uint8_t level1[32], level2[512];
  int count2 = 0, count3 = 0;
  bool regular = true;
};

TrieShape shapeOf(StrObject* table, Py_ssize_t size) {
  TrieShape shape;
  std::memset(shape.level1, 0xFF, sizeof shape.level1);
  std::memset(shape.level2, 0xFF, sizeof shape.level2);
  shape.regular = size > 0 && table->at(0) == 0;
  for (Py_ssize_t i = 1; i < size && shape.regular; i++) {
    Py_UCS4 c = table->at(i);
    if (c == 0 || c > 0xFFFF) {
      shape.regular = false;
    } else if (c != kNoMapping) {
      if (shape.level1[c >> 11] == 0xFF) shape.level1[c >> 11] = static_cast<uint8_t>(shape.count2++);
      if (shape.level2[c >> 7] == 0xFF) shape.level2[c >> 7] = static_cast<uint8_t>(shape.count3++);
    }
  }
  shape.regular = shape.regular && shape.count2 < 0xFF && shape.count3 < 0xFF;
  return shape;
}

Result<Ref<>> buildTrie(StrObject* table, Py_ssize_t size, const TrieShape& shape) {
  size_t payload = 16 * static_cast<size_t>(shape.count2) + 128 * static_cast<size_t>(shape.count3);
  Ref<EncodingMapObject> map = TRY(objectNew<EncodingMapObject>(&kr_EncodingMap_Type, payload));
  std::memcpy(map->level1, shape.level1, sizeof map->level1);
  map->count2 = shape.count2;
  map->count3 = shape.count3;
  uint8_t *level2 = map->level23, *level3 = map->level23 + 16 * shape.count2;
  std::memset(level2, 0xFF, 16 * static_cast<size_t>(shape.count2));
  std::memset(level3, 0, 128 * static_cast<size_t>(shape.count3));
  int next3 = 0;
  for (Py_ssize_t i = 1; i < size; i++) {
    Py_UCS4 c = table->at(i);
    if (c == kNoMapping) continue;
    uint8_t& block = level2[16 * map->level1[c >> 11] + (c >> 7 & 15)];
    if (block == 0xFF) block = static_cast<uint8_t>(next3++);
    level3[128 * block + (c & 127)] = static_cast<uint8_t>(i);
  }
  return Ref<>(std::move(map));
}

// --- decoding ----------------------------------------------------------------------------------------------

// mapping[byte]; absent: undefined.
Result<MaybeRef<>> lookUp(PyObject* mapping, Py_UCS4 c) {
  Ref<IntObject> key = TRY(intFromLong(static_cast<long>(c)));
  auto found = itemGet(mapping, key.get());
  if (!found.failed()) return MaybeRef<>(std::move(found).take());
  if (!pendingMatches(PyExc_LookupError)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

// True when the byte was decoded, false when it is undefined.
Result<bool> decodeByMapping(StrBuilder& out, PyObject* mapping, uint8_t byte) {
  MaybeRef<> found = TRY(lookUp(mapping, byte));
  if (!found || found.get() == Py_None) return false;
  if (isInt(found.get())) {
    long c;
    if (!intFitsLong(cast<IntObject>(found.get()), &c) || c < 0 || c > 0x10FFFF)
      return raise(PyExc_TypeError, "character mapping must be in range(0x%x)", 0x110000);
    if (c == static_cast<long>(kNoMapping)) return false;
    out.append(static_cast<Py_UCS4>(c));
    return true;
  }
  if (!isStr(found.get()))
    return raise(PyExc_TypeError, "character mapping must return integer, None or str");
  auto* text = cast<StrObject>(found.get());
  if (text->size() == 1 && text->at(0) == kNoMapping) return false;
  out.append(text);
  return true;
}

Result<bool> decodeByTable(StrBuilder& out, StrObject* table, uint8_t byte) {
  if (byte >= table->size() || table->at(byte) == kNoMapping) return false;
  out.append(table->at(byte));
  return true;
}

// --- encoding ----------------------------------------------------------------------------------------------

Result<bool> encodeChar(ByteBuilder& out, PyObject* mapping, Py_UCS4 c) {
  if (isExact(mapping, &kr_EncodingMap_Type)) {
    int byte = encodingMapLookup(cast<EncodingMapObject>(mapping), c);
    if (byte >= 0) out.append(static_cast<char>(byte));
    return byte >= 0;
  }
  MaybeRef<> found = TRY(lookUp(mapping, c));
  if (!found || found.get() == Py_None) return false;
  if (isInt(found.get())) {
    long value;
    if (!intFitsLong(cast<IntObject>(found.get()), &value) || value < 0 || value > 255)
      return raise(PyExc_TypeError, "character mapping must be in range(256)");
    out.append(static_cast<char>(value));
    return true;
  }
  if (!isBytes(found.get()))
    return raise(PyExc_TypeError, "character mapping must return integer, bytes or None, not %.400s",
                 typeName(found.get()));
  out.append(cast<BytesObject>(found.get())->view());
  return true;
}

// Whether the character has a mapping, without writing it.
Result<bool> isEncodable(PyObject* mapping, Py_UCS4 c) {
  ByteBuilder scratch;
  return encodeChar(scratch, mapping, c);
}

Result<Py_ssize_t> encodeReplacement(EncodeRun& run, ByteBuilder& out, PyObject* mapping, Py_ssize_t start,
                                     Py_ssize_t end) {
  EncodeRun::Replacement replacement = TRY(run.handle(start, end, kUndefined));
  if (isBytes(replacement.value.get())) {
    out.append(cast<BytesObject>(replacement.value.get())->view());
    return replacement.next;
  }
  auto* text = cast<StrObject>(replacement.value.get());
  for (Py_ssize_t i = 0; i < text->size(); i++)
    if (!TRY(encodeChar(out, mapping, text->at(i)))) return run.raiseStrict(start, end, kUndefined);
  return replacement.next;
}

}  // namespace

Result<Ref<>> charmapBuild(StrObject* table) {
  Py_ssize_t size = std::min<Py_ssize_t>(table->size(), 256);
  TrieShape shape = shapeOf(table, size);
  if (!shape.regular) return buildDict(table, size);
  return buildTrie(table, size, shape);
}

Result<Ref<StrObject>> decodeCharmap(std::string_view bytes, Opt<> mapping, const char* errors) {
  if (!mapping) return decodeLatin1(bytes);
  DecodeRun run("charmap", bytes, errors);
  StrBuilder out;
  out.reserve(static_cast<Py_ssize_t>(bytes.size()));
  for (Py_ssize_t at = 0; at < static_cast<Py_ssize_t>(run.input().size());) {
    auto byte = static_cast<uint8_t>(run.input()[static_cast<size_t>(at)]);
    bool decoded = isExactStr(mapping.get()) ? TRY(decodeByTable(out, cast<StrObject>(mapping.get()), byte))
                                             : TRY(decodeByMapping(out, mapping.get(), byte));
    at = decoded ? at + 1 : TRY(run.handle(out, at, at + 1, kUndefined));
  }
  return out.finish();
}

Result<Ref<BytesObject>> encodeCharmap(StrObject* s, Opt<> mapping, const char* errors) {
  if (!mapping) return encodeLatin1(s, errors);
  EncodeRun run("charmap", s, errors);
  ByteBuilder out;
  out.reserve(s->size());
  for (Py_ssize_t at = 0; at < s->size();) {
    if (TRY(encodeChar(out, mapping.get(), s->at(at)))) {
      at++;
      continue;
    }
    Py_ssize_t end = at + 1;
    while (end < s->size() && !TRY(isEncodable(mapping.get(), s->at(end)))) end++;
    at = TRY(encodeReplacement(run, out, mapping.get(), at, end));
  }
  return out.finish();
}

}  // namespace krait
