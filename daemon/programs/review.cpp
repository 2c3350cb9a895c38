#include "runtime/reviews.hpp"

#include "commands.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct ReviewArguments {
  std::string key;
  std::string entry;
  std::string reason;
};

int list_reviews(const std::string& config) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  auto list = read_reviews(context->config.settings.state_directory);
  if (!list) {
    print(list.error());
    return exit_failed;
  }
  for (const OpenReview& one : list->open) std::fputs(render(one).c_str(), stdout);
  if (list->open.empty()) std::printf("nothing waits\n");
  return list->open.empty() ? exit_done : exit_held;
}

int show_review(const std::string& config, const ReviewArguments& arguments) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  auto list = read_reviews(context->config.settings.state_directory, arguments.key);
  if (!list) {
    print(list.error());
    return exit_failed;
  }
  for (const OpenReview& one : list->open) std::fputs(render(one).c_str(), stdout);
  for (const TakenDecision& one : list->decisions) std::fputs(render(one).c_str(), stdout);
  if (list->open.empty() && list->decisions.empty())
    std::printf("nothing is open or decided about %s\n", arguments.key.c_str());
  return exit_done;
}

int decide(const std::string& config, ReviewDecision::Kind kind, const ReviewArguments& arguments) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  auto taken = decide_review(*context, {kind, arguments.key, arguments.entry}, cause);
  if (!taken) {
    print(taken.error());
    return exit_failed;
  }
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
