#include "context.hpp"

namespace entsync {

Problem stopped_early(std::uint64_t applied) {
  if (applied == 0)
    return {Severity::error, "RUN-021", {}, "stopped on request before anything was changed", {}};
  return {Severity::error,
          "RUN-021",
          {},
          "stopped on request; " + std::to_string(applied) + " changes had been applied",
          "they are journaled; run again: the rest is planned again"};
}

Context::Context(config::Configuration configuration, Log open_log, Progress::Form form)
    : config(std::move(configuration)), log(std::move(open_log)), progress(form) {}

Context::~Context() {
  workers.join();
  store.join();
}

ldap::ConnectOptions connect_options(const config::Ldap& settings, Log& log) {
  ldap::ConnectOptions options;
  options.uri = settings.uri;
  options.start_tls = settings.start_tls;
  options.tls_ca_file = settings.tls_ca_file;
  options.tls_certificate_file = settings.tls_certificate_file;
  options.tls_key_file = settings.tls_key_file;
  using Bind = ldap::ConnectOptions::Bind;
  switch (settings.bind) {
    case config::BindMode::anonymous:
      options.bind = Bind::anonymous;
      break;
    case config::BindMode::simple:
      options.bind = Bind::simple;
      break;
    case config::BindMode::external:
      options.bind = Bind::external;
      break;
  }
  options.bind_dn = settings.bind_dn;
  options.password_file = settings.password_file;
  options.connect_timeout = settings.connect_timeout;
  options.operation_timeout = settings.operation_timeout;
  options.on_notice = [&log](Problem problem) { log.problems(Problems(std::move(problem))); };
  return options;
}

}  // namespace entsync
