#include "plan_file.hpp"

#include <boost/json.hpp>

#include "core/base64.hpp"
#include "core/text.hpp"
#include "digest/sha256.hpp"
#include "files.hpp"

namespace entsync {
namespace {

namespace json = boost::json;

constexpr std::string_view before_changes = ",\"changes\":[\n";
constexpr std::string_view before_digest = "\n],\"sha256\":\"";

/// Values of the directory may be any bytes; JSON only holds UTF-8.
json::value to_json(std::string_view value) {
  if (is_valid_utf8(value)) return json::string(value);
  return json::object{{"base64", to_base64(value)}};
}

json::array to_json(std::span<const std::string_view> values) {
  json::array array;
  for (const std::string_view value : values) array.push_back(to_json(value));
  return array;
}

json::object to_json(const AttributeChange& attribute) {
  json::object object{{"attribute", attribute.attribute}};
  if (!attribute.removed.empty()) object["removed"] = to_json(attribute.removed);
  if (!attribute.added.empty()) object["added"] = to_json(attribute.added);
  if (attribute.replace) object["replace"] = true;
  if (!attribute.ordered.empty()) object["ordered"] = to_json(attribute.ordered);
  if (attribute.source.known())
    object["source"] =
        json::array{attribute.source.file, attribute.source.line, attribute.source.offset};
  return object;
}

json::object to_json(const Change& change) {
  json::object object{{"operation", to_string(change.operation)},
                      {"kind", to_string(change.kind)},
                      {"wave", change.wave},
                      {"dn", to_json(change.dn)},
                      {"subject", to_json(change.subject)}};
  if (change.profil) object["profil"] = to_string(*change.profil);
  const auto put = [&](std::string_view key, std::string_view text) {
    if (!text.empty()) object[key] = to_json(text);
  };
  put("rule", change.rule);
  put("academie", change.academie);
  put("identifiant", change.identifiant);
  put("login", change.login);
  put("csn", change.csn);
  put("note", change.note);
  put("approver", change.approver);
  object["schools"] = to_json(change.schools);
  json::array attributes;
  for (const AttributeChange& attribute : change.attributes)
    attributes.push_back(to_json(attribute));
  object["attributes"] = std::move(attributes);
  return object;
}

json::object to_json(const Hold& hold) {
  json::object object{{"scope", to_string(hold.scope)},       {"key", hold.key},
                      {"surprise", to_string(hold.surprise)}, {"count", hold.count},
                      {"population", hold.population},        {"floor", hold.limit.floor}};
  if (hold.limit.percent) object["percent"] = *hold.limit.percent;
  if (hold.limit.absolute) object["absolute"] = *hold.limit.absolute;
  if (!hold.season.empty()) object["season"] = hold.season;
  return object;
}

json::array files_json(const Plan& plan) {
  json::array files;
  for (const SourceFile& file : plan.files)
    files.push_back({{"academie", file.academie},
                     {"name", to_json(file.name)},
                     {"sha256", file.sha256},
                     {"category", to_string(file.category)},
                     {"bytes", file.bytes},
                     {"records", file.records}});
  return files;
}

json::object head_json(const Plan& plan, const std::vector<Hold>& holds, const LastApplied& after) {
  json::array held;
  for (const Hold& hold : holds) held.push_back(to_json(hold));
  json::object last;
  for (const auto& [academie, digest] : after) last[academie] = digest;
  return {{"entsync_plan", 1},
          {"id", plan.id},
          {"created", plan.created},
          {"fingerprint",
           {{"deliveries", plan.fingerprint.deliveries},
            {"rules", plan.fingerprint.rules},
            {"directory", plan.fingerprint.directory}}},
          {"holds", std::move(held)},
          {"after", std::move(last)},
          {"files", files_json(plan)}};
}

// Reading ----------------------------------------------------------------------------------------

/// Thrown inside this file only, turned into a Problem at its border.
struct Malformed {
  std::string what;
};

class Reader {
 public:
  explicit Reader(Plan& plan) : plan_(plan) {}

  std::string_view text(const json::value& value) {
    if (value.is_string()) return plan_.store(value.get_string());
    const json::object& object = expect_object(value);
    const json::value* encoded = object.if_contains("base64");
    if (encoded == nullptr || !encoded->is_string()) throw Malformed{"a value is no text"};
    const auto bytes = from_base64(encoded->get_string());
    if (!bytes) throw Malformed{"a base64 value is malformed"};
    return plan_.store(*bytes);
  }

  static const json::object& expect_object(const json::value& value) {
    if (!value.is_object()) throw Malformed{"an object is missing"};
    return value.get_object();
  }
  static const json::value& expect(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr) throw Malformed{"'" + std::string(key) + "' is missing"};
    return *value;
  }
  static std::string plain(const json::object& object, std::string_view key) {
    const json::value& value = expect(object, key);
    if (!value.is_string()) throw Malformed{"'" + std::string(key) + "' is no text"};
    return std::string(value.get_string());
  }
  static std::uint64_t number(const json::value& value) {
    if (value.is_uint64()) return value.get_uint64();
    if (value.is_int64() && value.get_int64() >= 0)
      return static_cast<std::uint64_t>(value.get_int64());
    throw Malformed{"a number is malformed"};
  }

  void head(const json::object& object, std::vector<Hold>& holds, LastApplied& after) {
    if (number(expect(object, "entsync_plan")) != 1) throw Malformed{"its format is not 1"};
    plan_.id = plain(object, "id");
    plan_.created = plain(object, "created");
    const json::object& fingerprint = expect_object(expect(object, "fingerprint"));
    plan_.fingerprint = {plain(fingerprint, "deliveries"), plain(fingerprint, "rules"),
                         plain(fingerprint, "directory")};
    for (const json::value& item : array(expect(object, "holds"))) holds.push_back(hold(item));
    const json::object& last = expect_object(expect(object, "after"));
    for (const auto& item : last) after[std::string(item.key())] = plain(last, item.key());
    for (const json::value& item : array(expect(object, "files")))
      plan_.files.push_back(file(item));
  }

  void change(const json::object& object) {
    Change change;
    const auto operation = parse_operation(plain(object, "operation"));
    const auto kind = parse_entry_kind(plain(object, "kind"));
    if (!operation || !kind) throw Malformed{"an operation or kind is not known"};
    change.operation = *operation;
    change.kind = *kind;
    change.wave = static_cast<std::uint8_t>(number(expect(object, "wave")));
    change.dn = text(expect(object, "dn"));
    change.subject = text(expect(object, "subject"));
    if (const json::value* profil = object.if_contains("profil"); profil != nullptr) {
      change.profil = parse_profil(plain(object, "profil"));
      if (!change.profil) throw Malformed{"a profile is not known"};
    }
    change.rule = optional(object, "rule");
    change.academie = optional(object, "academie");
    change.identifiant = optional(object, "identifiant");
    change.login = optional(object, "login");
    change.csn = optional(object, "csn");
    change.note = optional(object, "note");
    change.approver = optional(object, "approver");
    change.schools = texts(object, "schools");
    std::vector<AttributeChange> attributes;
    for (const json::value& item : array(expect(object, "attributes")))
      attributes.push_back(attribute(expect_object(item)));
    change.attributes = plan_.store(std::span<const AttributeChange>(attributes));
    plan_.changes.push_back(change);
  }

 private:
  static const json::array& array(const json::value& value) {
    if (!value.is_array()) throw Malformed{"a list is missing"};
    return value.get_array();
  }

  std::string_view optional(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? std::string_view{} : text(*value);
  }

  std::span<const std::string_view> texts(const json::object& object, std::string_view key) {
    std::vector<std::string_view> views;
    if (const json::value* value = object.if_contains(key); value != nullptr)
      for (const json::value& item : array(*value)) views.push_back(text(item));
    return plan_.store_views(views);
  }

  AttributeChange attribute(const json::object& object) {
    AttributeChange attribute;
    attribute.attribute = text(expect(object, "attribute"));
    attribute.removed = texts(object, "removed");
    attribute.added = texts(object, "added");
    attribute.ordered = texts(object, "ordered");
    if (const json::value* replace = object.if_contains("replace"); replace != nullptr)
      attribute.replace = replace->is_bool() && replace->get_bool();
    if (const json::value* source = object.if_contains("source"); source != nullptr) {
      const json::array& at = array(*source);
      if (at.size() != 3) throw Malformed{"a source has not three parts"};
      attribute.source = {static_cast<std::uint32_t>(number(at[0])),
                          static_cast<std::uint32_t>(number(at[1])), number(at[2])};
      if (attribute.source.file >= plan_.files.size())
        throw Malformed{"a source names a file that the plan does not list"};
    }
    return attribute;
  }

  SourceFile file(const json::value& value) {
    const json::object& object = expect_object(value);
    const auto category = parse_category(plain(object, "category"));
    if (!category) throw Malformed{"a category is not known"};
    return {plain(object, "academie"),         std::string(text(expect(object, "name"))),
            plain(object, "sha256"),           number(expect(object, "bytes")),
            number(expect(object, "records")), *category};
  }

  static Hold hold(const json::value& value) {
    const json::object& object = expect_object(value);
    Hold hold;
    const std::string scope = plain(object, "scope");
    bool known = false;
    for (const HoldScope s :
         {HoldScope::run, HoldScope::academie, HoldScope::school, HoldScope::profil})
      if (to_string(s) == scope) {
        hold.scope = s;
        known = true;
      }
    const auto surprise = parse_surprise(plain(object, "surprise"));
    if (!known || !surprise) throw Malformed{"a hold is not known"};
    hold.surprise = *surprise;
    hold.key = plain(object, "key");
    hold.count = number(expect(object, "count"));
    hold.population = number(expect(object, "population"));
    hold.limit.floor = number(expect(object, "floor"));
    if (const json::value* percent = object.if_contains("percent"); percent != nullptr)
      hold.limit.percent = percent->to_number<double>();
    if (const json::value* absolute = object.if_contains("absolute"); absolute != nullptr)
      hold.limit.absolute = number(*absolute);
    if (object.contains("season")) hold.season = plain(object, "season");
    return hold;
  }

  Plan& plan_;
};

Problems bad_plan(const std::string& file, std::uint64_t line, const std::string& what) {
  return Problem{Severity::error,
                 "PLAN-010",
                 {file, line, {}},
                 "this is not a whole plan: " + what,
                 "make the plan again; a damaged or altered plan is never applied"};
}

void parse_into(std::string_view body, PlanFile& result, std::uint64_t& line) {
  Reader reader(result.plan);
  const std::size_t split = body.find(before_changes);
  if (split == std::string_view::npos) throw Malformed{"it has no list of changes"};
  reader.head(Reader::expect_object(json::parse(std::string(body.substr(0, split)) + "}")),
              result.holds, result.after);
  std::string_view rest = body.substr(split + before_changes.size());
  while (!rest.empty()) {
    ++line;
    const std::size_t end = rest.find('\n');
    std::string_view one = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (one.ends_with(',')) one.remove_suffix(1);
    reader.change(Reader::expect_object(json::parse(one)));
  }
}

}  // namespace

std::string plan_json(const Plan& plan, const std::vector<Hold>& holds, const LastApplied& after) {
  std::string out = json::serialize(head_json(plan, holds, after));
  out.pop_back();
  out += before_changes;
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    if (i != 0) out += ",\n";
    out += json::serialize(to_json(plan.changes[i]));
  }
  const std::string digest = sha256_hex(out);
  out += before_digest;
  out += digest + "\"}\n";
  return out;
}

Result<void> save_plan(const std::filesystem::path& path, const Plan& plan,
                       const std::vector<Hold>& holds, const LastApplied& after) {
  return write_file_atomically(path, plan_json(plan, holds, after));
}

Result<PlanFile> parse_plan(std::string_view text, const std::string& file) {
  const std::size_t tail = text.rfind(before_digest);
  constexpr std::size_t hex_length = 64;
  if (tail == std::string_view::npos || text.size() < tail + before_digest.size() + hex_length)
    return bad_plan(file, 0, "its end is missing");
  const std::string_view body = text.substr(0, tail);
  if (sha256_hex(body) != text.substr(tail + before_digest.size(), hex_length))
    return bad_plan(file, 0, "its digest does not match");
  PlanFile result;
  std::uint64_t line = 1;
  try {
    parse_into(body, result, line);
  } catch (const Malformed& malformed) {
    return bad_plan(file, line, malformed.what);
  } catch (const boost::system::system_error&) {
    return bad_plan(file, line, "malformed JSON");
  }
  return result;
}

Result<PlanFile> load_plan(const std::filesystem::path& path) {
  auto text = read_file(path);
  if (!text) return text.error();
  return parse_plan(*text, path.string());
}

Result<PlanFile> load_checked_plan(const std::filesystem::path& path) {
  auto file = load_plan(path);
  if (!file) return file;
  if (Problems bugs = check_plan(file->plan); bugs.has_errors()) return bugs;
  return file;
}

std::string plan_digest(const Plan& plan) {
  Sha256 digest;
  digest.update(json::serialize(files_json(plan)));
  for (const Change& change : plan.changes) digest.update(json::serialize(to_json(change)));
  return hex(digest.finish());
}

}  // namespace entsync
