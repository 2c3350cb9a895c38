#include "runtime/reviews.hpp"

#include <boost/json.hpp>

#include "commands.hpp"
#include "control/client.hpp"
#include "running_daemon.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

namespace json = boost::json;

struct ReviewArguments {
  std::string key;
  std::string entry;
  std::string reason;
};

std::string text_of(const json::value& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

OpenReview open_review_of(const json::value& shown) {
  OpenReview review;
  review.item.subject = text_of(shown, "subject");
  review.item.reason = text_of(shown, "reason");
  review.item.decidable = shown.at("decidable").as_bool();
  review.since = text_of(shown, "since");
  for (const json::value& candidate : shown.at("candidates").as_array()) {
    review.item.candidates.push_back(text_of(candidate, "entry"));
    review.item.keys.push_back(text_of(candidate, "keys"));
  }
  return review;
}

TakenDecision decision_of(const json::value& shown) {
  const bool is_link = text_of(shown, "decision") == "link";
  return {{is_link ? ReviewDecision::Kind::link : ReviewDecision::Kind::separate,
           text_of(shown, "subject"), text_of(shown, "entry")},
          text_of(shown, "actor"),
          text_of(shown, "reason"),
          text_of(shown, "at")};
}

std::vector<TakenDecision> decisions_in(const json::value& answer) {
  std::vector<TakenDecision> decisions;
  for (const json::value& one : answer.at("decisions").as_array())
    decisions.push_back(decision_of(one));
  return decisions;
}

ReviewList list_of(const json::value& answer) {
  ReviewList list;
  for (const json::value& one : answer.at("reviews").as_array())
    list.open.push_back(open_review_of(one));
  list.decisions = decisions_in(answer);
  return list;
}

/// What is open and was decided, all or about one key, journaled as read: by the daemon while it
/// runs, else here. Nothing after the problems were printed.
std::optional<ReviewList> journaled_reviews(const std::string& config, const std::string& subject,
                                            int& exit_code) {
  exit_code = exit_failed;
  const std::string target =
      "/v1/reviews" + (subject.empty() ? "" : "?subject=" + control::percent_encoded(subject));
  if (const auto answer = ask_running(config, "GET", target)) {
    if (*answer) return list_of(**answer);
    print(answer->error());
    return std::nullopt;
  }
  auto context = open_context(config, Progress::Form::none);
  if (!context) {
    exit_code = exit_usage;
    return std::nullopt;
  }
  auto list = read_reviews(context->config.settings.state_directory, subject);
  if (!list) {
    print(list.error());
    return std::nullopt;
  }
  const std::string what = subject.empty() ? "review list" : "review of " + subject;
  if (!journal_reading(*context, "review", what + " shown")) return std::nullopt;
  return std::move(*list);
}

int list_reviews(const std::string& config) {
  int exit_code = exit_failed;
  const auto list = journaled_reviews(config, {}, exit_code);
  if (!list) return exit_code;
  for (const OpenReview& one : list->open) std::fputs(render(one).c_str(), stdout);
  if (list->open.empty()) std::printf("nothing waits\n");
  return list->open.empty() ? exit_done : exit_held;
}

int show_review(const std::string& config, const ReviewArguments& arguments) {
  int exit_code = exit_failed;
  const auto list = journaled_reviews(config, arguments.key, exit_code);
  if (!list) return exit_code;
  for (const OpenReview& one : list->open) std::fputs(render(one).c_str(), stdout);
  for (const TakenDecision& one : list->decisions) std::fputs(render(one).c_str(), stdout);
  if (list->open.empty() && list->decisions.empty())
    std::printf("nothing is open or decided about %s\n", arguments.key.c_str());
  return exit_done;
}

/// The decisions, carried out by the daemon while it runs, else here. Nothing after the problems
/// were printed.
std::optional<std::vector<TakenDecision>> taken_decisions(const std::string& config,
                                                          ReviewDecision::Kind kind,
                                                          const ReviewArguments& arguments,
                                                          int& exit_code) {
  exit_code = exit_failed;
  json::object order{{"subject", arguments.key}, {"reason", arguments.reason}};
  if (!arguments.entry.empty()) order["entry"] = arguments.entry;
  const char* target =
      kind == ReviewDecision::Kind::link ? "/v1/reviews/link" : "/v1/reviews/separate";
  if (const auto answer = ask_running(config, "POST", target, order)) {
    if (*answer) return decisions_in(**answer);
    print(answer->error());
    return std::nullopt;
  }
  auto context = open_context(config, Progress::Form::none);
  if (!context) {
    exit_code = exit_usage;
    return std::nullopt;
  }
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  auto taken = decide_review(*context, {kind, arguments.key, arguments.entry}, cause);
  if (taken) return std::move(*taken);
  print(taken.error());
  return std::nullopt;
}

int decide(const std::string& config, ReviewDecision::Kind kind, const ReviewArguments& arguments) {
  int exit_code = exit_failed;
  const auto taken = taken_decisions(config, kind, arguments, exit_code);
  if (!taken) return exit_code;
  for (const TakenDecision& one : *taken) std::fputs(render(one).c_str(), stdout);
  std::printf("the next run carries it out\n");
  return exit_done;
}

void add_decision(CLI::App& review, const char* name, const char* help,
                  const std::string& entry_help, ReviewDecision::Kind kind,
                  const std::shared_ptr<ReviewArguments>& arguments, const std::string& config,
                  Chosen& chosen) {
  CLI::App* one = review.add_subcommand(name, help);
  one->add_option("KEY", arguments->key, "Key of the record, AC-X/Eleve/123")->required();
  one->add_option("--entry", arguments->entry, entry_help)->type_name("DN");
  one->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  one->callback([=, &config, &chosen] {
    chosen = [=, &config] { return decide(config, kind, *arguments); };
  });
}

}  // namespace

void add_review(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<ReviewArguments>();
  CLI::App* review =
      app.add_subcommand("review", "Decide whose entry it is where keys and INE cannot tell");
  review->require_subcommand(1);
  CLI::App* one = review->add_subcommand(
      "list", "What the last run left alone, and why; exit 4 when something waits");
  one->callback([=, &config, &chosen] { chosen = [&config] { return list_reviews(config); }; });

  one = review->add_subcommand("show", "What is open about a key, and what was decided");
  one->add_option("KEY", arguments->key, "Key of the record, AC-X/Eleve/123")->required();
  one->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return show_review(config, *arguments); }; });

  add_decision(*review, "link", "The entry is this person's: the next run gives it to the record",
               "The candidate that is meant, when there are several", ReviewDecision::Kind::link,
               arguments, config, chosen);
  add_decision(*review, "separate", "The entry is somebody else's: it is never proposed again",
               "The candidate that is meant; without it, all of them",
               ReviewDecision::Kind::separate, arguments, config, chosen);
}

}  // namespace entsync::programs
