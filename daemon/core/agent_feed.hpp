#pragma once
/// The requests of local-authority staff in the form of a delivery, so that everything behind it –
/// matching, identities, the plan, the clock of the end – works on them as on everybody else. A
/// record stands for each account that is asked for today; of those that ended it is known when.
/// Made when every request file was read, so that it is whole.

#include <string>
#include <vector>

#include "agents.hpp"
#include "feed.hpp"
#include "rules.hpp"

namespace entsync {

class AgentFeed {
 public:
  /// `files` are those that the requests name, by their names.
  static CompletFeed of(const Agents& agents, std::vector<SourceFile> files,
                        const std::string& source, const Rules& rules, Date today);
};

}  // namespace entsync
