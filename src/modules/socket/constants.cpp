// The numbers that the socket API defines.
#include <arpa/inet.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/un.h>

#include "modules/socket/socket.h"
#include "types/module.h"

namespace krait::modules::sockets {
namespace {

#define C(name) {#name, static_cast<long>(name)}
constexpr std::pair<const char*, long> kConstants[] = {
#include "modules/socket/constants.inc"
};
#undef C

}  // namespace

Status addConstants(PyObject* module) {
  for (auto [name, value] : kConstants) {
    if (std::string_view(name) == "BTPROTO_SCO") {
      TRY(moduleAddStr(module, "BDADDR_ANY", "00:00:00:00:00:00"));
      TRY(moduleAddStr(module, "BDADDR_LOCAL", "00:00:00:FF:FF:FF"));
    }
    TRY(moduleAddInt(module, name, value));
  }
  return {};
}

}  // namespace krait::modules::sockets
