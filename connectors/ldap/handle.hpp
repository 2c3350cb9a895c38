#pragma once
/// Owners of what libldap allocates. The LDAP handle owns the connection's file descriptor: nobody
/// else closes that one.

#include <lber.h>
#include <ldap.h>

#include <memory>

namespace entsync::ldap {

struct Unbind {
  void operator()(LDAP* ld) const { ldap_unbind_ext(ld, nullptr, nullptr); }
};
using Handle = std::unique_ptr<LDAP, Unbind>;

struct FreeMessage {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using Message = std::unique_ptr<LDAPMessage, FreeMessage>;

/// For memory that the caller of a libldap function has to give back.
struct FreeMemory {
  void operator()(void* memory) const { ldap_memfree(memory); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeMemory>;

struct FreeControl {
  void operator()(LDAPControl* control) const { ldap_control_free(control); }
};
using Control = std::unique_ptr<LDAPControl, FreeControl>;

struct FreeControls {
  void operator()(LDAPControl** controls) const { ldap_controls_free(controls); }
};
using Controls = std::unique_ptr<LDAPControl*, FreeControls>;

struct FreeStrings {
  void operator()(char** strings) const { ldap_memvfree(reinterpret_cast<void**>(strings)); }
};
using Strings = std::unique_ptr<char*, FreeStrings>;

/// The reading position inside a message; the bytes stay with the message.
struct FreeBer {
  void operator()(BerElement* ber) const { ber_free(ber, 0); }
};
using Cursor = std::unique_ptr<BerElement, FreeBer>;

struct FreeUrl {
  void operator()(LDAPURLDesc* url) const { ldap_free_urldesc(url); }
};
using Url = std::unique_ptr<LDAPURLDesc, FreeUrl>;

}  // namespace entsync::ldap
