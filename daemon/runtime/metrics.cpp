#include "metrics.hpp"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cstdio>
#include <fstream>

#include "delivery_store.hpp"
#include "holds.hpp"

namespace entsync {
namespace {

double seconds_of(std::chrono::sys_seconds time) {
  return static_cast<double>(time.time_since_epoch().count());
}

/// VmRSS in bytes; 0 where /proc does not tell.
double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * 4096;
}

class Figures {
 public:
  void set(const std::string& name, const std::string& help, double value,
           const prometheus::Labels& labels = {}) {
    prometheus::BuildGauge()
        .Name("entsync_" + name)
        .Help(help)
        .Register(registry_)
        .Add(labels)
        .Set(value);
  }
  [[nodiscard]] std::string text() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  prometheus::Registry registry_{prometheus::Registry::InsertBehavior::Merge};
};

}  // namespace

std::string metrics_text(const config::Settings& settings, const ServiceView& view) {
  Figures figures;
  figures.set("start_time_seconds", "When the daemon started", seconds_of(view.since));
  figures.set("resident_bytes", "Memory of the daemon", resident_bytes());
  figures.set("run_under_way", "1 while something writes", view.underway ? 1 : 0);
  if (view.next)
    figures.set("next_run_time_seconds", "When the schedule starts a run", seconds_of(*view.next));
  if (view.last) {
    figures.set("last_run_exit_code", "0 done, 1 failed, 4 a part is held", view.last->exit_code);
    figures.set("last_run_time_seconds", "When the last run ended", seconds_of(view.last->at));
    figures.set("last_run_duration_seconds", "How long it took", view.last->seconds);
  }
  const auto held = Holds(settings.state_directory).list();
  if (held)
    figures.set("held_plans", "Plans that wait for a human", static_cast<double>(held->size()));
  for (const StoredDelivery& stored : DeliveryStore(settings.state_directory).list()) {
    if (stored.state == StoredDelivery::State::accepted)
      figures.set("delivery_accepted_time_seconds", "When the last delivery was accepted",
                  seconds_of(stored.since), {{"academie", stored.academie}});
  }
  return figures.text();
}

}  // namespace entsync
