// Validation of pattern code. What it accepts the matcher can run without any further bounds checks on the
// code.
#include "modules/sre/program.h"

#include <cstring>
#include <vector>

#include "core/errors.h"
#include "core/thread.h"
#include "modules/sre/chars.h"

namespace krait::sre {

namespace {

class Validator {
 public:
  Validator(const Code* code, Code size, long groups) : code_(code), size_(size), groups_(groups) {}
  // Positions of the sets (the word behind their skip), in ascending order of discovery.
  const std::vector<Code>& sets() const { return sets_; }

  Result<bool> run() {
    if (groups_ < 0 || groups_ > kMaxGroups || size_ < 1 || code_[size_ - 1] != kSuccess) return false;
    return block(0, size_ - 1);
  }

 private:
  // All positions: Code; `end` is exclusive. An operand read through word() is inside the block.
  bool word(Code at, Code end, Code* value) const {
    if (at >= end) return false;
    *value = code_[at];
    return true;
  }
  // A skip at `at` that leads to at most `end`; *target: where it leads.
  bool skip(Code at, Code end, Code* target) const {
    Code distance;
    if (!word(at, end, &distance) || distance > end - at) return false;
    *target = at + distance;
    return true;
  }

  Result<bool> block(Code at, Code end) {
    auto guard = TRY(RecursionGuard::enter(" in regular expression validation"));
    while (at < end) {
      if (!TRY(instruction(&at, end))) return false;
    }
    return at == end;
  }

  Result<bool> instruction(Code* at, Code end) {
    Code pc = *at, value;
    switch (code_[pc]) {
      case kSuccess:
      case kFailure:
      case kAny:
      case kAnyAll: *at = pc + 1; return true;
      case kLiteral:
      case kNotLiteral:
      case kLiteralIgnore:
      case kNotLiteralIgnore:
      case kLiteralUniIgnore:
      case kNotLiteralUniIgnore:
      case kLiteralLocIgnore:
      case kNotLiteralLocIgnore: *at = pc + 2; return word(pc + 1, end, &value);
      case kMark: *at = pc + 2; return word(pc + 1, end, &value) && value < 2 * static_cast<size_t>(groups_);
      case kGroupRef:
      case kGroupRefIgnore:
      case kGroupRefUniIgnore:
      case kGroupRefLocIgnore:
        *at = pc + 2;
        return word(pc + 1, end, &value) && value < static_cast<size_t>(groups_);
      case kAt: *at = pc + 2; return word(pc + 1, end, &value) && value < kAtCount;
      case kCategory: *at = pc + 2; return word(pc + 1, end, &value) && value < kCategoryCount;
      case kIn:
      case kInIgnore:
      case kInUniIgnore:
      case kInLocIgnore: return setInstruction(at, end);
      case kInfo: return info(at, end);
      case kBranch: return branch(at, end);
      case kRepeatOne:
      case kMinRepeatOne:
      case kPossessiveRepeatOne: return repeatOne(at, end);
      case kRepeat:
      case kPossessiveRepeat: return repeat(at, end);
      case kAtomicGroup: return subBlock(at, end, 2);
      case kAssert:
      case kAssertNot: return assertion(at, end);
      case kGroupRefExists: return conditional(at, end);
      default: return false;
    }
  }

  Result<bool> setInstruction(Code* at, Code end) {
    Code target;
    if (!skip(*at + 1, end, &target) || target < *at + 3 || !charset(*at + 2, target)) return false;
    sets_.push_back(*at + 2);
    *at = target;
    return true;
  }

  // A set from `at` to exactly `end`, FAILURE last.
  bool charset(Code at, Code end) const {
    if (at >= end || code_[end - 1] != kFailure) return false;
    for (end--; at < end;) {
      Code size = 1, value = 0;
      switch (code_[at]) {
        case kNegate: break;
        case kLiteral: size = 2; break;
        case kRange:
        case kRangeUniIgnore: size = 3; break;
        case kCharset: size = 9; break;
        case kCategory:
          size = 2;
          if (!word(at + 1, end, &value) || value >= kCategoryCount) return false;
          break;
        case kBigCharset:
          if (!word(at + 1, end, &value) || value > 256 || !bigCharset(at, end, value)) return false;
          size = 66 + value * 8;
          break;
        default: return false;
      }
      if (size > end - at) return false;
      at += size;
    }
    return true;
  }
  bool bigCharset(Code at, Code end, Code blocks) const {
    if (end - at < 66 + blocks * 8) return false;
    auto* numbers = reinterpret_cast<const uint8_t*>(code_ + at + 2);
    for (int i = 0; i < 256; i++) {
      if (numbers[i] >= blocks) return false;
    }
    return true;
  }

  Result<bool> info(Code* at, Code end) {
    Code pc = *at, target, flags;
    if (!skip(pc + 1, end, &target) || target < pc + 5 || !word(pc + 2, target, &flags)) return false;
    if (flags & ~(kInfoPrefix | kInfoLiteral | kInfoCharset)) return false;
    if ((flags & kInfoPrefix) && (flags & kInfoCharset)) return false;
    if ((flags & kInfoLiteral) && !(flags & kInfoPrefix)) return false;
    if ((flags & kInfoPrefix) && !prefix(pc + 5, target)) return false;
    if (flags & kInfoCharset) {
      if (!charset(pc + 5, target)) return false;
      sets_.push_back(pc + 5);
    }
    *at = target;
    return true;
  }
  // Length, skip, the characters, the overlap table.
  bool prefix(Code at, Code end) const {
    Code length, skipped;
    if (!word(at, end, &length) || !word(at + 1, end, &skipped) || length == 0 || skipped > length)
      return false;
    if (length > (end - at - 2) / 2 || at + 2 + 2 * length != end) return false;
    for (Code i = 0; i < length; i++) {
      if (code_[at + 2 + length + i] >= length) return false;
      if (code_[at + 2 + length + i] > i) return false;
    }
    return prefixIsPattern(end, at + 2, skipped);
  }
  // The matcher skips the leading literals that the prefix has already compared.
  bool prefixIsPattern(Code at, Code characters, Code count) const {
    for (Code i = 0; i < count; i++) {
      Code pc = at + 2 * i;
      if (pc + 1 >= size_ || code_[pc] != kLiteral || code_[pc + 1] != code_[characters + i]) return false;
    }
    return true;
  }

  Result<bool> branch(Code* at, Code end) {
    Code pc = *at + 1, join = 0, target, distance;
    while (word(pc, end, &distance) && distance != 0) {
      if (!skip(pc, end, &target) || target < pc + 3 || code_[target - 2] != kJump) return false;
      if (!TRY(block(pc + 1, target - 2))) return false;
      Code jump_target;
      if (!skip(target - 1, end, &jump_target)) return false;
      if (join != 0 && jump_target != join) return false;
      join = jump_target;
      pc = target;
    }
    if (pc >= end || join != pc + 1) return false;
    *at = join;
    return true;
  }

  bool bounds(Code pc, Code end) const {
    Code least, most;
    return word(pc + 2, end, &least) && word(pc + 3, end, &most) && least <= most;
  }

  // One character item, SUCCESS.
  Result<bool> repeatOne(Code* at, Code end) {
    Code pc = *at, target;
    if (!skip(pc + 1, end, &target) || !bounds(pc, end) || target < pc + 6) return false;
    Code item = pc + 4;
    if (code_[target - 1] != kSuccess || !isUnit(code_[item])) return false;
    if (!TRY(instruction(&item, target - 1)) || item != target - 1) return false;
    *at = target;
    return true;
  }

  // A block, then MAX_UNTIL or MIN_UNTIL (SUCCESS for possessive repeats).
  Result<bool> repeat(Code* at, Code end) {
    Code pc = *at, target;
    if (!skip(pc + 1, end, &target) || !bounds(pc, end) || target < pc + 4 || target >= end) return false;
    if (!TRY(block(pc + 4, target))) return false;
    Code last = code_[target];
    bool fits = code_[pc] == kRepeat ? last == kMaxUntil || last == kMinUntil : last == kSuccess;
    *at = target + 1;
    return fits;
  }

  // `head` operand words, then a block that ends with SUCCESS.
  Result<bool> subBlock(Code* at, Code end, Code head) {
    Code pc = *at, target;
    if (!skip(pc + 1, end, &target) || target < pc + head + 1 || code_[target - 1] != kSuccess) return false;
    *at = target;
    return block(pc + head, target - 1);
  }
  Result<bool> assertion(Code* at, Code end) {
    Code back;
    if (!word(*at + 2, end, &back) || (back & 0x80000000u)) return false;
    return subBlock(at, end, 3);
  }

  Result<bool> conditional(Code* at, Code end) {
    Code pc = *at, group, distance;
    if (!word(pc + 1, end, &group) || group >= static_cast<size_t>(groups_) || !word(pc + 2, end, &distance))
      return false;
    if (distance < 1 || distance > end - pc - 1) return false;
    Code other = pc + 1 + distance;  // the no-part, or what follows
    if (other < pc + 3) return false;
    Code at_yes = pc + 3;
    while (at_yes < other) {
      if (at_yes + 2 == other &&
          code_[at_yes] == kJump) {  // no instruction begins with JUMP: this ends the yes-part
        if (!skip(other - 1, end, at) || *at < other) return false;
        return block(other, *at);
      }
      if (!TRY(instruction(&at_yes, other))) return false;
    }
    *at = other;
    return at_yes == other;
  }

  const Code* code_;
  Code size_;
  long groups_;
  std::vector<Code> sets_;
};

CharBitmap bitmapOf(const Code* set) {
  CharBitmap bitmap{};
  for (Code ch = 0; ch < 256; ch++) {
    if (inSet(set, ch)) bitmap.bits[ch >> 5] |= 1u << (ch & 31);
  }
  return bitmap;
}

Result<Program*> prepare(const Code* code, Code size, long groups, const std::vector<Code>& sets) {
  auto* program = static_cast<Program*>(memAlloc(sizeof(Program)));
  auto* run = static_cast<Code*>(memAlloc(size * sizeof(Code)));
  auto* bitmaps = static_cast<CharBitmap*>(memAlloc((sets.size() + 1) * sizeof(CharBitmap)));
  if (!program || !run || !bitmaps) {
    memFree(program);
    memFree(run);
    memFree(bitmaps);
    return raiseNoMemory();
  }
  std::memcpy(run, code, size * sizeof(Code));
  for (size_t i = 0; i < sets.size(); i++) {
    bool fixed = isLocaleFree(code + sets[i]);
    if (fixed) bitmaps[i] = bitmapOf(code + sets[i]);
    run[sets[i]] = fixed ? static_cast<Code>(i) : kNoBitmap;
  }
  *program = {code, run, bitmaps, size, code[0] == kInfo ? 1 + code[1] : 0, groups};
  return program;
}

}  // namespace

Result<Program*> programNew(const Code* code, Py_ssize_t size, long groups) {
  if (size >= INT32_MAX) return raise(PyExc_OverflowError, "regular expression code size limit exceeded");
  Validator validator(code, static_cast<Code>(size), groups);
  if (!TRY(validator.run())) return raise(PyExc_RuntimeError, "invalid SRE code");
  return prepare(code, static_cast<Code>(size), groups, validator.sets());
}

void programFree(Program* program) {
  if (!program) return;
  memFree(program->run);
  memFree(program->bitmaps);
  memFree(program);
}

}  // namespace krait::sre
