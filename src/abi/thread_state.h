// PyThreadState and the small structs it points to, as CPython 3.11 lays them out (extensions read some
// fields live).
#pragma once

#include "abi/object.h"

struct PyInterpreterState;
struct PyFrameObject;
struct _PyInterpreterFrame;  // Krait's own frame record (src/interp/frame.h); extensions only pass the
                             // pointer on

using Py_tracefunc = int (*)(PyObject*, PyFrameObject*, int, PyObject*);

struct _PyCFrame {
  uint8_t use_tracing;
  _PyInterpreterFrame* current_frame;
  _PyCFrame* previous;
};

struct _PyErr_StackItem {
  PyObject* exc_value;  // owned; null or None: nothing is being handled at this level
  _PyErr_StackItem* previous_item;
};

struct _PyStackChunk {
  _PyStackChunk* previous;
  size_t size;
  size_t top;
  PyObject* data[1];
};

struct PyThreadState {
  PyThreadState *prev, *next;
  PyInterpreterState* interp;
  int _initialized, _static;
  int recursion_remaining, recursion_limit, recursion_headroom;
  int tracing, tracing_what;
  _PyCFrame* cframe;
  Py_tracefunc c_profilefunc, c_tracefunc;
  PyObject *c_profileobj, *c_traceobj;
  PyObject *curexc_type, *curexc_value, *curexc_traceback;
  _PyErr_StackItem* exc_info;
  PyObject* dict;
  int gilstate_counter;
  PyObject* async_exc;
  unsigned long thread_id, native_thread_id;
  int trash_delete_nesting;
  PyObject* trash_delete_later;
  void (*on_delete)(void*);
  void* on_delete_data;
  int coroutine_origin_tracking_depth;
  PyObject *async_gen_firstiter, *async_gen_finalizer;
  PyObject* context;
  uint64_t context_ver, id;
  struct {
    PyObject* code;
    int ar_start, ar_end, ar_line;
    void* opaque[3];
  } trace_info;
  _PyStackChunk* datastack_chunk;
  PyObject **datastack_top, **datastack_limit;
  _PyErr_StackItem exc_state;
  _PyCFrame root_cframe;
};
static_assert(sizeof(PyThreadState) == 360);
static_assert(offsetof(PyThreadState, cframe) == 56 && offsetof(PyThreadState, curexc_type) == 96);
static_assert(offsetof(PyThreadState, datastack_chunk) == 296 && offsetof(PyThreadState, root_cframe) == 336);
