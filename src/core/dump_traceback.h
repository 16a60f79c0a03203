// Tracebacks for crashes: written straight to a file descriptor, without allocating or taking locks, so that
// a signal handler may do it. What is read may be inconsistent then; nothing is followed but the frame chain.
#pragma once

#include "core/thread.h"

namespace krait {

void dumpText(int fd, const char* text);
// "Stack (most recent call first):" and the frames.
void dumpStack(int fd, Thread* thread);
// Names of the loaded extension modules that the standard library does not have; nothing when there are none.
void dumpExtensionModules(int fd);
// All threads, the current one marked. null: current thread unknown.
void dumpAllThreads(int fd, Thread* current);

// What fatalError() writes, for those that end the process more gently.
void fatalReport(const char* function, const char* message);

}  // namespace krait
