// errno: the names of the system's error numbers.
#include <cerrno>

#include "core/native.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"

namespace krait {
namespace {

struct ErrorName {
  const char* name;
  int number;
};
constexpr ErrorName kErrors[] = {
    {"ENODEV", ENODEV},
    {"ENOCSI", ENOCSI},
    {"EHOSTUNREACH", EHOSTUNREACH},
    {"ENOMSG", ENOMSG},
    {"EUCLEAN", EUCLEAN},
    {"EL2NSYNC", EL2NSYNC},
    {"EL2HLT", EL2HLT},
    {"ENODATA", ENODATA},
    {"ENOTBLK", ENOTBLK},
    {"ENOSYS", ENOSYS},
    {"EPIPE", EPIPE},
    {"EINVAL", EINVAL},
    {"EOVERFLOW", EOVERFLOW},
    {"EADV", EADV},
    {"EINTR", EINTR},
    {"EUSERS", EUSERS},
    {"ENOTEMPTY", ENOTEMPTY},
    {"ENOBUFS", ENOBUFS},
    {"EPROTO", EPROTO},
    {"EREMOTE", EREMOTE},
    {"ENAVAIL", ENAVAIL},
    {"ECHILD", ECHILD},
    {"ELOOP", ELOOP},
    {"EXDEV", EXDEV},
    {"E2BIG", E2BIG},
    {"ESRCH", ESRCH},
    {"EMSGSIZE", EMSGSIZE},
    {"EAFNOSUPPORT", EAFNOSUPPORT},
    {"EBADR", EBADR},
    {"EHOSTDOWN", EHOSTDOWN},
    {"EPFNOSUPPORT", EPFNOSUPPORT},
    {"ENOPROTOOPT", ENOPROTOOPT},
    {"EBUSY", EBUSY},
    {"EWOULDBLOCK", EWOULDBLOCK},
    {"EBADFD", EBADFD},
    {"EDOTDOT", EDOTDOT},
    {"EISCONN", EISCONN},
    {"ENOANO", ENOANO},
    {"ESHUTDOWN", ESHUTDOWN},
    {"ECHRNG", ECHRNG},
    {"ELIBBAD", ELIBBAD},
    {"ENONET", ENONET},
    {"EBADE", EBADE},
    {"EBADF", EBADF},
    {"EMULTIHOP", EMULTIHOP},
    {"EIO", EIO},
    {"EUNATCH", EUNATCH},
    {"EPROTOTYPE", EPROTOTYPE},
    {"ENOSPC", ENOSPC},
    {"ENOEXEC", ENOEXEC},
    {"EALREADY", EALREADY},
    {"ENETDOWN", ENETDOWN},
    {"ENOTNAM", ENOTNAM},
    {"EACCES", EACCES},
    {"ELNRNG", ELNRNG},
    {"EILSEQ", EILSEQ},
    {"ENOTDIR", ENOTDIR},
    {"ENOTUNIQ", ENOTUNIQ},
    {"EPERM", EPERM},
    {"EDOM", EDOM},
    {"EXFULL", EXFULL},
    {"ECONNREFUSED", ECONNREFUSED},
    {"EISDIR", EISDIR},
    {"EPROTONOSUPPORT", EPROTONOSUPPORT},
    {"EROFS", EROFS},
    {"EADDRNOTAVAIL", EADDRNOTAVAIL},
    {"EIDRM", EIDRM},
    {"ECOMM", ECOMM},
    {"ESRMNT", ESRMNT},
    {"EREMOTEIO", EREMOTEIO},
    {"EL3RST", EL3RST},
    {"EBADMSG", EBADMSG},
    {"ENFILE", ENFILE},
    {"ELIBMAX", ELIBMAX},
    {"ESPIPE", ESPIPE},
    {"ENOLINK", ENOLINK},
    {"ENETRESET", ENETRESET},
    {"ETIMEDOUT", ETIMEDOUT},
    {"ENOENT", ENOENT},
    {"EEXIST", EEXIST},
    {"EDQUOT", EDQUOT},
    {"ENOSTR", ENOSTR},
    {"EBADSLT", EBADSLT},
    {"EBADRQC", EBADRQC},
    {"ELIBACC", ELIBACC},
    {"EFAULT", EFAULT},
    {"EFBIG", EFBIG},
    {"EDEADLK", EDEADLK},
    {"ENOTCONN", ENOTCONN},
    {"EDESTADDRREQ", EDESTADDRREQ},
    {"ELIBSCN", ELIBSCN},
    {"ENOLCK", ENOLCK},
    {"EISNAM", EISNAM},
    {"ECONNABORTED", ECONNABORTED},
    {"ENETUNREACH", ENETUNREACH},
    {"ESTALE", ESTALE},
    {"ENOSR", ENOSR},
    {"ENOMEM", ENOMEM},
    {"ENOTSOCK", ENOTSOCK},
    {"ESTRPIPE", ESTRPIPE},
    {"EMLINK", EMLINK},
    {"ERANGE", ERANGE},
    {"ELIBEXEC", ELIBEXEC},
    {"EL3HLT", EL3HLT},
    {"ECONNRESET", ECONNRESET},
    {"EADDRINUSE", EADDRINUSE},
    {"EOPNOTSUPP", EOPNOTSUPP},
    {"EREMCHG", EREMCHG},
    {"EAGAIN", EAGAIN},
    {"ENAMETOOLONG", ENAMETOOLONG},
    {"ENOTTY", ENOTTY},
    {"ERESTART", ERESTART},
    {"ESOCKTNOSUPPORT", ESOCKTNOSUPPORT},
    {"ETIME", ETIME},
    {"EBFONT", EBFONT},
    {"EDEADLOCK", EDEADLOCK},
    {"ETOOMANYREFS", ETOOMANYREFS},
    {"EMFILE", EMFILE},
    {"ETXTBSY", ETXTBSY},
    {"EINPROGRESS", EINPROGRESS},
    {"ENXIO", ENXIO},
    {"ENOPKG", ENOPKG},
    {"ENOMEDIUM", ENOMEDIUM},
    {"EMEDIUMTYPE", EMEDIUMTYPE},
    {"ECANCELED", ECANCELED},
    {"ENOKEY", ENOKEY},
    {"EKEYEXPIRED", EKEYEXPIRED},
    {"EKEYREVOKED", EKEYREVOKED},
    {"EKEYREJECTED", EKEYREJECTED},
    {"EOWNERDEAD", EOWNERDEAD},
    {"ENOTRECOVERABLE", ENOTRECOVERABLE},
    {"ERFKILL", ERFKILL},
    {"ENOTSUP", ENOTSUP},
};

Status exec(PyObject* module) {
  Ref<DictObject> names = TRY(dictNew());
  TRY(moduleAdd(module, "errorcode", share(static_cast<PyObject*>(names.get()))));
  for (const ErrorName& e : kErrors) {
    Ref<IntObject> number = TRY(intFromLong(e.number));
    Ref<StrObject> text = TRY(strInternUtf8(e.name));
    TRY(dictSet(names, number.get(), text.get()));
    TRY(moduleAdd(module, e.name, std::move(number)));
  }
  return {};
}

constinit PyModuleDef kErrnoModule = moduleDef<"errno", exec>(nullptr, "Error numbers of the system.");

}  // namespace

namespace modules {
PyObject* initErrno() { return moduleDefInit(&kErrnoModule); }
}  // namespace modules

}  // namespace krait
