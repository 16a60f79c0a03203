// The sys module: what it is made of, for start-up and shut-down.
#pragma once

#include "core/interpreter.h"
#include "types/module.h"

namespace krait::modules {

// Makes the module and interpreter().sys_dict. Constants and functions only; paths and streams come at
// start-up.
Result<Ref<ModuleObject>> sysCreate();
// argv, path, flags, executable, prefixes, warnoptions ... from interpreter().config.
Status sysConfigure();

extern PyMethodDef kSysInfoFunctions[];   // sys_info.cpp
extern PyMethodDef kSysHookFunctions[];   // sys_hooks.cpp
extern PyMethodDef kSysTraceFunctions[];  // sys_trace.cpp
Status sysAddLimits(DictObject* dict);    // struct sequences and constants: versions and limits,
Status sysAddInfo(DictObject* dict);      // the others
Status sysReadyHookTypes();               // sys_trace.cpp
Status sysSetFlags(DictObject* dict);

}  // namespace krait::modules
