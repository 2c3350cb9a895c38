#pragma once
/// What the programs share: the --config option, loading with readable errors, running one
/// coroutine on the loop with TERM and INT handled, and who is calling.

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "runtime/context.hpp"
#include "runtime/exit_code.hpp"
#include "runtime/run_on.hpp"

namespace entsync::programs {

inline constexpr const char* default_config = "/etc/entsync/entsync.toml";

void add_config_option(CLI::App& app, std::string& path);

/// First of all in every program: what it writes is its user's alone, and a crash leaves no memory
/// image of personal data behind.
void keep_private();

/// The context of a command, or nothing after the problems were printed.
std::unique_ptr<Context> open_context(const std::string& config_path, Progress::Form form);
std::unique_ptr<Context> open_context(config::Configuration configuration, Progress::Form form);

/// Problems, one a line, on standard error.
void print(const Problems& problems);

/// Problems that end a command: in the log, and on standard error when the log is a file.
void report(Context& context, const Problems& problems);

/// The login name of the real user, "user:NAME"; through sudo, the name of who called it.
std::string calling_user();

/// Journals that the caller reads `what`, which is shown afterwards; the daemon does it while it
/// runs. False, and said, when it cannot be journaled: then nothing may be shown.
bool journal_reading(Context& context, const std::string& reason, std::string what);

/// Parses; on --help, --version or an error prints what is due and gives the exit code.
std::optional<int> parse(CLI::App& app, int argc, char** argv);

namespace detail {
void handle_signals(Context& context, boost::asio::signal_set& signals, bool again = false);
}

/// Runs one coroutine to its end on the context's loop. The first TERM or INT asks it to stop in
/// the way of [service], the second ends the process at once: open intents are then settled at the
/// next start.
template <class T>
T run(Context& context, asio::awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr failure;
  boost::asio::signal_set signals(context.loop, SIGINT, SIGTERM);
  detail::handle_signals(context, signals);
  auto body = [](asio::awaitable<T> inner, std::optional<T>& out) -> asio::awaitable<void> {
    out.emplace(co_await std::move(inner));
  };
  asio::co_spawn(context.loop, body(std::move(task), result), [&](std::exception_ptr e) {
    failure = e;
    signals.cancel();
    context.loop.stop();  // whatever else still waits is not waited for
  });
  context.loop.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace entsync::programs
