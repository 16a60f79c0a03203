// types.UnionType: int | str.
#include "core/gc.h"
#include "core/native.h"
#include "types/generic_alias.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/type.h"

namespace krait {

namespace {

struct UnionObject : PyObject {
  PyObject *args, *parameters;  // parameters: null until asked for
};
static_assert(sizeof(UnionObject) == 32);

TupleObject* argsOf(UnionObject* u) { return cast<TupleObject>(u->args); }

void unionDealloc(UnionObject* u) {
  gcUntrack(u);
  DeallocGuard guard(u);
  if (guard.deferred()) return;
  clearField(u->args);
  clearField(u->parameters);
  gcFree(u);
}
int unionTraverse(UnionObject* u, visitproc visit, void* arg) {
  return visitAll(visit, arg, u->args, u->parameters);
}

bool isUnionable(PyObject* o) { return o == Py_None || isType(o) || isGenericAlias(o) || isUnion(o); }

Result<bool> isSameMember(PyObject* a, PyObject* b) {
  if (isGenericAlias(a) && isGenericAlias(b)) return objectEquals(a, b);
  return a == b;
}

Status addMember(ListObject* members, PyObject* member) {
  if (member == Py_None) member = &_PyNone_Type;
  for (Py_ssize_t i = 0; i < members->size(); i++) {
    auto other = share(members->at(i));
    if (TRY(isSameMember(other.get(), member))) return {};
  }
  return listAppend(members, member);
}

Status addOperand(ListObject* members, PyObject* operand) {
  if (!isUnion(operand)) return addMember(members, operand);
  TupleObject* args = argsOf(static_cast<UnionObject*>(operand));
  for (Py_ssize_t i = 0; i < args->size(); i++) TRY(addMember(members, args->at(i)));
  return {};
}

Result<Ref<StrObject>> unionRepr(UnionObject* u) {
  StrBuilder out;
  for (Py_ssize_t i = 0; i < argsOf(u)->size(); i++) {
    if (i > 0) out.append(" | ");
    PyObject* member = argsOf(u)->at(i);
    if (member == &_PyNone_Type)
      out.append("None");
    else
      TRY(appendTypeArgument(out, member));
  }
  return out.finish();
}

Result<Py_hash_t> unionHash(UnionObject* u) {
  auto members = TRY(frozenSetNew(u->args));
  return objectHash(members.get());
}

Result<Ref<>> unionCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isUnion(left) || !isUnion(right)) return notImplemented();
  auto a = TRY(setNew(static_cast<UnionObject*>(left)->args));
  auto b = TRY(setNew(static_cast<UnionObject*>(right)->args));
  return richCompare(a.get(), b.get(), op);
}

Result<Ref<TupleObject>> unionParameters(UnionObject* u) {
  if (!u->parameters) {
    auto found = TRY(typeParameters(argsOf(u)));
    if (!u->parameters) u->parameters = std::move(found).leak();
  }
  return share(cast<TupleObject>(u->parameters));
}

Result<Ref<>> unionGetItem(UnionObject* u, PyObject* item) {
  auto parameters = TRY(unionParameters(u));
  auto args = TRY(substituteParameters(u, argsOf(u), parameters.get(), item));
  Ref<> joined = share(args->at(0));
  for (Py_ssize_t i = 1; i < args->size(); i++) joined = TRY(numberOr(joined.get(), args->at(i)));
  return joined;
}

Result<Ref<>> unionGetattro(UnionObject* u, PyObject* attr) {
  bool of_type = isStr(attr) && strEqualsAscii(cast<StrObject>(attr), "__module__");
  return of_type ? attrGet(typeOf(u), attr) : genericGetAttr(u, attr);
}

constinit PyMemberDef kMembers[] = {{"__args__", T_OBJECT, offsetof(UnionObject, args), READONLY, nullptr},
                                    {}};
constinit PyGetSetDef kGetSet[] = {
    getset<"__parameters__", unionParameters, nullptr, "Type variables in the types.UnionType.">, {}};

PyNumberMethods kNumber = {.nb_or = slot<unionOr>};
PyMappingMethods kMapping = {.mp_subscript = slot<unionGetItem>};

}  // namespace

TupleObject* unionArgs(PyObject* a_union) { return argsOf(static_cast<UnionObject*>(a_union)); }

Result<Ref<>> unionOr(PyObject* left, PyObject* right) {
  if (!isUnionable(left) || !isUnionable(right)) return notImplemented();
  auto members = TRY(listNew());
  TRY(addOperand(members.get(), left));
  TRY(addOperand(members.get(), right));
  if (members->size() == 1) return share(members->at(0));
  auto u = TRY(objectNew<UnionObject>(&_PyUnion_Type));
  u->parameters = nullptr;
  u->args = nullptr;
  u->args = TRY(listAsTuple(members.get())).leak();
  gcTrack(u.get());
  return u;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject _PyUnion_Type = {
    KR_TYPE_HEAD,
    .tp_name = "types.UnionType",
    .tp_basicsize = sizeof(UnionObject),
    .tp_dealloc = slot<unionDealloc>,
    .tp_repr = slot<unionRepr>,
    .tp_as_number = &kNumber,
    .tp_as_mapping = &kMapping,
    .tp_hash = slot<unionHash>,
    .tp_getattro = slot<unionGetattro>,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_doc = "A union of types, like int | str.",
    .tp_traverse = slot<unionTraverse>,
    .tp_richcompare = slot<unionCompare>,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
};
