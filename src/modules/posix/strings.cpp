#include "modules/posix/strings.h"

#include "core/object.h"
#include "core/scratch.h"
#include "types/list.h"
#include "types/str.h"

namespace krait::modules::posix {

Result<StringVector> StringVector::fromSequence(PyObject* sequence, const char* function) {
  Ref<> items = TRY(sequenceFast(sequence, "argv must be a tuple or list"));
  if (fastSize(items) == 0) return raise(PyExc_ValueError, "%s() arg 2 must not be empty", function);
  StringVector out;
  for (Py_ssize_t i = 0; i < fastSize(items); i++) {
    Ref<> item = share(fastItems(items)[i]);
    TRY(out.add(TRY(fsPath(item))));
    if (i == 0 && out.texts_[0].empty())
      return raise(PyExc_ValueError, "%s() arg 2 first element cannot be empty", function);
  }
  return out;
}

Result<StringVector> StringVector::fromEnvironment(PyObject* mapping) {
  Ref<ListObject> keys = TRY(mappingKeys(mapping));
  StringVector out;
  for (Py_ssize_t i = 0; i < keys->size(); i++) {
    Ref<> key = share(keys->at(i));
    Ref<> value = TRY(itemGet(mapping, key));
    std::string key_text = TRY(fsPath(key));
    if (key_text.find('=', 1) != std::string::npos || key_text.empty())
      return raise(PyExc_ValueError, "illegal environment variable name");
    std::string value_text = TRY(fsPath(value));
    TRY(reserveMore(key_text, value_text.size() + 1));
    TRY(out.add(std::move(key_text.append("=").append(value_text))));
  }
  return out;
}

Status StringVector::add(std::string text) {
  TRY(checkMemory());
  return pushMore(texts_, std::move(text));
}

Result<char* const*> StringVector::data() {
  pointers_.clear();
  TRY(reserveMore(pointers_, texts_.size() + 1));
  for (std::string& text : texts_) pointers_.push_back(text.data());
  pointers_.push_back(nullptr);
  return pointers_.data();
}

}  // namespace krait::modules::posix
