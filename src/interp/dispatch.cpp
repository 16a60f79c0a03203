// The dispatch tables and the common miss path of specialised instructions.
#include "interp/inline_cache.h"

namespace krait {
namespace {

struct HandlerTable {
  Handler* handlers[256];
};

constexpr HandlerTable makeHandlers() {
  HandlerTable table{};
  for (Handler*& handler : table.handlers) handler = &op_CACHE;
#define OP(NAME, number, ...) table.handlers[number] = &op_##NAME;
#define SPEC(NAME, number, ...) table.handlers[number] = &op_##NAME;
#include "bytecode/opcodes.def"
  return table;
}
constexpr HandlerTable kTable = makeHandlers();

}  // namespace

#define HANDLER_4(i) \
  kTable.handlers[i], kTable.handlers[i + 1], kTable.handlers[i + 2], kTable.handlers[i + 3]
#define HANDLER_16(i) HANDLER_4(i), HANDLER_4(i + 4), HANDLER_4(i + 8), HANDLER_4(i + 12)
#define HANDLER_64(i) HANDLER_16(i), HANDLER_16(i + 16), HANDLER_16(i + 32), HANDLER_16(i + 48)
#define HANDLER_256 HANDLER_64(0), HANDLER_64(64), HANDLER_64(128), HANDLER_64(192)
constinit Handler* const kHandlers[256] = {HANDLER_256};
constinit Handler* dispatch_table[256] = {HANDLER_256};

KR_CC PyObject* missed(OP_PARAMETERS) {
  Op op = unitOp(*ip);
  Op generic = opGeneric(op);
  if (op != generic && opCacheUnits(generic) > 0) {
    uint16_t& counter = const_cast<Unit*>(ip)[1];
    if (counter == 0) {
      setOpcode(ip, opAdaptive(generic));
      counter = kWarmup;
    } else {
      counter--;
    }
  }
  [[clang::musttail]] return kHandlers[static_cast<int>(generic)](ip, top, frame, thread, oparg);
}

}  // namespace krait
