// _opcode: facts about byte code.
#include "bytecode/stack_effect.h"
#include "core/native.h"
#include "types/bool.h"
#include "types/int.h"
#include "types/module.h"

namespace krait::modules {
namespace {

Result<JumpTaken> jumpTaken(PyObject* jump) {
  if (jump == Py_None) return JumpTaken::kEither;
  if (jump == Py_True) return JumpTaken::kYes;
  if (jump == Py_False) return JumpTaken::kNo;
  return raise(PyExc_ValueError, "stack_effect: jump must be False, True or None");
}

Result<int> opargValue(int opcode, PyObject* oparg) {
  bool given = oparg != Py_None;
  if (opcode >= kHaveArgument && !given) {
    return raise(PyExc_ValueError, "stack_effect: opcode requires oparg but oparg was not specified");
  }
  if (opcode < kHaveArgument && given) {
    return raise(PyExc_ValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
  }
  return given ? static_cast<int>(TRY(asLong(oparg))) : 0;
}

Result<int> opcodeStackEffect(int opcode, PyObject* oparg, PyObject* jump) {
  int value = TRY(opargValue(opcode, oparg));
  JumpTaken taken = TRY(jumpTaken(jump));
  // Compiler-internal opcodes have negative numbers outside.
  int number = opcode >= 0 ? opcode : opcode > -kOpCount ? kFirstPseudoOp - 1 - opcode : -1;
  bool known = opExists(number) && (opcode < 0 || number < kFirstPseudoOp);
  int effect = known ? stackEffect(static_cast<Op>(number), value, taken) : kInvalidStackEffect;
  if (effect == kInvalidStackEffect) return raise(PyExc_ValueError, "invalid opcode or oparg");
  return effect;
}

Ref<> specializationStats() { return none(); }

constinit PyMethodDef kMethods[] = {
    function<"stack_effect($module, opcode, oparg=None, /, *, jump=None)", opcodeStackEffect,
             "How an instruction changes the stack depth.">,
    function<"get_specialization_stats($module, /)", specializationStats,
             "Statistics of the specialiser; None when it keeps none.">,
    {},
};

Status opcodeExec(PyObject*) { return {}; }
constinit PyModuleDef kModule = moduleDef<"_opcode", opcodeExec>(kMethods, "Facts about byte code.");

}  // namespace

PyObject* initOpcode() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
