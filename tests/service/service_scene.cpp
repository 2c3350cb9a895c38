#include "service_scene.hpp"

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <utility>

#include "runtime/files.hpp"

namespace entsync::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// How often the inbox looks.
constexpr std::chrono::seconds look_every = 10s;

std::string compact(sys_seconds day) {
  return Date(std::chrono::floor<std::chrono::days>(day)).compact();
}

/// Nothing when the file is not there yet.
std::string content(const fs::path& file) {
  const auto text = read_file(file);
  return text ? *text : std::string();
}

}  // namespace

sys_seconds utc(int year, unsigned month, unsigned day, int hour, int minute, int second) {
  using namespace std::chrono;
  return sys_days(std::chrono::year(year) / month / day) + hours(hour) + minutes(minute) +
         seconds(second);
}

ServiceScene::ServiceScene(sys_seconds start, const std::string& schedule) : clock(start) {
  fs::create_directories(folder_.path() / "inbox" / code);
  folder_.write("alert", "#!/bin/sh\ncat >>\"$1\"\n");
  fs::permissions(folder_.path() / "alert", fs::perms::owner_all);
  write_configuration(schedule);
  generate(start);
}

ServiceScene::~ServiceScene() {
  if (context_) stop();
}

/// What a September and its leavers need is let pass: the judge is no subject here.
void ServiceScene::write_configuration(const std::string& schedule) {
  const std::string place = folder_.path().string();
  std::string limits;
  for (const char* section : {"run", "academie", "profil", "school_profil", "school"})
    limits += std::string("[limits.") + section +
              "]\nabsent = { percent = 100, floor = 9999 }\n"
              "mail_lost = { percent = 100, floor = 9999 }\n";
  folder_.write(
      "entsync.toml",
      "[state]\ndirectory = \"state\"\n[rules]\nfile = \"" ENTSYNC_SOURCE_DIR
      "/config/rules/sdet-1d.toml\"\nregistry = \"registre.toml\"\n[[academie]]\ncode = \"" +
          std::string(code) + "\"\n[ldap]\nuri = \"" + slapd_.ldapi_uri() +
          "\"\nbind = \"external\"\n[tree]\nbase = \"" + slapd_.suffix() +
          "\"\n[inbox]\ndirectory = \"inbox\"\nsettle_seconds = 60\n"
          "start_on_arrival = false\nkeep_days = 30\n[notify]\ncommand = [\"" +
          place + "/alert\", \"" + place + "/alerts\"]\n[log]\nfile = \"log\"\n" + limits +
          "[schedule]\n" + schedule);
}

void ServiceScene::start() {
  auto configuration = config::load_configuration(folder_.path() / "entsync.toml");
  if (!configuration) throw std::runtime_error(to_string(configuration.error()));
  auto log = Log::open(LogLevel::info, folder_.path() / "log");
  if (!log) throw std::runtime_error(to_string(log.error()));
  context_ =
      std::make_unique<Context>(std::move(*configuration), std::move(*log), Progress::Form::none);
  ended_ = false;
  asio::co_spawn(context_->loop, serve(*context_, notifier_),
                 [this](std::exception_ptr failure, const ServiceEnd&) {
                   ended_ = true;
                   if (failure) std::rethrow_exception(failure);
                 });
  const int announced = said("RUN-043");
  run_until([&] { return ended_ || said("RUN-043") > announced; });
}

void ServiceScene::stop(StopMode mode) {
  context_->request_stop(mode);
  run_until([this] { return ended_; });
  context_.reset();
}

void ServiceScene::run_until(const std::function<bool()>& is_met) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!is_met()) {
    context_->loop.restart();
    context_->loop.run_for(5ms);
    if (std::chrono::steady_clock::now() < end) continue;
    ADD_FAILURE() << "waited a minute in vain\n" << log();
    std::abort();
  }
}

void ServiceScene::run_a_moment() {
  const auto end = std::chrono::steady_clock::now() + 300ms;
  run_until([end] { return std::chrono::steady_clock::now() >= end; });
}

void ServiceScene::generate(sys_seconds day) {
  const fs::path out = folder_.path() / "out";
  fs::remove_all(out);
  const std::string place = folder_.path().string();
  std::string command = ENTSYNC_GEN;
  command += ++nights_ == 0 ? " region --persons 600 --seed 1"
                            : " night --night " + std::to_string(nights_);
  command += " --date " + compact(day) + " --state " + place + "/region.state --out " + place +
             "/out >/dev/null";
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
  // The registry stays that of the first delivery: nights do not enrol schools.
  if (nights_ == 0)
    fs::copy_file(out / "registre.toml", folder_.path() / "registre.toml",
                  fs::copy_options::overwrite_existing);
}

void ServiceScene::drop(sys_seconds day) {
  if (!std::exchange(first_is_made_, false)) generate(day);
  fs::rename(folder_.path() / "out" / code,
             folder_.path() / "inbox" / code / ("export-" + compact(day)));
}

void ServiceScene::deliver(sys_seconds day) {
  drop(day);
  const fs::path taken = accepted() / (std::string(code) + "." + compact(day));
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!fs::exists(taken) && std::chrono::steady_clock::now() < end) {
    clock.pass(look_every);  // it has to be seen unchanged for the time of settling
    const sys_seconds next = std::chrono::floor<std::chrono::seconds>(clock.now()) + look_every;
    run_until([&] { return clock.is_awaited(next); });
  }
  EXPECT_TRUE(fs::exists(taken)) << log();
}

void ServiceScene::run_at(sys_seconds time) {
  const std::size_t before = runs().size();
  const int announced = said("RUN-043");
  clock.set(time);
  run_until([&] { return runs().size() > before && said("RUN-043") > announced; });
}

std::vector<std::string> ServiceScene::runs() const {
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::directory_iterator entry(state() / "reports", error);
       !error && entry != fs::directory_iterator(); entry.increment(error))
    if (entry->path().extension() == ".txt") ids.push_back(entry->path().stem().string());
  std::ranges::sort(ids);
  return ids;
}

std::string ServiceScene::log() const {
  return content(folder_.path() / "log");
}

int ServiceScene::said(const std::string& code_of_message) const {
  const std::string text = log();
  int count = 0;
  for (std::size_t at = text.find(code_of_message); at != std::string::npos;
       at = text.find(code_of_message, at + 1))
    ++count;
  return count;
}

std::string ServiceScene::alerts() const {
  return content(folder_.path() / "alerts");
}

}  // namespace entsync::test
