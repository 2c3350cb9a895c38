#include "agent_feed.hpp"

#include <utility>

namespace entsync {
namespace {

/// The attributes under which rules find what requests say, beside those that they name themselves.
constexpr std::string_view civilite_name = "ENTPersonCivilite";
constexpr std::string_view mail_name = "ENTPersonMail";
constexpr std::string_view role_name = "DemandeRole";
constexpr std::string_view siret_name = "DemandeSiret";

class Writer {
 public:
  Writer(const Rules& rules, RecordDraft& draft) : rules_(rules), draft_(draft) {}

  void add(FeedAttribute attribute, std::string_view text) {
    if (text.empty()) return;
    draft_.values.push_back({attribute, std::string(text), 0, 0, 0});
    draft_.value_count = draft_.values.size();
  }
  /// Only what a rule reads is kept, as of a delivery.
  void add(std::string_view name, std::string_view text) {
    if (const auto attribute = rules_.vocabulary.find(name)) add(*attribute, text);
  }

 private:
  const Rules& rules_;
  RecordDraft& draft_;
};

SourcePosition position_of(const DemandeOrigin& origin, const std::vector<SourceFile>& files) {
  for (std::uint32_t i = 0; i < files.size(); ++i)
    if (files[i].name == origin.file) return {i, origin.line, origin.offset};
  return {};
}

RecordDraft record_of(const Agent& agent, const Rules& rules,
                      const std::vector<SourceFile>& files) {
  RecordDraft draft;
  draft.category = Category::pers_collectivite;
  draft.id = agent.id;
  draft.position = position_of(agent.last, files);
  Writer writer(rules, draft);
  writer.add(rules.feed.nom, agent.nom);
  writer.add(rules.feed.prenom, agent.prenom);
  writer.add(civilite_name, agent.civilite);
  writer.add(mail_name, agent.courriel);
  writer.add(role_name, to_string(agent.role));
  writer.add(siret_name, agent.siret);
  for (const Uai& uai : agent.ecoles) writer.add(rules.feed.structure, uai.str());
  return draft;
}

}  // namespace

CompletFeed AgentFeed::of(const Agents& agents, std::vector<SourceFile> files,
                          const std::string& source, const Rules& rules, Date today) {
  Feed feed(source, DeliveryKind::complet, today);
  feed.is_of_requests_ = true;
  for (SourceFile& file : files) feed.add_file(std::move(file));
  for (const Agent& agent : agents.list()) {
    if (agent.standing == AgentStanding::awaited) continue;
    Requested requested{agent.last.id, agent.last.valideur, agent.end, false};
    if (agent.standing == AgentStanding::ended) {
      const bool by_request = agent.end == agent.fin;
      requested = {agent.ending.id, by_request ? agent.ending.valideur : std::string(), agent.end,
                   true};
      if (by_request)
        feed.deleted_[{Category::pers_collectivite, agent.id}] =
            position_of(agent.ending, feed.files());
    }
    if (agent.standing == AgentStanding::active)
      feed.add_record(record_of(agent, rules, feed.files()));
    feed.requested_.emplace(agent.id, std::move(requested));
  }
  return CompletFeed(std::move(feed));
}

}  // namespace entsync
