/// `entsync status`, `run`, `deliveries`, `metrics`, `reload` and `stop`: what the running daemon
/// says, and what it is told, over its control socket or the network.

#include <boost/json.hpp>

#include "commands.hpp"
#include "control/client.hpp"
#include "daemon_address.hpp"
#include "running_daemon.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

namespace json = boost::json;

/// Which one.
struct Daemon {
  const std::string& config;
  DaemonAddress address{};
};

struct DaemonArguments {
  std::string run;
  std::string reason;
  std::string mode = std::string(to_string(StopMode::normal));
  std::string reload_reason = "reload";
  bool as_json = false;
};

/// The answer of the daemon as JSON; nothing after the problem was printed.
std::optional<json::value> ask(const Daemon& daemon, std::string_view method,
                               const std::string& target,
                               const std::optional<json::value>& body = {}) {
  const auto reply = ask_daemon(daemon.config, daemon.address, method, target, body);
  if (!reply) return std::nullopt;
  return json::parse(reply->body);
}

std::string text(const json::value& object, std::string_view key) {
  const json::value* value = object.as_object().if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// "directory    41000 entries, 3.0 s, 13667/s" for each stage.
void print_stages(const json::value& under_way) {
  for (const json::value& stage : under_way.at("stages").as_array()) {
    const json::object& one = stage.as_object();
    std::printf("  %-12s %llu", text(stage, "stage").c_str(),
                static_cast<unsigned long long>(one.at("done").to_number<std::uint64_t>()));
    if (const json::value* total = one.if_contains("total"))
      std::printf(" of %llu", static_cast<unsigned long long>(total->to_number<std::uint64_t>()));
    const double seconds = one.at("seconds").to_number<double>();
    std::printf(" %s, %.1f s", text(stage, "unit").c_str(), seconds);
    if (seconds > 0) std::printf(", %.0f/s", one.at("done").to_number<double>() / seconds);
    if (const json::value* left = one.if_contains("seconds_left"))
      std::printf(", about %.0f s left", left->to_number<double>());
    std::printf("%s\n", one.at("running").as_bool() ? "" : ", done");
  }
}

void print_status(const json::value& status) {
  std::printf("running since   %s\n", text(status, "since").c_str());
  const std::string next = text(status, "next_run");
  std::printf("next run        %s\n", next.empty() ? "none is scheduled" : next.c_str());
  const json::value& under_way = status.at("under_way");
  if (under_way.is_object()) {
    std::printf("under way       %s by %s since %s: %s\n", text(under_way, "run").c_str(),
                text(under_way, "actor").c_str(), text(under_way, "since").c_str(),
                text(under_way, "reason").c_str());
    print_stages(under_way);
  }
  const json::value& beside = status.at("beside");
  if (beside.is_object())
    std::printf("beside it       %s by %s since %s: %s\n", text(beside, "run").c_str(),
                text(beside, "actor").c_str(), text(beside, "since").c_str(),
                text(beside, "reason").c_str());
  if (const auto waiting = status.at("parts_waiting").to_number<std::uint64_t>(); waiting != 0)
    std::printf("parts waiting   %llu\n", static_cast<unsigned long long>(waiting));
  const json::value& last = status.at("last_run");
  if (last.is_object())
    std::printf("last run        %s, exit %lld\n                %s\n", text(last, "ended").c_str(),
                static_cast<long long>(last.at("exit_code").to_number<std::int64_t>()),
                text(last, "summary").c_str());
  for (const json::value& academie : status.at("arrived").as_array())
    std::printf("arrived         a delivery of %s, for the next run\n",
                std::string(academie.as_string()).c_str());
  for (const json::value& id : status.at("held").as_array())
    std::printf("held            %s: entsync hold show %s\n", std::string(id.as_string()).c_str(),
                std::string(id.as_string()).c_str());
}

int status(const Daemon& daemon, const DaemonArguments& arguments) {
  const auto answer = ask(daemon, "GET", "/v1/status");
  if (!answer) return exit_failed;
  if (arguments.as_json)
    std::printf("%s\n", json::serialize(*answer).c_str());
  else
    print_status(*answer);
  return answer->at("held").as_array().empty() ? exit_done : exit_held;
}

int list_runs(const Daemon& daemon) {
  const auto answer = ask(daemon, "GET", "/v1/runs");
  if (!answer) return exit_failed;
  for (const json::value& run : answer->at("runs").as_array())
    std::printf("%s\n", text(run, "run").c_str());
  return exit_done;
}

int show_run(const Daemon& daemon, const DaemonArguments& arguments) {
  const auto answer = ask(daemon, "GET", "/v1/runs/" + control::percent_encoded(arguments.run));
  if (!answer) return exit_failed;
  std::fputs(text(*answer, "report").c_str(), stdout);
  return exit_done;
}

int order(const Daemon& daemon, const std::string& target, json::object what, const char* done) {
  const auto answer = ask(daemon, "POST", target, std::move(what));
  if (!answer) return exit_failed;
  std::printf("%s%s\n", done, text(*answer, "run").c_str());
  return exit_done;
}

int stop(const Daemon& daemon, const DaemonArguments& arguments) {
  const auto answer = ask(daemon, "POST", "/v1/stop",
                          json::object{{"mode", arguments.mode}, {"reason", arguments.reason}});
  if (!answer) return exit_failed;
  std::printf("stopping (%s)\n", text(*answer, "mode").c_str());
  return exit_done;
}

int list_deliveries(const Daemon& daemon, const DaemonArguments& arguments) {
  const auto answer = ask(daemon, "GET", "/v1/deliveries");
  if (!answer) return exit_failed;
  if (arguments.as_json) {
    std::printf("%s\n", json::serialize(*answer).c_str());
    return exit_done;
  }
  const json::array& all = answer->at("deliveries").as_array();
  for (const json::value& one : all)
    std::printf("%s  %-8s  %s  %s\n", text(one, "since").c_str(), text(one, "state").c_str(),
                text(one, "academie").c_str(), text(one, "name").c_str());
  if (all.empty()) std::printf("the inbox took nothing\n");
  return exit_done;
}

int show_metrics(const Daemon& daemon) {
  const auto reply = ask_daemon(daemon.config, daemon.address, "GET", "/v1/metrics");
  if (!reply) return exit_failed;
  std::fputs(reply->body.c_str(), stdout);
  return exit_done;
}

int reload(const Daemon& daemon, const DaemonArguments& arguments) {
  const auto reply = reach_daemon(daemon.config, daemon.address, "POST", "/v1/reload",
                                  json::object{{"reason", arguments.reload_reason}});
  if (!reply) return exit_failed;
  if (reply->status < 300) {
    std::printf("the configuration is right and taken between two runs\n");
    return exit_done;
  }
  if (auto wrong = problems_of(*reply))
    print(*wrong);
  else
    print(control::problem_of(*reply));
  return exit_failed;
}

int follow(const Daemon& daemon) {
  const auto client = client_settings(daemon.config, daemon.address);
  if (!client) return exit_failed;
  auto reply = control::follow(*client, "/v1/runs/current/events",
                               [](std::string_view event, std::string_view data) {
                                 const json::value status = json::parse(data);
                                 if (event == "ended") {
                                   print_status(status);
                                   return false;
                                 }
                                 const json::value& under_way = status.at("under_way");
                                 std::printf("%s\n", text(under_way, "run").c_str());
                                 print_stages(under_way);
                                 std::fflush(stdout);
                                 return true;
                               });
  if (!reply) {
    print(reply.error());
    return exit_failed;
  }
  if (reply->status < 300) return exit_done;
  print(control::problem_of(*reply));
  return exit_failed;
}

}  // namespace

void add_daemon(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto daemon = std::make_shared<Daemon>(Daemon{config});
  auto arguments = std::make_shared<DaemonArguments>();
  CLI::App* one = app.add_subcommand(
      "status", "What the daemon is doing, did last and does next; exit 4 when something waits");
  add_address_options(*one, daemon->address);
  one->add_flag("--json", arguments->as_json, "As the control API says it");
  one->callback([=, &chosen] { chosen = [=] { return status(*daemon, *arguments); }; });

  CLI::App* run = app.add_subcommand("run", "Runs of the daemon: start, follow, cancel, look back");
  run->require_subcommand(1);
  add_address_options(*run, daemon->address);
  one = run->add_subcommand("list", "The last hundred runs, newest first");
  one->callback([=, &chosen] { chosen = [=] { return list_runs(*daemon); }; });
  one = run->add_subcommand("show", "The report of a run");
  one->add_option("ID", arguments->run, "Id of the run")->required();
  one->callback([=, &chosen] { chosen = [=] { return show_run(*daemon, *arguments); }; });
  one = run->add_subcommand("start", "Synchronise now, or after what is under way");
  one->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  one->callback([=, &chosen] {
    chosen = [=] {
      return order(*daemon, "/v1/runs", json::object{{"reason", arguments->reason}}, "run ");
    };
  });
  one = run->add_subcommand("follow", "Stage, rate and rest of what is under way, until it ends");
  one->callback([=, &chosen] { chosen = [=] { return follow(*daemon); }; });
  one = run->add_subcommand("cancel", "End what is under way; changes in flight are finished");
  one->add_option("ID", arguments->run, "Id of the run, when a part works beside it");
  one->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  one->callback([=, &chosen] {
    chosen = [=] {
      json::object what{{"reason", arguments->reason}};
      if (!arguments->run.empty()) what["run"] = arguments->run;
      return order(*daemon, "/v1/runs/current/cancel", std::move(what), "cancelling ");
    };
  });

  CLI::App* deliveries =
      app.add_subcommand("deliveries", "Deliveries that the daemon's inbox took");
  deliveries->require_subcommand(1);
  add_address_options(*deliveries, daemon->address);
  one = deliveries->add_subcommand("list", "All that are kept: since when, state, académie, name");
  one->add_flag("--json", arguments->as_json, "As the control API says it");
  one->callback([=, &chosen] { chosen = [=] { return list_deliveries(*daemon, *arguments); }; });

  one = app.add_subcommand("metrics", "Figures of the daemon in Prometheus' text form");
  add_address_options(*one, daemon->address);
  one->callback([=, &chosen] { chosen = [=] { return show_metrics(*daemon); }; });

  one = app.add_subcommand(
      "reload", "Read the configuration again; when it is refused, exit 1 and what is wrong");
  add_address_options(*one, daemon->address);
  one->add_option("--reason", arguments->reload_reason, "Why; journaled with your name")
      ->capture_default_str();
  one->callback([=, &chosen] { chosen = [=] { return reload(*daemon, *arguments); }; });

  one = app.add_subcommand("stop", "End the daemon, and before what it has under way");
  add_address_options(*one, daemon->address);
  one->add_option("--mode", arguments->mode,
                  "normal: changes in flight are finished and journaled;\n"
                  "drain: the wave of changes at hand is finished;\n"
                  "now: nothing is waited for, the next start settles what is open")
      ->capture_default_str()
      ->check(CLI::IsMember({"normal", "drain", "now"}));
  one->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  one->callback([=, &chosen] { chosen = [=] { return stop(*daemon, *arguments); }; });
}

}  // namespace entsync::programs
