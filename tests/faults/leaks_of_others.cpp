// LeakSanitizer reads this by its name. libldap 2.5.13 does not free the client certificate and key
// that it loads for a TLS context (tls_g.c, tlsg_ctx_init): about 15 KB per connection with a
// client certificate.

extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
  return "leak:libgnutls.so\nleak:libtasn1.so\nleak:libgmp.so\n";
}
