#include "running_daemon.hpp"

#include <boost/json/parse.hpp>

#include "config/load_settings.hpp"
#include "session.hpp"

namespace entsync::programs {

std::optional<Result<boost::json::value>> ask_running(const std::string& config,
                                                      std::string_view method,
                                                      const std::string& target,
                                                      const std::optional<boost::json::value>& body,
                                                      std::chrono::milliseconds time) {
  Problems warnings;
  const auto settings = config::load_settings(config, warnings);
  // What is wrong with the configuration is said by the command itself.
  if (!settings || settings->control.socket.empty()) return std::nullopt;
  control::ClientSettings client;
  client.socket = settings->control.socket;
  client.answer_time = time;
  auto reply = control::ask(client, method, target, body);
  if (!reply) {
    if (reply.error().list.front().code == "CTL-030") return std::nullopt;
    return Result<boost::json::value>(reply.error());
  }
  if (reply->status >= 300) return Result<boost::json::value>(control::problem_of(*reply));
  return Result<boost::json::value>(boost::json::parse(reply->body));
}

std::optional<Problems> problems_of(const control::Reply& reply) {
  boost::system::error_code error;
  const boost::json::value answer = boost::json::parse(reply.body, error);
  const boost::json::value* list =
      !error && answer.is_object() ? answer.as_object().if_contains("problems") : nullptr;
  if (list == nullptr) return std::nullopt;
  Problems problems;
  for (const boost::json::value& one : list->as_array()) {
    const auto text = [&one](std::string_view key) { return std::string(one.at(key).as_string()); };
    Severity severity = Severity::error;
    for (const Severity other : {Severity::note, Severity::warning})
      if (to_string(other) == text("severity")) severity = other;
    problems.add(Problem{severity,
                         text("code"),
                         {text("file"), one.at("line").to_number<std::uint64_t>(), text("item")},
                         text("what"),
                         text("remedy")});
  }
  return problems;
}

int print_result(const Result<boost::json::value>& answer) {
  if (!answer) {
    print(answer.error());
    return exit_failed;
  }
  for (const boost::json::value& problem : answer->at("problems").as_array())
    std::fprintf(stderr, "%s %s – %s\n", problem.at("code").as_string().c_str(),
                 problem.at("what").as_string().c_str(), problem.at("remedy").as_string().c_str());
  std::printf("%s\n", answer->at("summary").as_string().c_str());
  return answer->at("exit_code").to_number<int>();
}

}  // namespace entsync::programs
