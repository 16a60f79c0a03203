#include "types/hamt.h"

#include <algorithm>
#include <bit>

#include "core/errors.h"
#include "core/gc.h"
#include "core/native.h"

namespace krait {
namespace {

constexpr int kBits = 5;

Result<uint32_t> hashOf(PyObject* key) {
  auto hash = static_cast<uint64_t>(TRY(objectHash(key)));
  auto folded = static_cast<uint32_t>(hash ^ hash >> 32);
  return folded == UINT32_MAX ? UINT32_MAX - 1 : folded;
}

// Below the last level (shift 35) the bits repeat: a node there holds equal hashes or is about to be taken
// in.
uint32_t bitOf(uint32_t hash, int shift) { return uint32_t{1} << (hash >> (shift & 31) & 31); }
int indexOf(const HamtNode* node, uint32_t bit) { return std::popcount(node->bits & (bit - 1)); }
bool isCollision(const HamtNode* node) { return isExact(node, &_PyHamt_CollisionNode_Type); }

// --- making nodes ------------------------------------------------------------------------------------------

// Slots are null: the caller fills them before any Python code runs, then the node is tracked.
Result<Ref<HamtNode>> nodeNew(PyTypeObject* type, uint32_t bits, int count) {
  size_t extra = count > 0 ? static_cast<size_t>(count - 1) * sizeof(HamtSlot) : 0;
  Ref<HamtNode> node = TRY(objectNew<HamtNode>(type, extra));
  node->ob_size = count * 2;
  node->bits = bits;
  std::fill_n(node->slots, count, HamtSlot{});
  return node;
}

HamtSlot ownedSlot(PyObject* key, PyObject* value) {
  xincref(key);
  xincref(value);
  return {key, value};
}

void copySlots(const HamtSlot* from, int count, HamtSlot* to) {
  for (int i = 0; i < count; i++) to[i] = ownedSlot(from[i].key, from[i].value);
}

Result<Ref<HamtNode>> nodeOfOne(uint32_t bit, PyObject* key, PyObject* value) {
  Ref<HamtNode> node = TRY(nodeNew(&_PyHamt_BitmapNode_Type, bit, 1));
  node->slots[0] = ownedSlot(key, value);
  gcTrack(node);
  return node;
}

Result<Ref<HamtNode>> withSlot(HamtNode* node, int index, PyObject* key, PyObject* value) {
  Ref<HamtNode> copy = TRY(nodeNew(typeOf(node), node->bits, node->count()));
  copySlots(node->slots, node->count(), copy->slots);
  HamtSlot old = std::exchange(copy->slots[index], ownedSlot(key, value));
  xdecref(old.key);  // the original still has both
  xdecref(old.value);
  gcTrack(copy);
  return copy;
}

Result<Ref<HamtNode>> withInserted(HamtNode* node, uint32_t bits, int index, PyObject* key, PyObject* value) {
  int count = node->count();
  Ref<HamtNode> copy = TRY(nodeNew(typeOf(node), bits, count + 1));
  copySlots(node->slots, index, copy->slots);
  copy->slots[index] = ownedSlot(key, value);
  copySlots(node->slots + index, count - index, copy->slots + index + 1);
  gcTrack(copy);
  return copy;
}

Result<Ref<HamtNode>> withRemoved(HamtNode* node, uint32_t bits, int index) {
  int count = node->count();
  Ref<HamtNode> copy = TRY(nodeNew(typeOf(node), bits, count - 1));
  copySlots(node->slots, index, copy->slots);
  copySlots(node->slots + index + 1, count - index - 1, copy->slots + index);
  gcTrack(copy);
  return copy;
}

// --- looking up --------------------------------------------------------------------------------------------

// Index of the key in a collision node, or -1. The caller keeps the node.
Result<int> collisionIndex(HamtNode* node, PyObject* key) {
  for (int i = 0; i < node->count(); i++) {
    if (!node->slots[i].key) continue;
    if (TRY(richCompareBool(key, node->slots[i].key, Py_EQ))) return i;
  }
  return -1;
}

Result<Opt<>> nodeFind(HamtNode* node, PyObject* key, uint32_t hash) {
  for (int shift = 0; node; shift += kBits) {
    if (isCollision(node)) {
      int index = TRY(collisionIndex(node, key));
      return index < 0 ? Opt<>() : Opt<>(node->slots[index].value);
    }
    uint32_t bit = bitOf(hash, shift);
    if (!(node->bits & bit)) return Opt<>();
    const HamtSlot& slot = node->slots[indexOf(node, bit)];
    if (slot.key) return TRY(richCompareBool(key, slot.key, Py_EQ)) ? Opt<>(slot.value) : Opt<>();
    node = static_cast<HamtNode*>(slot.value);
  }
  return Opt<>();
}

// --- setting -----------------------------------------------------------------------------------------------

struct Entry {
  PyObject *key, *value;
  uint32_t hash;
};

Result<Ref<HamtNode>> nodeSet(HamtNode* node, int shift, const Entry& entry, bool* added);

// Two keys that differ, below a slot that they share.
Result<Ref<HamtNode>> nodeOfTwo(int shift, const Entry& first, const Entry& second) {
  if (first.hash == second.hash) {
    Ref<HamtNode> node = TRY(nodeNew(&_PyHamt_CollisionNode_Type, first.hash, 2));
    node->slots[0] = ownedSlot(first.key, first.value);
    node->slots[1] = ownedSlot(second.key, second.value);
    gcTrack(node);
    return node;
  }
  Ref<HamtNode> one = TRY(nodeOfOne(bitOf(first.hash, shift), first.key, first.value));
  bool added;
  return nodeSet(one, shift, second, &added);
}

Result<Ref<HamtNode>> collisionSet(HamtNode* node, int shift, const Entry& entry, bool* added) {
  if (entry.hash != node->bits) {
    Ref<HamtNode> branch = TRY(nodeOfOne(bitOf(node->bits, shift), nullptr, node));
    return nodeSet(branch, shift, entry, added);
  }
  int index = TRY(collisionIndex(node, entry.key));
  if (index < 0) {
    *added = true;
    return withInserted(node, node->bits, node->count(), entry.key, entry.value);
  }
  if (node->slots[index].value == entry.value) return share(node);
  return withSlot(node, index, node->slots[index].key, entry.value);
}

// The slot holds a key already: the same or another.
Result<Ref<HamtNode>> leafSet(HamtNode* node, int index, int shift, const Entry& entry, bool* added) {
  HamtSlot slot = node->slots[index];
  if (TRY(richCompareBool(entry.key, slot.key, Py_EQ))) {
    if (slot.value == entry.value) return share(node);
    return withSlot(node, index, slot.key, entry.value);
  }
  uint32_t other = TRY(hashOf(slot.key));
  Ref<HamtNode> below = TRY(nodeOfTwo(shift + kBits, {slot.key, slot.value, other}, entry));
  *added = true;
  return withSlot(node, index, nullptr, below);
}

// `node` with the entry: itself when it has it already. The caller keeps node and entry.
Result<Ref<HamtNode>> nodeSet(HamtNode* node, int shift, const Entry& entry, bool* added) {
  if (isCollision(node)) return collisionSet(node, shift, entry, added);
  uint32_t bit = bitOf(entry.hash, shift);
  int index = indexOf(node, bit);
  if (!(node->bits & bit)) {
    *added = true;
    return withInserted(node, node->bits | bit, index, entry.key, entry.value);
  }
  if (node->slots[index].key) return leafSet(node, index, shift, entry, added);
  HamtNode* child = node->child(index);
  Ref<HamtNode> changed = TRY(nodeSet(child, shift + kBits, entry, added));
  if (changed.get() == child) return share(node);
  return withSlot(node, index, nullptr, changed);
}

// --- removing ----------------------------------------------------------------------------------------------

struct Removal {
  bool found = false;
  MaybeRef<HamtNode> rest;  // absent: nothing is left
};

Result<Removal> collisionRemove(HamtNode* node, int shift, PyObject* key, uint32_t hash) {
  int index = hash == node->bits ? TRY(collisionIndex(node, key)) : -1;
  if (index < 0) return Removal{};
  if (node->count() > 2) return Removal{true, TRY(withRemoved(node, node->bits, index))};
  const HamtSlot& last = node->slots[1 - index];
  return Removal{true, TRY(nodeOfOne(bitOf(hash, shift), last.key, last.value))};
}

// A branch with a single key goes up into its parent's slot.
Result<Ref<HamtNode>> withChild(HamtNode* node, int index, HamtNode* child) {
  bool single = child->count() == 1 && child->slots[0].key;
  return single ? withSlot(node, index, child->slots[0].key, child->slots[0].value)
                : withSlot(node, index, nullptr, child);
}

Result<Removal> nodeRemove(HamtNode* node, int shift, PyObject* key, uint32_t hash) {
  if (isCollision(node)) return collisionRemove(node, shift, key, hash);
  uint32_t bit = bitOf(hash, shift);
  if (!(node->bits & bit)) return Removal{};
  int index = indexOf(node, bit);
  const HamtSlot& slot = node->slots[index];
  if (!slot.key) {
    Removal below = TRY(nodeRemove(node->child(index), shift + kBits, key, hash));
    if (!below.found) return below;
    KR_ASSERT(below.rest, "every node but the root has two keys");
    return Removal{true, TRY(withChild(node, index, below.rest.get()))};
  }
  if (!TRY(richCompareBool(key, slot.key, Py_EQ))) return Removal{};
  if (node->count() == 1) return Removal{true, nullptr};
  return Removal{true, TRY(withRemoved(node, node->bits & ~bit, index))};
}

Result<Ref<HamtObject>> hamtOf(MaybeRef<HamtNode> root, Py_ssize_t count) {
  Ref<HamtObject> self = TRY(objectNew<HamtObject>(&_PyHamt_Type));
  self->root = std::move(root).leak();
  self->weakreflist = nullptr;
  self->count = count;
  gcTrack(self);
  return self;
}

// --- life of nodes -----------------------------------------------------------------------------------------

int nodeTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* node = static_cast<HamtNode*>(object);
  for (int i = 0; i < node->count(); i++) {
    if (int status = visitAll(visit, arg, node->slots[i].key, node->slots[i].value)) return status;
  }
  return 0;
}
// A cleared branch would take a child for a missing one; it loses its slots altogether.
int nodeClear(PyObject* object) {
  auto* node = static_cast<HamtNode*>(object);
  int count = node->count();
  node->ob_size = 0;
  if (!isCollision(node)) node->bits = 0;
  for (int i = 0; i < count; i++) {
    xdecref(node->slots[i].key);
    xdecref(node->slots[i].value);
  }
  return 0;
}
void nodeDealloc(PyObject* object) {
  gcUntrack(object);
  DeallocGuard guard(object);
  if (guard.deferred()) return;
  nodeClear(object);
  objectFreeMemory(object);
}

}  // namespace

const HamtSlot* HamtCursor::next() {
  while (level_ >= 0 && nodes_[level_]) {
    HamtNode* node = nodes_[level_];
    if (at_[level_] >= node->count()) {
      level_--;
      continue;
    }
    const HamtSlot* slot = &node->slots[at_[level_]++];
    if (slot->key) return slot;
    nodes_[++level_] = static_cast<HamtNode*>(slot->value);
    at_[level_] = 0;
  }
  return nullptr;
}

Result<Ref<HamtObject>> hamtNew() { return hamtOf(nullptr, 0); }

Result<Opt<>> hamtGet(HamtObject* self, PyObject* key) {
  if (self->count == 0) return Opt<>();
  Ref<> kept_key = share(key);
  uint32_t hash = TRY(hashOf(key));
  auto root = MaybeRef<HamtNode>::share(self->root);
  return nodeFind(root.get(), key, hash);
}

Result<Ref<HamtObject>> hamtSet(HamtObject* self, PyObject* key, PyObject* value) {
  Ref<> kept_key = share(key), kept_value = share(value);
  Entry entry{key, value, TRY(hashOf(key))};
  if (!self->root) return hamtOf(TRY(nodeOfOne(bitOf(entry.hash, 0), key, value)), 1);
  Ref<HamtNode> root = share(self->root);
  bool added = false;
  Ref<HamtNode> changed = TRY(nodeSet(root, 0, entry, &added));
  if (changed.get() == root.get()) return share(self);
  return hamtOf(std::move(changed), self->count + (added ? 1 : 0));
}

Result<Ref<HamtObject>> hamtWithout(HamtObject* self, PyObject* key) {
  Ref<> kept_key = share(key);
  uint32_t hash = TRY(hashOf(key));
  if (!self->root) return share(self);
  Ref<HamtNode> root = share(self->root);
  Removal removal = TRY(nodeRemove(root, 0, key, hash));
  if (!removal.found) return share(self);
  return hamtOf(std::move(removal.rest), self->count - 1);
}

Result<bool> hamtEqual(HamtObject* a, HamtObject* b) {
  if (a == b) return true;
  if (a->count != b->count) return false;
  auto keep = MaybeRef<HamtNode>::share(a->root);
  HamtCursor cursor(keep.get());
  while (const HamtSlot* slot = cursor.next()) {
    Ref<> key = share(slot->key), value = share(slot->value);
    Opt<> found = TRY(hamtGet(b, key));
    if (!found) return false;
    Ref<> other = share(found.get());
    if (!TRY(richCompareBool(value, other, Py_EQ))) return false;
  }
  return true;
}

}  // namespace krait

using namespace krait;

#define KR_NODE_TYPE(symbol, type_name)                          \
  KR_EXPORT constinit PyTypeObject symbol = {                    \
      KR_TYPE_HEAD,                                              \
      .tp_name = type_name,                                      \
      .tp_basicsize = sizeof(HamtNode) - sizeof(HamtSlot),       \
      .tp_itemsize = sizeof(PyObject*),                          \
      .tp_dealloc = nodeDealloc,                                 \
      .tp_hash = PyObject_HashNotImplemented,                    \
      .tp_getattro = PyObject_GenericGetAttr,                    \
      .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE, \
      .tp_traverse = nodeTraverse,                               \
      .tp_clear = nodeClear,                                     \
      .tp_free = gcFree,                                         \
  }
KR_NODE_TYPE(_PyHamt_BitmapNode_Type, "hamt_bitmap_node");
KR_NODE_TYPE(_PyHamt_CollisionNode_Type, "hamt_collision_node");

// Large nodes are bitmap nodes too in this tree; the type is there because object.__subclasses__() lists it.
KR_EXPORT constinit PyTypeObject _PyHamt_ArrayNode_Type = {
    KR_TYPE_HEAD,
    .tp_name = "hamt_array_node",
    .tp_basicsize = 280,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = nodeTraverse,
};
