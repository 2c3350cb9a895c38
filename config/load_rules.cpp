#include "load_rules.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "digest/sha256.hpp"
#include "toml_reader.hpp"

namespace entsync::config {
namespace {

constexpr std::array each_names{
    std::pair{std::string_view("@classes"), Each::classes},
    std::pair{std::string_view("@groupes"), Each::groupes},
    std::pair{std::string_view("@responsables"), Each::responsables},
    std::pair{std::string_view("@eleves"), Each::eleves},
    std::pair{std::string_view("@ecoles"), Each::ecoles},
    std::pair{std::string_view("@fonctions"), Each::fonctions},
    std::pair{std::string_view("@directions"), Each::directions},
    std::pair{std::string_view("@directeurs"), Each::directeurs},
    std::pair{std::string_view("@profils"), Each::profils},
};
constexpr std::array owner_names{
    std::pair{std::string_view("source"), Owner::source},
    std::pair{std::string_view("initial"), Owner::initial},
    std::pair{std::string_view("ent"), Owner::ent},
};
constexpr std::array member_names{
    std::pair{std::string_view("none"), Members::none},
    std::pair{std::string_view("eleves"), Members::eleves},
    std::pair{std::string_view("responsables"), Members::responsables},
    std::pair{std::string_view("enseignants"), Members::enseignants},
    std::pair{std::string_view("directeurs"), Members::directeurs},
    std::pair{std::string_view("personnels"), Members::personnels},
    std::pair{std::string_view("tous"), Members::tous},
};
constexpr std::array per_names{
    std::pair{std::string_view("ecole"), GroupRules::Per::ecole},
    std::pair{std::string_view("classe"), GroupRules::Per::classe},
    std::pair{std::string_view("groupe"), GroupRules::Per::regroupement},
};
constexpr std::array kind_names{
    std::pair{std::string_view("classe"), EntryKind::classe},
    std::pair{std::string_view("groupe"), EntryKind::groupe},
    std::pair{std::string_view("profil"), EntryKind::profil},
};

/// Reads one of the words of `table`, or reports those that are allowed.
template <class Table>
auto read_word(TomlTable& table, std::string_view key, const Table& words,
               typename Table::value_type::second_type fallback) ->
    typename Table::value_type::second_type {
  const auto text = table.text(key);
  if (!text) return fallback;
  std::string allowed;
  for (const auto& [word, value] : words) {
    if (word == *text) return value;
    allowed += (allowed.empty() ? "" : ", ") + std::string(word);
  }
  table.error(key, "'" + *text + "' is not known", "allowed: " + allowed);
  return fallback;
}

class RulesReader {
 public:
  RulesReader(TomlTable root, Problems& problems) : root_(std::move(root)), problems_(problems) {}

  Rules run() {
    if (!root_.integer("format", 1, 1) && !problems_.has_errors())
      root_.error("format", "this key is missing", "add format = 1");
    rules_.name = root_.required_text("name");
    rules_.names.object_class = rules_.target.add("objectClass");
    read_tables();
    read_feed();
    read_required();
    read_target();
    read_profils();
    read_persons();
    read_structure();
    read_groups();
    read_journal();
    root_.finish();
    return std::move(rules_);
  }

 private:
  /// A table that must be there; an empty one stands in so that reading goes on.
  template <class Read>
  void section(std::string_view name, Read&& read) {
    if (auto table = root_.table(name)) {
      read(*table);
      table->finish();
    } else if (!root_.has(name)) {
      root_.error(name, "this section is missing", "add [" + std::string(name) + "]");
    }
  }

  void read_tables() {
    auto tables = root_.table("tables");
    if (!tables) return;
    for (const std::string& name : tables->keys())
      if (auto table = tables->table(name)) rules_.tables.push_back({name, table->all_texts()});
  }

  void read_feed() {
    section("feed", [&](TomlTable& feed) {
      const auto read = [&](std::string_view key, FeedAttribute& to) {
        const std::string name = feed.required_text(key);
        if (!name.empty()) to = rules_.vocabulary.add(name);
      };
      FeedNames& names = rules_.feed;
      read("nom", names.nom);
      read("prenom", names.prenom);
      read("date_naissance", names.date_naissance);
      read("structure", names.structure);
      read("classes", names.classes);
      read("groupes", names.groupes);
      read("responsables", names.responsables);
      read("fonctions", names.fonctions);
      read("direction", names.direction);
      read("categorie_enseignant", names.categorie_enseignant);
      read("uai", names.uai);
      read("structure_nom", names.structure_nom);
      read("academie", names.academie);
      if (const std::string ine = feed.text_or("ine", {}); !ine.empty())
        names.ine = rules_.vocabulary.add(ine);
    });
  }

  void read_required() {
    section("required", [&](TomlTable& required) {
      for (const Category category : all_categories)
        for (const std::string& name : required.texts(to_string(category)))
          rules_.required[static_cast<std::size_t>(category)].push_back(
              rules_.vocabulary.add(name));
    });
  }

  void read_target() {
    section("target", [&](TomlTable& target) {
      const auto read = [&](std::string_view key, TargetAttribute& to) {
        const std::string name = target.required_text(key);
        if (!name.empty()) to = rules_.target.add(name);
      };
      TargetNames& names = rules_.names;
      read("identifiant", names.identifiant);
      read("login", names.login);
      read("person_jointure", names.person_jointure);
      read("structure_jointure", names.structure_jointure);
      read("uai", names.uai);
      read("person_structure", names.person_structure);
      read("pupil_responsables", names.pupil_responsables);
      read("responsable_pupils", names.responsable_pupils);
      read("mail", names.mail);
      read("group_name", names.group_name);
      read("member", names.member);
      read("explicit_member", names.explicit_member);
      read("group_jointure", names.group_jointure);
      read("absent_since", names.absent_since);
      read("deletion_date", names.deletion_date);
      read("account_state", names.account_state);
      if (const std::string lock = target.text_or("account_lock", {}); !lock.empty())
        names.account_lock = rules_.target.add(lock);
      rules_.suspended_value = target.required_text("suspended_value");
      if (const std::string mark = target.text_or("restriction", {}); !mark.empty()) {
        names.restriction = rules_.target.add(mark);
        rules_.restricted_value = target.required_text("restricted_value");
      }
      rules_.empty_group_member = target.text_or("empty_group_member", {});
    });
  }

  /// What the journal may hold as it is; what is not named is for its vault.
  void read_journal() {
    auto journal = root_.table("journal");
    if (!journal) return;
    for (const ValueClass which : {ValueClass::clear, ValueClass::digest, ValueClass::never})
      for (const std::string& attribute : journal->texts(to_string(which)))
        if (!rules_.policy.set(attribute, which))
          journal->error(to_string(which),
                         "'" + attribute + "' is a secret, or is in another list already",
                         "name each attribute once; passwords are never journaled");
    journal->finish();
  }

  void read_profils() {
    section("profils", [&](TomlTable& profils) {
      rules_.teacher_functions = profils.texts("teacher_functions");
      if (auto code = profils.table("code")) {
        for (const Profil profil : all_profils)
          rules_.profil_code[static_cast<std::size_t>(profil)] =
              code->required_text(to_string(profil));
        code->finish();
      }
      if (auto by_function = profils.table("by_function"))
        for (const std::string& profil : by_function->keys())
          for (const std::string& function : by_function->texts(profil))
            rules_.profil_by_function.emplace_back(function, profil);
    });
  }

  // Entries --------------------------------------------------------------------------------------

  std::vector<AttributeRule> read_attributes(TomlTable& table) {
    std::vector<AttributeRule> attributes;
    for (TomlTable& item : table.tables("attributes")) {
      if (auto rule = read_attribute(item)) {
        const bool twice = std::ranges::any_of(attributes, [&](const AttributeRule& known) {
          return known.attribute == rule->attribute;
        });
        if (twice)
          item.error("name", "this attribute has two rules in one entry", "keep one of them");
        attributes.push_back(std::move(*rule));
      }
      item.finish();
    }
    return attributes;
  }

  std::optional<AttributeRule> read_attribute(TomlTable& item) {
    const std::string name = item.required_text("name");
    AttributeRule rule;
    rule.owner = read_word(item, "owner", owner_names, Owner::source);
    rule.mandatory = item.boolean("mandatory").value_or(false);
    const auto each = item.text("each");
    const auto value = item.text("value");
    if (name.empty()) return std::nullopt;
    rule.attribute = rules_.target.add(name);
    const TargetNames& names = rules_.names;
    const std::array own{names.object_class, names.member,        names.explicit_member,
                         names.absent_since, names.deletion_date, names.account_state,
                         names.account_lock, names.restriction};
    if (rule.owner != Owner::ent && std::ranges::find(own, rule.attribute) != own.end())
      item.error("name", "the program writes this attribute itself",
                 "leave it out of the attributes");
    if (rule.owner == Owner::ent) {
      if (value)
        item.error("value", "an attribute of the ENT is never written", "leave out the value");
      return rule;
    }
    if (!value) {
      item.error("value", "this key is missing",
                 "say what the attribute holds, e.g. value = \"{…}\"");
      return std::nullopt;
    }
    if (each) read_each(item, *each, rule);
    auto parsed = parse_template(*value, rules_.vocabulary, rules_.tables);
    if (!parsed) {
      report(item, "value", parsed.error());
      return std::nullopt;
    }
    rule.value = std::move(*parsed);
    check_identity(item, rule);
    return rule;
  }

  /// Identifier and login are given once, to somebody new: a rule that is enforced every night
  /// would have no value for anybody else, and empty what he has.
  void check_identity(TomlTable& item, const AttributeRule& rule) const {
    if (rule.owner != Owner::source) return;
    if (rule.attribute == rules_.names.identifiant || rule.attribute == rules_.names.login)
      item.error("owner", "an identifier or login is given once and never changes",
                 "write owner = \"initial\"");
    else if (std::ranges::any_of(rule.value.fields, [](const Field& field) {
               return field.kind == Field::Kind::scalar &&
                      (field.scalar == Scalar::identifiant || field.scalar == Scalar::login);
             }))
      item.error("value",
                 "{@identifiant} and {@login} are only known when an entry is created: the "
                 "attribute would be emptied the next night",
                 "write owner = \"initial\"");
  }

  void read_each(TomlTable& item, const std::string& each, AttributeRule& rule) {
    if (!each.starts_with('@')) {
      rule.each = Each::feed_values;
      rule.each_attribute = rules_.vocabulary.add(each);
      return;
    }
    rule.each = read_word(item, "each", each_names, Each::once);
  }

  void report(TomlTable& item, std::string_view key, const Problems& found) {
    for (Problem problem : found.list) {
      problem.where = item.place(key);
      problems_.add(std::move(problem));
    }
  }

  void read_persons() {
    std::vector<std::string> classes;
    std::vector<AttributeRule> common;
    section("person", [&](TomlTable& person) {
      classes = read_classes(person);
      common = read_attributes(person);
    });
    std::array<std::vector<std::string>, all_profils.size()> own;
    for (const Profil profil : all_profils) {
      const auto p = static_cast<std::size_t>(profil);
      EntryRules& entry = rules_.persons[p];
      const std::string name(to_string(profil));
      entry.id = rules_.name + ":" + name;
      entry.object_classes = classes;
      entry.attributes = common;
      if (profil == Profil::collectivite && !root_.has(name)) continue;  // not fed by AAF
      section(name, [&](TomlTable& table) {
        own[p] = table.texts("object_classes");
        if (own[p].empty())
          table.error("object_classes", "no object class is named",
                      "it tells the category of an entry");
        merge(entry, own[p], read_attributes(table));
      });
    }
    relate_profils(own);
    if (auto table = root_.table(to_string(Profil::collectivite))) refuse_view_on_pupils(*table);
  }

  /// Municipal services get no data of pupils through their accounts (arrêté of 30 November 2006,
  /// art. 4).
  void refuse_view_on_pupils(TomlTable& table) {
    const EntryRules& entry = rules_.person(Profil::collectivite);
    const TargetNames& names = rules_.names;
    for (const AttributeRule& rule : entry.attributes) {
      const bool leads_there = rule.each == Each::classes || rule.each == Each::groupes ||
                               rule.each == Each::responsables || rule.each == Each::eleves ||
                               rule.attribute == names.pupil_responsables ||
                               rule.attribute == names.responsable_pupils;
      if (leads_there)
        table.error("attributes",
                    "the staff of local authorities never get a view on pupils, classes or "
                    "responsables, which " +
                        rules_.target.name(rule.attribute) + " would give",
                    "leave it out of [collectivite]; what [person] says of it is for all profiles");
    }
    for (const std::string& name : entry.object_classes)
      for (const Category category : all_categories)
        for (const std::string& role : rules_.role_classes[static_cast<std::size_t>(category)])
          if (equals_ignoring_case(role, name))
            table.error("object_classes",
                        "'" + name + "' is the object class of people of deliveries",
                        "give the staff of local authorities a class of their own");
  }

  /// Adds to what the entries have in common; a rule for the same attribute replaces the common
  /// one.
  static void merge(EntryRules& entry, const std::vector<std::string>& classes,
                    std::vector<AttributeRule> attributes) {
    entry.object_classes.insert(entry.object_classes.end(), classes.begin(), classes.end());
    for (AttributeRule& rule : attributes) {
      const auto known =
          std::ranges::find(entry.attributes, rule.attribute, &AttributeRule::attribute);
      if (known != entry.attributes.end())
        *known = std::move(rule);
      else
        entry.attributes.push_back(std::move(rule));
    }
  }

  /// What profiles of one category know of each other: role classes, and attributes that a change
  /// of profile gives up.
  void relate_profils(const std::array<std::vector<std::string>, all_profils.size()>& own) {
    for (const Profil profil : all_profils) {
      auto& roles = rules_.role_classes[static_cast<std::size_t>(category_of(profil))];
      for (const std::string& name : own[static_cast<std::size_t>(profil)])
        if (std::ranges::find(roles, name) == roles.end()) roles.push_back(name);
    }
    for (const Profil profil : all_profils) {
      const Category category = category_of(profil);
      EntryRules& entry = rules_.persons[static_cast<std::size_t>(profil)];
      entry.role_classes = rules_.role_classes[static_cast<std::size_t>(category)];
      for (const Profil other : all_profils) {
        if (category_of(other) != category) continue;
        for (const AttributeRule& rule : rules_.person(other).attributes) {
          const auto named = [&](const AttributeRule& r) { return r.attribute == rule.attribute; };
          if (rule.owner == Owner::source && std::ranges::none_of(entry.attributes, named) &&
              std::ranges::find(entry.relinquished, rule.attribute) == entry.relinquished.end())
            entry.relinquished.push_back(rule.attribute);
        }
      }
    }
  }

  static std::vector<std::string> read_classes(TomlTable& table) {
    std::vector<std::string> classes = table.texts("object_classes");
    if (classes.empty())
      table.error("object_classes", "no object class is named",
                  "a server takes no entry without one");
    return classes;
  }

  /// The feed knows a class or group by its pupils: nobody else can be gathered, and a group for
  /// anybody else would lose whoever was put into it by hand.
  static void check_members(TomlTable& table, const GroupRules& group) {
    const bool of_school = group.members == Members::enseignants ||
                           group.members == Members::directeurs ||
                           group.members == Members::personnels;
    if (group.per != GroupRules::Per::ecole && of_school)
      table.error("members",
                  "the feed knows no " + table.text_or("members", {}) +
                      " of a class: the group would always be emptied",
                  "allowed for classes and groups: none, eleves, responsables, tous");
  }

  /// The group's name gives the only value of the naming attribute.
  void refuse_naming_rule(TomlTable& table, const std::vector<AttributeRule>& attributes) const {
    if (std::ranges::find(attributes, rules_.names.group_name, &AttributeRule::attribute) !=
        attributes.end())
      table.error("attributes",
                  rules_.target.name(rules_.names.group_name) +
                      " names the groups; its value is the group's name",
                  "leave it out of the attributes");
  }

  void read_structure() {
    section("ecole", [&](TomlTable& ecole) {
      rules_.structure.id = rules_.name + ":ecole";
      rules_.structure.object_classes = read_classes(ecole);
      rules_.structure.attributes = read_attributes(ecole);
    });
  }

  void read_groups() {
    std::vector<std::string> classes;
    std::vector<AttributeRule> common;
    section("groupe", [&](TomlTable& groupe) {
      classes = read_classes(groupe);
      common = read_attributes(groupe);
      refuse_naming_rule(groupe, common);
    });
    for (TomlTable& table : root_.tables("group")) {
      GroupRules group;
      group.entry.id = rules_.name + ":" + table.required_text("id");
      group.per = read_word(table, "per", per_names, GroupRules::Per::ecole);
      group.kind = read_word(table, "kind", kind_names, EntryKind::profil);
      group.members = read_word(table, "members", member_names, Members::none);
      check_members(table, group);
      const std::string name = table.required_text("name");
      auto parsed = parse_template(name, rules_.vocabulary, rules_.tables);
      if (!parsed) {
        report(table, "name", parsed.error());
        continue;
      }
      for (const GroupRules& other : rules_.groups)
        if (other.per == group.per && other.name.text == name)
          table.error("name", "another group has the same name",
                      "give each group a name of its own");
      group.name = *parsed;
      group.entry.object_classes = classes;
      group.entry.attributes = common;
      std::vector<AttributeRule> own = read_attributes(table);
      refuse_naming_rule(table, own);
      merge(group.entry, table.texts("object_classes"), std::move(own));
      AttributeRule naming;
      naming.attribute = rules_.names.group_name;
      naming.owner = Owner::initial;
      naming.value = std::move(*parsed);
      group.entry.attributes.insert(group.entry.attributes.begin(), std::move(naming));
      table.finish();
      rules_.groups.push_back(std::move(group));
    }
  }

  TomlTable root_;
  Problems& problems_;
  Rules rules_;
};

}  // namespace

Result<Rules> parse_rules(std::string_view text, const std::string& file) {
  auto parsed = parse_toml(text, file);
  if (!parsed) return parsed.error();
  Problems problems;
  Rules rules = RulesReader(TomlTable(*parsed, file, {}, problems), problems).run();
  if (problems.has_errors()) return problems;
  rules.digest = sha256_hex(text);
  return rules;
}

Result<Rules> load_rules(const std::filesystem::path& path) {
  auto text = read_text_file(path, "CONF-010");
  if (!text) return text.error();
  return parse_rules(*text, path.string());
}

}  // namespace entsync::config
