#include "inbox.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>

#include "clock.hpp"
#include "connectors/aaf/delivery.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "instant.hpp"
#include "run_on.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

/// The longest time between two looks.
constexpr std::chrono::seconds longest_pause{10};

/// Names that transfer programs give to what is still on its way.
bool is_under_way(const std::string& name) {
  return name.starts_with('.') ||
         std::ranges::any_of(std::array{".part", ".tmp", ".filepart", ".partial"},
                             [&](const char* suffix) { return name.ends_with(suffix); });
}

bool is_archive(const std::string& name) {
  return name.ends_with(".tgz") || name.ends_with(".tar.gz") || name.ends_with(".zip");
}

/// A file, or all files below a folder; links are not followed.
void add_files(const fs::path& path, const std::string& name, std::vector<ArrivingFile>& out) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  out.push_back({name, static_cast<std::uint64_t>(status.st_size),
                 status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec});
  if (!S_ISDIR(status.st_mode)) return;
  std::vector<fs::path> inside;
  std::error_code error;
  for (fs::directory_iterator entry(path, error); !error && entry != fs::directory_iterator();
       entry.increment(error))
    inside.push_back(entry->path());
  std::ranges::sort(inside);
  for (const fs::path& one : inside) add_files(one, name + "/" + one.filename().string(), out);
}

std::vector<ArrivingFile> files_of(const std::vector<fs::path>& paths) {
  std::vector<ArrivingFile> files;
  for (const fs::path& path : paths) add_files(path, path.filename().string(), files);
  return files;
}

bool holds_part_under_way(const std::vector<ArrivingFile>& files) {
  return std::ranges::any_of(files, [](const ArrivingFile& file) {
    const std::size_t slash = file.name.rfind('/');
    return is_under_way(slash == std::string::npos ? file.name : file.name.substr(slash + 1));
  });
}

}  // namespace

Inbox::Inbox(Context& context, Events events)
    : context_(context),
      events_(std::move(events)),
      settings_(context.config.settings.inbox),
      store_(context.config.settings.state_directory),
      timer_(context.loop),
      kernel_(context.loop) {}

fs::path Inbox::folder_of(const config::Academie& academie) const {
  return settings_.directory / academie.code;
}

asio::awaitable<void> Inbox::watch() {
  prepare();
  watch_kernel();
  while (!stopped_) {
    co_await look();
    co_await sweep();
    if (stopped_) break;
    const auto pause = std::clamp(settings_.settle / 2, std::chrono::seconds(1), longest_pause);
    co_await process_clock().wait(timer_, process_clock().now() + pause);
  }
  boost::system::error_code ignored;
  kernel_.close(ignored);
}

void Inbox::stop() {
  stopped_ = true;
  timer_.cancel();
}

/// The académies' folders are made when missing: whoever transfers needs to find them.
void Inbox::prepare() {
  for (const config::Academie& academie : context_.config.settings.academies) {
    if (!academie.by_inbox) continue;
    // The group of the inbox is that of the transfer: its folders are for both.
    std::error_code error;
    const mode_t before = ::umask(0007);
    fs::create_directories(folder_of(academie), error);
    ::umask(before);
    if (error)
      context_.log.problems(
          Problem{Severity::error,
                  "INB-001",
                  {folder_of(academie).string(), 0, academie.code},
                  "the folder cannot be made: " + error.message(),
                  "make it, writable for the transfer and for the service account"});
    if (auto back = store_.give_back(academie.code, folder_of(academie)); !back)
      context_.log.problems(back.error());
  }
}

void Inbox::watch_kernel() {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) return;
  for (const config::Academie& academie : context_.config.settings.academies)
    if (academie.by_inbox)
      ::inotify_add_watch(descriptor, folder_of(academie).c_str(),
                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE);
  boost::system::error_code failed;
  kernel_.assign(descriptor, failed);
  if (!failed) wait_for_kernel();
}

void Inbox::wait_for_kernel() {
  kernel_.async_read_some(asio::buffer(kernel_events_),
                          [this](const boost::system::error_code& error, std::size_t) {
                            if (error || stopped_) return;
                            timer_.cancel();
                            wait_for_kernel();
                          });
}

std::string Inbox::key_of(const Item& item) {
  return item.academie->code + "/" + item.name;
}

asio::awaitable<void> Inbox::look() {
  for (const config::Academie& academie : context_.config.settings.academies) {
    if (!academie.by_inbox) continue;
    const std::vector<Item> present = items(academie);
    for (const Item& item : present) {
      Known& known = known_[key_of(item)];
      co_await consider(item, known);
      if (stopped_) co_return;
    }
    // Only now: what one of them lacked another may have brought.
    for (const Item& item : present)
      if (Known& known = known_[key_of(item)]; is_given_up(item, known)) refuse(item, known);
    std::erase_if(known_, [&](const auto& known) {
      return known.first.starts_with(academie.code + "/") &&
             std::ranges::none_of(present,
                                  [&](const Item& item) { return key_of(item) == known.first; });
    });
  }
}

std::vector<Inbox::Item> Inbox::items(const config::Academie& academie) {
  std::vector<Item> found;
  Item loose{&academie, {}, {}, {}};
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder_of(academie), error);
       !error && entry != fs::directory_iterator(); entry.increment(error))
    paths.push_back(entry->path());
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    const std::string name = path.filename().string();
    if (is_under_way(name)) continue;
    const auto type = fs::symlink_status(path, error).type();
    if (type == fs::file_type::directory || (type == fs::file_type::regular && is_archive(name))) {
      found.push_back({&academie, name, {path}, {}});
      add_files(path, name, found.back().files);
    } else if (type == fs::file_type::regular && aaf::parse_file_name(name)) {
      loose.paths.push_back(path);
      add_files(path, name, loose.files);
    } else if (told_.insert(path.string()).second) {
      context_.log.warning("INB-002", path.string() +
                                          " is neither an archive nor a folder nor an "
                                          "AAF file; it is left where it is");
    }
  }
  if (!loose.paths.empty()) found.push_back(std::move(loose));
  return found;
}

asio::awaitable<void> Inbox::consider(const Item& item, Known& known) {
  const Settling::Time now = process_clock().steady();
  if (known.settling.observe(now, item.files)) known.examined = false;
  const bool has_settled = known.settling.quiet_for(now) >= settings_.settle;
  if (!has_settled || holds_part_under_way(item.files) || events_.is_busy()) co_return;
  if (!known.examined) co_await examine(item, known);
}

/// What has changed meanwhile is examined again at the next look.
bool Inbox::is_given_up(const Item& item, const Known& known) const {
  return known.examined && known.refusal.has_errors() &&
         known.settling.quiet_for(process_clock().steady()) >=
             settings_.settle + settings_.patience &&
         files_of(item.paths) == item.files && !events_.is_busy();
}

asio::awaitable<void> Inbox::examine(const Item& item, Known& known) {
  const fs::path path = item.name.empty() ? folder_of(*item.academie) : item.paths.front();
  auto read = [this, &item, path]() -> Result<Arrival> {
    auto ledger = open_ledger(context_.config.settings);
    if (!ledger) return ledger.error();
    return examine_arrival(context_, *item.academie, path, **ledger);
  };
  Result<Arrival> arrival = Problems();
  try {
    arrival = co_await run_on(context_.workers, std::move(read));
  } catch (const Stopped&) {
    co_return;
  }
  if (files_of(item.paths) != item.files) co_return;  // it was still growing
  if (!arrival && !arrival.error().list.front().code.starts_with("AAF-")) {
    context_.log.problems(arrival.error());  // not the delivery's fault: tried again
    co_return;
  }
  known.examined = true;
  known.refusal = arrival ? Problems() : arrival.error();
  if (!arrival) {
    context_.log.info("INB-003", item.academie->code + "/" + item.name +
                                     " cannot be accepted yet: " + known.refusal.list.front().what);
    co_return;
  }
  if (events_.is_busy()) {
    known.examined = false;
    co_return;
  }
  accept(item, known, *arrival);
}

void Inbox::accept(const Item& item, Known& known, const Arrival& arrival) {
  const std::string& academie = item.academie->code;
  auto path = store_.accept(academie, arrival.date, arrival.kind, item.paths);
  if (!path) {
    context_.log.problems(path.error());
    known.refusal = path.error();  // nothing changes by looking again
    return;
  }
  known = {};
  // A Delta that did not follow before may follow this one.
  for (auto& [key, other] : known_)
    if (key.starts_with(academie + "/")) other.examined = false;
  const std::string kind = arrival.kind == DeliveryKind::delta ? "Delta" : "delivery";
  context_.log.info("INB-004",
                    kind + " of " + academie + " of " + arrival.date.iso() + " accepted");
  events_.accepted(academie);
}

void Inbox::refuse(const Item& item, Known& known) {
  const Problems why = std::move(known.refusal);
  auto path = store_.refuse(item.academie->code, new_run_id(), item.paths, why);
  if (!path) {
    context_.log.problems(path.error());
    Problems all = why;
    all.append(path.error());
    events_.refused(item.academie->code, all);  // once: it stays where it is until it changes
    return;
  }
  known = {};
  context_.log.error("INB-005", "delivery of " + item.academie->code + " refused, see " +
                                    path->string() + ".reason.txt: " + why.list.front().what);
  events_.refused(item.academie->code, why);
}

/// Once a day; beside the loop, for gigabytes may have to be overwritten.
asio::awaitable<void> Inbox::sweep() {
  const auto now = present_second();
  const auto day = std::chrono::floor<std::chrono::days>(now);
  if (swept_ == day || events_.is_busy()) co_return;
  swept_ = day;
  auto work = [this, now] { return store_.sweep(now, settings_.keep); };
  const DeliveryStore::Swept swept = co_await run_on(context_.workers, std::move(work));
  context_.log.problems(swept.problems);
  for (const fs::path& path : swept.gone)
    context_.log.info("INB-006", path.string() + " was kept long enough and is removed");
}

}  // namespace entsync
