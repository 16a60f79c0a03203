// Normalisation forms (UAX #15): full decomposition, canonical order, composition.
#include <algorithm>
#include <cstddef>

#include "base/unicode/database.h"
#include "base/unicode/tables.h"

namespace krait::unicode {
namespace {

bool isCompatibility(Form form) { return form == Form::kNfkc || form == Form::kNfkd; }
bool isComposed(Form form) { return form == Form::kNfc || form == Form::kNfkc; }

class Decomposer {
 public:
  Decomposer(Characters& out, bool compatibility, Version version)
      : out_(out), compatibility_(compatibility), version_(version) {}

  void add(char32_t c) {
    if (isHangulSyllable(c)) return addHangul(c - kHangulFirst);
    if (version_ == Version::kOld) {
      if (!isOldAssigned(c)) return emit(c);
      if (auto* delta = findRange(kOldDecompositions, c)) return add(delta->value);
    }
    auto [tag, chars] = decompositionOf(c);
    if (chars.empty() || (tag != 0 && !compatibility_)) return emit(c);
    for (char32_t each : chars) add(each);
  }

  bool failed() const { return failed_; }

 private:
  // Keeps runs of combining characters in canonical order as they arrive.
  void emit(char32_t c) {
    if (failed_ || !out_.tryReserve(out_.size() + 1)) {
      failed_ = true;
      return;
    }
    int combining = propertyRecord(c).combining;
    out_.append(c);
    if (combining == 0) {
      run_start_ = out_.size();
      max_combining_ = 0;
      return;
    }
    if (combining < max_combining_) sortLast();
    max_combining_ = std::max(max_combining_, combining);
  }

  void sortLast() {
    auto by_class = [](char32_t a, char32_t b) {
      return propertyRecord(a).combining < propertyRecord(b).combining;
    };
    auto last = out_.end() - 1;
    auto place = std::upper_bound(out_.begin() + run_start_, last, *last, by_class);
    std::rotate(place, last, out_.end());
  }

  void addHangul(char32_t index) {
    emit(kLeadFirst + index / (kVowels * kTrails));
    emit(kVowelFirst + index / kTrails % kVowels);
    if (index % kTrails) emit(kTrailFirst + index % kTrails);
  }

  Characters& out_;
  bool failed_ = false;
  size_t run_start_ = 0;
  int max_combining_ = 0;
  bool compatibility_;
  Version version_;
};

// The primary composite of two characters, or 0.
char32_t compose(char32_t first, char32_t second) {
  if (first - kLeadFirst < kLeads && second - kVowelFirst < kVowels)
    return kHangulFirst + ((first - kLeadFirst) * kVowels + (second - kVowelFirst)) * kTrails;
  bool open_syllable = isHangulSyllable(first) && (first - kHangulFirst) % kTrails == 0;
  if (open_syllable && second > kTrailFirst && second < kTrailFirst + kTrails)
    return first + (second - kTrailFirst);
  if ((propertyRecord(second).quick_check & 3) == 0) return 0;  // NFC_QC=Yes: never joins what precedes it
  auto found =
      std::lower_bound(std::begin(kCompositions), std::end(kCompositions), Composition{first, second, 0},
                       [](const Composition& a, const Composition& b) {
                         return a.first != b.first ? a.first < b.first : a.second < b.second;
                       });
  bool equal = found != std::end(kCompositions) && found->first == first && found->second == second;
  return equal ? found->composed : 0;
}

// Joins each starter with the unblocked characters after it, in place.
void composeAll(Characters& text) {
  constexpr size_t kNone = static_cast<size_t>(-1);
  size_t starter = kNone, length = 0;
  int previous = 0;  // combining class of the last character kept after the starter
  for (size_t i = 0; i < text.size(); i++) {
    char32_t c = text[i];
    int combining = propertyRecord(c).combining;
    bool adjacent = starter != kNone && length == starter + 1;
    if (starter != kNone && (adjacent || (combining != 0 && previous < combining))) {
      if (char32_t joined = compose(text[starter], c)) {
        text[starter] = joined;
        continue;
      }
    }
    if (combining == 0) starter = length;
    previous = combining;
    text[length++] = c;
  }
  text.resize(length);
}

}  // namespace

QuickCheck quickCheck(std::u32string_view text, Form form, bool yes_only) {
  int shift = 2 * static_cast<int>(form);
  int previous = 0;
  auto result = QuickCheck::kYes;
  for (char32_t c : text) {
    auto& record = propertyRecord(c);
    if (record.combining != 0 && record.combining < previous) return QuickCheck::kNo;
    previous = record.combining;
    int value = record.quick_check >> shift & 3;
    if (value == 0) continue;
    if (yes_only) return QuickCheck::kMaybe;
    if (value == 2) return QuickCheck::kNo;
    result = QuickCheck::kMaybe;
  }
  return result;
}

bool normalize(std::u32string_view text, Form form, Characters& out, Version version) {
  Decomposer decomposer(out, isCompatibility(form), version);
  for (char32_t c : text) {
    decomposer.add(c);
    if (decomposer.failed()) return false;
  }
  if (isComposed(form)) composeAll(out);
  return true;
}

}  // namespace krait::unicode
