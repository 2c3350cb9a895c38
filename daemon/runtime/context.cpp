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
    : own_log_(std::make_unique<Log>(std::move(open_log))),
      own_loop_(std::make_unique<boost::asio::io_context>(1)),
      config(std::move(configuration)),
      log(*own_log_),
      progress(form),
      loop(*own_loop_),
      own_store_(std::make_unique<boost::asio::thread_pool>(1)),
      store(*own_store_) {}

Context::Context(Context& main, Beside /*tag*/)
    : config(main.config),
      log(main.log),
      progress(Progress::Form::none),
      loop(main.loop),
      store(main.store),
      stop_requested(main.stop_requested.load()),
      main_(&main),
      stop_mode_(main.stop_mode_) {
  main.beside_.push_back(this);
}

Context::~Context() {
  if (main_ != nullptr) std::erase(main_->beside_, this);
  workers.join();
  if (own_store_) own_store_->join();
}

void Context::request_stop(StopMode mode) {
  if (stop_mode_ && *stop_mode_ >= mode) return;
  if (!stop_mode_) stop_asked_ = std::chrono::steady_clock::now();
  stop_mode_ = mode;
  stop_requested = true;
  const std::string what = !on_stop                   ? "before the next step"
                           : mode == StopMode::drain  ? "when this wave of changes is finished"
                           : mode == StopMode::normal ? "when what is in flight is journaled"
                                                      : "at once, open changes are settled at the "
                                                        "next start";
  log.warning("RUN-030", "stopping (" + std::string(to_string(mode)) + "): " + what);
  if (on_stop) on_stop(mode);
  for (Context* other : beside_) {
    other->stop_mode_ = mode;
    other->stop_requested = true;
    if (other->on_stop) other->on_stop(mode);
  }
  room.look_again();
  if (wake) wake();
  limit_stop();
}

void Context::cancel() {
  cancel_requested = true;
  if (on_stop) on_stop(StopMode::normal);
}

/// Whatever the directory does, the program ends before the service manager kills it.
void Context::limit_stop() {
  if (stop_mode_ == StopMode::now) {
    stop_timer_.cancel();
    return;
  }
  const bool drains = stop_mode_ == StopMode::drain;
  const auto limit = config.settings.service.stop_limit;
  stop_timer_.expires_at(stop_asked_ + (drains ? limit / 2 : limit));
  stop_timer_.async_wait([this, drains](const boost::system::error_code& cancelled) {
    if (!cancelled) request_stop(drains ? StopMode::normal : StopMode::now);
  });
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
