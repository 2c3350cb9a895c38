#include "rules.hpp"

namespace entsync {

std::string_view to_string(Owner owner) {
  switch (owner) {
    case Owner::source:
      return "source";
    case Owner::initial:
      return "initial";
    case Owner::ent:
      return "ent";
  }
  return "?";
}

bool keeps(const AttributeRule& rule, FeedAttribute attribute) {
  return rule.owner == Owner::source && rule.each == Each::once && rule.value.fields.size() == 1 &&
         rule.value.fields.front().kind == Field::Kind::feed_attribute &&
         rule.value.fields.front().attribute == attribute;
}

TargetAttribute Rules::kept_in(Profil profil, FeedAttribute attribute) const {
  for (const AttributeRule& rule : person(profil).attributes)
    if (keeps(rule, attribute)) return rule.attribute;
  return TargetVocabulary::npos;
}

}  // namespace entsync
