#pragma once
/// What libldap needs from the process before its first call.

namespace entsync::ldap {

/// Makes libldap ignore ldap.conf, ldaprc and LDAP* variables, which silently change URI and TLS
/// (ldap.conf(5), LDAPNOINIT), and has SIGPIPE ignored unless the program handles it: libldap
/// writes without MSG_NOSIGNAL, and a peer's reset would end the process. Cheap when repeated;
/// called by every entry point of this module, on the loop's thread.
void prepare_library();

}  // namespace entsync::ldap
