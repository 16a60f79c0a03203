#include "modules/_ast/ast_types.h"

#include <cstring>
#include <string>
#include <vector>

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/bare_type_name.h"
#include "types/dict.h"
#include "types/list.h"

namespace krait::modules {
namespace {

// --- what ast.def says, as data

enum class Count : char { kOne, kOptional, kMany };

struct FieldSpec {
  const char* type;
  const char* name;
  Count count;
};

struct NodeSpec {
  AstType type;
  const char* name;
  AstType sum;  // kAST for products
  bool has_positions;
  std::vector<FieldSpec> fields;
};

struct SumSpec {
  AstType type;
  const char* name;
  bool has_positions;
};

#define KR_REQ(type, name) {#type, #name, Count::kOne},
#define KR_OPT(type, name) {#type, #name, Count::kOptional},
#define KR_SEQ(type, name) {#type, #name, Count::kMany},
#define KR_SEQ_OPT(type, name) {#type, #name, Count::kMany},

std::vector<NodeSpec> nodeSpecs() {
  return {
#define KR_MOD(Struct, PyName, ...) {AstType::k##Struct, PyName, AstType::kSum_mod, false, {__VA_ARGS__}},
#define KR_STMT(Struct, PyName, ...) {AstType::k##Struct, PyName, AstType::kSum_stmt, true, {__VA_ARGS__}},
#define KR_EXPR(Struct, PyName, ...) {AstType::k##Struct, PyName, AstType::kSum_expr, true, {__VA_ARGS__}},
#define KR_PATTERN(Struct, PyName, ...) \
  {AstType::k##Struct, PyName, AstType::kSum_pattern, true, {__VA_ARGS__}},
#define KR_HANDLER(Struct, PyName, ...) \
  {AstType::k##Struct, PyName, AstType::kSum_excepthandler, true, {__VA_ARGS__}},
#define KR_IGNORE(Struct, PyName, ...) \
  {AstType::k##Struct, PyName, AstType::kSum_type_ignore, false, {__VA_ARGS__}},
#define KR_PRODUCT(Struct, PyName, has_positions, ...) \
  {AstType::k##Struct, PyName, AstType::kAST, has_positions, {__VA_ARGS__}},
#define KR_SINGLETON(Sum, Name) {AstType::kOp_##Name, #Name, AstType::kSum_##Sum, false, {}},
#include "parser/ast.def"
  };
}

std::vector<SumSpec> sumSpecs() {
  return {
      {AstType::kSum_mod, "mod", false},
      {AstType::kSum_stmt, "stmt", true},
      {AstType::kSum_expr, "expr", true},
#define KR_SUM_BEGIN(Sum, PyName) {AstType::kSum_##Sum, PyName, false},
#include "parser/ast.def"
      {AstType::kSum_excepthandler, "excepthandler", true},
      {AstType::kSum_pattern, "pattern", true},
      {AstType::kSum_type_ignore, "type_ignore", false},
  };
}

// The C++ names that had to differ from Python's.
std::string pythonName(const char* name) {
  std::string text = name;
  if (text == "kind_prefix") return "kind";
  if (!text.empty() && text.back() == '_') text.pop_back();
  return text;
}

// The node as the grammar of the abstract syntax writes it: "Return(expr? value)".
std::string signatureOf(const NodeSpec& node) {
  std::string text = node.name;
  if (node.fields.empty()) return text;
  text += '(';
  for (size_t i = 0; i < node.fields.size(); i++) {
    const FieldSpec& field = node.fields[i];
    if (i > 0) text += ", ";
    text += pythonName(field.type);
    if (field.count == Count::kMany) text += '*';
    if (field.count == Count::kOptional) text += '?';
    text += " " + pythonName(field.name);
  }
  return text + ")";
}

std::string signatureOf(const SumSpec& sum, const std::vector<NodeSpec>& nodes) {
  std::string separator = " | ";
  bool has_fields = false;
  for (const NodeSpec& node : nodes)
    has_fields = has_fields || (node.sum == sum.type && !node.fields.empty());
  std::string text = std::string(sum.name) + " = ";
  if (has_fields) separator = "\n" + std::string(std::char_traits<char>::length(sum.name), ' ') + " | ";
  bool first = true;
  for (const NodeSpec& node : nodes) {
    if (node.sum != sum.type) continue;
    if (!first) text += separator;
    first = false;
    text += signatureOf(node);
  }
  return text;
}

// --- the base class AST

struct AstObject : PyObject {
  PyObject* dict;
};

void astDealloc(PyObject* self) {
  gcUntrack(self);
  clearField(static_cast<AstObject*>(self)->dict);
  heapInstanceFree(self);
}

int astTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, reinterpret_cast<PyObject*>(typeOf(self)), static_cast<AstObject*>(self)->dict);
}

int astClear(PyObject* self) {
  clearField(static_cast<AstObject*>(self)->dict);
  return 0;
}

Result<Ref<>> astNew(PyTypeObject* type, PyObject*, PyObject*) { return typeAlloc<PyObject>(type); }

Status setPositional(PyObject* self, PyObject* fields, TupleObject* args) {
  for (Py_ssize_t i = 0; i < args->size(); i++) {
    Ref<> field = TRY(sequenceGet(fields, i));
    TRY(attrSet(self, field.get(), args->at(i)));
  }
  return {};
}

Status setKeywords(PyObject* self, Opt<> fields, Py_ssize_t positional, DictObject* kwargs) {
  Py_ssize_t position = 0;
  PyObject *borrowed_key, *borrowed_value;
  while (dictNext(kwargs, &position, &borrowed_key, &borrowed_value)) {
    Ref<> key = share(borrowed_key), value = share(borrowed_value);
    if (fields && TRY(sequenceContains(fields.get(), key)) &&
        TRY(sequenceIndex(fields.get(), key)) < positional) {
      return raise(PyExc_TypeError, "%.400s got multiple values for argument '%U'", typeName(self),
                   key.get());
    }
    TRY(attrSet(self, key.get(), value.get()));
  }
  return {};
}

Status astInit(PyObject* self, PyObject* args, PyObject* kwargs) {
  auto* values = static_cast<TupleObject*>(args);
  MaybeRef<> fields = TRY(attrLookup(reinterpret_cast<PyObject*>(typeOf(self)), name<"_fields">()));
  Py_ssize_t count = fields ? TRY(objectLength(fields.get())) : 0;
  if (count < values->size()) {
    return raise(PyExc_TypeError, "%.400s constructor takes at most %zd positional argument%s",
                 bareTypeName(self), count, count == 1 ? "" : "s");
  }
  if (fields) TRY(setPositional(self, fields.get(), values));
  return kwargs ? setKeywords(self, fields.opt(), values->size(), static_cast<DictObject*>(kwargs))
                : Status();
}

Result<Ref<>> astReduce(PyObject* self) {
  Ref<TupleObject> empty = emptyTuple();
  auto* type = reinterpret_cast<PyObject*>(typeOf(self));
  MaybeRef<> dict = TRY(attrLookup(self, name<"__dict__">()));
  if (!dict) return TRY(tupleOf(type, empty.get()));
  return TRY(tupleOf(type, empty.get(), dict.get()));
}

constinit PyMethodDef kAstMethods[] = {method<"!__reduce__()", astReduce>, {}};
constinit PyMemberDef kAstMembers[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(AstObject, dict), READONLY, nullptr}, {}};
PyGetSetDef kAstGetSet[] = {getset<"__dict__", genericGetDict, genericSetDict>, {}};

constexpr int kTpClear = 51, kTpDealloc = 52, kTpGetattro = 58, kTpInit = 60, kTpMethods = 64, kTpNew = 65,
              kTpSetattro = 69, kTpTraverse = 71, kTpMembers = 72, kTpGetset = 73;

template <class F>
void* slotPointer(F* function) {
  return reinterpret_cast<void*>(function);
}

Result<Ref<PyTypeObject>> makeBase() {
  static constexpr newfunc kNew = slot<astNew>;
  static constexpr initproc kInit = slot<astInit>;
  static constexpr getattrofunc kGetattro = slot<genericGetAttr>;
  static constexpr setattrofunc kSetattro = slot<genericSetAttr>;
  PyType_Slot slots[] = {
      {kTpDealloc, slotPointer(astDealloc)},
      {kTpTraverse, slotPointer(astTraverse)},
      {kTpClear, slotPointer(astClear)},
      {kTpGetattro, slotPointer(kGetattro)},
      {kTpSetattro, slotPointer(kSetattro)},
      {kTpNew, slotPointer(kNew)},
      {kTpInit, slotPointer(kInit)},
      {kTpMethods, kAstMethods},
      {kTpMembers, kAstMembers},
      {kTpGetset, kAstGetSet},
      {0, nullptr},
  };
  PyType_Spec spec{"ast.AST", sizeof(AstObject), 0,
                   static_cast<unsigned int>(Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC), slots};
  return typeFromSpec(&spec, nullptr, nullptr);
}

// --- making the classes

class TypeMaker {
 public:
  explicit TypeMaker(AstTypes& made) : made_(made), nodes_(nodeSpecs()) {}
  Status run();

 private:
  void keep(AstType type, Ref<> object) {
    made_.types[static_cast<size_t>(type)] = reinterpret_cast<PyTypeObject*>(std::move(object).leak());
  }
  PyObject* at(AstType type) { return reinterpret_cast<PyObject*>(made_.at(type)); }
  Result<Ref<TupleObject>> names(const std::vector<std::string>& texts);
  Status makeClass(AstType type, const char* name, AstType base, const std::vector<FieldSpec>& fields,
                   const std::string& doc);
  Status addDefaults(AstType type, const std::vector<FieldSpec>& fields);
  Status addPositions(AstType type, bool has_positions, const std::vector<FieldSpec>& fields);
  Status makeNode(const NodeSpec& node);

  AstTypes& made_;
  std::vector<NodeSpec> nodes_;
};

Result<Ref<TupleObject>> TypeMaker::names(const std::vector<std::string>& texts) {
  Ref<TupleObject> tuple = TRY(tupleNew(static_cast<Py_ssize_t>(texts.size())));
  for (size_t i = 0; i < texts.size(); i++) tuple->ob_item[i] = Ref<>(TRY(strInternUtf8(texts[i]))).leak();
  return tuple;
}

Status TypeMaker::makeClass(AstType type, const char* name, AstType base,
                            const std::vector<FieldSpec>& fields, const std::string& doc) {
  std::vector<std::string> field_names;
  for (const FieldSpec& field : fields) field_names.push_back(pythonName(field.name));
  Ref<TupleObject> field_tuple = TRY(names(field_names));
  Ref<StrObject> module = TRY(strInternUtf8("ast")), class_name = TRY(strInternUtf8(name)),
                 doc_text = TRY(strFromUtf8(doc));
  Ref<DictObject> space = TRY(dictNew());
  TRY(dictSet(space, "_fields", field_tuple));
  TRY(dictSet(space, "__match_args__", field_tuple));
  TRY(dictSet(space, "__module__", module));
  TRY(dictSet(space, "__doc__", doc_text));
  Ref<TupleObject> bases = TRY(tupleOf(at(base)));
  keep(type,
       TRY(call(reinterpret_cast<PyObject*>(&PyType_Type), class_name.get(), bases.get(), space.get())));
  return {};
}

Status TypeMaker::addDefaults(AstType type, const std::vector<FieldSpec>& fields) {
  for (const FieldSpec& field : fields) {
    if (field.count != Count::kOptional) continue;
    Ref<StrObject> field_name = TRY(strInternUtf8(pythonName(field.name)));
    TRY(attrSet(at(type), field_name.get(), Py_None));
  }
  return {};
}

Status TypeMaker::addPositions(AstType type, bool has_positions, const std::vector<FieldSpec>& fields) {
  std::vector<std::string> texts;
  if (has_positions) texts = {"lineno", "col_offset", "end_lineno", "end_col_offset"};
  Ref<TupleObject> attributes = TRY(names(texts));
  TRY(attrSet(at(type), "_attributes", attributes));
  TRY(addDefaults(type, fields));
  // The end is optional, except for patterns.
  if (!has_positions || type == AstType::kSum_pattern) return {};
  TRY(attrSet(at(type), "end_lineno", Py_None));
  return attrSet(at(type), "end_col_offset", Py_None);
}

Status TypeMaker::makeNode(const NodeSpec& node) {
  TRY(makeClass(node.type, node.name, node.sum, node.fields, signatureOf(node)));
  bool is_product = node.sum == AstType::kAST;
  TRY(is_product ? addPositions(node.type, node.has_positions, node.fields)
                 : addDefaults(node.type, node.fields));
  if (node.type < AstType::kSum_mod && node.fields.empty() && !node.has_positions) {
    made_.singletons[static_cast<size_t>(node.type)] = TRY(call(at(node.type))).leak();
  }
  return {};
}

Status TypeMaker::run() {
  keep(AstType::kAST, Ref<>::steal(reinterpret_cast<PyObject*>(TRY(makeBase()).leak())));
  Ref<TupleObject> empty = emptyTuple();
  for (const char* attribute : {"_fields", "__match_args__", "_attributes"})
    TRY(attrSet(at(AstType::kAST), attribute, empty));
  for (const SumSpec& sum : sumSpecs()) {
    TRY(makeClass(sum.type, sum.name, AstType::kAST, {}, signatureOf(sum, nodes_)));
    TRY(addPositions(sum.type, sum.has_positions, {}));
  }
  for (const NodeSpec& node : nodes_) TRY(makeNode(node));
  return {};
}

AstTypes g_types;
bool g_types_ready = false;

}  // namespace

Result<const AstTypes*> astTypes() {
  if (!g_types_ready) {
    TRY(TypeMaker(g_types).run());
    g_types_ready = true;
  }
  return &g_types;
}

Status astAddTypes(PyObject* module) {
  const AstTypes* types = TRY(astTypes());
  auto add = [&](AstType type, const char* name) -> Status {
    return attrSet(module, name, reinterpret_cast<PyObject*>(types->at(type)));
  };
  auto add_nodes = [&](AstType sum) -> Status {
    for (const NodeSpec& node : nodeSpecs()) {
      if (node.sum == sum && sum != AstType::kAST) TRY(add(node.type, node.name));
    }
    return {};
  };
  auto add_product = [&](AstType type) -> Status {
    for (const NodeSpec& node : nodeSpecs()) {
      if (node.type == type) TRY(add(type, node.name));
    }
    return {};
  };
  for (const SumSpec& sum : sumSpecs()) {
    if (sum.type == AstType::kSum_excepthandler) TRY(add_product(AstType::kComprehension));
    if (sum.type == AstType::kSum_pattern) {
      for (AstType product : {AstType::kArguments, AstType::kArg, AstType::kKeyword, AstType::kAlias,
                              AstType::kWithItem, AstType::kMatchCase}) {
        TRY(add_product(product));
      }
    }
    TRY(add(sum.type, sum.name));
    TRY(add_nodes(sum.type));
  }
  return {};
}

}  // namespace krait::modules
