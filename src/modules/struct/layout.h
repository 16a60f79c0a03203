// A compiled struct format: what is packed where.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"

namespace krait::modules {

enum class StructKind : uint8_t {
  kChar,
  kBool,
  kSigned,
  kUnsigned,
  kHalf,
  kSingle,
  kDouble,
  kPointer,
  kText,
  kPascal
};

// One run of equal items.
struct StructItem {
  StructKind kind;
  char letter;
  bool swap;    // bytes are in the other order than the machine's
  bool native;  // packs (and words its errors) as C's own type of that name
  Py_ssize_t offset;
  Py_ssize_t size;  // of one item
  Py_ssize_t repeat;
};

// Shared by the Struct object and the operations that run on it: user code may re-initialise the object
// meanwhile.
struct StructLayout {
  int references = 1;
  Py_ssize_t size = 0;   // of the whole
  Py_ssize_t count = 0;  // of Python values
  std::vector<StructItem> items;
};

class StructLayoutRef {
 public:
  explicit StructLayoutRef(StructLayout* layout) : layout_(layout) { layout_->references++; }
  StructLayoutRef(const StructLayoutRef&) = delete;
  ~StructLayoutRef() { release(layout_); }
  static void release(StructLayout* layout) {
    if (--layout->references == 0) delete layout;
  }
  const StructLayout* operator->() const { return layout_; }
  const StructLayout& operator*() const { return *layout_; }

 private:
  StructLayout* layout_;
};

extern PyObject* struct_error;  // struct.error

Result<StructLayout*> structCompile(std::string_view format);  // owned
// args: layout.count values; out: layout.size bytes.
Status structPack(const StructLayout& layout, PyObject* const* args, unsigned char* out);
Result<Ref<>> structUnpack(const StructLayout& layout, const unsigned char* in);

}  // namespace krait::modules
