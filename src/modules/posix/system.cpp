// The system at large: environment variables, times, names, random bytes.
#include <stdlib.h>
#include <sys/random.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstring>

#include "modules/posix/posix.h"
#include "types/struct_seq.h"

namespace krait::modules::posix {
namespace {

Status osPutenv(PathArg<kPathOnly> name, PathArg<kPathOnly> value) {
  if (name.text.find('=') != std::string::npos)
    return raise(PyExc_ValueError, "illegal environment variable name");
  TRY(audit("os.putenv", "OO", name.object, value.object));
  return check(setenv(name.c_str(), value.c_str(), 1));
}
Status osUnsetenv(PathArg<kPathOnly> name) {
  TRY(audit("os.unsetenv", "O", name.object));
  return check(unsetenv(name.c_str()));
}
Result<Ref<>> osStrerror(int code) { return Ref<>(TRY(fsDecode(std::strerror(code)))); }

Result<Ref<>> osUname() {
  utsname info;
  TRY(check(uname(&info)));
  Ref<TupleObject> out = TRY(structSeqNew(g_uname_result));
  const char* fields[] = {info.sysname, info.nodename, info.release, info.version, info.machine};
  for (int i = 0; i < 5; i++) structSeqSet(out, i, Ref<>(TRY(fsDecode(fields[i]))));
  return out;
}

Result<Ref<>> osTimes() {
  tms process;
  clock_t elapsed = times(&process);
  if (elapsed == static_cast<clock_t>(-1)) return raiseErrno(errno);
  double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  Ref<TupleObject> out = TRY(structSeqNew(g_times_result));
  const clock_t fields[] = {process.tms_utime, process.tms_stime, process.tms_cutime, process.tms_cstime,
                            elapsed};
  for (int i = 0; i < 5; i++) structSeqSet(out, i, TRY(floatObject(static_cast<double>(fields[i]) / ticks)));
  return out;
}

Result<Ref<>> osUrandom(Py_ssize_t size) {
  if (size < 0) return raise(PyExc_ValueError, "negative argument not allowed");
  Ref<BytesObject> out = TRY(bytesNew(size));
  for (Py_ssize_t done = 0; done < size;) {
    long n = TRY(retry([&] { return getrandom(out->data() + done, static_cast<size_t>(size - done), 0); }));
    TRY(check(n));
    done += n;
  }
  return out;
}
Result<Ref<>> osGetrandom(Py_ssize_t size, int flags) {
  if (size < 0) {
    errno = EINVAL;
    return raiseErrno(errno);
  }
  Ref<BytesObject> out = TRY(bytesNew(size));
  long n = TRY(
      retry([&] { return getrandom(out->data(), static_cast<size_t>(size), static_cast<unsigned>(flags)); }));
  TRY(check(n));
  return Ref<>(TRY(bytesResize(std::move(out), n)));
}

Result<Ref<>> osCpuCount() {
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? Result<Ref<>>(none()) : intResult(count);
}
Result<Ref<>> osGetloadavg() {
  double loads[3];
  if (getloadavg(loads, 3) != 3) return raise(PyExc_OSError, "Load averages are unobtainable");
  return tupleResult(TRY(floatObject(loads[0])), TRY(floatObject(loads[1])), TRY(floatObject(loads[2])));
}

}  // namespace

PyMethodDef kSystemMethods[] = {
    function<"putenv($module, name, value, /)", osPutenv, "Set an environment variable.">,
    function<"unsetenv($module, name, /)", osUnsetenv, "Remove an environment variable.">,
    function<"strerror($module, code, /)", osStrerror, "The message of an error number.">,
    function<"uname($module, /)", osUname, "The operating system's names.">,
    function<"times($module, /)", osTimes, "Process times.">,
    function<"urandom($module, size, /)", osUrandom, "Random bytes fit for cryptography.">,
    function<"getrandom($module, /, size, flags=0)", osGetrandom, "Random bytes, with flags.">,
    function<"cpu_count($module, /)", osCpuCount, "Number of processors.">,
    function<"getloadavg($module, /)", osGetloadavg, "Load averages over 1, 5 and 15 minutes.">,
    {}};

}  // namespace krait::modules::posix
