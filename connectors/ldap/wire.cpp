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
  if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &buffer_) != LDAP_OPT_SUCCESS || buffer_ == nullptr)
    return false;
  ber_len_t limit = max_message;
  ber_sockbuf_ctrl(buffer_, LBER_SB_OPT_SET_MAX_INCOMING, &limit);
  // Beneath TLS. Otherwise liblber asks the kernel three times for each message: whether there is
  // one, for its first eight bytes, for the rest: 305 000 calls for 100 000 entries.
  int size = read_ahead;
  return ber_sockbuf_add_io(buffer_, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER, &size) ==
             0 &&
         ber_sockbuf_add_io(buffer_, &WireLayer::table, LBER_SBIOD_LEVEL_APPLICATION, this) == 0;
}

bool Wire::holds_bytes() const {
  return ber_sockbuf_ctrl(buffer_, LBER_SB_OPT_DATA_READY, nullptr) != 0;
}

}  // namespace entsync::ldap
