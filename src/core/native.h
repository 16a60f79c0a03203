// Native code, one row per method, getter, slot or function:
//
//   constinit PyMethodDef kListMethods[] = {
//       method<"append($self, object, /)", listAppend, "Append object to the end of the list.">,
//       method<"sort($self, /, *, key=None, reverse=False)", listSort, "Sort the list in place.">,
//       {}};
//   constinit PyGetSetDef kIntGetSet[] = {getset<"real", intReal, "The real part.">, {}};
//   KR_EXPORT constinit PyTypeObject PyList_Type = {KR_TYPE_HEAD, .tp_name = "list", .tp_repr =
//   slot<listRepr>, ...}; constinit PyMethodDef kMathMethods[] = {function<"sqrt($module, x, /)", mathSqrt,
//   "Square root of x.">, {}};
//
// The text signature is parsed at compile time; converters come from the C++ parameter types (ArgFrom below,
// open for specialisation); the row picks the cheapest calling convention: METH_NOARGS, METH_O,
// METH_FASTCALL, with keywords last. Count and keyword matching live in one routine, bindArguments().
#pragma once

#include <optional>
#include <string_view>
#include <tuple>

#include "core/buffer.h"
#include "core/number.h"
#include "core/object.h"
#include "core/signature.h"

namespace krait {

struct StrObject;
struct BytesObject;

// The arguments of a variadic function as they came: count positional ones, then the values of `names`.
struct CallArgs {
  PyObject* const* values;
  Py_ssize_t count;
  Opt<TupleObject> names;
};

// Where an argument stands, for error messages.
struct ArgContext {
  const char* function;
  const char* name;  // null: positional-only
  int position;      // 1-based; 0: the function's only argument
};
// "f() argument 'x' must be str, not int"
[[gnu::cold]] Raised raiseBadArgument(const ArgContext& where, const char* wanted, PyObject* given);

// Fills out[0..sig.count): borrowed, null where absent. CPython's messages for wrong counts and names.
Status bindArguments(const RuntimeSignature& sig, PyObject* const* args, Py_ssize_t count,
                     Opt<TupleObject> names, PyObject** out);
Status bindPositional(const RuntimeSignature& sig, PyObject* const* args, Py_ssize_t count, PyObject** out);
Status bindTupleDict(const RuntimeSignature& sig, PyObject* args, PyObject* kwargs, PyObject** out);

// What bindLoosely found amiss and left to finishLoosely to say, which raises if there is something (true:
// nothing was). converted: all arguments up to a missing one could be converted; else an exception may be
// pending already.
struct LooseBinding {
  int missing = -1;
  bool unused = false;
};
struct GivenArgs {
  PyObject* const* values;  // positional ones, then those of `names`
  Py_ssize_t count;
  TupleObject* names;  // null: the keywords, if any, are in `dict`
  DictObject* dict;
};
GivenArgs givenTupleDict(PyObject* args, PyObject* kwargs);
Status bindLoosely(const RuntimeSignature& sig, const GivenArgs& given, PyObject** out,
                   LooseBinding& binding);
bool finishLoosely(const RuntimeSignature& sig, const GivenArgs& given, const LooseBinding& binding,
                   bool converted);

// Conversion of one argument. `fallback` parses the default's text when the argument is absent.
template <class T>
struct ArgFrom;

consteval long parseDefaultInteger(std::string_view text) {
  if (text == "sys.maxsize") return PY_SSIZE_T_MAX;
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  long value = 0;
  if (text.empty()) badTextSignature();
  for (char c : text) {
    if (c < '0' || c > '9') badTextSignature();
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

template <>
struct ArgFrom<PyObject*> {
  static Result<PyObject*> from(PyObject* o, const ArgContext&) { return o; }
  template <Text D>
  static PyObject* fallback() {
    static_assert(D.view() == "None" || D.view() == "True" || D.view() == "False",
                  "use Opt<> for this default");
    if constexpr (D.view() == "None") return Py_None;
    extern PyObject* const kBoolObjects[2];
    return kBoolObjects[D.view() == "True"];
  }
};
template <class T>
struct ArgFrom<Opt<T>> {
  static Result<Opt<T>> from(PyObject* o, const ArgContext& where) {
    if constexpr (std::is_same_v<T, PyObject>)
      return Opt<T>(o);
    else
      return Opt<T>(TRY(ArgFrom<T*>::from(o, where)));
  }
  template <Text D>
  static Opt<T> fallback() {
    return nullptr;
  }
};
template <class T>
struct ArgFrom<std::optional<T>> {
  static Result<std::optional<T>> from(PyObject* o, const ArgContext& where) {
    return std::optional<T>(TRY(ArgFrom<T>::from(o, where)));
  }
  template <Text D>
  static std::optional<T> fallback() {
    return std::nullopt;
  }
};
template <class T, auto Convert>
struct IntegerArg {
  static Result<T> from(PyObject* o, const ArgContext&) { return Convert(o); }
  template <Text D>
  static T fallback() {
    return static_cast<T>(parseDefaultInteger(D.view()));
  }
};
// __index__, OverflowError "Python int too large to convert to C ssize_t"
Result<Py_ssize_t> argSsize(PyObject* object);
template <>
struct ArgFrom<int> : IntegerArg<int, asInt> {};
template <>
struct ArgFrom<long> : IntegerArg<long, argSsize> {};
template <>
struct ArgFrom<bool> {
  static Result<bool> from(PyObject* o, const ArgContext&) { return objectIsTrue(o); }
  template <Text D>
  static bool fallback() {
    static_assert(D.view() == "True" || D.view() == "False");
    return D.view() == "True";
  }
};
// A truth that is given as an int: Argument Clinic's bool(accept={int}).
struct IntTruth {
  bool value;
  constexpr operator bool() const { return value; }
};
template <>
struct ArgFrom<IntTruth> {
  static Result<IntTruth> from(PyObject* o, const ArgContext&) { return IntTruth{TRY(asInt(o)) != 0}; }
  template <Text D>
  static IntTruth fallback() {
    return {ArgFrom<bool>::fallback<D>()};
  }
};
template <>
struct ArgFrom<double> {
  static Result<double> from(PyObject* o, const ArgContext&) { return asDouble(o); }
  template <Text D>
  static double fallback() {
    return static_cast<double>(parseDefaultInteger(D.view().substr(0, D.view().find('.'))));
  }
};
template <>
struct ArgFrom<StrObject*> {
  static Result<StrObject*> from(PyObject* o, const ArgContext& where);  // exact or subclass of str
};
template <>
struct ArgFrom<BytesObject*> {
  static Result<BytesObject*> from(PyObject* o, const ArgContext& where);
};
template <>
struct ArgFrom<TupleObject*> {
  static Result<TupleObject*> from(PyObject* o, const ArgContext& where);
};
template <>
struct ArgFrom<ListObject*> {
  static Result<ListObject*> from(PyObject* o, const ArgContext& where);
};
template <>
struct ArgFrom<DictObject*> {
  static Result<DictObject*> from(PyObject* o, const ArgContext& where);
};
template <>
struct ArgFrom<PyTypeObject*> {
  static Result<PyTypeObject*> from(PyObject* o, const ArgContext& where);
};
template <>
struct ArgFrom<Buffer> {  // y*: any contiguous bytes-like object
  static Result<Buffer> from(PyObject* o, const ArgContext& where);
};
template <>
struct ArgFrom<char32_t> {  // C: a str of length 1
  static Result<char32_t> from(PyObject* o, const ArgContext& where);
};

// Results of native functions as Python objects.
Ref<> boolObject(bool value);
Result<Ref<>> intObject(long value);
Result<Ref<>> floatObject(double value);
template <class X>
struct ToPy;
template <class X>
PyObject* toPython(X&& x) {
  return ToPy<std::remove_cvref_t<X>>::convert(std::move(x));
}
template <class T>
struct ToPy<Ref<T>> {
  static PyObject* convert(Ref<T>&& r) { return std::move(r).leak(); }
};
template <>
struct ToPy<bool> {
  static PyObject* convert(bool b) { return boolObject(b).leak(); }
};
template <std::integral I>
struct ToPy<I> {
  static PyObject* convert(I i) { return intObject(static_cast<long>(i)).toC(); }
};
template <>
struct ToPy<double> {
  static PyObject* convert(double d) { return floatObject(d).toC(); }
};
template <class X>
struct ToPy<Result<X>> {
  static PyObject* convert(Result<X>&& r) {
    if (r.failed()) [[unlikely]]
      return nullptr;
    return toPython(std::move(r).take());
  }
};
template <class T>
struct ToPy<Result<Ref<T>>> {
  static PyObject* convert(Result<Ref<T>>&& r) { return std::move(r).toC(); }
};
template <class T>
struct ToPy<MaybeRef<T>> {  // absent: NULL without an exception (tp_iternext)
  static PyObject* convert(MaybeRef<T>&& r) { return std::move(r).leak(); }
};
template <>
struct ToPy<Result<void>> {
  static PyObject* convert(Result<void>&& r) { return r.failed() ? nullptr : none().leak(); }
};

// --- slots -------------------------------------------------------------------------------------------------

template <class To, class From>
To slotArg(From from) {
  if constexpr (std::is_convertible_v<From, To>)
    return from;
  else if constexpr (std::is_pointer_v<To>)
    return static_cast<To>(from);
  else
    return To(static_cast<decltype(std::declval<To>().get())>(from));  // Opt<T>
}

template <class C, class R>
C slotResult(R&& r) {
  if constexpr (std::is_same_v<C, PyObject*>)
    return toPython(std::move(r));
  else if constexpr (std::is_same_v<R, Result<void>>)
    return std::move(r).toC();
  else if constexpr (requires { r.failed(); })
    return r.failed() ? static_cast<C>(-1) : static_cast<C>(std::move(r).take());
  else
    return static_cast<C>(r);
}

template <auto F>
struct SlotThunks;
template <class R, class... P, R (*F)(P...)>
struct SlotThunks<F> {
  template <class C, class... A>
  static C thunk(A... args) {
    if constexpr (std::is_void_v<C>)
      F(slotArg<P>(args)...);
    else
      return slotResult<C>(F(slotArg<P>(args)...));
  }
};

// slot<f> converts to whatever C function pointer the slot wants.
template <auto F>
struct SlotValue {
  template <class C, class... A>
  using Function = C (*)(A...);
  template <class C, class... A>
  constexpr operator Function<C, A...>() const {
    return &SlotThunks<F>::template thunk<C, A...>;
  }
};
template <auto F>
inline constexpr SlotValue<F> slot{};

#define KR_TYPE_HEAD {{::krait::kImmortalRefcount, &PyType_Type}, 0}

// --- methods -----------------------------------------------------------------------------------------------

enum class SelfMode { kSelf, kNone };

template <Text S, size_t I>
struct DefaultText {
  static constexpr std::string_view view = SignatureOf<S>::parsed.params[I].fallback;
  static constexpr auto text = [] {
    Text<view.size() + 1> t{{}};
    for (size_t i = 0; i < view.size(); i++) t.chars[i] = view[i];
    return t;
  }();
};

template <Text S, class T, size_t I>
Result<T> convertArg(PyObject* value) {
  constexpr const ParsedSignature& sig = SignatureOf<S>::parsed;
  if constexpr (!sig.params[I].required) {
    if (!value) return ArgFrom<T>::template fallback<DefaultText<S, I>::text>();
  }
  constexpr bool only = sig.count == 1 && sig.positional_only == 1 && !sig.classic;
  constexpr bool by_place = I < sig.positional_only || sig.classic;
  static constexpr ArgContext kWhere{SignatureOf<S>::runtime.function,
                                     by_place ? nullptr : SignatureOf<S>::runtime.names[I],
                                     only ? 0 : int(I) + 1};
  return ArgFrom<T>::from(value, kWhere);
}

template <class T>
struct ArgHolder {
  std::optional<T> value;
  bool load(Result<T> r) {
    if (r.failed()) return false;
    value.emplace(std::move(r).take());
    return true;
  }
};

// Calls F(lead..., converted arguments...).
template <Text S, auto F, class... T, size_t... I, class... Lead>
PyObject* callConverted(PyObject* const* v, std::index_sequence<I...>, Lead... lead) {
  std::tuple<ArgHolder<T>...> holders;
  bool ok = (std::get<I>(holders).load(convertArg<S, T, I>(v[I])) && ...);
  if (!ok) return nullptr;
  return toPython(F(lead..., std::move(*std::get<I>(holders).value)...));
}

template <class... T>
struct TypeList {
  static constexpr size_t size = sizeof...(T);
};
template <class L>
struct IsCallArgs : std::false_type {};
template <>
struct IsCallArgs<TypeList<CallArgs>> : std::true_type {};

// Likewise for functions that CPython parses with PyArg_ParseTupleAndKeywords: an argument is converted
// before the next one is missed, a superfluous keyword is noticed last.
template <Text S, auto F, class... T, size_t... I, class... Lead>
PyObject* callLoosely(const GivenArgs& given, std::index_sequence<I...>, Lead... lead) {
  constexpr const RuntimeSignature& sig = SignatureOf<S>::runtime;
  PyObject* v[sig.count + 1] = {};
  LooseBinding binding;
  if (bindLoosely(sig, given, v, binding).failed()) return nullptr;
  std::tuple<ArgHolder<T>...> holders;
  bool ok = ((int(I) != binding.missing && std::get<I>(holders).load(convertArg<S, T, I>(v[I]))) && ...);
  if (!finishLoosely(sig, given, binding, ok)) return nullptr;
  return toPython(F(lead..., std::move(*std::get<I>(holders).value)...));
}

// Splits F into its leading self (if any) and its arguments.
template <SelfMode M, auto F>
struct Shape;
template <class R, class Self, class... A, R (*F)(Self, A...)>
struct Shape<SelfMode::kSelf, F> {
  using Args = TypeList<A...>;
  template <Text S>
  static PyObject* invoke(PyObject* self, PyObject* const* v) {
    return callConverted<S, F, A...>(v, std::index_sequence_for<A...>{}, static_cast<Self>(self));
  }
  template <Text S>
  static PyObject* invokeLoosely(PyObject* self, const GivenArgs& given) {
    return callLoosely<S, F, A...>(given, std::index_sequence_for<A...>{}, static_cast<Self>(self));
  }
  static PyObject* invokeRaw(PyObject* self, CallArgs args) {
    if constexpr (IsCallArgs<Args>::value)
      return toPython(F(static_cast<Self>(self), args));
    else
      return nullptr;
  }
};
template <class R, class... A, R (*F)(A...)>
struct Shape<SelfMode::kNone, F> {
  using Args = TypeList<A...>;
  template <Text S>
  static PyObject* invoke(PyObject*, PyObject* const* v) {
    return callConverted<S, F, A...>(v, std::index_sequence_for<A...>{});
  }
  template <Text S>
  static PyObject* invokeLoosely(PyObject*, const GivenArgs& given) {
    return callLoosely<S, F, A...>(given, std::index_sequence_for<A...>{});
  }
  static PyObject* invokeRaw(PyObject*, CallArgs args) {
    if constexpr (IsCallArgs<Args>::value)
      return toPython(F(args));
    else
      return nullptr;
  }
};

template <Text S, auto F, SelfMode M>
struct NativeEntry {
  using ShapeF = Shape<M, F>;
  static constexpr const ParsedSignature& sig = SignatureOf<S>::parsed;
  static constexpr bool kRaw = IsCallArgs<typename ShapeF::Args>::value;
  static_assert(kRaw || ShapeF::Args::size == size_t(sig.count), "text signature and C++ signature disagree");

  static PyObject* noArgs(PyObject* self, PyObject*) { return ShapeF::template invoke<S>(self, nullptr); }
  static PyObject* oneArg(PyObject* self, PyObject* arg) { return ShapeF::template invoke<S>(self, &arg); }
  static PyObject* fast(PyObject* self, PyObject* const* args, Py_ssize_t count) {
    PyObject* bound[sig.count + 1] = {};
    if (bindPositional(SignatureOf<S>::runtime, args, count, bound).failed()) return nullptr;
    return ShapeF::template invoke<S>(self, bound);
  }
  static PyObject* keywords(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    auto* name_tuple = reinterpret_cast<TupleObject*>(names);
    if constexpr (sig.classic) {
      return ShapeF::template invokeLoosely<S>(self, {args, count, name_tuple, nullptr});
    } else {
      PyObject* bound[sig.count + 1] = {};
      if (bindArguments(SignatureOf<S>::runtime, args, count, name_tuple, bound).failed()) return nullptr;
      return ShapeF::template invoke<S>(self, bound);
    }
  }
  static PyObject* raw(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    return ShapeF::invokeRaw(self, {args, count, reinterpret_cast<TupleObject*>(names)});
  }
  static PyObject* rawPositional(PyObject* self, PyObject* const* args, Py_ssize_t count) {
    return ShapeF::invokeRaw(self, {args, count, nullptr});
  }
};

template <Text S, auto F, SelfMode M, Text Doc, int Flags>
consteval PyMethodDef methodRow() {
  using Entry = NativeEntry<S, F, M>;
  constexpr const ParsedSignature& sig = SignatureOf<S>::parsed;
  PyMethodDef row{SignatureOf<S>::runtime.function, {}, Flags, DocOf<S, Doc>::text};
  if constexpr (sig.packed) row.ml_flags |= METH_KR_PACKED;
  if constexpr (Entry::kRaw && sig.packed && !sig.names) {
    row.ml_meth.fast = &Entry::rawPositional;
    row.ml_flags |= METH_FASTCALL;
  } else if constexpr (Entry::kRaw) {
    row.ml_meth.fast_keywords = &Entry::raw;
    row.ml_flags |= METH_FASTCALL | METH_KEYWORDS;
  } else if constexpr (sig.count == 0) {
    row.ml_meth.plain = &Entry::noArgs;
    row.ml_flags |= METH_NOARGS;
  } else if constexpr (sig.positional_only != sig.count) {
    row.ml_meth.fast_keywords = &Entry::keywords;
    row.ml_flags |= METH_FASTCALL | METH_KEYWORDS;
  } else if constexpr (sig.count == 1 && sig.params[0].required && !sig.classic) {
    row.ml_meth.plain = &Entry::oneArg;
    row.ml_flags |= METH_O;
  } else {
    row.ml_meth.fast = &Entry::fast;
    row.ml_flags |= METH_FASTCALL;
  }
  return row;
}

// F(Self*, args...) -> a method; F(PyTypeObject* or PyObject*, args...) -> a class method; F(args...) -> a
// static method or a module function; moduleFunction's F takes the module object first.
template <Text S, auto F, Text Doc = "">
inline constexpr PyMethodDef method = methodRow<S, F, SelfMode::kSelf, Doc, 0>();
template <Text S, auto F, Text Doc = "">
inline constexpr PyMethodDef classMethod = methodRow<S, F, SelfMode::kSelf, Doc, METH_CLASS>();
template <Text S, auto F, Text Doc = "">
inline constexpr PyMethodDef staticMethod = methodRow<S, F, SelfMode::kNone, Doc, METH_STATIC>();
template <Text S, auto F, Text Doc = "">
inline constexpr PyMethodDef function = methodRow<S, F, SelfMode::kNone, Doc, 0>();
template <Text S, auto F, Text Doc = "">
inline constexpr PyMethodDef moduleFunction = methodRow<S, F, SelfMode::kSelf, Doc, 0>();

// tp_new from F(PyTypeObject*, args...), tp_init from F(Self*, args...) -> Status; arguments bound by the
// signature. F(PyTypeObject*, PyObject* args, Opt<> kwargs) is put in tp_new directly with slot<F>.
template <Text S, auto F>
PyObject* newEntry(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  PyObject* bound[SignatureOf<S>::parsed.count + 1] = {};
  if (bindTupleDict(SignatureOf<S>::runtime, args, kwargs, bound).failed()) return nullptr;
  return Shape<SelfMode::kSelf, F>::template invoke<S>(type, bound);
}
template <Text S, auto F>
int initEntry(PyObject* self, PyObject* args, PyObject* kwargs) {
  PyObject* bound[SignatureOf<S>::parsed.count + 1] = {};
  if (bindTupleDict(SignatureOf<S>::runtime, args, kwargs, bound).failed()) return -1;
  PyObject* none_or_null = Shape<SelfMode::kSelf, F>::template invoke<S>(self, bound);
  if (!none_or_null) return -1;
  decref(none_or_null);
  return 0;
}
// Likewise for constructors that CPython parses with PyArg_ParseTupleAndKeywords.
template <Text S, auto F>
PyObject* parsedNewEntry(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return Shape<SelfMode::kSelf, F>::template invokeLoosely<S>(reinterpret_cast<PyObject*>(type),
                                                              givenTupleDict(args, kwargs));
}
template <Text S, auto F>
inline constexpr newfunc parsedNewSlot = &parsedNewEntry<S, F>;

template <Text S, auto F>
inline constexpr newfunc newSlot = &newEntry<S, F>;
template <Text S, auto F>
inline constexpr initproc initSlot = &initEntry<S, F>;

// --- getters and setters -----------------------------------------------------------------------------------

template <auto Get>
struct GetterThunk;
template <class R, class Self, R (*Get)(Self*)>
struct GetterThunk<Get> {
  static PyObject* get(PyObject* self, void*) { return toPython(Get(static_cast<Self*>(self))); }
};
template <auto Set>
struct SetterThunk;
template <class Self, Status (*Set)(Self*, Opt<>)>
struct SetterThunk<Set> {
  static int set(PyObject* self, PyObject* value, void*) {
    return Set(static_cast<Self*>(self), value).toC();
  }
};

// getset<"name", get>, getset<"name", get, set> (set(Self*, Opt<> value): absent means delete), with an
// optional doc.
template <Text Name, auto Get, auto Set = nullptr, Text Doc = "">
inline constexpr PyGetSetDef getset = [] {
  PyGetSetDef row{Name.chars, &GetterThunk<Get>::get, nullptr, Doc.size() ? Doc.chars : nullptr, nullptr};
  if constexpr (!std::is_null_pointer_v<decltype(Set)>) row.set = &SetterThunk<Set>::set;
  return row;
}();
template <Text Name, auto Get, Text Doc = "">
inline constexpr PyGetSetDef getterRow = getset<Name, Get, nullptr, Doc>;

// --- modules -----------------------------------------------------------------------------------------------

// A multi-phase module: exec(PyObject* module) -> Status fills it.
//   constinit PyModuleDef kMathModule = moduleDef<"math", mathExec>(kMathMethods, "Mathematical functions.");
//   PyObject* initMath() { return moduleDefInit(&kMathModule); }     // and a row in modules/modules.def
template <auto Exec>
inline PyModuleDef_Slot moduleSlots[2] = {{Py_mod_exec, {.exec = slot<Exec>}}, {0, {nullptr}}};
template <Text Name, auto Exec>
constexpr PyModuleDef moduleDef(PyMethodDef* methods, const char* doc, Py_ssize_t state_size = 0) {
  PyModuleDef def{};
  def.ob_refcnt = kImmortalRefcount;
  def.ob_type = &PyModuleDef_Type;
  def.m_name = Name.chars;
  def.m_doc = doc;
  def.m_size = state_size;
  def.m_methods = methods;
  def.m_slots = moduleSlots<Exec>;
  return def;
}
PyObject* moduleDefInit(PyModuleDef* def);  // PyModuleDef_Init. types/module.cpp

}  // namespace krait
