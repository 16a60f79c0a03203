// cell
#pragma once

#include "core/result.h"

namespace krait {

struct CellObject : PyObject {
  PyObject* ob_ref;  // owned; null: empty
};
Result<Ref<CellObject>> cellNew(Opt<> value);

}  // namespace krait
