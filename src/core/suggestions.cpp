// "Did you mean": the nearest name by a weighted edit distance.
#include <climits>
#include <string>
#include <vector>

#include "core/frame_hooks.h"
#include "core/object.h"
#include "core/print_error.h"
#include "core/scratch.h"
#include "types/code.h"
#include "types/exceptions.h"
#include "types/list.h"
#include "types/str.h"
#include "types/traceback.h"

namespace krait {
namespace {

constexpr Py_ssize_t kMaxCandidates = 750, kMaxLength = 40, kMove = 2, kCase = 1;

Py_ssize_t substitutionCost(char a, char b) {
  if ((a & 31) != (b & 31)) return kMove;
  if (a == b) return 0;
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return lower(a) == lower(b) ? kCase : kMove;
}

// Beyond max_cost any larger value may be answered.
Py_ssize_t editDistance(std::string_view a, std::string_view b, Py_ssize_t max_cost) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  Py_ssize_t a_size = a.size(), b_size = b.size();
  if (a_size == 0 || b_size == 0) return (a_size + b_size) * kMove;
  if (a_size > kMaxLength || b_size > kMaxLength) return max_cost + 1;
  if (b_size < a_size) std::swap(a, b), std::swap(a_size, b_size);
  if ((b_size - a_size) * kMove > max_cost) return max_cost + 1;
  Py_ssize_t row[kMaxLength], result = 0;
  for (Py_ssize_t i = 0; i < a_size; i++) row[i] = (i + 1) * kMove;
  for (Py_ssize_t bi = 0; bi < b_size; bi++) {
    Py_ssize_t diagonal = bi * kMove, least = PY_SSIZE_T_MAX;
    result = diagonal;
    for (Py_ssize_t ai = 0; ai < a_size; ai++) {
      Py_ssize_t substituted = diagonal + substitutionCost(b[bi], a[ai]);
      diagonal = row[ai];
      Py_ssize_t moved = (result < diagonal ? result : diagonal) + kMove;
      result = moved < substituted ? moved : substituted;
      row[ai] = result;
      if (result < least) least = result;
    }
    if (least > max_cost) return max_cost + 1;
  }
  return result;
}

Result<MaybeRef<>> nearest(ListObject* candidates, StrObject* wanted) {
  if (candidates->size() >= kMaxCandidates) return MaybeRef<>();
  std::string text = TRY(scratchText(TRY(strUtf8(wanted))));
  Py_ssize_t best = PY_SSIZE_T_MAX;
  PyObject* found = nullptr;
  for (Py_ssize_t i = 0; i < candidates->size(); i++) {
    PyObject* item = candidates->at(i);
    if (!isStr(item)) return raise(PyExc_TypeError, "expected str");
    if (strEquals(wanted, cast<StrObject>(item))) continue;
    std::string_view other = TRY(strUtf8(cast<StrObject>(item)));
    auto limit = static_cast<Py_ssize_t>(text.size() + other.size() + 3) * kMove / 6;
    if (limit > best - 1) limit = best - 1;
    Py_ssize_t distance = editDistance(text, other, limit);
    if (distance > limit) continue;
    best = distance;
    found = item;
  }
  return MaybeRef<>::share(found);
}

Result<MaybeRef<>> forAttribute(AttributeErrorObject* error) {
  if (!error->name || !error->obj || !isStr(error->name)) return MaybeRef<>();
  auto attr = share(cast<StrObject>(error->name));
  auto object = share(error->obj);
  Ref<> names = TRY(objectDir(object.get()));
  return nearest(cast<ListObject>(names.get()), attr);
}

// The names visible where the error happened: locals, globals, builtins.
Result<MaybeRef<>> forName(NameErrorObject* error) {
  if (!error->name || !isStr(error->name) || !error->traceback || !isTraceback(error->traceback))
    return MaybeRef<>();
  auto wanted = share(cast<StrObject>(error->name));
  auto* tb = cast<TracebackObject>(error->traceback);
  while (tb->tb_next) tb = cast<TracebackObject>(tb->tb_next);
  auto frame = share(tb->tb_frame);
  Ref<TupleObject> varnames = TRY(codeVarnames(frameHooks.code(frame.get())));
  Ref<ListObject> names = TRY(sequenceList(varnames.get()));
  MaybeRef<> found = TRY(nearest(names, wanted));
  for (PyObject* scope : {frameHooks.globals(frame.get()), frameHooks.builtins(frame.get())}) {
    if (found) return found;
    names = TRY(sequenceList(scope));
    found = TRY(nearest(names, wanted));
  }
  return found;
}

}  // namespace

MaybeRef<> suggestionFor(PyObject* exception) {
  auto find = [&]() -> Result<MaybeRef<>> {
    auto* base = cast<ExceptionObject>(exception);
    auto* type = reinterpret_cast<PyObject*>(typeOf(exception));
    if (type == PyExc_AttributeError) return forAttribute(static_cast<AttributeErrorObject*>(base));
    if (type == PyExc_NameError) return forName(static_cast<NameErrorObject*>(base));
    return MaybeRef<>();
  };
  auto found = find();
  if (!found.failed()) return std::move(found).take();
  clearPending();
  return nullptr;
}

Result<Py_ssize_t> strEditCost(StrObject* a, StrObject* b, Py_ssize_t max_cost) {
  std::string left = TRY(scratchText(TRY(strUtf8(a))));
  std::string_view right = TRY(strUtf8(b));
  if (max_cost < 0) max_cost = kMove * static_cast<Py_ssize_t>(std::max(left.size(), right.size()));
  return editDistance(left, right, max_cost);
}

}  // namespace krait
