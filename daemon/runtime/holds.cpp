#include "holds.hpp"

#include <algorithm>
#include <sstream>

#include "files.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t id_digits = 12;
constexpr std::string_view extension = ".json";
constexpr std::string_view all_schools = "-";

fs::path approvals_file(const HeldPlan& held) {
  return held.path.string() + ".approvals";
}

}  // namespace

Holds::Holds(const fs::path& state_directory) : directory_(state_directory / "holds") {}

HeldPlan Holds::named(const Plan& plan) const {
  const std::string id = plan_digest(plan).substr(0, id_digits);
  return {id, directory_ / (id + std::string(extension))};
}

bool Holds::waits(const HeldPlan& held) {
  std::error_code error;
  return fs::exists(held.path, error);
}

Result<void> Holds::keep(const HeldPlan& held, const Plan& plan, const std::vector<Hold>& reasons,
                         const LastApplied& after) {
  if (auto made = make_private_directory(directory_); !made) return made;
  return save_plan(held.path, plan, reasons, after);
}

Result<std::vector<HeldPlan>> Holds::list() const {
  std::vector<HeldPlan> held;
  std::error_code error;
  if (!fs::exists(directory_, error)) return held;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_, error))
    if (entry.path().extension() == extension)
      held.push_back({entry.path().stem().string(), entry.path()});
  if (error)
    return Problems(Problem{Severity::error,
                            "HOLD-001",
                            {directory_.string(), 0, {}},
                            "the held plans cannot be listed: " + error.message(),
                            "check the state directory and its permissions"});
  std::ranges::sort(held, {}, &HeldPlan::id);
  return held;
}

Result<HeldPlan> Holds::find(const std::string& id) const {
  auto all = list();
  if (!all) return all.error();
  std::vector<HeldPlan> matching;
  for (const HeldPlan& held : *all)
    if (!id.empty() && held.id.starts_with(id)) matching.push_back(held);
  if (matching.size() == 1) return matching.front();
  return Problems(Problem{Severity::error,
                          "HOLD-002",
                          {{}, 0, id},
                          matching.empty() ? "no plan with this id waits"
                                           : "several plans that wait begin with this id",
                          "see: entsync hold list"});
}

Result<std::vector<Approval>> Holds::approvals(const HeldPlan& held) const {
  std::vector<Approval> all;
  std::error_code error;
  const fs::path file = approvals_file(held);
  if (!fs::exists(file, error)) return all;
  auto text = read_file(file);
  if (!text) return text.error();
  std::istringstream lines(*text);
  Approval approval;
  while (lines >> approval.at >> approval.schools &&
         std::getline(lines >> std::ws, approval.actor)) {
    if (approval.schools == all_schools) approval.schools.clear();
    all.push_back(approval);
  }
  return all;
}

Result<void> Holds::add_approval(const HeldPlan& held, const Approval& approval) {
  auto all = approvals(held);
  if (!all) return all.error();
  all->push_back(approval);
  std::string text;
  for (const Approval& one : *all)
    text += one.at + " " + (one.schools.empty() ? std::string(all_schools) : one.schools) + " " +
            one.actor + "\n";
  return write_file_atomically(approvals_file(held), text);
}

Result<void> Holds::drop(const HeldPlan& held) {
  std::error_code error;
  fs::remove(held.path, error);
  if (!error) fs::remove(approvals_file(held), error);
  if (!error) return {};
  return Problems(Problem{Severity::error,
                          "HOLD-003",
                          {held.path.string(), 0, {}},
                          "the held plan cannot be removed: " + error.message(),
                          "check the state directory and its permissions"});
}

}  // namespace entsync
