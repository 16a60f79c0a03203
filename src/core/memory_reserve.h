// Memory for C++ containers when there is none.
//
// Python objects fail with MemoryError; std::vector and std::string cannot fail without exceptions. When
// operator new finds nothing, a block set aside at the start is given back to the C library, which satisfies
// the small requests until the next Python object fails. Raising that MemoryError sets the block aside again.
#pragma once

namespace krait {

void memoryReserveRefill();  // needs the GIL; nothing while memory is short

}  // namespace krait
