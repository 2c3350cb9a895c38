#include "alerts.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <boost/process.hpp>
#include <memory>
#include <optional>

namespace entsync {
namespace {

namespace bp = boost::process;

constexpr std::chrono::seconds longest{30};

std::string as_json(const Alert& alert) {
  const boost::json::object event{
      {"kind", alert.kind}, {"subject", alert.subject}, {"text", alert.text}, {"run", alert.run}};
  return boost::json::serialize(event) + "\n";
}

/// RFC 5322, UTF-8 in the body only: the subject holds keys and ASCII words.
std::string as_mail(const Alert& alert, const config::Notify& notify) {
  return "From: " + notify.mail_from + "\nTo: " + notify.mail_to + "\nSubject: [entsync] " +
         alert.subject +
         "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
         "Auto-Submitted: auto-generated\n\n" +
         alert.text + "\n";
}

/// What the handler of a child's end writes to; it may come after everybody stopped waiting.
struct Ending {
  explicit Ending(const asio::any_io_executor& executor) : done(executor, longest) {}
  asio::steady_timer done;
  std::optional<int> code;
};

/// Runs a program with `input`; an empty text, or why it failed.
asio::awaitable<std::string> run_program(std::vector<std::string> words, std::string input) {
  auto executor = co_await asio::this_coro::executor;
  auto& loop = static_cast<asio::io_context&>(executor.context());
  const auto ending = std::make_shared<Ending>(executor);
  std::error_code failed;
  const std::string program = words.front();
  words.erase(words.begin());
  bp::child child(
      bp::exe = program, bp::args = words, bp::std_in<asio::buffer(input), bp::std_out> bp::null,
      bp::std_err > bp::null, failed, loop,
      bp::on_exit = [ending](int code, const std::error_code&) {
        ending->code = code;
        ending->done.cancel();
      });
  if (failed) co_return program + " cannot be started: " + failed.message();
  boost::system::error_code cancelled;
  co_await ending->done.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (!ending->code) {
    child.terminate(failed);
    co_return program + " did not end within " + std::to_string(longest.count()) + " s";
  }
  if (*ending->code != 0) co_return program + " ended with " + std::to_string(*ending->code);
  co_return std::string();
}

}  // namespace

asio::awaitable<void> raise_alert(Context& context, Alert alert) {
  const config::Notify notify = context.config.settings.notify;
  const auto tell = [&context](const std::string& failure) {
    if (!failure.empty())
      context.log.warning("RUN-050", "an alert could not be delivered: " + failure);
  };
  if (!notify.command.empty()) {
    std::vector<std::string> command = notify.command;
    std::string event = as_json(alert);
    tell(co_await run_program(std::move(command), std::move(event)));
  }
  if (!notify.mail_to.empty()) {
    std::vector<std::string> sendmail{"/usr/sbin/sendmail", "-oi", notify.mail_to};
    std::string mail = as_mail(alert, notify);
    tell(co_await run_program(std::move(sendmail), std::move(mail)));
  }
}

}  // namespace entsync
