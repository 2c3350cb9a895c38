#include "demande_file.hpp"

#include <algorithm>
#include <array>

#include "core/scope.hpp"
#include "core/text.hpp"
#include "csv_line.hpp"
#include "digest/sha256.hpp"

namespace entsync::collectivite {
namespace {

enum Column : std::size_t {
  id_demande,
  action,
  siret,
  civilite,
  nom,
  prenom,
  courriel_pro,
  role,
  uais,
  date_debut,
  date_fin,
  demandeur,
  valideur,
  date_validation,
  motif,
  cle,
};
constexpr std::array<std::string_view, 16> columns{
    "id_demande", "action", "siret",      "civilite", "nom",       "prenom",   "courriel_pro",
    "role",       "uais",   "date_debut", "date_fin", "demandeur", "valideur", "date_validation",
    "motif",      "cle"};
/// Files without links may leave the last column out.
constexpr std::size_t columns_without_cle = columns.size() - 1;
constexpr std::string_view actions = "allowed: creer, modifier, prolonger, clore, lier";

constexpr std::size_t longest_id = 64;
constexpr std::size_t longest_field = 200;
constexpr std::size_t longest_motif = 2000;
constexpr std::size_t longest_mail = 254;  // RFC 5321 §4.5.3.1.3

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string all_columns() {
  std::string text;
  for (const std::string_view column : columns)
    text += (text.empty() ? "" : ";") + std::string(column);
  return text + " (the last one may be left out)";
}

std::optional<Date> read_date(std::string_view text) {
  if (const auto date = Date::from_iso(text)) return date;
  return Date::from_aaf(text);
}

/// An address that mail can be sent to as it is written: no comment, no quoted local part.
bool is_mail_address(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~.";
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.size() > longest_mail) return false;
  const auto is_plain = [](char c) { return is_ascii_letter(c) || (c >= '0' && c <= '9'); };
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  const bool dots_apart = text.find("..") == std::string_view::npos && local.front() != '.' &&
                          local.back() != '.' && !domain.empty() && domain.front() != '.' &&
                          domain.back() != '.' && domain.find('.') != std::string_view::npos;
  return dots_apart &&
         std::ranges::all_of(
             local,
             [&](char c) { return is_plain(c) || marks.find(c) != std::string_view::npos; }) &&
         std::ranges::all_of(domain, [&](char c) { return is_plain(c) || c == '-' || c == '.'; });
}

/// One line becomes a request, or the reason why it does not.
class LineReader {
 public:
  LineReader(const std::string& file, std::size_t column_count, Problems& refused)
      : file_(file), column_count_(column_count), refused_(refused) {}

  std::optional<Demande> read(std::string_view line, std::uint32_t number, std::uint64_t offset) {
    line_ = number;
    demande_ = {};
    is_right_ = true;
    if (line.size() > max_line_bytes) {
      refuse("REQ-010", "the line is longer than a request can be",
             "correct the line; a quote may not be closed");
      return std::nullopt;
    }
    auto fields = split_csv_line(line);
    if (!fields) {
      refuse("REQ-010", "a quote of this line is not closed, or stands inside a field",
             "quote whole fields, and write a quote inside them twice");
      return std::nullopt;
    }
    // Spreadsheets end lines with separators of columns that are empty everywhere.
    while (fields->size() > column_count_ && fields->back().empty()) fields->pop_back();
    if (fields->size() != column_count_) {
      refuse("REQ-010",
             "the line has " + std::to_string(fields->size()) + " fields instead of " +
                 std::to_string(column_count_),
             "a field with a semicolon has to stand in quotes");
      return std::nullopt;
    }
    fields_ = std::move(*fields);
    fields_.resize(columns.size());
    demande_.file = file_;
    demande_.line = number;
    demande_.offset = offset;
    read_all();
    if (!is_right_) return std::nullopt;
    return std::move(demande_);
  }

 private:
  void refuse(std::string code, std::string what, std::string remedy) {
    is_right_ = false;
    const std::string item = demande_.id.empty() ? std::string() : "request " + demande_.id;
    refused_.warning(std::move(code), {file_, line_, item}, std::move(what), std::move(remedy));
  }
  void refuse(Column column, std::string what, std::string remedy) {
    refuse("REQ-011", std::string(columns[column]) + ": " + std::move(what), std::move(remedy));
  }

  [[nodiscard]] const std::string& field(Column column) const { return fields_[column]; }

  void read_all() {
    read_id();
    read_action();
    if (is_of_links())
      read_person();
    else
      read_account();
    read_schools();
    demande_.debut = read_day(date_debut);
    demande_.fin = read_day(date_fin);
    demande_.demandeur = required(demandeur);
    demande_.valideur = required(valideur);
    if (!required(date_validation).empty())
      if (const auto day = read_day(date_validation)) demande_.validation = *day;
    if (field(motif).empty()) required(motif);
    check_lengths();
    if (is_right_) check_action();
    std::string content;
    for (const std::string& text : fields_)
      // Equal with a column that is empty and without it.
      if (&text != &fields_[cle] || !text.empty())
        content += std::to_string(text.size()) + ":" + text;
    demande_.digest = sha256_hex(content);
  }

  const std::string& required(Column column) {
    if (field(column).empty()) refuse(column, "the field is empty", "fill it in");
    return field(column);
  }

  void read_id() {
    const std::string& id = field(id_demande);
    const bool is_name = std::ranges::all_of(id, [](char c) {
      return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
    if (id.empty() || id.size() > longest_id || !is_name)
      refuse(id_demande, "this is no id of a request",
             "give each request one of its own: up to 64 letters, digits and -_.");
    else
      demande_.id = id;
  }

  void read_action() {
    if (const auto known = parse_demande_action(field(action)))
      demande_.action = *known;
    else
      refuse(action, "there is no such action", std::string(actions));
  }

  /// `clore` ends an account, or the links of the one whom `cle` names.
  [[nodiscard]] bool is_of_links() const {
    return field(action) == to_string(DemandeAction::lier) ||
           (field(action) == to_string(DemandeAction::clore) && !field(cle).empty());
  }

  void read_account() {
    if (!field(cle).empty())
      refuse(cle, "an account is known by mail and SIRET", "leave it empty, or ask for lier");
    read_siret();
    read_mail();
    read_names();
    read_role();
  }

  /// What a delivery says of the person is not asked for again.
  void read_person() {
    for (const Column column : {siret, civilite, nom, prenom, courriel_pro, role})
      if (!field(column).empty())
        refuse(column, "the person is known by cle alone", "leave it empty");
    const auto person = parse_scope(ScopeText{.person = field(cle)});
    if (!person || person->person->category != Category::pers_educ_nat)
      refuse(cle, "this is not the key of a member of staff",
             "write it as AC-X/PersEducNat/123; `entsync explain` shows it");
    else
      demande_.cle = person->person;
    if (trim(field(uais)) == "*")
      refuse(uais, "links are to schools that are named", "give UAIs between commas");
  }

  void read_siret() {
    std::string digits = field(siret);
    std::erase(digits, ' ');
    if (digits.size() != 14 || !is_valid_siret(digits))
      refuse(siret, "this is not a SIRET: 14 digits with a valid control digit",
             "take it from the collectivité's agreement");
    else
      demande_.siret = std::move(digits);
  }

  void read_mail() {
    if (!is_mail_address(field(courriel_pro)))
      refuse(courriel_pro, "this is not a mail address", "give the professional address");
    else
      demande_.courriel = ascii_lower(field(courriel_pro));
  }

  void read_names() {
    demande_.nom = field(nom);
    demande_.prenom = field(prenom);
    const std::string& title = field(civilite);
    if (title == "M" || title == "M.")
      demande_.civilite = "M.";
    else if (title == "Mme")
      demande_.civilite = "Mme";
    else if (!title.empty())
      refuse(civilite, "there is no such civility", "allowed: M., Mme, or nothing");
  }

  void read_role() {
    if (field(role).empty()) return;
    demande_.role = parse_role_collectivite(field(role));
    if (!demande_.role)
      refuse(role, "there is no such role", "allowed: agent, referent_ville, elu");
  }

  /// `*`, or UAIs between commas or spaces.
  void read_schools() {
    std::string_view rest = trim(field(uais));
    if (rest == "*") {
      demande_.toutes_ecoles = true;
      return;
    }
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find_first_of(", \t"), rest.size());
      const std::string_view text = rest.substr(0, end);
      rest = trim(rest.substr(std::min(end + 1, rest.size())));
      if (text.empty()) continue;
      if (const auto uai = Uai::parse(text))
        demande_.uais.push_back(*uai);
      else
        refuse(uais, Uai::why_invalid(text), "give UAIs between commas, or * for all schools");
    }
    std::ranges::sort(demande_.uais);
    demande_.uais.erase(std::unique(demande_.uais.begin(), demande_.uais.end()),
                        demande_.uais.end());
  }

  std::optional<Date> read_day(Column column) {
    if (field(column).empty()) return std::nullopt;
    const auto date = read_date(field(column));
    if (!date) refuse(column, "this is not a date", "write it as 2026-09-01");
    return date;
  }

  void check_lengths() {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::size_t longest = i == motif ? longest_motif : longest_field;
      if (i != courriel_pro && i != id_demande && i != uais && fields_[i].size() > longest)
        refuse(static_cast<Column>(i),
               "the field is longer than " + std::to_string(longest) + " bytes", "shorten it");
      if (std::ranges::any_of(
              fields_[i], [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
        refuse(static_cast<Column>(i), "the field holds a control character", "take it out");
    }
  }

  /// What an action cannot do without.
  void check_action() {
    switch (demande_.action) {
      case DemandeAction::creer:
        for (const Column column : {nom, prenom, role, uais, date_fin}) required(column);
        if (demande_.debut && demande_.fin && *demande_.fin <= *demande_.debut)
          refuse(date_fin, "the account would end before it begins", "correct one of the dates");
        break;
      case DemandeAction::modifier:
        if (demande_.nom.empty() && demande_.prenom.empty() && demande_.civilite.empty() &&
            !demande_.role && !demande_.names_schools())
          refuse("REQ-011", "the request modifies nothing",
                 "fill in what becomes different: a name, the role or the schools");
        break;
      case DemandeAction::prolonger:
        required(date_fin);
        break;
      case DemandeAction::clore:
        break;
      case DemandeAction::lier:
        for (const Column column : {uais, date_fin}) required(column);
        if (demande_.debut && demande_.fin && *demande_.fin <= *demande_.debut)
          refuse(date_fin, "the link would end before it begins", "correct one of the dates");
        break;
    }
  }

  const std::string& file_;
  std::size_t column_count_;
  Problems& refused_;
  std::uint32_t line_ = 0;
  std::vector<std::string> fields_;
  Demande demande_;
  bool is_right_ = true;
};

/// Takes the next line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// How many columns the header names; nothing when it is none.
std::optional<std::size_t> columns_of(std::string_view line) {
  auto names = split_csv_line(line);
  if (!names) return std::nullopt;
  while (names->size() > columns_without_cle && names->back().empty()) names->pop_back();
  if (names->size() < columns_without_cle || names->size() > columns.size() ||
      !std::equal(names->begin(), names->end(), columns.begin()))
    return std::nullopt;
  return names->size();
}

std::optional<Problem> whole_refusal(std::string_view text, const std::string& name) {
  if (text.size() > max_file_bytes)
    return Problem{
        Severity::error,
        "REQ-002",
        {name, 0, {}},
        "the request file is larger than " + std::to_string(max_file_bytes >> 20U) + " MiB",
        "divide it into several files of one folder"};
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos)
    return Problem{
        Severity::error,
        "REQ-003",
        {name,
         static_cast<std::uint64_t>(
             std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n') + 1),
         {}},
        "the request file is not UTF-8",
        "save it as UTF-8; nothing of it is done"};
  return std::nullopt;
}

}  // namespace

Result<DemandeFile> read_demandes(std::string_view text, const std::string& name) {
  if (auto refusal = whole_refusal(text, name)) return Problems(std::move(*refusal));
  const std::string_view whole = text;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const auto column_count = columns_of(take_line(text));
  if (!column_count)
    return Problems(Problem{Severity::error,
                            "REQ-004",
                            {name, 1, {}},
                            "the first line is not the header of a request file",
                            "write it as " + all_columns()});
  DemandeFile file;
  LineReader reader(name, *column_count, file.refused);
  for (std::uint32_t number = 2; !text.empty(); ++number) {
    if (number > max_lines)
      return Problems(
          Problem{Severity::error,
                  "REQ-002",
                  {name, number, {}},
                  "the request file has more than " + std::to_string(max_lines) + " lines",
                  "divide it into several files of one folder"});
    const std::uint64_t offset = whole.size() - text.size();
    const std::string_view line = take_line(text);
    if (trim(line).empty()) continue;
    if (auto demande = reader.read(line, number, offset))
      file.demandes.push_back(std::move(*demande));
  }
  return file;
}

}  // namespace entsync::collectivite
