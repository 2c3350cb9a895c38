#include "connectors/ldap/library.hpp"

#include <ldap.h>

#include <csignal>
#include <cstdlib>
#include <mutex>

namespace entsync::ldap {
namespace {

void ignore_sigpipe() {
  struct sigaction current {};
  if (sigaction(SIGPIPE, nullptr, &current) != 0) return;
  if ((current.sa_flags & SA_SIGINFO) == 0 && current.sa_handler == SIG_DFL)
    std::signal(SIGPIPE, SIG_IGN);
}

void prepare() {
  ignore_sigpipe();
  setenv("LDAPNOINIT", "1", 1);
  // The first call reads the environment, once for the life of the process.
  int version = 0;
  ldap_get_option(nullptr, LDAP_OPT_PROTOCOL_VERSION, &version);
  // Should another part of the process have made that first call: at least what is ours to decide.
  ldap_set_option(nullptr, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
}

}  // namespace

void prepare_library() {
  static std::once_flag once;
  std::call_once(once, prepare);
}

}  // namespace entsync::ldap
