#pragma once
/// Refusals of the control API in the journal and the log, merged where they repeat: the first of a
/// caller and an endpoint at once, the others as one record a minute, and at the end what is left.

#include <boost/asio/steady_timer.hpp>

#include "context.hpp"
#include "control/refusal_tally.hpp"

namespace entsync {

class RefusalJournal {
 public:
  explicit RefusalJournal(Context& context);

  void note(const control::Refusal& refusal);
  /// Writes what has been counted; to be called when nobody can be refused any more.
  void close();

 private:
  void write(const control::Refusal& refusal, const std::string& detail);
  void write(const std::vector<control::RefusalTally::Merged>& merged);
  void look_again();

  Context& context_;
  control::RefusalTally tally_;
  boost::asio::steady_timer timer_;
  bool waits_ = false;
};

}  // namespace entsync
