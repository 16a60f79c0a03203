// The structs of CPython 3.11's object.h, methodobject.h, descrobject.h, moduleobject.h and buffer protocol:
// what compiled extensions read inline. Names and offsets are CPython's; src/abi/layout_check.cpp asserts
// them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>

using Py_ssize_t = ssize_t;
using Py_hash_t = Py_ssize_t;
using Py_uhash_t = size_t;
using Py_UCS1 = uint8_t;
using Py_UCS2 = uint16_t;
using Py_UCS4 = uint32_t;
constexpr Py_ssize_t PY_SSIZE_T_MAX = INT64_MAX;
constexpr Py_ssize_t PY_SSIZE_T_MIN = INT64_MIN;

struct PyTypeObject;

struct PyObject {
  Py_ssize_t ob_refcnt;
  PyTypeObject* ob_type;
};

struct PyVarObject : PyObject {
  Py_ssize_t ob_size;
};

struct Py_buffer {
  void* buf;
  PyObject* obj;  // owned; null when the exporter is not an object
  Py_ssize_t len;
  Py_ssize_t itemsize;
  int readonly;
  int ndim;
  char* format;
  Py_ssize_t* shape;
  Py_ssize_t* strides;
  Py_ssize_t* suboffsets;
  void* internal;
};

using unaryfunc = PyObject* (*)(PyObject*);
using binaryfunc = PyObject* (*)(PyObject*, PyObject*);
using ternaryfunc = PyObject* (*)(PyObject*, PyObject*, PyObject*);
using inquiry = int (*)(PyObject*);
using lenfunc = Py_ssize_t (*)(PyObject*);
using ssizeargfunc = PyObject* (*)(PyObject*, Py_ssize_t);
using ssizeobjargproc = int (*)(PyObject*, Py_ssize_t, PyObject*);
using objobjargproc = int (*)(PyObject*, PyObject*, PyObject*);
using objobjproc = int (*)(PyObject*, PyObject*);
using visitproc = int (*)(PyObject*, void*);
using traverseproc = int (*)(PyObject*, visitproc, void*);
using freefunc = void (*)(void*);
using destructor = void (*)(PyObject*);
using getattrfunc = PyObject* (*)(PyObject*, char*);
using getattrofunc = PyObject* (*)(PyObject*, PyObject*);
using setattrfunc = int (*)(PyObject*, char*, PyObject*);
using setattrofunc = int (*)(PyObject*, PyObject*, PyObject*);
using reprfunc = PyObject* (*)(PyObject*);
using hashfunc = Py_hash_t (*)(PyObject*);
using richcmpfunc = PyObject* (*)(PyObject*, PyObject*, int);
using getiterfunc = PyObject* (*)(PyObject*);
using iternextfunc = PyObject* (*)(PyObject*);
using descrgetfunc = PyObject* (*)(PyObject*, PyObject*, PyObject*);
using descrsetfunc = int (*)(PyObject*, PyObject*, PyObject*);
using initproc = int (*)(PyObject*, PyObject*, PyObject*);
using newfunc = PyObject* (*)(PyTypeObject*, PyObject*, PyObject*);
using allocfunc = PyObject* (*)(PyTypeObject*, Py_ssize_t);
using vectorcallfunc = PyObject* (*)(PyObject*, PyObject* const*, size_t, PyObject*);
using getbufferproc = int (*)(PyObject*, Py_buffer*, int);
using releasebufferproc = void (*)(PyObject*, Py_buffer*);
enum PySendResult { PYGEN_RETURN = 0, PYGEN_ERROR = -1, PYGEN_NEXT = 1 };
using sendfunc = PySendResult (*)(PyObject*, PyObject*, PyObject**);
using PyCFunction = PyObject* (*)(PyObject*, PyObject*);
using PyCFunctionFast = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t);
using PyCFunctionWithKeywords = PyObject* (*)(PyObject*, PyObject*, PyObject*);
using PyCFunctionFastWithKeywords = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);
using PyCMethod = PyObject* (*)(PyObject*, PyTypeObject*, PyObject* const*, size_t, PyObject*);
using getter = PyObject* (*)(PyObject*, void*);
using setter = int (*)(PyObject*, PyObject*, void*);

struct PyNumberMethods {
  binaryfunc nb_add, nb_subtract, nb_multiply, nb_remainder, nb_divmod;
  ternaryfunc nb_power;
  unaryfunc nb_negative, nb_positive, nb_absolute;
  inquiry nb_bool;
  unaryfunc nb_invert;
  binaryfunc nb_lshift, nb_rshift, nb_and, nb_xor, nb_or;
  unaryfunc nb_int;
  void* nb_reserved;
  unaryfunc nb_float;
  binaryfunc nb_inplace_add, nb_inplace_subtract, nb_inplace_multiply, nb_inplace_remainder;
  ternaryfunc nb_inplace_power;
  binaryfunc nb_inplace_lshift, nb_inplace_rshift, nb_inplace_and, nb_inplace_xor, nb_inplace_or;
  binaryfunc nb_floor_divide, nb_true_divide, nb_inplace_floor_divide, nb_inplace_true_divide;
  unaryfunc nb_index;
  binaryfunc nb_matrix_multiply, nb_inplace_matrix_multiply;
};

struct PySequenceMethods {
  lenfunc sq_length;
  binaryfunc sq_concat;
  ssizeargfunc sq_repeat;
  ssizeargfunc sq_item;
  void* was_sq_slice;
  ssizeobjargproc sq_ass_item;
  void* was_sq_ass_slice;
  objobjproc sq_contains;
  binaryfunc sq_inplace_concat;
  ssizeargfunc sq_inplace_repeat;
};

struct PyMappingMethods {
  lenfunc mp_length;
  binaryfunc mp_subscript;
  objobjargproc mp_ass_subscript;
};

struct PyAsyncMethods {
  unaryfunc am_await, am_aiter, am_anext;
  sendfunc am_send;
};

struct PyBufferProcs {
  getbufferproc bf_getbuffer;
  releasebufferproc bf_releasebuffer;
};

// One pointer, read as its convention (ml_flags) says; a union so that rows are constant expressions.
union PyMethodPointer {
  PyCFunction plain;  // METH_VARARGS, METH_NOARGS, METH_O
  PyCFunctionWithKeywords keywords;
  PyCFunctionFast fast;
  PyCFunctionFastWithKeywords fast_keywords;
  PyCMethod method;  // METH_METHOD | METH_FASTCALL | METH_KEYWORDS
};

struct PyMethodDef {
  const char* ml_name;
  PyMethodPointer ml_meth;
  int ml_flags;
  const char* ml_doc;
};

struct PyMemberDef {
  const char* name;
  int type;
  Py_ssize_t offset;
  int flags;
  const char* doc;
};

struct PyGetSetDef {
  const char* name;
  getter get;
  setter set;
  const char* doc;
  void* closure;
};

struct PyTypeObject : PyVarObject {
  const char* tp_name;
  Py_ssize_t tp_basicsize, tp_itemsize;
  destructor tp_dealloc;
  Py_ssize_t tp_vectorcall_offset;
  getattrfunc tp_getattr;
  setattrfunc tp_setattr;
  PyAsyncMethods* tp_as_async;
  reprfunc tp_repr;
  PyNumberMethods* tp_as_number;
  PySequenceMethods* tp_as_sequence;
  PyMappingMethods* tp_as_mapping;
  hashfunc tp_hash;
  ternaryfunc tp_call;
  reprfunc tp_str;
  getattrofunc tp_getattro;
  setattrofunc tp_setattro;
  PyBufferProcs* tp_as_buffer;
  unsigned long tp_flags;
  const char* tp_doc;
  traverseproc tp_traverse;
  inquiry tp_clear;
  richcmpfunc tp_richcompare;
  Py_ssize_t tp_weaklistoffset;
  getiterfunc tp_iter;
  iternextfunc tp_iternext;
  PyMethodDef* tp_methods;
  PyMemberDef* tp_members;
  PyGetSetDef* tp_getset;
  PyTypeObject* tp_base;
  PyObject* tp_dict;
  descrgetfunc tp_descr_get;
  descrsetfunc tp_descr_set;
  Py_ssize_t tp_dictoffset;
  initproc tp_init;
  allocfunc tp_alloc;
  newfunc tp_new;
  freefunc tp_free;
  inquiry tp_is_gc;
  PyObject* tp_bases;
  PyObject* tp_mro;
  PyObject* tp_cache;
  PyObject* tp_subclasses;
  PyObject* tp_weaklist;
  destructor tp_del;
  unsigned int tp_version_tag;
  destructor tp_finalize;
  vectorcallfunc tp_vectorcall;
};

struct DictKeys;  // src/types/dict_keys.h

struct PyHeapTypeObject : PyTypeObject {
  PyAsyncMethods as_async;
  PyNumberMethods as_number;
  PyMappingMethods as_mapping;
  PySequenceMethods as_sequence;
  PyBufferProcs as_buffer;
  PyObject *ht_name, *ht_slots, *ht_qualname;
  DictKeys* ht_cached_keys;
  PyObject* ht_module;
  char* _ht_tpname;
  struct {
    PyObject* getitem;
  } _spec_cache;
};

struct PyType_Slot {
  int slot;
  void* pfunc;
};

struct PyType_Spec {
  const char* name;
  int basicsize;
  int itemsize;
  unsigned int flags;
  PyType_Slot* slots;
};

struct PyModuleDef_Base : PyObject {
  PyObject* (*m_init)();
  Py_ssize_t m_index;
  PyObject* m_copy;
};

struct PyModuleDef;
struct PyModuleDef_Slot {
  int slot;
  union {
    void* any;
    int (*exec)(PyObject* module);
    PyObject* (*create)(PyObject* spec, PyModuleDef* def);
  } value;
};

struct PyModuleDef : PyModuleDef_Base {
  const char* m_name;
  const char* m_doc;
  Py_ssize_t m_size;
  PyMethodDef* m_methods;
  PyModuleDef_Slot* m_slots;
  traverseproc m_traverse;
  inquiry m_clear;
  freefunc m_free;
};

// Method conventions (ml_flags).
constexpr int METH_VARARGS = 0x0001, METH_KEYWORDS = 0x0002, METH_NOARGS = 0x0004, METH_O = 0x0008,
              METH_CLASS = 0x0010, METH_STATIC = 0x0020, METH_COEXIST = 0x0040, METH_FASTCALL = 0x0080,
              METH_METHOD = 0x0200;
// Krait's own, beside METH_FASTCALL: CPython's counterpart takes a tuple (METH_VARARGS), which its refusal of
// keywords shows; with METH_KEYWORDS, names that are no strings are left to the function.
constexpr int METH_KR_PACKED = 0x10000;

// Member kinds (PyMemberDef::type) and flags.
constexpr int T_SHORT = 0, T_INT = 1, T_LONG = 2, T_FLOAT = 3, T_DOUBLE = 4, T_STRING = 5, T_OBJECT = 6,
              T_CHAR = 7, T_BYTE = 8, T_UBYTE = 9, T_USHORT = 10, T_UINT = 11, T_ULONG = 12,
              T_STRING_INPLACE = 13, T_BOOL = 14, T_OBJECT_EX = 16, T_LONGLONG = 17, T_ULONGLONG = 18,
              T_PYSSIZET = 19, T_NONE = 20;
constexpr int READONLY = 1, PY_AUDIT_READ = 2;

// Type flags.
constexpr unsigned long Py_TPFLAGS_MANAGED_DICT = 1UL << 4, Py_TPFLAGS_SEQUENCE = 1UL << 5,
                        Py_TPFLAGS_MAPPING = 1UL << 6, Py_TPFLAGS_DISALLOW_INSTANTIATION = 1UL << 7,
                        Py_TPFLAGS_IMMUTABLETYPE = 1UL << 8, Py_TPFLAGS_HEAPTYPE = 1UL << 9,
                        Py_TPFLAGS_BASETYPE = 1UL << 10, Py_TPFLAGS_HAVE_VECTORCALL = 1UL << 11,
                        Py_TPFLAGS_READY = 1UL << 12, Py_TPFLAGS_READYING = 1UL << 13,
                        Py_TPFLAGS_HAVE_GC = 1UL << 14, Py_TPFLAGS_METHOD_DESCRIPTOR = 1UL << 17,
                        Py_TPFLAGS_VALID_VERSION_TAG = 1UL << 19, Py_TPFLAGS_IS_ABSTRACT = 1UL << 20,
                        Py_TPFLAGS_MATCH_SELF = 1UL << 22, Py_TPFLAGS_LONG_SUBCLASS = 1UL << 24,
                        Py_TPFLAGS_LIST_SUBCLASS = 1UL << 25, Py_TPFLAGS_TUPLE_SUBCLASS = 1UL << 26,
                        Py_TPFLAGS_BYTES_SUBCLASS = 1UL << 27, Py_TPFLAGS_UNICODE_SUBCLASS = 1UL << 28,
                        Py_TPFLAGS_DICT_SUBCLASS = 1UL << 29, Py_TPFLAGS_BASE_EXC_SUBCLASS = 1UL << 30,
                        Py_TPFLAGS_TYPE_SUBCLASS = 1UL << 31;

// Rich comparison operators.
constexpr int Py_LT = 0, Py_LE = 1, Py_EQ = 2, Py_NE = 3, Py_GT = 4, Py_GE = 5;

// Buffer request flags.
constexpr int PyBUF_SIMPLE = 0, PyBUF_WRITABLE = 0x0001, PyBUF_FORMAT = 0x0004, PyBUF_ND = 0x0008,
              PyBUF_STRIDES = 0x0010 | PyBUF_ND, PyBUF_C_CONTIGUOUS = 0x0020 | PyBUF_STRIDES,
              PyBUF_F_CONTIGUOUS = 0x0040 | PyBUF_STRIDES, PyBUF_ANY_CONTIGUOUS = 0x0080 | PyBUF_STRIDES,
              PyBUF_INDIRECT = 0x0100 | PyBUF_STRIDES, PyBUF_CONTIG = PyBUF_ND | PyBUF_WRITABLE,
              PyBUF_CONTIG_RO = PyBUF_ND, PyBUF_STRIDED = PyBUF_STRIDES | PyBUF_WRITABLE,
              PyBUF_STRIDED_RO = PyBUF_STRIDES, PyBUF_RECORDS = PyBUF_STRIDES | PyBUF_WRITABLE | PyBUF_FORMAT,
              PyBUF_RECORDS_RO = PyBUF_STRIDES | PyBUF_FORMAT,
              PyBUF_FULL = PyBUF_INDIRECT | PyBUF_WRITABLE | PyBUF_FORMAT,
              PyBUF_FULL_RO = PyBUF_INDIRECT | PyBUF_FORMAT, PyBUF_READ = 0x100, PyBUF_WRITE = 0x200;

// Module definition slots.
constexpr int Py_mod_create = 1, Py_mod_exec = 2;

constexpr size_t PY_VECTORCALL_ARGUMENTS_OFFSET = size_t{1} << 63;
constexpr Py_ssize_t vectorcallCount(size_t nargsf) {
  return static_cast<Py_ssize_t>(nargsf & ~PY_VECTORCALL_ARGUMENTS_OFFSET);
}

// The static type objects and singletons that everybody names.
extern "C" {
extern PyTypeObject PyBaseObject_Type, PyType_Type, PyLong_Type, PyBool_Type, PyFloat_Type, PyComplex_Type,
    PyUnicode_Type, PyBytes_Type, PyByteArray_Type, PyMemoryView_Type, PyList_Type, PyTuple_Type, PyDict_Type,
    PySet_Type, PyFrozenSet_Type, PySlice_Type, PyRange_Type, PyModule_Type, PyCode_Type, PyFunction_Type,
    PyMethod_Type, PyCFunction_Type, PyCMethod_Type, PyFrame_Type, PyGen_Type, PyCoro_Type, PyAsyncGen_Type,
    PyCell_Type, PyProperty_Type, PyClassMethod_Type, PyStaticMethod_Type, PySuper_Type, PyWrapperDescr_Type,
    PyMethodDescr_Type, PyGetSetDescr_Type, PyMemberDescr_Type, PyClassMethodDescr_Type, PyDictProxy_Type,
    PyCapsule_Type, PyTraceBack_Type, PySeqIter_Type, PyCallIter_Type, PyModuleDef_Type, PyEllipsis_Type,
    PyEnum_Type, PyReversed_Type, PyZip_Type, PyMap_Type, PyFilter_Type, _PyNone_Type, _PyNotImplemented_Type,
    _PyNamespace_Type, _PyWeakref_RefType, _PyWeakref_ProxyType, _PyWeakref_CallableProxyType,
    Py_GenericAliasType, _PyUnion_Type, _PyMethodWrapper_Type, PyInstanceMethod_Type;
extern PyObject _Py_NoneStruct, _Py_NotImplementedStruct, _Py_EllipsisObject;
}
#define Py_None (&_Py_NoneStruct)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#define Py_Ellipsis (&_Py_EllipsisObject)
