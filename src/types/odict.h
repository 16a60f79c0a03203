// collections.OrderedDict: a dict plus a chain of its keys, whose order can be changed.
#pragma once

#include "types/dict.h"

namespace krait {

struct OdictNode {
  PyObject* key;  // owned
  Py_hash_t hash;
  OdictNode *next, *previous;
};

struct OdictObject : DictObject {
  OdictNode *first, *last;
  OdictNode** nodes;  // by entry index of the dict's key table
  Py_ssize_t nodes_size;
  DictKeys* nodes_keys;  // the key table that `nodes` was made for
  size_t state;          // changes with every change of the chain
  PyObject *instance_dict, *weakrefs;
};
static_assert(sizeof(OdictObject) == 112 && offsetof(OdictObject, instance_dict) == 96);

bool isOdict(const PyObject* object);
Result<Ref<>> odictNew();
Status odictSet(OdictObject* od, PyObject* key, PyObject* value);
Status odictDelete(OdictObject* od, PyObject* key);
Result<Ref<>> odictIterNew(OdictObject* od, int kind);  // odict_views.cpp
Result<Ref<>> odictKeysView(PyObject* od);
Result<Ref<>> odictValuesView(PyObject* od);
Result<Ref<>> odictItemsView(PyObject* od);
Result<Ref<>> odictReversed(OdictObject* od);

constexpr int kOdictKeys = 1, kOdictValues = 2, kOdictItems = 3, kOdictReversed = 4;

}  // namespace krait
