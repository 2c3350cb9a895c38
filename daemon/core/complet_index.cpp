#include "complet_index.hpp"

#include <algorithm>

#include "text.hpp"
#include "uai.hpp"

namespace entsync {
namespace {

void add_once(std::vector<std::string_view>& list, std::string_view id) {
  if (!id.empty() && std::ranges::find(list, id) == list.end()) list.push_back(id);
}

}  // namespace

void each_indexed(const CompletFeed& complet, const FeedNames& names,
                  const std::function<void(const IndexedRecord&)>& visit) {
  for (const Category category : all_categories)
    for (const FeedRecord& record : complet.feed().records(category)) {
      IndexedRecord indexed{record, {}, {}, {}};
      for (const FeedValue value : record.values()) {
        const std::string_view head = trim(value.text.substr(0, value.text.find('$')));
        const bool names_structure =
            value.attribute == names.structure || value.attribute == names.classes ||
            value.attribute == names.groupes || value.attribute == names.fonctions ||
            value.attribute == names.direction;
        if (category == Category::etab_educ_nat) continue;
        if (category != Category::pers_rel_eleve && names_structure)
          add_once(indexed.structures, head);
        if (category == Category::eleve && value.attribute == names.responsables)
          add_once(indexed.responsables, head);
      }
      if (category == Category::etab_educ_nat)
        if (const auto uai = Uai::parse(record.first(names.uai))) indexed.uai = uai->str();
      visit(indexed);
    }
}

}  // namespace entsync
