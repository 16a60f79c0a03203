// The _heapq module: priority queues in lists.
//
// Comparisons run Python code that may change the list: its size is checked after each one, items are held
// meanwhile.
#include "core/errors.h"
#include "core/native.h"
#include "types/list.h"
#include "types/module.h"

namespace krait::modules {
namespace {

// True when `left` belongs above `right`: it is smaller, or in a max heap larger.
template <bool kMax>
Result<bool> above(PyObject* left, PyObject* right) {
  Ref<> a = share(left), b = share(right);
  Ref<> answer = TRY(kMax ? richCompare(b, a, Py_LT) : richCompare(a, b, Py_LT));
  return objectIsTrue(answer);
}

Raised changedSize() { return raise(PyExc_RuntimeError, "list changed size during iteration"); }

void swapItems(ListObject* heap, Py_ssize_t i, Py_ssize_t j) {
  std::swap(heap->ob_item[i], heap->ob_item[j]);
}

// Moves the item at `position` up towards `start`.
template <bool kMax>
Status siftUp(ListObject* heap, Py_ssize_t start, Py_ssize_t position) {
  Py_ssize_t size = heap->size();
  if (position >= size) return raise(PyExc_IndexError, "index out of range");
  while (position > start) {
    Py_ssize_t parent = (position - 1) >> 1;
    bool rises = TRY(above<kMax>(heap->at(position), heap->at(parent)));
    if (size != heap->size()) return changedSize();
    if (!rises) break;
    swapItems(heap, position, parent);
    position = parent;
  }
  return {};
}

// Sinks the item at `position` to a leaf along the path of the upper children, then lets it rise.
template <bool kMax>
Status siftDown(ListObject* heap, Py_ssize_t position) {
  Py_ssize_t start = position, size = heap->size(), inner = size >> 1;
  if (position >= size) return raise(PyExc_IndexError, "index out of range");
  while (position < inner) {
    Py_ssize_t child = 2 * position + 1;
    if (child + 1 < size) {
      bool left_above = TRY(above<kMax>(heap->at(child), heap->at(child + 1)));
      if (size != heap->size()) return changedSize();
      if (!left_above) child++;
    }
    swapItems(heap, child, position);
    position = child;
  }
  return siftUp<kMax>(heap, start, position);
}

Result<Ref<>> popLast(ListObject* heap) {
  if (heap->size() == 0) return raise(PyExc_IndexError, "index out of range");
  return listPop(heap, -1);
}

template <bool kMax>
Result<Ref<>> pop(ListObject* heap) {
  Ref<> last = TRY(popLast(heap));
  if (heap->size() == 0) return last;
  Ref<> top = Ref<>::steal(std::exchange(heap->ob_item[0], std::move(last).leak()));
  TRY(siftDown<kMax>(heap, 0));
  return top;
}

template <bool kMax>
Result<Ref<>> replace(ListObject* heap, PyObject* item) {
  if (heap->size() == 0) return raise(PyExc_IndexError, "index out of range");
  Ref<> top = Ref<>::steal(std::exchange(heap->ob_item[0], share(item).leak()));
  TRY(siftDown<kMax>(heap, 0));
  return top;
}

template <bool kMax>
Status heapify(ListObject* heap) {
  for (Py_ssize_t i = (heap->size() >> 1) - 1; i >= 0; i--) TRY(siftDown<kMax>(heap, i));
  return {};
}

Status push(ListObject* heap, PyObject* item) {
  TRY(listAppend(heap, item));
  return siftUp<false>(heap, 0, heap->size() - 1);
}

Result<Ref<>> pushPop(ListObject* heap, PyObject* item) {
  if (heap->size() == 0) return share(item);
  bool deeper = TRY(above<false>(heap->at(0), item));
  if (!deeper) return share(item);
  if (heap->size() == 0) return raise(PyExc_IndexError, "index out of range");
  return replace<false>(heap, item);
}

constinit PyMethodDef kMethods[] = {
    function<"heappush($module, heap, item, /)", push, "Adds an item, keeping the heap's order.">,
    function<"heappushpop($module, heap, item, /)", pushPop, "Adds an item, then takes the smallest one.">,
    function<"heappop($module, heap, /)", pop<false>, "Takes the smallest item off the heap.">,
    function<"heapreplace($module, heap, item, /)", replace<false>,
             "Takes the smallest item, then adds a new one.">,
    function<"heapify($module, heap, /)", heapify<false>,
             "Turns a list into a heap, in place and in linear time.">,
    function<"_heappop_max($module, heap, /)", pop<true>, "Maxheap variant of heappop.">,
    function<"_heapify_max($module, heap, /)", heapify<true>, "Maxheap variant of heapify.">,
    function<"_heapreplace_max($module, heap, item, /)", replace<true>, "Maxheap variant of heapreplace.">,
    {}};

constexpr const char kAbout[] = "Heaps are lists where a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for every k.";

Status heapqExec(PyObject* module) { return moduleAddStr(module, "__about__", kAbout); }

constinit PyModuleDef kModule =
    moduleDef<"_heapq", heapqExec>(kMethods, "Priority queues kept in ordinary lists.");

}  // namespace

PyObject* initHeapq() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
