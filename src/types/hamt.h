// A persistent mapping: the variables of a context. Setting and removing answer a new mapping that shares
// most nodes.
//
// A trie over 32-bit hashes, five bits to a level. A branch has a bit for every slot in use, in whose order
// the slots stand; a slot is a key and its value, or null and the node of the next level. Keys of equal hash
// share a collision node, in the order of their setting. No node but the root has less than two keys below
// it. Iteration walks the slots in order: the same order as CPython's. Hashing and comparing keys runs Python
// code; what that code can reach never changes here.
#pragma once

#include "core/object.h"
#include "core/result.h"

extern "C" PyTypeObject _PyHamt_Type, _PyHamtItems_Type, _PyHamtKeys_Type, _PyHamtValues_Type,
    _PyHamt_BitmapNode_Type, _PyHamt_CollisionNode_Type, _PyHamt_ArrayNode_Type;

namespace krait {

struct HamtSlot {
  PyObject *key, *value;  // owned; a null key: the value is a node
};

struct HamtNode : PyVarObject {
  uint32_t bits;  // branch: which slots there are; collision: the hash of all keys
  HamtSlot slots[1];
  // ob_size counts words, two to a slot.
  int count() const { return static_cast<int>(ob_size / 2); }
  HamtNode* child(int i) const { return static_cast<HamtNode*>(slots[i].value); }
};

struct HamtObject : PyObject {
  HamtNode* root;  // owned; null: empty
  PyObject* weakreflist;
  Py_ssize_t count;
};

constexpr int kHamtDepth = 8;  // seven levels of hash bits and a collision node

// The slots of a mapping in order. The mapping must outlive the cursor.
class HamtCursor {
 public:
  explicit HamtCursor(HamtNode* root) : nodes_{root} {}
  const HamtSlot* next();  // null: the end

 private:
  HamtNode* nodes_[kHamtDepth];
  int at_[kHamtDepth] = {};
  int level_ = 0;
};

Result<Ref<HamtObject>> hamtNew();
Result<Opt<>> hamtGet(HamtObject* self, PyObject* key);
Result<Ref<HamtObject>> hamtSet(HamtObject* self, PyObject* key,
                                PyObject* value);                      // itself when nothing changes
Result<Ref<HamtObject>> hamtWithout(HamtObject* self, PyObject* key);  // itself when there is no such key
Result<bool> hamtEqual(HamtObject* a, HamtObject* b);
// Iterators that know the size of the mapping.
Result<Ref<>> hamtKeys(HamtObject* self);
Result<Ref<>> hamtValues(HamtObject* self);
Result<Ref<>> hamtItems(HamtObject* self);

}  // namespace krait
