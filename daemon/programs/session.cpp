#include "session.hpp"

#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "running_daemon.hpp"
#include "runtime/audit_reading.hpp"
#include "runtime/instant.hpp"
#include "runtime/workplace.hpp"
#include "version.hpp"

namespace entsync::programs {

void add_config_option(CLI::App& app, std::string& path) {
  path = default_config;
  app.add_option("-c,--config", path, "Configuration file")
      ->capture_default_str()
      ->type_name("FILE");
}

void keep_private() {
  ::umask(0077);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
}

std::unique_ptr<Context> open_context(const std::string& config_path, Progress::Form form) {
  // A file that may not grow is an error to be reported, not a reason to die with changes in
  // flight.
  std::signal(SIGXFSZ, SIG_IGN);
  auto configuration = config::load_configuration(config_path);
  if (!configuration) {
    print(configuration.error());
    return nullptr;
  }
  return open_context(std::move(*configuration), form);
}

std::unique_ptr<Context> open_context(config::Configuration configuration, Progress::Form form) {
  const Problems warnings = configuration.warnings;
  const config::Log& settings = configuration.settings.log;
  auto log = Log::open(parse_log_level(settings.level), settings.file);
  if (!log) {
    print(log.error());
    return nullptr;
  }
  auto context = std::make_unique<Context>(std::move(configuration), std::move(*log), form);
  context->log.problems(warnings);
  return context;
}

void print(const Problems& problems) {
  std::fputs(to_string(problems).c_str(), stderr);
}

void report(Context& context, const Problems& problems) {
  context.log.problems(problems);
  if (!context.config.settings.log.file.empty()) print(problems);
}

std::string calling_user() {
  if (const char* through_sudo = std::getenv("SUDO_USER");
      through_sudo != nullptr && *through_sudo != '\0' && ::geteuid() == 0)
    return std::string("user:") + through_sudo;
  const passwd* entry = ::getpwuid(::getuid());
  if (entry != nullptr) return std::string("user:") + entry->pw_name;
  return "uid:" + std::to_string(::getuid());
}

bool journal_reading(Context& context, const std::string& reason, std::string what) {
  const boost::json::object reading{{"what", what}, {"reason", reason}};
  if (const auto answer =
          ask_running(context.config.settings.source.string(), "POST", "/v1/readings", reading)) {
    if (*answer) return true;
    print(answer->error());
    return false;
  }
  const Cause cause{new_run_id(), calling_user(), reason};
  if (record(context, AuditType::read, cause, std::move(what))) return true;
  print(reading_not_journaled());
  return false;
}

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  app.set_version_flag("--version", std::string("entsync ") + version);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? static_cast<int>(exit_done) : static_cast<int>(exit_usage);
  }
  return std::nullopt;
}

namespace detail {

void handle_signals(Context& context, boost::asio::signal_set& signals, bool again) {
  signals.async_wait(
      [&context, &signals, again](const boost::system::error_code& error, int number) {
        if (error) return;
        if (again) std::_Exit(128 + number);
        context.request_stop(context.config.settings.service.stop);
        handle_signals(context, signals, true);
      });
}

}  // namespace detail

}  // namespace entsync::programs
