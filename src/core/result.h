// Result<X>: an X, or a Python exception is pending on this thread. Discarding one does not compile.
//
// TRY(expr) yields the value or returns Raised{} from the current function (any Result converts from Raised).
// Result<Ref<T>> is one word, returned in a register; null means "raised", CPython's own convention.
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

#include "core/ref.h"

namespace krait {

struct [[nodiscard]] Raised {};

#ifdef KR_DEBUG
bool exceptionPending();
#define KR_ASSERT_RAISED() KR_ASSERT(::krait::exceptionPending(), "a failed Result has an exception pending")
#else
#define KR_ASSERT_RAISED() (void)0
#endif

template <class X>
class [[nodiscard]] Result;

template <class T>
class [[nodiscard, clang::trivial_abi]] Result<Ref<T>> {
 public:
  template <class U>
    requires std::is_convertible_v<U*, T*>
  Result(Ref<U> value) : p_(std::move(value).leak()) {}
  Result(Raised) : p_(nullptr) { KR_ASSERT_RAISED(); }
  template <class U>
    requires(!std::is_same_v<U, T> && std::is_convertible_v<U*, T*>)
  Result(Result<Ref<U>>&& other) : p_(static_cast<U*>(std::move(other).toC())) {}
  static Result fromC(T* owned) { return owned ? Result(Ref<T>::steal(owned)) : Result(Raised{}); }
  Result(Result&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Result& operator=(Result&& other) noexcept {
    T* old = std::exchange(p_, std::exchange(other.p_, nullptr));
    if (old) decref(old);
    return *this;
  }
  ~Result() {
    if (p_) decref(p_);
  }
  bool failed() const { return p_ == nullptr; }
  Ref<T> take() && { return Ref<T>::steal(std::exchange(p_, nullptr)); }
  T* toC() && { return std::exchange(p_, nullptr); }

 private:
  T* p_;
};

// One word too: null is "absent", an address no object has is "raised".
template <class T>
class [[nodiscard, clang::trivial_abi]] Result<MaybeRef<T>> {
 public:
  template <class U>
    requires std::is_convertible_v<U, MaybeRef<T>>
  Result(U&& value) : p_(MaybeRef<T>(std::forward<U>(value)).leak()) {}
  Result(Raised) : p_(raised()) { KR_ASSERT_RAISED(); }
  Result(Result&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  ~Result() {
    if (p_ && p_ != raised()) decref(p_);
  }
  bool failed() const { return p_ == raised(); }
  MaybeRef<T> take() && { return MaybeRef<T>::steal(std::exchange(p_, nullptr)); }

 private:
  static T* raised() { return reinterpret_cast<T*>(uintptr_t{1}); }
  T* p_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() : ok_(true) {}
  Result(Raised) : ok_(false) { KR_ASSERT_RAISED(); }
  static Result fromC(int status) { return status < 0 ? Result(Raised{}) : Result(); }
  bool failed() const { return !ok_; }
  void take() && {}
  int toC() && { return ok_ ? 0 : -1; }

 private:
  bool ok_;
};

// Everything else, e.g. Result<bool>, Result<Py_ssize_t>, Result<Opt<T>>, Result<std::string>.
template <class X>
class [[nodiscard]] Result {
 public:
  template <class U>
    requires(std::is_convertible_v<U &&, X> && !std::is_same_v<std::remove_cvref_t<U>, Raised>)
  Result(U&& value) : value_(std::forward<U>(value)) {}
  Result(Raised) { KR_ASSERT_RAISED(); }
  bool failed() const { return !value_.has_value(); }
  X take() && { return std::move(*value_); }

 private:
  std::optional<X> value_;
};

using Status = Result<void>;

// A C function's "-1 with an exception means failure" answer.
inline Result<bool> boolFromC(int status) {
  if (status < 0) return Raised{};
  return status != 0;
}

}  // namespace krait

#define TRY(...)                       \
  ({                                   \
    auto kr_try_ = (__VA_ARGS__);      \
    if (kr_try_.failed()) [[unlikely]] \
      return ::krait::Raised{};        \
    std::move(kr_try_).take();         \
  })
#define MUST(...)                                                  \
  ({                                                               \
    auto kr_must_ = (__VA_ARGS__);                                 \
    KR_CHECK(!kr_must_.failed(), "an operation that cannot fail"); \
    std::move(kr_must_).take();                                    \
  })
