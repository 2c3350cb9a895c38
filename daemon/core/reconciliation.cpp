#include "reconciliation.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "dn.hpp"
#include "text.hpp"

namespace entsync {
namespace {

std::string normal(std::string_view dn) {
  return ascii_lower(dn::normalise(dn));
}

class Matcher {
 public:
  explicit Matcher(Testimonies given) : given_(std::move(given)) {
    std::ranges::stable_sort(given_.server, {}, &ServerWrite::time);
    std::ranges::stable_sort(given_.journal, {}, &JournaledWrite::seq);
    for (std::string& base : given_.bases) base = normal(base);
    for (std::size_t i = 0; i < given_.journal.size(); ++i) {
      const JournaledWrite& write = given_.journal[i];
      waiting_[{dn::parse(write.dn) ? normal(write.dn) : write.dn, write.kind}].push_back(i);
    }
    known_.resize(given_.journal.size());
  }

  Reconciliation run() {
    std::vector<const ServerWrite*> unmatched;
    std::set<std::string> ours;
    if (!given_.our_dn.empty()) ours.insert(normal(given_.our_dn));
    for (const ServerWrite& write : given_.server) {
      if (match(write)) {
        ours.insert(normal(write.author));
        ++found_.agreed;
      } else if (is_in_period(write.time)) {
        unmatched.push_back(&write);
      }
    }
    for (const ServerWrite* write : unmatched)
      if (ours.contains(normal(write->author)))
        found_.unknown_to_journal.push_back(*write);
      else
        tell_of_other(*write);
    tell_of_missing();
    return std::move(found_);
  }

 private:
  using Waiting = std::map<std::pair<std::string, WriteKind>, std::deque<std::size_t>>;

  /// Whether the journal knows of it: the first change of this entry, of this kind, at this time.
  bool match(const ServerWrite& write) {
    for (const std::string& name : given_.names(normal(write.dn))) {
      const auto at = waiting_.find({name, write.kind});
      if (at == waiting_.end()) continue;
      std::deque<std::size_t>& changes = at->second;
      const auto change = std::ranges::find_if(changes, [&](std::size_t i) {
        const JournaledWrite& journaled = given_.journal[i];
        return write.time >= journaled.begun - clock_tolerance_ms &&
               write.time <= journaled.ended + clock_tolerance_ms;
      });
      if (change == changes.end()) continue;
      known_[*change] = true;
      changes.erase(change);
      return true;
    }
    return false;
  }

  [[nodiscard]] bool is_in_period(std::int64_t time) const {
    return time >= given_.from && time <= given_.to;
  }

  void tell_of_other(const ServerWrite& write) {
    const std::string dn = normal(write.dn);
    const bool is_below = std::ranges::any_of(
        given_.bases, [&](const std::string& base) { return dn::is_under(dn, base); });
    if (!is_below) return;
    ServerWrite shown = write;
    std::erase_if(shown.attributes, [&](const std::string& name) {
      return !given_.attributes.contains(ascii_lower(name));
    });
    if (write.kind != WriteKind::modify || !shown.attributes.empty())
      found_.by_others.push_back(std::move(shown));
  }

  void tell_of_missing() {
    const bool is_empty = given_.server.empty();
    for (std::size_t i = 0; i < given_.journal.size(); ++i) {
      if (known_[i] || !is_in_period(given_.journal[i].ended)) continue;
      const JournaledWrite& write = given_.journal[i];
      if (is_empty || write.ended + clock_tolerance_ms < given_.server.front().time)
        ++found_.before_log;
      else
        found_.unknown_to_server.push_back(write);
    }
  }

  Testimonies given_;
  Waiting waiting_;          ///< indices into given_.journal that nothing matched yet
  std::vector<bool> known_;  ///< of given_.journal, to the server
  Reconciliation found_;
};

}  // namespace

std::string_view to_string(WriteKind kind) {
  switch (kind) {
    case WriteKind::add:
      return "add";
    case WriteKind::modify:
      return "modify";
    case WriteKind::remove:
      return "delete";
    case WriteKind::rename:
      return "rename";
  }
  return "?";
}

WriteKind write_kind(Operation operation) {
  switch (operation) {
    case Operation::create:
      return WriteKind::add;
    case Operation::remove:
      return WriteKind::remove;
    case Operation::modify:
    case Operation::absent:
    case Operation::restore:
      break;
  }
  return WriteKind::modify;
}

Reconciliation reconcile(Testimonies given) {
  return Matcher(std::move(given)).run();
}

}  // namespace entsync
