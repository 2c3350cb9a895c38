#pragma once
/// Takes deliveries that arrive by themselves. Each académie has a folder of its code in the inbox;
/// an archive, a folder or loose AAF files there are a delivery as soon as they have not changed
/// for a while and read as a whole Complet that may be applied, or as a Delta that follows what was
/// accepted before. It is then moved into the store (DeliveryStore), from where runs read. What
/// does not become acceptable in time goes to quarantine with a file that says why. Nothing is
/// moved while a run reads the store, and nothing is ever removed from the inbox but by these
/// moves.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <set>

#include "core/settling.hpp"
#include "delivery_chain.hpp"
#include "delivery_store.hpp"
#include "run_on.hpp"

namespace entsync {

class Inbox {
 public:
  struct Events {
    std::function<bool()> is_busy;  ///< a run may be reading deliveries
    std::function<void(const std::string& academie)> accepted;
    std::function<void(const std::string& academie, const Problems& why)> refused;
  };
  Inbox(Context& context, Events events);

  /// Watches until stop(): looks again when the kernel tells of a change (inotify), and every few
  /// seconds in any case, because network file systems tell nothing.
  asio::awaitable<void> watch();
  void stop();

 private:
  /// Something in an académie's folder that may be a delivery.
  struct Item {
    const config::Academie* academie;
    std::string name;  ///< empty: the loose files
    std::vector<std::filesystem::path> paths;
    std::vector<ArrivingFile> files;
  };
  struct Known {
    Settling settling;
    bool examined = false;  ///< since it changed
    Problems refusal;       ///< what the examination said
  };

  void prepare();
  void watch_kernel();
  void wait_for_kernel();
  asio::awaitable<void> look();
  asio::awaitable<void> consider(const Item& item, Known& known);
  [[nodiscard]] bool is_given_up(const Item& item, const Known& known) const;
  asio::awaitable<void> examine(const Item& item, Known& known);
  void accept(const Item& item, Known& known, const Arrival& arrival);
  void refuse(const Item& item, Known& known);
  asio::awaitable<void> sweep();
  [[nodiscard]] static std::string key_of(const Item& item);
  [[nodiscard]] std::vector<Item> items(const config::Academie& academie);
  [[nodiscard]] std::filesystem::path folder_of(const config::Academie& academie) const;

  Context& context_;
  Events events_;
  const config::Inbox& settings_;
  DeliveryStore store_;
  asio::steady_timer timer_;
  asio::posix::stream_descriptor kernel_;
  std::array<char, 4096> kernel_events_{};
  std::map<std::string, Known> known_;
  std::set<std::string> told_;  ///< files that are no delivery, each told of once
  std::optional<std::chrono::sys_days> swept_;
  bool stopped_ = false;
};

}  // namespace entsync
