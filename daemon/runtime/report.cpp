#include "report.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/render.hpp"
#include "core/text.hpp"

namespace entsync {
namespace {

std::string seconds(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.2f", value);
  return buffer.data();
}

std::string counted(std::uint64_t n, std::string_view what) {
  return n == 0 ? std::string{} : grouped(n) + " " + std::string(what) + "\n";
}

std::string rejected_line(const RunReport& report, std::size_t i) {
  const Place& place = report.rejected_places[i];
  const RejectedRecord& record = report.rejected[i];
  return place.file + ":" + std::to_string(place.line) + ": " + record.code + " " + place.item +
         ": " + record.reason;
}

}  // namespace

namespace {

/// No values: "~ AC-X/Eleve/123 (sn, cn): the directory differs from the delivery".
std::string pending_line(const Change& change) {
  std::string names;
  for (const AttributeChange& attribute : change.attributes)
    names += (names.empty() ? "" : ", ") + std::string(attribute.attribute);
  if (change.operation == Operation::remove) names.clear();
  return std::string(1, glyph(change.operation)) + " " + std::string(change.subject) +
         (names.empty() ? "" : " (" + names + ")") + ": " + std::string(change.note);
}

std::string link_text(Date date, std::size_t files, const std::filesystem::path& path) {
  return date.iso() + " (" + std::to_string(files) + " files, " + path.filename().string() + ")";
}

/// A line for the Complet, and one for the Deltas that were folded into it.
void describe_chain(RunReport& report, const Delivery& delivery) {
  const std::string& academie = delivery.feed.feed().academie();
  const std::vector<ChainLink>& chain = delivery.feed.chain();
  report.deliveries.push_back(academie + " Complet " +
                              link_text(chain.front().date, chain.front().files, delivery.path));
  std::string deltas;
  for (std::size_t i = 0; i < delivery.deltas.size(); ++i)
    deltas += (deltas.empty() ? "" : ", ") +
              link_text(chain[i + 1].date, chain[i + 1].files, delivery.deltas[i]);
  if (!deltas.empty()) report.deliveries.push_back(academie + " Deltas " + deltas);
}

void describe_feed(RunReport& report, const Feed& feed) {
  for (const RejectedRecord& rejected : feed.rejected()) {
    report.rejected.push_back(rejected);
    const bool known = rejected.position.known();
    report.rejected_places.push_back(
        {known ? feed.files()[rejected.position.file].name : feed.academie(),
         rejected.position.line,
         (rejected.category ? std::string(to_string(*rejected.category)) : "record") + " " +
             rejected.id});
  }
  for (const auto& [name, count] : feed.dropped()) report.dropped[name] += count;
}

}  // namespace

void describe_inputs(RunReport& report, const Inputs& inputs) {
  report.findings = inputs.findings;
  for (const Delivery& delivery : inputs.deliveries) {
    describe_chain(report, delivery);
    describe_feed(report, delivery.feed.feed());
  }
  if (inputs.requests && inputs.requests->feed) {
    const Feed& requests = inputs.requests->feed->feed();
    const Agents& agents = inputs.requests->agents;
    report.deliveries.push_back(
        requests.academie() + " requests " + requests.date().iso() + " (" +
        std::to_string(requests.files().size()) + " files, " +
        std::to_string(agents.list().size()) + " accounts" +
        (agents.links().empty() ? "" : ", " + std::to_string(agents.links().size()) + " links") +
        ")");
  }
  for (const DeliveryPart& part : inputs.parts) {
    const Feed& feed = part.feed.feed();
    report.deliveries.push_back(feed.academie() + " Complet " +
                                link_text(feed.date(), feed.files().size(), part.path));
    describe_feed(report, feed);
  }
}

void describe_planning(RunReport& report, const Planning& planning) {
  report.review = planning.review;
  report.problems = planning.problems;
  report.counts = planning.counts;
  report.persons = planning.persons;
  report.schools = planning.schools;
  report.unknown = planning.unknown;
  report.outside = planning.outside;
  report.absent_already = planning.absent_already;
  report.objected = planning.objected;
  report.died = planning.died;
  report.pending.clear();
  for (const Change& change : planning.pending.changes)
    report.pending.push_back(pending_line(change));
  report.season = planning.verdict.season;
  report.holds = planning.verdict.holds;
}

Problems rejected_problems(const RunReport& report) {
  Problems problems;
  for (std::size_t i = 0; i < report.rejected.size(); ++i)
    problems.warning(report.rejected[i].code, report.rejected_places[i], report.rejected[i].reason,
                     "rejected alone: whoever it means is left as he is");
  return problems;
}

std::string render_rejected(const RunReport& report, std::size_t most) {
  const std::size_t count = report.rejected.size();
  if (count == 0) return {};
  std::string out =
      grouped(count) + (count == 1
                            ? " record was rejected alone; whom it means is left as before\n"
                            : " records were rejected alone; whom they mean is left as before\n");
  for (std::size_t i = 0; i < std::min(count, most); ++i)
    out += "  " + rejected_line(report, i) + "\n";
  if (count > most)
    out += "  and " + grouped(count - most) + " more; the report of a run lists all\n";
  return out;
}

std::string render(const RunReport& report) {
  std::string out = "run " + report.run + "\n";
  for (const std::string& delivery : report.deliveries) out += "delivery " + delivery + "\n";
  out += grouped(report.persons) + " persons of " + grouped(report.schools) +
         " enrolled schools in the deliveries\n";
  out += "\nplanned\n" + render(report.planned);
  if (!report.season.empty())
    out += "judged by the limits of the season " + printable(report.season) + "\n";
  if (!report.holds.empty()) {
    out += "\nheld as " + report.hold_id + "\n";
    for (const Hold& hold : report.holds) out += "  " + to_string(hold) + "\n";
    out += render(report.held);
  }
  out += "\napplied " + grouped(report.applied.applied) + ", refused " +
         grouped(report.applied.refused) + ", changed meanwhile " +
         grouped(report.applied.conflict) + ", not applied " + grouped(report.applied.not_applied) +
         "\n\n";
  out += counted(report.counts.structures_outside, "structures are not enrolled and were ignored");
  out += counted(report.counts.eleves_outside, "pupils are outside the enrolled schools");
  out += counted(report.counts.responsables_unused,
                 "responsables have no pupil in an enrolled school");
  out += counted(report.counts.personnels_outside, "staff have no function in an enrolled school");
  out +=
      counted(report.counts.dangling_responsables, "links lead to responsables without a record");
  out += counted(report.unknown, "entries are missing from the deliveries but may not have left");
  out += counted(report.outside,
                 "entries belong to schools that are not enrolled and were left alone");
  out += counted(report.absent_already, "absences were known already");
  out += counted(report.objected, "records of people who objected were left out");
  out += counted(report.died, "records of people who died were left out");
  for (const std::string& line : report.rectifications) out += line + "\n";
  for (const std::string& line : report.pending) out += "waits while restricted: " + line + "\n";
  for (const auto& [name, count] : report.dropped)
    out += "dropped at the reader: " + name + " (" + grouped(count) + ")\n";
  for (std::size_t i = 0; i < report.rejected.size(); ++i)
    out += "rejected " + rejected_line(report, i) + "\n";
  for (const ReviewItem& item : report.review) {
    out += "review " + item.subject + ": " + item.reason;
    for (const std::string& dn : item.candidates) out += "; " + dn;
    out += "\n";
  }
  out += to_string(report.findings) + to_string(report.problems);
  return out + "\n" + last_line(report) + "\n";
}

std::string last_line(const RunReport& report) {
  std::string out = "run " + report.run + (report.failed ? " failed:" : ":");
  if (report.planned.empty()) out += report.failed ? " nothing was changed;" : " nothing to do;";
  for (const auto& [row, operations] : report.planned) {
    out += " " + row;
    for (const auto& [operation, count] : operations)
      out += " " + std::string(1, glyph(operation)) + std::to_string(count);
    out += ";";
  }
  if (!report.holds.empty()) {
    std::uint64_t held = 0;
    for (const auto& [row, operations] : report.held)
      for (const auto& [operation, count] : operations) held += count;
    out += " " + std::to_string(held) + " held as " + report.hold_id + ";";
  }
  double total = 0;
  std::string stages;
  for (const auto& [name, time] : report.times) {
    stages += (stages.empty() ? "" : ", ") + name + " " + seconds(time);
    if (name == "run") total = time;
  }
  return out + " in " + seconds(total) + " s (" + stages + "), peak memory " +
         std::to_string(peak_memory_mib()) + " MiB";
}

std::uint64_t peak_memory_mib() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) >> 10U;
}

}  // namespace entsync
