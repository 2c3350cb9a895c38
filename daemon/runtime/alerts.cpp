#include "alerts.hpp"

#include <boost/json.hpp>

#include "control/webhook.hpp"
#include "run_program.hpp"

namespace entsync {
namespace {

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

control::WebhookSettings webhook_of(const config::Notify& notify) {
  return {notify.webhook, notify.webhook_ca_file, notify.webhook_token_file};
}

}  // namespace

Problems check_notify(const config::Notify& notify) {
  if (notify.webhook.empty()) return {};
  return control::check_webhook(webhook_of(notify));
}

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
  if (!notify.webhook.empty()) {
    control::WebhookSettings webhook = webhook_of(notify);
    std::string event = as_json(alert);
    std::string failure = co_await control::post_event(std::move(webhook), std::move(event));
    if (!failure.empty()) failure.insert(0, "the webhook did not take it: ");
    tell(failure);
  }
}

}  // namespace entsync
