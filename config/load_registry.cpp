#include "load_registry.hpp"

#include "core/school_year.hpp"
#include "core/text.hpp"
#include "digest/sha256.hpp"
#include "toml_reader.hpp"

namespace entsync::config {
namespace {

std::optional<Date> read_date(TomlTable& table, std::string_view key) {
  const auto text = table.text(key);
  if (!text) return std::nullopt;
  const auto date = Date::from_iso(*text);
  if (!date) table.error(key, "'" + *text + "' is not a date", "write it as \"2026-09-01\"");
  return date;
}

void check_siret(TomlTable& table, const std::string& siret) {
  if (!siret.empty() && (siret.size() != 14 || !is_valid_siret(siret)))
    table.error("siret_collectivite", "this is not a SIRET: 14 digits with a valid control digit",
                "take it from the collectivité's agreement");
}

void check_departement(TomlTable& table, const Uai& uai, std::string departement) {
  if (departement.empty()) return;
  // The numbers of the two Corsican départements are older than their letters.
  if (equals_ignoring_case(departement, "2A")) departement = "620";
  if (equals_ignoring_case(departement, "2B")) departement = "720";
  while (departement.size() < 3) departement.insert(0, "0");
  if (departement != uai.departement())
    table.error(
        "departement",
        "the UAI says département " + std::string(uai.departement()) + ", not " + departement,
        "correct the one that is wrong");
}

void check_annee(TomlTable& table, const std::string& annee) {
  if (!annee.empty() && !SchoolYear::parse(annee))
    table.error("annee_scolaire", "'" + annee + "' is not a school year",
                "write it as \"2026-2027\"");
}

EtatConvention read_etat(TomlTable& table) {
  const std::string name = table.text_or("etat", "inscrite");
  const auto etat = parse_etat_convention(name);
  if (!etat)
    table.error("etat", "'" + name + "' is not a state of an agreement",
                "allowed: inscrite, a_renouveler, mise_en_demeure, resiliee, retiree");
  return etat.value_or(EtatConvention::inscrite);
}

/// The controller that the agreements name answers for public schools.
void check_statut(TomlTable& table, const std::string& statut, const std::string& responsable) {
  if (statut != "public" && statut != "prive")
    table.error("statut", "'" + statut + "' is not a status", "allowed: public, prive");
  else if (statut == "prive" && responsable.empty())
    table.error("statut",
                "the agreements name the controller of the data of public schools; this one is "
                "private",
                "name its controller as responsable_traitement = \"…\", or remove the school");
}

struct AgreementDays {
  std::optional<Date> signe;
  std::optional<Date> effet;
  std::optional<Date> fin;
};

/// In the order in which they come. An agreement takes effect when it is signed, or on a later day
/// that it names.
AgreementDays read_days(TomlTable& table) {
  AgreementDays days{read_date(table, "signe_le"), read_date(table, "effet_le"),
                     read_date(table, "fin_le")};
  if (days.signe && days.effet && *days.effet < *days.signe)
    table.error("effet_le", "the agreement takes effect before it is signed",
                "correct signe_le or effet_le; without effet_le it is the day of the signature");
  if (!days.effet) days.effet = days.signe;
  if (days.effet && days.fin && *days.fin < *days.effet)
    table.error("fin_le", "the agreement ends before it begins",
                "correct fin_le, or the day on which it takes effect");
  return days;
}

void read_ecole(TomlTable table, Registry& registry) {
  const std::string uai_text = table.required_text("uai");
  const auto uai = Uai::parse(uai_text);
  if (!uai_text.empty() && !uai)
    table.error("uai", "'" + uai_text + "': " + Uai::why_invalid(uai_text), "correct the UAI");
  std::string label = table.text_or("label", {});
  std::string commune = table.text_or("commune", {});
  std::string departement = table.text_or("departement", {});
  std::string siret = table.text_or("siret_collectivite", {});
  std::string statut = table.text_or("statut", "public");
  std::string responsable = table.text_or("responsable_traitement", {});
  check_statut(table, statut, responsable);
  std::string annee = table.text_or("annee_scolaire", {});
  check_annee(table, annee);
  const AgreementDays days = read_days(table);
  const EtatConvention etat = read_etat(table);
  const auto etat_le = read_date(table, "etat_le");
  check_siret(table, siret);
  if (uai) check_departement(table, *uai, departement);
  table.finish();
  if (!uai) return;
  Ecole ecole{*uai,
              std::move(label),
              std::move(commune),
              std::move(departement),
              std::move(siret),
              std::move(statut),
              std::move(annee),
              days.effet,
              days.fin,
              etat,
              etat_le,
              days.signe,
              std::move(responsable)};
  if (!registry.add(std::move(ecole)))
    table.error("uai", "the school " + uai->str() + " is in the registry twice", "remove one line");
}

/// What holds for all agreements.
void read_terms(TomlTable& root, Registry& registry) {
  constexpr std::int64_t longest_grace = 366;
  if (const auto text = root.text("montant_par_ecole")) {
    const auto amount = Centimes::parse(*text);
    if (!amount)
      root.error("montant_par_ecole", "'" + *text + "' is not an amount in euros",
                 "write it as \"45.00\", up to 999999.99");
    else
      registry.montant_par_ecole = *amount;
  }
  if (const auto days = root.integer("grace_days", 0, longest_grace))
    registry.grace_days = static_cast<unsigned>(*days);
}

}  // namespace

Result<Registry> parse_registry(std::string_view text, const std::string& file,
                                Problems& warnings) {
  auto parsed = parse_toml(text, file);
  if (!parsed) return parsed.error();
  Problems problems;
  TomlTable root(*parsed, file, {}, problems);
  if (root.integer("format", 1, 1).value_or(0) != 1 && !problems.has_errors())
    root.error("format", "this key is missing", "add format = 1");
  Registry registry;
  read_terms(root, registry);
  for (TomlTable& table : root.tables("ecole")) read_ecole(std::move(table), registry);
  root.finish();
  if (registry.ecoles().empty() && !problems.has_errors())
    root.error({}, "the registry names no school", "add an [[ecole]] for each enrolled school");
  if (problems.has_errors()) return problems;
  warnings.append(std::move(problems));
  registry.digest = sha256_hex(text);
  return registry;
}

Result<std::string> read_registry_text(const std::filesystem::path& path) {
  return read_text_file(path, "CONF-011");
}

Result<Registry> load_registry(const std::filesystem::path& path, Problems& warnings) {
  auto text = read_registry_text(path);
  if (!text) return text.error();
  return parse_registry(*text, path.string(), warnings);
}

}  // namespace entsync::config
