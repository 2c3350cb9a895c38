#include "service.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <random>
#include <set>

#include "administration/administration.hpp"
#include "alerts.hpp"
#include "clock.hpp"
#include "control/local_listener.hpp"
#include "control/server.hpp"
#include "control/tls_listener.hpp"
#include "core/calendar_expression.hpp"
#include "delivery_store.hpp"
#include "inbox.hpp"
#include "instant.hpp"
#include "network.hpp"
#include "refusal_journal.hpp"
#include "run_memory.hpp"
#include "steering.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

using std::chrono::sys_seconds;

/// The roles that are limited to schools, as the server takes them.
std::vector<control::Perimeter> perimeters(const config::Control& settings) {
  std::vector<control::Perimeter> list;
  for (const config::Perimeter& one : settings.perimeters) {
    const control::Role role = one.role == "operator"  ? control::Role::operator_
                               : one.role == "auditor" ? control::Role::auditor
                                                       : control::Role::viewer;
    list.push_back({one.group, role, one.schools});
  }
  return list;
}

class Service : public Steering {
 public:
  Service(Context& context, const ServiceNotifier& notifier)
      : context_(context),
        notifier_(notifier),
        schedule_(context.config.settings.schedule),
        zone_(TimeZone::named(schedule_.time_zone).value()),
        inbox_(context, inbox_events()),
        store_(context.config.settings.state_directory),
        memory_(context.config.settings.state_directory),
        cut_off_(memory_.was_cut_off()),
        refusals_(context),
        timer_(context.loop),
        latest_(context.loop),
        watchdog_(context.loop),
        hangup_(context.loop, SIGHUP) {}

  asio::awaitable<ServiceEnd> run() {
    using namespace asio::experimental::awaitable_operators;
    watch_hangup();
    feed_watchdog();
    co_await settle();
    open_control();
    notifier_.send("READY=1");
    find_arrived();
    co_await (keep_schedule() && watch_inbox() && watch_latest());
    notifier_.send(reload_ ? "RELOADING=1" : "STOPPING=1");
    co_return ServiceEnd{std::move(reload_)};
  }

 private:
  [[nodiscard]] bool ended() const { return context_.stop_requested || reload_.has_value(); }

  asio::awaitable<void> keep_schedule() {
    while (!ended()) {
      const auto start = next_start();
      announce(start);
      if (co_await wait_until(start)) co_await synchronise_now();
    }
    inbox_.stop();
    latest_.cancel();
    // What somebody asked for is finished, or told that it is too late.
    while (underway_ || orders_ != 0) co_await look_later();
    for (const auto& server : control_) server->stop();
    refusals_.close();
  }

  // The control API -----------------------------------------------------------------------------

  void open_control() {
    const config::Control& settings = context_.config.settings.control;
    if (settings.socket.empty()) return;
    const control::RoleGroups groups{settings.operators, settings.auditors, settings.viewers,
                                     perimeters(settings)};
    open_on(control::local_listener(context_.loop.get_executor(),
                                    {settings.socket, settings.socket_group, groups}),
            groups);
    if (!has_network(settings)) return;
    auto access = network_access(settings);
    if (access)
      open_on(control::tls_listener(context_.loop.get_executor(), std::move(*access)), {});
    else
      context_.log.problems(access.error());
  }

  /// A listener that cannot be opened leaves the other one.
  void open_on(std::unique_ptr<control::Listener> listener, control::RoleGroups groups) {
    auto server =
        std::make_unique<control::Server>(context_.loop.get_executor(), std::move(listener),
                                          control::ServerSettings{{}, std::move(groups)},
                                          administration(context_, *this), control_callbacks());
    if (auto listening = server->listen(); !listening)
      context_.log.problems(listening.error());
    else
      control_.push_back(std::move(server));
  }

  control::Callbacks control_callbacks() {
    control::Callbacks callbacks;
    callbacks.on_refused = [this](const control::Refusal& refusal) { refusals_.note(refusal); };
    callbacks.on_problem = [this](const Problem& problem) { context_.log.problems(problem); };
    return callbacks;
  }

  [[nodiscard]] ServiceView view() const override {
    ServiceView view;
    view.since = since_;
    view.underway = underway_;
    if (beside_) view.beside = beside_->work;
    view.parts_waiting = parts_waiting_;
    view.last = last_;
    view.next = announced_;
    view.arrived = arrived_;
    return view;
  }

  Result<std::string> ask_for_run(const std::string& actor, const std::string& reason) override {
    if (ended()) return Problems(daemon_is_ending());
    if (asked_)
      return Problems(Problem{Severity::error,
                              "RUN-070",
                              {{}, 0, asked_->run},
                              "a run is asked for already, by " + asked_->actor,
                              "follow it: entsync run follow"});
    asked_ = Cause{new_run_id(), actor, reason};
    timer_.cancel();
    return asked_->run;
  }

  Result<void> cancel(const std::string& run) override {
    if (beside_ && beside_->work.cause.run == run) {
      beside_->context->cancel();
      return {};
    }
    if (!underway_ || underway_->cause.run != run)
      return Problems(Problem{Severity::error, "RUN-071", {}, "nothing is under way", {}});
    context_.cancel();
    return {};
  }

  void stop(StopMode mode) override { context_.request_stop(mode); }

  asio::awaitable<Turn> take_turn(Cause cause) override {
    const Order order(orders_);
    co_await nothing_under_way();
    if (ended()) co_return nullptr;
    co_return begin(cause);
  }

  asio::awaitable<RunResult> alone(Cause cause,
                                   std::function<asio::awaitable<RunResult>()> work) override {
    const Order order(orders_);
    const Turn turn = co_await take_turn(cause);
    if (!turn) co_return failed(cause, daemon_is_ending());
    co_return co_await finish_alone(std::move(cause), std::move(work));
  }

  asio::awaitable<RunResult> finish_alone(Cause cause,
                                          std::function<asio::awaitable<RunResult>()> work) {
    RunResult result = co_await work();
    context_.log.problems(result.problems);
    note_end(std::move(cause), result);
    co_return result;
  }

  static RunResult failed(const Cause& cause, Problem why) {
    RunResult result;
    result.report.run = cause.run;
    result.problems.add(std::move(why));
    return result;
  }

  asio::awaitable<void> nothing_under_way() {
    while (underway_) co_await look_later();
  }

  asio::awaitable<void> look_later() {
    asio::steady_timer pause(context_.loop, std::chrono::milliseconds(50));
    co_await pause.async_wait(asio::use_awaitable);
  }

  /// Somebody whom the service owes an answer; it does not end before.
  class Order {
   public:
    explicit Order(std::size_t& count) : count_(count) { ++count_; }
    ~Order() { --count_; }
    Order(const Order&) = delete;
    Order& operator=(const Order&) = delete;

   private:
    std::size_t& count_;
  };

  // Parts ---------------------------------------------------------------------------------------

  using Clock = std::chrono::steady_clock;

  /// What works beside the run that is under way.
  struct Beside {
    Underway work;
    Context* context;
  };

  /// Done in the context given, or not, and why.
  using WorkBeside = std::function<asio::awaitable<bool>(Context& context, std::string& why)>;

  asio::awaitable<RunResult> synchronise_part(ScopedRun what, Cause cause) override {
    const Order order(orders_);
    const Clock::time_point end = Clock::now() + what.wait;
    std::optional<RunResult> result;
    WorkBeside beside = [&](Context& context, std::string& why) -> asio::awaitable<bool> {
      result = co_await synchronise_beside(context, what, cause, why);
      co_return result.has_value();
    };
    if (co_await do_beside(cause, end, std::move(beside))) {
      context_.log.problems(result->problems);
      log_last_line(context_, *result);
      co_return std::move(*result);
    }
    Problem refusal;
    const Turn turn = co_await take_turn_before(end, cause, what.wait, refusal);
    if (!turn) co_return failed(cause, std::move(refusal));
    std::function<asio::awaitable<RunResult>()> work = [&] {
      return synchronise_scope(context_, what, cause);
    };
    co_return co_await finish_alone(cause, std::move(work));
  }

  asio::awaitable<DryRun> plan_part(ScopedRun what, Cause cause) override {
    const Order order(orders_);
    const Clock::time_point end = Clock::now() + what.wait;
    DryRun dry;
    WorkBeside beside = [&](Context& context, std::string& why) -> asio::awaitable<bool> {
      dry = co_await plan_only(context, what.scope, Reach::part_only);
      if (!is_no_part(dry.problems)) co_return true;
      why = dry.problems.list.front().what;
      co_return false;
    };
    const bool is_part = !what.scope.is_everything();
    if (is_part && co_await do_beside(cause, end, std::move(beside))) co_return dry;
    Problem refusal;
    const Turn turn = co_await take_turn_before(end, cause, what.wait, refusal);
    if (turn) co_return co_await plan_only(context_, what.scope);
    dry = DryRun();
    dry.problems = std::move(refusal);
    co_return dry;
  }

  asio::awaitable<std::shared_ptr<Context>> read_beside() override {
    const Order order(orders_);
    while (reading_ && !context_.stop_requested) co_await look_later();
    if (context_.stop_requested) co_return nullptr;
    reading_ = true;
    ++orders_;
    const auto end = [this](Context* context) {
      std::default_delete<Context>()(context);
      reading_ = false;
      --orders_;
    };
    co_return std::shared_ptr<Context>(new Context(context_, Context::Beside{}), end);
  }

  /// Beside the run that is under way: as soon as that lets it in, and when it cannot be done then,
  /// once more when that run has left the index of its deliveries. False when it was not done.
  asio::awaitable<bool> do_beside(Cause cause, Clock::time_point end, WorkBeside work) {
    const Order waiting(parts_waiting_);
    std::string why;
    Room::From from = Room::From::at_once;
    while (context_.room.is_open()) {
      std::function<bool()> gives_up = [this] { return context_.stop_requested.load(); };
      const Room::Stay stay = co_await context_.room.enter(from, end, std::move(gives_up));
      if (!stay) break;
      const bool last_time = !context_.room.vouched().empty();
      if (co_await do_inside(cause, work, why)) co_return true;
      if (last_time) break;
      from = Room::From::vouched;
    }
    if (!why.empty() && underway_)
      context_.log.info("RUN-067", "the part of run " + cause.run + " waits for the end of run " +
                                       underway_->cause.run + ": " + why);
    co_return false;
  }

  asio::awaitable<bool> do_inside(const Cause& cause, WorkBeside& work, std::string& why) {
    Context context(context_, Context::Beside{});
    struct Shown {
      std::optional<Beside>& beside;
      std::size_t& waiting;
      Shown(std::optional<Beside>& to, std::size_t& of, Beside what) : beside(to), waiting(of) {
        beside = std::move(what);
        --waiting;
      }
      ~Shown() {
        beside.reset();
        ++waiting;
      }
    } const shown(beside_, parts_waiting_, Beside{{cause, present_second()}, &context});
    context_.log.info("RUN-066", "run " + cause.run + " of a part works beside run " +
                                     (underway_ ? underway_->cause.run : std::string()));
    const bool done = co_await work(context, why);
    co_return done;
  }

  /// A turn for a part that waits until `end`; null with the reason.
  asio::awaitable<Turn> take_turn_before(Clock::time_point end, const Cause& cause,
                                         std::chrono::seconds wait, Problem& refusal) {
    while (underway_ && Clock::now() < end) co_await look_later();
    if (ended()) {
      refusal = daemon_is_ending();
    } else if (underway_) {
      refusal = {Severity::error,
                 "RUN-068",
                 {{}, 0, underway_->cause.run},
                 "a run is under way and did not end within " + std::to_string(wait.count()) + " s",
                 "ask again later, or wait longer: --wait"};
    } else {
      co_return begin(cause);
    }
    co_return nullptr;
  }

  /// Whatever ends the work, letting the turn go lets the daemon go on.
  Turn begin(const Cause& cause) {
    began_ = std::chrono::steady_clock::now();
    underway_ = Underway{cause, present_second()};
    context_.progress.clear();
    notifier_.send("STATUS=run " + cause.run);
    return Turn(this, [](void* service) {
      auto& self = *static_cast<Service*>(service);
      self.underway_.reset();
      self.context_.cancel_requested = false;
    });
  }

  void note_end(Cause cause, const RunResult& result) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
    std::string line = log_last_line(context_, result);
    last_ =
        Ended{std::move(cause), result.exit_code, std::move(line), present_second(), took.count()};
  }

  // Deliveries that arrive ----------------------------------------------------------------------

  [[nodiscard]] bool has_inbox() const {
    return std::ranges::any_of(context_.config.settings.academies, &config::Academie::by_inbox);
  }

  asio::awaitable<void> watch_inbox() {
    if (has_inbox() && !ended()) co_await inbox_.watch();
  }

  Inbox::Events inbox_events() {
    return {[this] { return underway_.has_value(); },
            [this](const std::string& academie) {
              arrived_.insert(academie);
              timer_.cancel();
            },
            [this](const std::string& academie, const Problems& why) {
              asio::co_spawn(context_.loop,
                             raise_alert(context_, {"refused-delivery",
                                                    "delivery of " + academie + " refused",
                                                    to_string(why),
                                                    {}}),
                             asio::detached);
            }};
  }

  /// What was accepted before a restart and no run has seen yet.
  void find_arrived() {
    if (!has_inbox()) return;
    const auto last = memory_.last_run();
    for (const StoredDelivery& stored : store_.list())
      if (stored.state == StoredDelivery::State::accepted && (!last || stored.since >= *last))
        arrived_.insert(stored.academie);
  }

  /// Whether arrivals start a run now.
  [[nodiscard]] bool is_due_by_arrival() const {
    if (arrived_.empty() || !context_.config.settings.inbox.start_on_arrival) return false;
    return std::ranges::all_of(
        context_.config.settings.academies, [this](const config::Academie& academie) {
          if (!academie.by_inbox || arrived_.contains(academie.code)) return true;
          return !context_.config.settings.inbox.gather && accepted_last(academie.code).has_value();
        });
  }

  /// When the last delivery of an académie was accepted.
  [[nodiscard]] std::optional<sys_seconds> accepted_last(const std::string& academie) const {
    std::optional<sys_seconds> last;
    for (const StoredDelivery& stored : store_.list())
      if (stored.academie == academie && stored.state == StoredDelivery::State::accepted)
        last = std::max(last.value_or(stored.since), stored.since);
    return last;
  }

  /// At each latest time: whoever has not delivered since the one before is late.
  asio::awaitable<void> watch_latest() {
    if (!has_inbox() || schedule_.latest_delivery.empty()) co_return;
    sys_seconds before = present_second();
    while (!ended()) {
      const auto next = next_of(schedule_.latest_delivery, before, zone_);
      if (!next) co_return;
      if (present_second() >= *next) {
        co_await tell_late(*next);
        before = *next;
        continue;
      }
      co_await process_clock().wait(latest_, *next);
    }
  }

  asio::awaitable<void> tell_late(sys_seconds latest) {
    const sys_seconds since = time_before(latest);
    for (const config::Academie& academie : context_.config.settings.academies) {
      if (!academie.by_inbox) continue;
      const auto last = accepted_last(academie.code);
      if (last && *last >= since) continue;
      const std::string text = "no delivery of " + academie.code + " was received by " +
                               zone_.text(latest) +
                               (last ? ", the last one on " + zone_.text(*last) : "");
      context_.log.warning("RUN-045", text);
      Alert alert{"late-delivery",
                  "no delivery of " + academie.code,
                  text +
                      "\nAsk the académie, and look into the inbox: what cannot be read whole "
                      "yet waits there.",
                  {}};
      co_await raise_alert(context_, std::move(alert));
    }
  }

  /// The latest time before this one, at most a week ago.
  [[nodiscard]] sys_seconds time_before(sys_seconds latest) const {
    using std::chrono::seconds;
    // An expression only tells what comes next, so it is looked for from further and further back.
    for (const seconds back : {seconds(60), seconds(3'600), seconds(86'400), seconds(7 * 86'400)}) {
      std::optional<sys_seconds> found;
      for (auto next = next_of(schedule_.latest_delivery, latest - back, zone_);
           next && *next < latest; next = next_of(schedule_.latest_delivery, *found, zone_))
        found = next;
      if (found) return *found;
    }
    return latest - std::chrono::days(7);
  }

  // The schedule --------------------------------------------------------------------------------

  /// A directory that cannot be reached now is no reason not to start: every run settles first.
  asio::awaitable<void> settle() {
    const Cause cause{new_run_id(), "service", "start of the daemon"};
    const Problems problems = co_await settle_only(context_, cause);
    context_.log.problems(problems);
  }

  std::optional<sys_seconds> next_start() {
    const sys_seconds present = present_second();
    if (cut_off_ && schedule_.catch_up) {
      context_.log.info("RUN-046", "the last run was cut off; it is made up now");
      return present;
    }
    Problems problems;
    // A last start in the future is a clock that was put back: it must not silence the schedule.
    const sys_seconds last = std::min(memory_.last_start(present, problems), present);
    context_.log.problems(problems);
    const auto due = next_of(schedule_.run, last, zone_);
    if (due && *due <= present) {
      if (schedule_.catch_up) {
        context_.log.info("RUN-042",
                          "the run of " + zone_.text(*due) + " was missed; it is made up now");
        return present;
      }
      return delayed(next_of(schedule_.run, present, zone_));
    }
    return delayed(due);
  }

  /// Chance spreads daemons that share one server.
  [[nodiscard]] std::optional<sys_seconds> delayed(std::optional<sys_seconds> start) const {
    if (!start || schedule_.jitter.count() == 0) return start;
    std::random_device random;
    std::uniform_int_distribution<std::int64_t> seconds(0, schedule_.jitter.count());
    return *start + std::chrono::seconds(seconds(random));
  }

  void announce(std::optional<sys_seconds> start) {
    if (start == announced_) return;
    announced_ = start;
    const std::string text = start ? "next run " + zone_.text(*start) + " " + schedule_.time_zone
                                   : "no run is scheduled";
    context_.log.info("RUN-043", text);
    notifier_.send("STATUS=" + text);
  }

  /// Whether `start` has come; false when the daemon is to end first.
  asio::awaitable<bool> wait_until(std::optional<sys_seconds> start) {
    context_.wake = [this] { timer_.cancel(); };
    while (!ended() && !asked_ && !is_due_by_arrival() && (!start || present_second() < *start))
      co_await process_clock().wait(timer_,
                                    start.value_or(present_second() + std::chrono::days(1)));
    context_.wake = nullptr;
    co_return !ended();
  }

  asio::awaitable<void> synchronise_now() {
    co_await nothing_under_way();
    if (ended()) co_return;
    cut_off_ = false;
    context_.log.problems(memory_.begin(present_second()));
    std::string reason = "scheduled synchronisation";
    if (is_due_by_arrival()) {
      reason = "delivery of";
      for (const std::string& academie : arrived_) reason += " " + academie;
    }
    arrived_.clear();
    const Cause cause = asked_ ? *asked_ : Cause{new_run_id(), "service", reason};
    asked_.reset();
    Turn turn = begin(cause);
    const RunResult result = co_await synchronise(context_, cause);
    turn.reset();
    const bool cut_off = context_.stop_requested && result.exit_code == exit_failed;
    context_.log.problems(cut_off ? memory_.cut_off() : memory_.end());
    context_.log.problems(closing_problems(result));
    note_end(cause, result);
    if (context_.stop_mode() == StopMode::now) co_return;  // nobody is waited for
    std::vector<Alert> alerts = alerts_of(result);
    for (Alert& alert : alerts) co_await raise_alert(context_, std::move(alert));
  }

  void watch_hangup() {
    hangup_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      reload();
      watch_hangup();
    });
  }

  /// The new configuration is checked whole; whatever is wrong with it, the old one stays.
  Problems reload() override {
    const config::Settings& present = context_.config.settings;
    auto loaded = config::load_configuration(present.source);
    std::string why;
    if (!loaded) {
      why = "it has errors";
    } else if (loaded->settings.state_directory != present.state_directory) {
      why = "another state directory needs a new start";
    }
    Problems problems = loaded ? check_network(loaded->settings.control) : loaded.error();
    if (why.empty() && problems.has_errors()) why = "the API over the network could not be opened";
    if (loaded) problems.append(check_notify(loaded->settings.notify));
    if (why.empty() && problems.has_errors()) why = "the webhook could not be called";
    if (!why.empty()) {
      problems.error(
          "RUN-041", {},
          "the new configuration is not taken, the daemon goes on with the one it has: " + why,
          "correct it and reload again");
      context_.log.problems(problems);
      return problems;
    }
    reload_ = std::move(*loaded);
    timer_.cancel();
    return {};
  }

  /// From the loop itself: a loop that hangs is one that the service manager restarts.
  void feed_watchdog() {
    const auto interval = notifier_.watchdog_interval();
    if (!interval) return;
    notifier_.send("WATCHDOG=1");
    watchdog_.expires_after(*interval);
    watchdog_.async_wait([this](const boost::system::error_code& error) {
      if (!error) feed_watchdog();
    });
  }

  Context& context_;
  const ServiceNotifier& notifier_;
  const config::Schedule& schedule_;
  TimeZone zone_;
  Inbox inbox_;
  DeliveryStore store_;
  RunMemory memory_;
  bool cut_off_;                   ///< a run of an earlier start never came to its end
  std::set<std::string> arrived_;  ///< académies whose deliveries no run has seen yet
  sys_seconds since_ = present_second();
  std::optional<Underway> underway_;
  std::optional<Beside> beside_;
  std::size_t orders_ = 0;         ///< whom the service owes an answer
  bool reading_ = false;           ///< somebody reads beside whatever is under way
  std::size_t parts_waiting_ = 0;  ///< of them, for their place beside a run
  std::chrono::steady_clock::time_point began_;
  std::optional<Ended> last_;
  std::optional<Cause> asked_;  ///< a run that somebody asked for
  RefusalJournal refusals_;
  std::vector<std::unique_ptr<control::Server>> control_;
  asio::steady_timer timer_;
  asio::steady_timer latest_;
  asio::steady_timer watchdog_;
  asio::signal_set hangup_;
  std::optional<config::Configuration> reload_;
  std::optional<sys_seconds> announced_;
};

}  // namespace

Problem daemon_is_ending() {
  return {Severity::error,
          "RUN-072",
          {},
          "the daemon is ending or takes a new configuration",
          "ask again when it has started"};
}

asio::awaitable<ServiceEnd> serve(Context& context, const ServiceNotifier& notifier) {
  Service service(context, notifier);
  co_return co_await service.run();
}

}  // namespace entsync
