#pragma once
/// Tells people what needs them: by a command of their choice, which gets the event as JSON on its
/// standard input, by mail through the local MTA, and by a webhook. Keys and counts only, no
/// personal data. An alert that cannot be delivered is logged; it never stops a run.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "context.hpp"

namespace entsync {

namespace asio = boost::asio;

struct Alert {
  std::string kind;     ///< held, failed, late-delivery, …: the list is in docs/configuration.md
  std::string subject;  ///< one line
  std::string text;     ///< what happened and what to do
  std::string run;      ///< empty when it is of no run
};

/// What keeps every alert from being told.
Problems check_notify(const config::Notify& notify);

/// Returns when everybody was told; each way has half a minute at most.
asio::awaitable<void> raise_alert(Context& context, Alert alert);

}  // namespace entsync
