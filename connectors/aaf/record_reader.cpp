#include "record_reader.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "attribute_name.hpp"
#include "prologue.hpp"

namespace entsync::aaf {
namespace {

constexpr std::size_t most16 = std::numeric_limits<std::uint16_t>::max();

bool is_blank(const char* text) {
  while (is_xml_space(*text)) ++text;
  return *text == '\0';
}

bool has_content(std::string_view text) {
  return !std::ranges::all_of(text, is_xml_space);
}

bool is_element(pugi::xml_node node) {
  return node.type() == pugi::node_element;
}

/// Whether an element holds any text or, against the grammar, another element.
bool has_content(pugi::xml_node element) {
  if (!is_blank(element.value())) return true;
  for (auto piece = element.first_child(); piece; piece = piece.next_sibling())
    if (is_element(piece) || !is_blank(piece.value())) return true;
  return false;
}

std::string in_quotes(std::string_view name) {
  return "'" + std::string(name) + "'";
}

}  // namespace

bool is_usable_id(std::string_view id) {
  constexpr std::size_t longest = 32;
  return !id.empty() && id.size() <= longest && std::ranges::all_of(id, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
}

RecordReader::RecordReader(const Vocabulary& vocabulary, const Required& required)
    : vocabulary_(vocabulary), required_(required) {}

RecordReader::Outcome RecordReader::read(const Request& request, const RecordContext& context) {
  if (context.category != context_.category) remembered_.clear();
  context_ = context;
  draft_.category = context.category;
  draft_.request = request.kind;
  draft_.id.clear();
  draft_.position = {context.file, static_cast<std::uint32_t>(request.line), request.offset};
  draft_.value_count = 0;
  named_.clear();
  dropped_.clear();
  claimed_.reset();
  jointure_.clear();
  code_.clear();
  reason_.clear();
  malformed_.reset();
  places_ = RequestPlaces(request);
  if (request.newlines.size() > most16) reject("AAF-058", "the record has more than 65 535 lines");
  // All is read even after a rejection: it must name whom it concerns as narrowly as possible.
  if (request.usual != nullptr)
    read_usual(*request.usual);
  else
    read_tree(request);
  if (malformed_) return Outcome::malformed;
  if (code_.empty()) check_whole();
  return code_.empty() ? Outcome::usable : Outcome::rejected;
}

void RecordReader::read_usual(const UsualRequest& request) {
  read_identifier(request.id());
  read_category(request.category_name(), request.category());
  std::size_t position = 0;
  for (const UsualRequest::Attribute& attribute : request.attributes()) {
    name_ = attribute.name;
    const auto each_value = [values = request.values_of(attribute)](auto visit) {
      return std::ranges::all_of(values, visit);
    };
    if (!read_named(position++, each_value)) return;
  }
}

void RecordReader::read_tree(const Request& request) {
  malformed_ = tree_.parse(request);
  if (malformed_) return;
  read_parts();
  read_identifier();
  read_category();
  read_attributes();
}

std::vector<RejectedRecord> RecordReader::rejected() const {
  const std::string& id = draft_.id.empty() ? jointure_ : draft_.id;
  std::vector<RejectedRecord> all{{context_.category, id, draft_.position, code_, reason_}};
  if (claimed_ && *claimed_ != context_.category)
    all.push_back({claimed_, id, draft_.position, code_, reason_});
  if (jointure_ != id && !jointure_.empty())
    all.push_back({context_.category, jointure_, draft_.position, code_, reason_});
  return all;
}

/// The first reason stands; false, for the callers to pass on.
bool RecordReader::reject(std::string code, std::string reason) {
  if (code_.empty()) {
    code_ = std::move(code);
    reason_ = std::move(reason);
  }
  return false;
}

/// Calls `visit` for each child element, all of which must have this name; stops when it says
/// false. No text may stand between them.
template <class Visit>
bool RecordReader::each_child(pugi::xml_node parent, const char* name, Visit visit) {
  bool blank = is_blank(parent.value());
  for (auto child = parent.first_child(); child && blank; child = child.next_sibling()) {
    if (std::strcmp(child.name(), name) == 0) {
      if (!visit(child)) return false;
    } else if (is_element(child)) {
      return reject("AAF-061", in_quotes(parent.name()) + " holds an element other than " + name);
    } else {
      blank = is_blank(child.value());
    }
  }
  return blank ||
         reject("AAF-061", "text stands in " + in_quotes(parent.name()) + ", outside any value");
}

/// The child that the grammar asks for exactly once; none when it is missing or something is wrong.
pugi::xml_node RecordReader::only_child(pugi::xml_node parent, const char* name) {
  pugi::xml_node found;
  std::size_t count = 0;
  const bool fine = each_child(parent, name, [&](pugi::xml_node child) {
    found = child;
    ++count;
    return true;
  });
  return fine && count == 1 ? found : pugi::xml_node();
}

void RecordReader::read_parts() {
  operational_ = identifier_ = body_ = {};
  const char* const body = draft_.request == RequestKind::add      ? "attributes"
                           : draft_.request == RequestKind::modify ? "modifications"
                                                                   : "";
  const pugi::xml_node root = tree_.root();
  bool blank = is_blank(root.value());
  for (auto part = root.first_child(); part; part = part.next_sibling()) {
    if (!is_element(part))
      blank = blank && is_blank(part.value());
    else if (std::strcmp(part.name(), "operationalAttributes") == 0)
      take_part(part, operational_);
    else if (std::strcmp(part.name(), "identifier") == 0)
      take_part(part, identifier_);
    else if (std::strcmp(part.name(), body) == 0)
      take_part(part, body_);
    else
      reject("AAF-061", "the request holds an element that does not belong there");
  }
  if (!blank) reject("AAF-061", "text stands in " + in_quotes(root.name()) + ", outside any value");
}

void RecordReader::take_part(pugi::xml_node part, pugi::xml_node& place) {
  if (place)
    reject("AAF-061", "the request holds the element " + in_quotes(part.name()) + " twice");
  else
    place = part;
}

void RecordReader::read_category() {
  const pugi::xml_node attribute = only_child(operational_, "attr");
  const pugi::xml_node value = only_child(attribute, "value");
  if (value)
    read_category(attribute.attribute("name").value(), value);
  else
    reject_category();
}

void RecordReader::reject_category() {
  reject("AAF-050",
         "operationalAttributes does not name one categoriePersonne or categorieStructure");
}

template <class Text>
void RecordReader::read_category(std::string_view name, Text value) {
  if (name != "categoriePersonne" && name != "categorieStructure") {
    reject_category();
    return;
  }
  if (!read_text(value, scratch_, "operationalAttributes")) return;
  claimed_ = parse_aaf_category(scratch_);
  const bool structure = context_.category == Category::etab_educ_nat;
  if (claimed_ != context_.category || (name == "categorieStructure") != structure)
    reject("AAF-051", "the record says that it is " +
                          (claimed_ ? "of category " + std::string(to_string(*claimed_)) + " (" +
                                          std::string(name) + ")"
                                    : std::string("of another category")) +
                          ", but stands in a file of " + std::string(to_string(context_.category)));
}

void RecordReader::read_identifier() {
  if (const pugi::xml_node id = only_child(identifier_, "id"))
    read_identifier(id);
  else
    reject("AAF-052", "the record has no identifier, or several");
}

template <class Text>
void RecordReader::read_identifier(Text id) {
  if (!read_text(id, draft_.id, "identifier")) {
    draft_.id.clear();
    return;
  }
  if (is_usable_id(draft_.id)) return;
  reject("AAF-053", "the identifier is not 1 to 32 letters, digits, '.', '_' or '-'");
  draft_.id.clear();
}

void RecordReader::read_attributes() {
  if (!body_) {
    if (draft_.request == RequestKind::add)
      reject("AAF-061", "the addRequest has no attributes");
    else if (draft_.request == RequestKind::modify)
      reject("AAF-061", "the modifyRequest has no modifications");
    return;
  }
  const char* const element = draft_.request == RequestKind::add ? "attr" : "modification";
  std::size_t position = 0;
  if (each_child(body_, element,
                 [&](pugi::xml_node attribute) { return read_attribute(attribute, position++); }))
    keep_cleared();
}

bool RecordReader::read_attribute(pugi::xml_node attribute, std::size_t position) {
  if (!find_name(attribute)) return false;
  const auto each_value = [this, attribute](auto visit) {
    return each_child(attribute, "value", visit);
  };
  if (draft_.request != RequestKind::modify) return read_named(position, each_value);
  const Known* const known = look_up(position);
  if (known != nullptr && !check_operation(attribute)) return false;
  if (known != nullptr && known->wanted) note_named(attribute, *known->wanted);
  return read_named(position, each_value);
}

/// The values of the attribute name_, which `each_value` visits until one is refused.
template <class EachValue>
bool RecordReader::read_named(std::size_t position, EachValue each_value) {
  const Known* const known = look_up(position);
  if (known == nullptr) return reject("AAF-060", "an attribute has no name, or an impossible one");
  if (known->jointure && !each_value([this](auto value) { return this->read_jointure(value); }))
    return false;
  if (known->wanted)
    return each_value(
        [this, known](auto value) { return this->read_value(value, *known->wanted); });
  return known->jointure || read_unwanted(each_value);
}

/// What name_ means; null when it is no name. Records of a file list their attributes in one order,
/// mostly: the name that stood at this position in an earlier record is tried first, which saves
/// the checking and hashing.
const RecordReader::Known* RecordReader::look_up(std::size_t position) {
  constexpr std::size_t most_remembered = 256;
  position = std::min(position, most_remembered);
  if (position >= remembered_.size()) remembered_.resize(position + 1);
  Known& known = remembered_[position];
  if (!known.name.empty() && known.name == name_) return &known;
  if (!is_attribute_name(name_)) return nullptr;
  known = {std::string(name_), vocabulary_.find(name_), is_jointure(name_)};
  return &known;
}

/// Sets name_. XML forbids to give an attribute twice; pugixml does not mind.
bool RecordReader::find_name(pugi::xml_node attribute) {
  constexpr std::size_t most = 8;  // the grammar has two; comparing each with each must stay cheap
  std::size_t count = 0;
  name_ = {};
  for (auto one = attribute.first_attribute(); one; one = one.next_attribute()) {
    if (++count > most) return reject("AAF-061", "an element has more than 8 XML attributes");
    if (std::strcmp(one.name(), "name") == 0) name_ = one.value();
    for (auto other = one.next_attribute(); other; other = other.next_attribute()) {
      if (std::strcmp(one.name(), other.name()) != 0) continue;
      const std::size_t offset = places_.offset_of(other.name());
      malformed_ = Malformed{offset, places_.line_of(offset), "an attribute is given twice"};
      return false;
    }
  }
  return true;
}

bool RecordReader::check_operation(pugi::xml_node modification) {
  return std::strcmp(modification.attribute("operation").value(), "replace") == 0 ||
         reject("AAF-059", "the modification of " + in_quotes(name_) +
                               " asks for an operation other than replace");
}

bool RecordReader::is_jointure(std::string_view name) const {
  return name == (context_.category == Category::etab_educ_nat ? "ENTStructureJointure"
                                                               : "ENTPersonJointure");
}

template <class Text>
bool RecordReader::read_jointure(Text value) {
  if (!read_text(value, scratch_, name_)) return false;
  if (scratch_.empty()) return true;
  if (is_usable_id(scratch_)) jointure_ = scratch_;
  return scratch_ == draft_.id || draft_.id.empty() ||
         reject("AAF-054", "the identifier differs from " + in_quotes(name_));
}

template <class EachValue>
bool RecordReader::read_unwanted(EachValue each_value) {
  bool filled = false;
  const bool fine = each_value([&filled](auto value) {
    filled = filled || has_content(value);
    return true;
  });
  if (filled) dropped_.push_back(name_);
  return fine;
}

void RecordReader::note_named(pugi::xml_node modification, FeedAttribute wanted) {
  if (std::ranges::find(named_, wanted, &Named::attribute) != named_.end()) return;
  const std::size_t offset = places_.offset_of(modification.name()) - 1;
  named_.push_back({wanted, places_.line_of(offset), static_cast<std::uint32_t>(offset)});
}

template <class Text>
bool RecordReader::read_value(Text delivered, FeedAttribute wanted) {
  RecordDraft::Value& value = next_value();
  if (!read_text(delivered, value.text, name_)) return false;
  if (value.text.empty()) return true;
  if (value.text.size() > most16)
    return reject("AAF-057", "a value of " + in_quotes(name_) + " is longer than 65 535 bytes");
  if (draft_.value_count == most16)
    return reject("AAF-058", "the record has more than 65 535 values");
  const std::size_t offset = places_.offset_of(text_.where());
  value.attribute = wanted;
  value.offset_delta = static_cast<std::uint32_t>(offset);
  value.line_delta = places_.line_of(offset);
  ++draft_.value_count;
  return true;
}

RecordDraft::Value& RecordReader::next_value() {
  if (draft_.value_count == draft_.values.size()) draft_.values.emplace_back();
  return draft_.values[draft_.value_count];
}

/// The text of `element`, which holds character data only.
bool RecordReader::read_text(pugi::xml_node element, std::string& out, std::string_view what) {
  text_.start(context_.charset, out);
  if (!accept(text_.add(element.value()), what)) return false;
  for (auto piece = element.first_child(); piece; piece = piece.next_sibling()) {
    if (is_element(piece))
      return reject("AAF-061", "an element stands inside a value of " + in_quotes(what));
    if (piece.type() == pugi::node_cdata)
      text_.add_cdata(piece.value());
    else if (!accept(text_.add(piece.value()), what))
      return false;
  }
  text_.finish();
  return true;
}

bool RecordReader::read_text(std::string_view delivered, std::string& out, std::string_view what) {
  text_.start(context_.charset, out);
  if (!accept(text_.add(delivered), what)) return false;
  text_.finish();
  return true;
}

bool RecordReader::accept(TextFault fault, std::string_view what) {
  const std::string where = fault == TextFault::none ? "" : " in a value of " + in_quotes(what);
  switch (fault) {
    case TextFault::none:
      return true;
    case TextFault::unknown_entity:
      return reject("AAF-056", "an entity that neither XML nor HTML 4 defines" + where);
    case TextFault::malformed:
      return reject("AAF-064", "an '&' that begins no reference" + where);
    case TextFault::forbidden:
      return reject("AAF-065", "a reference to a character that XML forbids" + where);
  }
  return false;
}

bool RecordReader::has_value(FeedAttribute attribute) const {
  for (std::size_t i = 0; i < draft_.value_count; ++i)
    if (draft_.values[i].attribute == attribute && !draft_.values[i].text.empty()) return true;
  return false;
}

/// Attributes of a modifyRequest without any value stay in the record as one empty value.
void RecordReader::keep_cleared() {
  for (const Named& named : named_) {
    if (has_value(named.attribute)) continue;
    if (draft_.value_count == most16) {
      reject("AAF-058", "the record has more than 65 535 values");
      return;
    }
    RecordDraft::Value& value = next_value();
    value.text.clear();
    value.attribute = named.attribute;
    value.line_delta = named.line;
    value.offset_delta = named.offset;
    ++draft_.value_count;
  }
}

void RecordReader::check_whole() {
  if (context_.kind == DeliveryKind::complet && draft_.request != RequestKind::add) {
    reject("AAF-063", "a Complet holds addRequests only, this is another request");
    return;
  }
  if (draft_.request == RequestKind::remove) return;
  for (const FeedAttribute required : required_[static_cast<std::size_t>(context_.category)]) {
    const bool asked = draft_.request == RequestKind::add ||
                       std::ranges::find(named_, required, &Named::attribute) != named_.end();
    if (!asked || has_value(required)) continue;
    reject("AAF-055", "the attribute " + in_quotes(vocabulary_.name(required)) +
                          " is required and has no value");
    return;
  }
}

}  // namespace entsync::aaf
