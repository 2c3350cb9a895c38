#pragma once
/// What all endpoints of the control API share: the daemon they speak of and to, how they read a
/// request, and how they answer what was done, what was wrong and what cannot be journaled.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/message.hpp"
#include "core/time_zone.hpp"
#include "runtime/context.hpp"
#include "runtime/steering.hpp"

namespace entsync {

class Desk {
 public:
  Desk(Context& of, Steering& by);

  [[nodiscard]] const std::filesystem::path& state_directory() const {
    return context.config.settings.state_directory;
  }
  /// False when it could not be journaled.
  bool note_order(const control::Request& request, const std::string& order,
                  const std::string& reason);
  /// What the daemon does, did last and does next.
  [[nodiscard]] boost::json::object status() const;

  Context& context;
  Steering& steering;
  TimeZone zone;
};

std::string actor_of(const control::Request& request);
/// A text of the body; empty when it is not there.
std::string text_in(const control::Request& request, std::string_view key);
bool flag_in(const control::Request& request, std::string_view key);
std::vector<std::string> texts_in(const control::Request& request, std::string_view key);
/// How long the order may wait for what is under way: the usual time when nothing is said; nothing
/// when what is said is none.
std::optional<std::chrono::seconds> wait_in(const control::Request& request);
/// Of the path or the query; empty when it is not there.
std::string parameter(const control::Request& request, const std::string& name);

boost::json::array problems_json(const Problems& problems);
/// 409 for what the state of things forbids, 404 for what is not there.
unsigned status_of(const Problems& problems);
control::Answer bad_request(std::string what, std::string remedy);
control::Answer reason_missing();
control::Answer wait_is_none();
/// Somebody whose role is for some schools asked for more (ADM-012); the server journals it.
control::Answer outside_schools(const control::Schools& schools);
/// Nothing of persons is shown, and nothing is ordered, without a trace.
control::Answer not_journaled();
control::Answer result_answer(const RunResult& result);

}  // namespace entsync
