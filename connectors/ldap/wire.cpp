#include "connectors/ldap/wire.hpp"

namespace entsync::ldap {

/// The C table of functions that liblber calls.
struct WireLayer {
  static Wire& wire(Sockbuf_IO_Desc* self) { return *static_cast<Wire*>(self->sbiod_pvt); }

  static int setup(Sockbuf_IO_Desc* self, void* argument) {
    self->sbiod_pvt = argument;
    return 0;
  }
  static int remove(Sockbuf_IO_Desc* self) {
    self->sbiod_pvt = nullptr;
    return 0;
  }
  static int control(Sockbuf_IO_Desc* self, int option, void* argument) {
    return LBER_SBIOD_CTRL_NEXT(self, option, argument);
  }
  static ber_slen_t read(Sockbuf_IO_Desc* self, void* bytes, ber_len_t size) {
    return LBER_SBIOD_READ_NEXT(self, bytes, size);
  }
  /// liblber goes on writing until all is taken or a write fails: the last write tells.
  static ber_slen_t write(Sockbuf_IO_Desc* self, void* bytes, ber_len_t size) {
    const ber_slen_t count = LBER_SBIOD_WRITE_NEXT(self, bytes, size);
    wire(self).half_sent_ = count < 0 || static_cast<ber_len_t>(count) < size;
    return count;
  }
  static int close(Sockbuf_IO_Desc*) { return 0; }

  static inline Sockbuf_IO table{setup, remove, control, read, write, close};
};

bool Wire::watch(LDAP* ld) {
  Sockbuf* buffer = nullptr;
  if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &buffer) != LDAP_OPT_SUCCESS || buffer == nullptr)
    return false;
  ber_len_t limit = max_message;
  ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &limit);
  return ber_sockbuf_add_io(buffer, &WireLayer::table, LBER_SBIOD_LEVEL_APPLICATION, this) == 0;
}

}  // namespace entsync::ldap
