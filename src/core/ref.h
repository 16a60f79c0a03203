// Reference handles. Five spellings in the whole code base:
//   T*        borrowed, never null, valid for this call
//   Opt<T>    borrowed or absent; no error implied
//   Ref<T>    owned, never null; move-only
//   MaybeRef<T>  owned or absent; no error implied
//   Result<X> an X, or a Python exception is pending on this thread (core/result.h)
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "abi/object.h"
#include "base/macros.h"

namespace krait {

// Objects that never die (None, small ints, static types ...) start at this count; it is far from both ends,
// so that extensions which count them blindly do no harm.
constexpr Py_ssize_t kImmortalRefcount = Py_ssize_t{1} << 60;

void deallocate(PyObject* object);  // runs tp_dealloc; re-saturates an immortal object. core/object.cpp

KR_ALWAYS_INLINE void incref(PyObject* object) { object->ob_refcnt++; }
KR_ALWAYS_INLINE void decref(PyObject* object) {
  if (--object->ob_refcnt == 0) [[unlikely]]
    deallocate(object);
}
KR_ALWAYS_INLINE void xincref(PyObject* object) {
  if (object) incref(object);
}
KR_ALWAYS_INLINE void xdecref(PyObject* object) {
  if (object) decref(object);
}

template <class T = PyObject>
class [[clang::trivial_abi]] Opt {
 public:
  constexpr Opt() : p_(nullptr) {}
  constexpr Opt(std::nullptr_t) : p_(nullptr) {}
  template <class U>
    requires std::is_convertible_v<U*, T*>
  constexpr Opt(U* p) : p_(p) {}
  template <class U>
    requires std::is_convertible_v<U*, T*>
  constexpr Opt(Opt<U> o) : p_(o.get()) {}
  constexpr explicit operator bool() const { return p_ != nullptr; }
  constexpr T* get() const { return p_; }
  constexpr T* operator->() const { return p_; }
  constexpr T* orElse(T* other) const { return p_ ? p_ : other; }

 private:
  T* p_;
};

template <class T = PyObject>
class [[clang::trivial_abi]] Ref {
 public:
  static Ref steal(T* owned) { return Ref(owned); }
  static Ref share(T* borrowed) {
    incref(borrowed);
    return Ref(borrowed);
  }
  Ref(Ref&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  template <class U>
    requires(!std::is_same_v<U, T> && std::is_convertible_v<U*, T*>)
  Ref(Ref<U>&& other) noexcept : p_(std::move(other).leak()) {}
  Ref& operator=(Ref&& other) noexcept {
    T* old = std::exchange(p_, std::exchange(other.p_, nullptr));
    if (old) decref(old);
    return *this;
  }
  ~Ref() {
    if (p_) decref(p_);
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  operator T*() const& { return p_; }  // borrowing is free; not from a temporary
  operator T*() && = delete;
  T* leak() && { return std::exchange(p_, nullptr); }
  Ref clone() const { return share(p_); }
  // For a value whose type the caller has just established.
  template <class U>
  Ref<U> as() && {
    return Ref<U>::steal(static_cast<U*>(std::exchange(p_, nullptr)));
  }

 private:
  explicit Ref(T* p) : p_(p) { KR_ASSERT(p, "Ref is never null"); }
  T* p_;
};

template <class T = PyObject>
class [[clang::trivial_abi]] MaybeRef {
 public:
  MaybeRef() : p_(nullptr) {}
  MaybeRef(std::nullptr_t) : p_(nullptr) {}
  template <class U>
    requires std::is_convertible_v<U*, T*>
  MaybeRef(Ref<U>&& ref) : p_(std::move(ref).leak()) {}
  static MaybeRef steal(T* owned) {
    MaybeRef r;
    r.p_ = owned;
    return r;
  }
  static MaybeRef share(T* borrowed) {
    if (borrowed) incref(borrowed);
    return steal(borrowed);
  }
  MaybeRef(MaybeRef&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  MaybeRef& operator=(MaybeRef&& other) noexcept {
    T* old = std::exchange(p_, std::exchange(other.p_, nullptr));
    if (old) decref(old);
    return *this;
  }
  ~MaybeRef() {
    if (p_) decref(p_);
  }
  explicit operator bool() const { return p_ != nullptr; }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  Opt<T> opt() const { return p_; }
  T* leak() && { return std::exchange(p_, nullptr); }
  Ref<T> take() && { return Ref<T>::steal(std::exchange(p_, nullptr)); }

 private:
  T* p_;
};

template <class T>
Ref<T> share(T* borrowed) {
  return Ref<T>::share(borrowed);
}
template <class T>
Ref<T> steal(T* owned) {
  return Ref<T>::steal(owned);
}
inline Ref<> none() { return share(Py_None); }
inline Ref<> notImplemented() { return share(Py_NotImplemented); }

// Replace / drop a field's reference. The field is updated first: dropping the old value may run Python.
template <class T>
void setField(T*& field, Ref<std::type_identity_t<T>> value) {
  T* old = std::exchange(field, std::move(value).leak());
  if (old) decref(old);
}
template <class T>
void clearField(T*& field) {
  T* old = std::exchange(field, nullptr);
  if (old) decref(old);
}

// Type tests and downcasts. `cast` asserts nothing but spells the intention; test first.
inline PyTypeObject* typeOf(const PyObject* object) { return object->ob_type; }
inline bool hasFlag(const PyTypeObject* type, unsigned long flag) { return (type->tp_flags & flag) != 0; }
inline bool isExact(const PyObject* object, const PyTypeObject* type) { return object->ob_type == type; }
bool typeIsSubtype(const PyTypeObject* type, const PyTypeObject* base);  // walks the MRO. types/type.cpp
inline bool isInstanceOf(const PyObject* object, const PyTypeObject* type) {
  return object->ob_type == type || typeIsSubtype(object->ob_type, type);
}
template <class T>
T* cast(PyObject* object) {
  return static_cast<T*>(object);
}

}  // namespace krait
