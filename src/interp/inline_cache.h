// Inline caches: the code units behind an instruction, and the counters of adaptive specialisation.
//
// The first unit of every cache is a counter. Adaptive form: executions left before it specialises, in the
// high 12 bits, and the exponent of the next wait in the low 4. Specialised form: misses left before it gives
// up. Invalidation: a cache holds versions (type, keys, function); any change of the thing gives it another
// version.
#pragma once

#include <cstring>

#include "interp/dispatch.h"

namespace krait {

constexpr int kBackoffBits = 4, kMaxBackoff = 12;
constexpr uint16_t kMissesAllowed = 53;
constexpr uint16_t kWarmup = (3 << kBackoffBits) | 5;  // a new site specialises at its fourth execution

// Layouts of the caches; `counter` is unit 0 (ip[1]).
struct AttrCache {
  uint16_t counter, version[2], index;
};
struct MethodCache {
  uint16_t counter, type_version[2], dict_offset, keys_version[2], descr[4];
};
struct GlobalCache {
  uint16_t counter, index, module_keys[2], builtin_keys;
};
struct SubscrCache {
  uint16_t counter, type_version[2], func_version;
};
struct CallCache {
  uint16_t counter, func_version[2], min_args;
};
struct CompareCache {
  uint16_t counter, mask;
};
static_assert(sizeof(AttrCache) == 8 && sizeof(MethodCache) == 20 && sizeof(GlobalCache) == 10);

template <class C>
KR_ALWAYS_INLINE C* cacheOf(const Unit* ip) {
  return reinterpret_cast<C*>(const_cast<Unit*>(ip + 1));
}
KR_ALWAYS_INLINE uint32_t cacheRead32(const uint16_t* p) {
  uint32_t value;
  std::memcpy(&value, p, 4);
  return value;
}
KR_ALWAYS_INLINE void cacheWrite32(uint16_t* p, uint32_t value) { std::memcpy(p, &value, 4); }
KR_ALWAYS_INLINE PyObject* cacheReadObject(const uint16_t* p) {
  PyObject* value;
  std::memcpy(&value, p, 8);
  return value;
}
KR_ALWAYS_INLINE void cacheWriteObject(uint16_t* p, PyObject* value) { std::memcpy(p, &value, 8); }

inline void setOpcode(const Unit* ip, Op op) {
  reinterpret_cast<uint8_t*>(const_cast<Unit*>(ip))[0] = static_cast<uint8_t>(op);
}
inline void specializeTo(const Unit* ip, Op op) {
  setOpcode(ip, op);
  const_cast<Unit*>(ip)[1] = kMissesAllowed;
}
// A failed attempt: wait twice as long for the next.
inline void specializeFailed(const Unit* ip) {
  uint16_t& counter = const_cast<Unit*>(ip)[1];
  int exponent = counter & ((1 << kBackoffBits) - 1);
  if (exponent < kMaxBackoff) exponent++;
  counter = static_cast<uint16_t>((((1 << exponent) - 1) << kBackoffBits) | exponent);
}
// True when it is time to try; else counts down.
KR_ALWAYS_INLINE bool adaptiveIsDue(const Unit* ip) {
  uint16_t& counter = const_cast<Unit*>(ip)[1];
  if (counter < (1 << kBackoffBits)) return true;
  counter = static_cast<uint16_t>(counter - (1 << kBackoffBits));
  return false;
}

// The adaptive opcode of a family; CACHE when the opcode does not specialise.
constexpr Op opAdaptive(Op generic) {
  switch (generic) {
    case Op::BINARY_OP: return Op::BINARY_OP_ADAPTIVE;
    case Op::BINARY_SUBSCR: return Op::BINARY_SUBSCR_ADAPTIVE;
    case Op::CALL: return Op::CALL_ADAPTIVE;
    case Op::COMPARE_OP: return Op::COMPARE_OP_ADAPTIVE;
    case Op::LOAD_ATTR: return Op::LOAD_ATTR_ADAPTIVE;
    case Op::LOAD_GLOBAL: return Op::LOAD_GLOBAL_ADAPTIVE;
    case Op::LOAD_METHOD: return Op::LOAD_METHOD_ADAPTIVE;
    case Op::PRECALL: return Op::PRECALL_ADAPTIVE;
    case Op::STORE_ATTR: return Op::STORE_ATTR_ADAPTIVE;
    case Op::STORE_SUBSCR: return Op::STORE_SUBSCR_ADAPTIVE;
    case Op::UNPACK_SEQUENCE: return Op::UNPACK_SEQUENCE_ADAPTIVE;
    default: return Op::CACHE;
  }
}

// The specialisers. Each looks at the operands and rewrites the instruction, or backs off. They run no
// Python.
void specializeBinaryOp(const Unit* ip, PyObject* left, PyObject* right, int nb_op, PyObject** locals);
void specializeCompareOp(const Unit* ip, PyObject* left, PyObject* right, int op);
void specializeBinarySubscr(const Unit* ip, PyObject* container, PyObject* key);
void specializeStoreSubscr(const Unit* ip, PyObject* container, PyObject* key);
void specializeUnpack(const Unit* ip, PyObject* sequence, int count);
void specializeLoadAttr(const Unit* ip, PyObject* owner, StrObject* name);
void specializeStoreAttr(const Unit* ip, PyObject* owner, StrObject* name);
void specializeLoadMethod(const Unit* ip, PyObject* owner, StrObject* name);
void specializeLoadGlobal(const Unit* ip, PyObject* globals, PyObject* builtins, StrObject* name);
void specializePrecall(const Unit* ip, PyObject* callable, int nargs, bool keywords, bool method_form,
                       int oparg);
void specializeCall(const Unit* ip, PyObject* callable, int nargs, bool keywords);

// An adaptive form: tries to specialise when due, then runs the instruction that stands there now.
#define OP_ADAPTIVE(NAME, GENERIC, SPECIALIZE)                                                        \
  OP_HANDLER(NAME) {                                                                                  \
    if (!adaptiveIsDue(ip)) [[clang::musttail]]                                                       \
      return op_##GENERIC(ip, top, frame, thread, oparg);                                             \
    [[maybe_unused]] Stack sp{top};                                                                   \
    SPECIALIZE;                                                                                       \
    Handler* next = (*ip & 255) == static_cast<int>(Op::NAME) ? &op_##GENERIC : kHandlers[*ip & 255]; \
    [[clang::musttail]] return next(ip, top, frame, thread, oparg);                                   \
  }

}  // namespace krait
