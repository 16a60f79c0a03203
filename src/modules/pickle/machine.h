// The stack machine's view of an unpickler.
#pragma once

#include "modules/pickle/pickle.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"

namespace krait::modules {

// Items below the fence belong to an outer mark: popping them is an error of the pickle.
class Machine {
 public:
  explicit Machine(UnpicklerObject* self) : self_(self) {}
  UnpicklerObject* self() const { return self_; }
  std::vector<PyObject*>& stack() const { return *self_->stack; }
  std::vector<size_t>& marks() const { return *self_->marks; }
  size_t size() const { return self_->stack->size(); }

  [[gnu::cold]] Raised underflow();
  Result<Ref<>> pop();
  Status push(Ref<> value);
  Result<size_t> popMark();
  void drop(size_t to);
  Result<Ref<TupleObject>> popTuple(size_t from);
  Result<Ref<ListObject>> popList(size_t from);
  Status appendTo(ListObject* list, size_t from);

 private:
  void moveFrom(size_t from, PyObject** to);

  UnpicklerObject* self_;
};

// Instructions that find, make and fill objects (load_object.cpp). *known becomes false for others.
Status loadObjectOp(Machine& m, unsigned char op, bool* known);

}  // namespace krait::modules
