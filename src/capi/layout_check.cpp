// What compiled extensions read inline stands where CPython 3.11 has it: the objects of src/types, interp and
// modules, as far as fields have CPython's names. The structs of src/abi: abi/layout_check.cpp.
#include "core/hash_secret.h"
#include "core/memory.h"
#include "interp/frame.h"
#include "interp/function.h"
#include "interp/gen.h"
#include "modules/datetime/datetime.h"
#include "modules/socket/socket.h"
#include "types/bytes.h"
#include "types/capsule.h"
#include "types/cell.h"
#include "types/complex.h"
#include "types/context.h"
#include "types/descr.h"
#include "types/descr_wrapper.h"
#include "types/dict_keys.h"
#include "types/exceptions.h"
#include "types/float.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/list.h"
#include "types/memoryview.h"
#include "types/method.h"
#include "types/module.h"
#include "types/range.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/struct_seq.h"
#include "types/super.h"
#include "types/traceback.h"
#include "types/weakref.h"

using namespace krait;

#define SIZE(type, bytes) static_assert(sizeof(type) == (bytes))
#define AT(type, field, bytes) static_assert(offsetof(type, field) == (bytes))

SIZE(IntObject, 32);
AT(IntObject, digits, 24);

SIZE(FloatObject, 24);
AT(FloatObject, value, 16);

SIZE(ComplexObject, 32);
AT(ComplexObject, real, 16);
AT(ComplexObject, imag, 24);

SIZE(BytesObject, 40);
AT(BytesObject, ob_shash, 24);
AT(BytesObject, ob_sval, 32);

SIZE(ByteArrayObject, 56);
AT(ByteArrayObject, ob_alloc, 24);
AT(ByteArrayObject, ob_bytes, 32);
AT(ByteArrayObject, ob_start, 40);
AT(ByteArrayObject, ob_exports, 48);

SIZE(TupleObject, 32);
AT(TupleObject, ob_item, 24);

SIZE(ListObject, 40);
AT(ListObject, ob_item, 24);
AT(ListObject, allocated, 32);

SIZE(DictObject, 48);
AT(DictObject, ma_used, 16);
AT(DictObject, ma_version_tag, 24);
AT(DictObject, ma_keys, 32);
AT(DictObject, ma_values, 40);

SIZE(SetObject, 200);
AT(SetObject, fill, 16);
AT(SetObject, used, 24);
AT(SetObject, mask, 32);
AT(SetObject, table, 40);
AT(SetObject, hash, 48);
AT(SetObject, finger, 56);
AT(SetObject, smalltable, 64);
AT(SetObject, weakreflist, 192);

SIZE(SetEntry, 16);
AT(SetEntry, key, 0);
AT(SetEntry, hash, 8);

SIZE(StrObject, 48);
AT(StrObject, length, 16);
AT(StrObject, hash, 24);
AT(StrObject, state, 32);
AT(StrObject, wstr, 40);

SIZE(CompactStrObject, 72);
AT(CompactStrObject, utf8_length, 48);
AT(CompactStrObject, utf8, 56);
AT(CompactStrObject, wstr_length, 64);

SIZE(LegacyStrObject, 80);

SIZE(CFunctionObject, 56);
AT(CFunctionObject, m_ml, 16);
AT(CFunctionObject, m_self, 24);
AT(CFunctionObject, m_module, 32);
AT(CFunctionObject, m_weakreflist, 40);
AT(CFunctionObject, vectorcall, 48);

SIZE(CMethodObject, 64);
AT(CMethodObject, mm_class, 56);

SIZE(MethodObject, 48);
AT(MethodObject, im_func, 16);
AT(MethodObject, im_self, 24);
AT(MethodObject, im_weakreflist, 32);
AT(MethodObject, vectorcall, 40);

SIZE(FunctionObject, 136);
AT(FunctionObject, func_globals, 16);
AT(FunctionObject, func_builtins, 24);
AT(FunctionObject, func_name, 32);
AT(FunctionObject, func_qualname, 40);
AT(FunctionObject, func_code, 48);
AT(FunctionObject, func_defaults, 56);
AT(FunctionObject, func_kwdefaults, 64);
AT(FunctionObject, func_closure, 72);
AT(FunctionObject, func_doc, 80);
AT(FunctionObject, func_dict, 88);
AT(FunctionObject, func_weakreflist, 96);
AT(FunctionObject, func_module, 104);
AT(FunctionObject, func_annotations, 112);
AT(FunctionObject, vectorcall, 120);
AT(FunctionObject, func_version, 128);

SIZE(CodeObject, 192);
AT(CodeObject, co_consts, 24);
AT(CodeObject, co_names, 32);
AT(CodeObject, co_exceptiontable, 40);
AT(CodeObject, co_flags, 48);
AT(CodeObject, co_warmup, 52);
AT(CodeObject, _co_linearray_entry_size, 54);
AT(CodeObject, co_argcount, 56);
AT(CodeObject, co_posonlyargcount, 60);
AT(CodeObject, co_kwonlyargcount, 64);
AT(CodeObject, co_stacksize, 68);
AT(CodeObject, co_firstlineno, 72);
AT(CodeObject, co_nlocalsplus, 76);
AT(CodeObject, co_nlocals, 80);
AT(CodeObject, co_nplaincellvars, 84);
AT(CodeObject, co_ncellvars, 88);
AT(CodeObject, co_nfreevars, 92);
AT(CodeObject, co_localsplusnames, 96);
AT(CodeObject, co_localspluskinds, 104);
AT(CodeObject, co_filename, 112);
AT(CodeObject, co_name, 120);
AT(CodeObject, co_qualname, 128);
AT(CodeObject, co_linetable, 136);
AT(CodeObject, co_weakreflist, 144);
AT(CodeObject, _co_code, 152);
AT(CodeObject, _co_linearray, 160);
AT(CodeObject, _co_firsttraceable, 168);
AT(CodeObject, co_extra, 176);
AT(CodeObject, co_code_adaptive, 184);

SIZE(CellObject, 24);
AT(CellObject, ob_ref, 16);

SIZE(GenObject, 88);
AT(GenObject, gi_code, 16);
AT(GenObject, gi_weakreflist, 24);
AT(GenObject, gi_name, 32);
AT(GenObject, gi_qualname, 40);
AT(GenObject, gi_exc_state, 48);
AT(GenObject, gi_origin_or_finalizer, 64);
AT(GenObject, gi_hooks_inited, 72);
AT(GenObject, gi_closed, 73);
AT(GenObject, gi_running_async, 74);
AT(GenObject, gi_frame_state, 75);
AT(GenObject, gi_iframe, 80);

SIZE(SliceObject, 40);
AT(SliceObject, start, 16);
AT(SliceObject, stop, 24);
AT(SliceObject, step, 32);

SIZE(MemoryViewObject, 152);
AT(MemoryViewObject, mbuf, 24);
AT(MemoryViewObject, hash, 32);
AT(MemoryViewObject, flags, 40);
AT(MemoryViewObject, exports, 48);
AT(MemoryViewObject, view, 56);
AT(MemoryViewObject, weakreflist, 136);
AT(MemoryViewObject, ob_array, 144);

SIZE(ManagedBufferObject, 112);
AT(ManagedBufferObject, flags, 16);
AT(ManagedBufferObject, exports, 24);
AT(ManagedBufferObject, master, 32);

SIZE(WeakRefObject, 64);
AT(WeakRefObject, wr_object, 16);
AT(WeakRefObject, wr_callback, 24);
AT(WeakRefObject, hash, 32);
AT(WeakRefObject, wr_prev, 40);
AT(WeakRefObject, wr_next, 48);
AT(WeakRefObject, vectorcall, 56);

SIZE(TracebackObject, 40);
AT(TracebackObject, tb_next, 16);
AT(TracebackObject, tb_frame, 24);
AT(TracebackObject, tb_lasti, 32);
AT(TracebackObject, tb_lineno, 36);

SIZE(DescrObject, 40);
AT(DescrObject, d_type, 16);
AT(DescrObject, d_name, 24);
AT(DescrObject, d_qualname, 32);

SIZE(MethodDescrObject, 56);
AT(MethodDescrObject, d_method, 40);
AT(MethodDescrObject, vectorcall, 48);

SIZE(MemberDescrObject, 48);
AT(MemberDescrObject, d_member, 40);

SIZE(GetSetDescrObject, 48);
AT(GetSetDescrObject, d_getset, 40);

SIZE(WrapperDescrObject, 56);
AT(WrapperDescrObject, d_base, 40);
AT(WrapperDescrObject, d_wrapped, 48);

SIZE(SlotDef, 56);
AT(SlotDef, name, 0);
AT(SlotDef, offset, 8);
AT(SlotDef, function, 16);
AT(SlotDef, wrapper, 24);
AT(SlotDef, doc, 32);
AT(SlotDef, flags, 40);
AT(SlotDef, name_strobj, 48);

SIZE(ExceptionObject, 72);
AT(ExceptionObject, dict, 16);
AT(ExceptionObject, args, 24);
AT(ExceptionObject, notes, 32);
AT(ExceptionObject, traceback, 40);
AT(ExceptionObject, context, 48);
AT(ExceptionObject, cause, 56);
AT(ExceptionObject, suppress_context, 64);

SIZE(ExceptionGroupObject, 88);
AT(ExceptionGroupObject, dict, 16);
AT(ExceptionGroupObject, args, 24);
AT(ExceptionGroupObject, notes, 32);
AT(ExceptionGroupObject, traceback, 40);
AT(ExceptionGroupObject, context, 48);
AT(ExceptionGroupObject, cause, 56);
AT(ExceptionGroupObject, suppress_context, 64);
AT(ExceptionGroupObject, msg, 72);
AT(ExceptionGroupObject, excs, 80);

SIZE(OSErrorObject, 112);
AT(OSErrorObject, dict, 16);
AT(OSErrorObject, args, 24);
AT(OSErrorObject, notes, 32);
AT(OSErrorObject, traceback, 40);
AT(OSErrorObject, context, 48);
AT(OSErrorObject, cause, 56);
AT(OSErrorObject, suppress_context, 64);
AT(OSErrorObject, myerrno, 72);
AT(OSErrorObject, strerror, 80);
AT(OSErrorObject, filename, 88);
AT(OSErrorObject, filename2, 96);
AT(OSErrorObject, written, 104);

SIZE(SyntaxErrorObject, 136);
AT(SyntaxErrorObject, dict, 16);
AT(SyntaxErrorObject, args, 24);
AT(SyntaxErrorObject, notes, 32);
AT(SyntaxErrorObject, traceback, 40);
AT(SyntaxErrorObject, context, 48);
AT(SyntaxErrorObject, cause, 56);
AT(SyntaxErrorObject, suppress_context, 64);
AT(SyntaxErrorObject, msg, 72);
AT(SyntaxErrorObject, filename, 80);
AT(SyntaxErrorObject, lineno, 88);
AT(SyntaxErrorObject, offset, 96);
AT(SyntaxErrorObject, end_lineno, 104);
AT(SyntaxErrorObject, end_offset, 112);
AT(SyntaxErrorObject, text, 120);
AT(SyntaxErrorObject, print_file_and_line, 128);

SIZE(UnicodeErrorObject, 112);
AT(UnicodeErrorObject, dict, 16);
AT(UnicodeErrorObject, args, 24);
AT(UnicodeErrorObject, notes, 32);
AT(UnicodeErrorObject, traceback, 40);
AT(UnicodeErrorObject, context, 48);
AT(UnicodeErrorObject, cause, 56);
AT(UnicodeErrorObject, suppress_context, 64);
AT(UnicodeErrorObject, encoding, 72);
AT(UnicodeErrorObject, object, 80);
AT(UnicodeErrorObject, start, 88);
AT(UnicodeErrorObject, end, 96);
AT(UnicodeErrorObject, reason, 104);

SIZE(StopIterationObject, 80);
AT(StopIterationObject, dict, 16);
AT(StopIterationObject, args, 24);
AT(StopIterationObject, notes, 32);
AT(StopIterationObject, traceback, 40);
AT(StopIterationObject, context, 48);
AT(StopIterationObject, cause, 56);
AT(StopIterationObject, suppress_context, 64);
AT(StopIterationObject, value, 72);

SIZE(ImportErrorObject, 96);
AT(ImportErrorObject, dict, 16);
AT(ImportErrorObject, args, 24);
AT(ImportErrorObject, notes, 32);
AT(ImportErrorObject, traceback, 40);
AT(ImportErrorObject, context, 48);
AT(ImportErrorObject, cause, 56);
AT(ImportErrorObject, suppress_context, 64);
AT(ImportErrorObject, msg, 72);
AT(ImportErrorObject, name, 80);
AT(ImportErrorObject, path, 88);

SIZE(SystemExitObject, 80);
AT(SystemExitObject, dict, 16);
AT(SystemExitObject, args, 24);
AT(SystemExitObject, notes, 32);
AT(SystemExitObject, traceback, 40);
AT(SystemExitObject, context, 48);
AT(SystemExitObject, cause, 56);
AT(SystemExitObject, suppress_context, 64);
AT(SystemExitObject, code, 72);

SIZE(NameErrorObject, 80);
AT(NameErrorObject, dict, 16);
AT(NameErrorObject, args, 24);
AT(NameErrorObject, notes, 32);
AT(NameErrorObject, traceback, 40);
AT(NameErrorObject, context, 48);
AT(NameErrorObject, cause, 56);
AT(NameErrorObject, suppress_context, 64);
AT(NameErrorObject, name, 72);

SIZE(AttributeErrorObject, 88);
AT(AttributeErrorObject, dict, 16);
AT(AttributeErrorObject, args, 24);
AT(AttributeErrorObject, notes, 32);
AT(AttributeErrorObject, traceback, 40);
AT(AttributeErrorObject, context, 48);
AT(AttributeErrorObject, cause, 56);
AT(AttributeErrorObject, suppress_context, 64);
AT(AttributeErrorObject, obj, 72);
AT(AttributeErrorObject, name, 80);

SIZE(MemAllocator, 40);
AT(MemAllocator, ctx, 0);
AT(MemAllocator, malloc, 8);
AT(MemAllocator, calloc, 16);
AT(MemAllocator, realloc, 24);
AT(MemAllocator, free, 32);

SIZE(PyFrameObject, 56);
AT(PyFrameObject, f_back, 16);
AT(PyFrameObject, f_frame, 24);
AT(PyFrameObject, f_trace, 32);
AT(PyFrameObject, f_lineno, 40);
AT(PyFrameObject, f_trace_lines, 44);
AT(PyFrameObject, f_trace_opcodes, 45);
AT(PyFrameObject, f_fast_as_locals, 46);
AT(PyFrameObject, f_frame_data, 48);

SIZE(_PyInterpreterFrame, 80);
AT(_PyInterpreterFrame, func, 0);
AT(_PyInterpreterFrame, globals, 8);
AT(_PyInterpreterFrame, builtins, 16);
AT(_PyInterpreterFrame, locals, 24);
AT(_PyInterpreterFrame, code, 32);
AT(_PyInterpreterFrame, frame_obj, 40);
AT(_PyInterpreterFrame, previous, 48);
AT(_PyInterpreterFrame, prev_instr, 56);
AT(_PyInterpreterFrame, stacktop, 64);
AT(_PyInterpreterFrame, entry, 68);
AT(_PyInterpreterFrame, owner, 69);
AT(_PyInterpreterFrame, localsplus, 72);

SIZE(ContextObject, 48);
AT(ContextObject, ctx_prev, 16);
AT(ContextObject, ctx_vars, 24);
AT(ContextObject, ctx_weakreflist, 32);
AT(ContextObject, ctx_entered, 40);

SIZE(ContextVarObject, 64);
AT(ContextVarObject, var_name, 16);
AT(ContextVarObject, var_default, 24);
AT(ContextVarObject, var_cached, 32);
AT(ContextVarObject, var_cached_tsid, 40);
AT(ContextVarObject, var_cached_tsver, 48);
AT(ContextVarObject, var_hash, 56);

SIZE(TokenObject, 48);
AT(TokenObject, tok_ctx, 16);
AT(TokenObject, tok_var, 24);
AT(TokenObject, tok_oldval, 32);
AT(TokenObject, tok_used, 40);

SIZE(ModuleObject, 56);
AT(ModuleObject, md_dict, 16);
AT(ModuleObject, md_def, 24);
AT(ModuleObject, md_state, 32);
AT(ModuleObject, md_weaklist, 40);
AT(ModuleObject, md_name, 48);

SIZE(CapsuleObject, 48);
AT(CapsuleObject, pointer, 16);
AT(CapsuleObject, name, 24);
AT(CapsuleObject, context, 32);
AT(CapsuleObject, destructor, 40);

SIZE(SuperObject, 40);
AT(SuperObject, type, 16);
AT(SuperObject, object, 24);
AT(SuperObject, obj_type, 32);

SIZE(RangeObject, 48);
AT(RangeObject, start, 16);
AT(RangeObject, stop, 24);
AT(RangeObject, step, 32);
AT(RangeObject, length, 40);

SIZE(GenericAliasObject, 64);
AT(GenericAliasObject, origin, 16);
AT(GenericAliasObject, args, 24);
AT(GenericAliasObject, parameters, 32);
AT(GenericAliasObject, weakreflist, 40);
AT(GenericAliasObject, starred, 48);
AT(GenericAliasObject, vectorcall, 56);

SIZE(PyStructSequence_Field, 16);
AT(PyStructSequence_Field, name, 0);
AT(PyStructSequence_Field, doc, 8);

SIZE(PyStructSequence_Desc, 32);
AT(PyStructSequence_Desc, name, 0);
AT(PyStructSequence_Desc, doc, 8);
AT(PyStructSequence_Desc, fields, 16);
AT(PyStructSequence_Desc, n_in_sequence, 24);

SIZE(HashSecret, 24);

SIZE(modules::DeltaObject, 40);
AT(modules::DeltaObject, hash, 16);
AT(modules::DeltaObject, days, 24);
AT(modules::DeltaObject, seconds, 28);
AT(modules::DeltaObject, microseconds, 32);

SIZE(modules::DateObject, 32);
AT(modules::DateObject, hash, 16);
AT(modules::DateObject, has_tzinfo, 24);
AT(modules::DateObject, data, 25);

SIZE(modules::TimeObject, 40);
AT(modules::TimeObject, hash, 16);
AT(modules::TimeObject, has_tzinfo, 24);
AT(modules::TimeObject, data, 25);
AT(modules::TimeObject, fold, 31);
AT(modules::TimeObject, tz, 32);

SIZE(modules::DateTimeObject, 48);
AT(modules::DateTimeObject, hash, 16);
AT(modules::DateTimeObject, has_tzinfo, 24);
AT(modules::DateTimeObject, data, 25);
AT(modules::DateTimeObject, fold, 35);
AT(modules::DateTimeObject, tz, 40);

SIZE(DictEntry, 24);
AT(DictEntry, hash, 0);
AT(DictEntry, key, 8);
AT(DictEntry, value, 16);

SIZE(DictUnicodeEntry, 16);
AT(DictUnicodeEntry, key, 0);
AT(DictUnicodeEntry, value, 8);

SIZE(modules::sockets::SocketObject, 48);
AT(modules::sockets::SocketObject, fd, 16);
AT(modules::sockets::SocketObject, family, 20);
AT(modules::sockets::SocketObject, type, 24);
AT(modules::sockets::SocketObject, proto, 28);
AT(modules::sockets::SocketObject, raise_error, 32);
AT(modules::sockets::SocketObject, timeout, 40);

#undef AT
#undef SIZE
