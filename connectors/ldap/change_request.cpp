#include "connectors/ldap/change_request.hpp"

#include <array>

namespace entsync::ldap {
namespace {

/// Value of a filter (RFC 4515 §3). CSNs hold digits, letters, '.', '#': nothing to escape; this is
/// for servers that think otherwise.
std::string filter_value(std::string_view value) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::string_view("*()\\\0", 5).find(c) != std::string_view::npos) {
      out += '\\';
      out += hex[byte >> 4U];
      out += hex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out;
}

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

}  // namespace

ChangeRequest::ChangeRequest(const Change& change, bool assert_unchanged)
    : kind_(change.operation == Operation::create   ? Kind::add
            : change.operation == Operation::remove ? Kind::remove
                                                    : Kind::modify),
      dn_(change.dn),
      has_nul_(has_nul(change.dn)) {
  if (assert_unchanged && kind_ != Kind::add && !change.csn.empty())
    assertion_ = "(entryCSN=" + filter_value(change.csn) + ")";
  if (kind_ == Kind::remove) return;
  reserve(change);
  for (const AttributeChange& attribute : change.attributes) {
    has_nul_ = has_nul_ || has_nul(attribute.attribute);
    if (kind_ == Kind::add) {
      append(LDAP_MOD_ADD, attribute.attribute, attribute.added);
    } else if (attribute.replace) {
      append(LDAP_MOD_REPLACE, attribute.attribute, attribute.added);
    } else {
      if (!attribute.removed.empty())
        append(LDAP_MOD_DELETE, attribute.attribute, attribute.removed);
      if (!attribute.added.empty()) append(LDAP_MOD_ADD, attribute.attribute, attribute.added);
    }
  }
  for (LDAPMod& mod : mods_) list_.push_back(&mod);
  list_.push_back(nullptr);
}

/// Pointers go into these vectors: none may grow while it is filled.
void ChangeRequest::reserve(const Change& change) {
  std::size_t values = 0;
  for (const AttributeChange& attribute : change.attributes)
    values += attribute.removed.size() + attribute.added.size();
  const std::size_t mods = 2 * change.attributes.size();
  names_.reserve(mods);
  mods_.reserve(mods);
  values_.reserve(values);
  pointers_.reserve(values + mods);
  list_.reserve(mods + 1);
}

void ChangeRequest::append(int operation, std::string_view attribute,
                           std::span<const std::string_view> values) {
  LDAPMod mod{};
  mod.mod_op = operation | LDAP_MOD_BVALUES;
  mod.mod_type = names_.emplace_back(attribute).data();
  if (!values.empty()) {
    mod.mod_bvalues = pointers_.data() + pointers_.size();
    for (const std::string_view value : values) {
      // An empty value (the placeholder member of a group) needs an address all the same.
      const char* bytes = value.empty() ? "" : value.data();
      values_.push_back({value.size(), const_cast<char*>(bytes)});
      pointers_.push_back(&values_.back());
    }
    pointers_.push_back(nullptr);
  }
  mods_.push_back(mod);
}

int ChangeRequest::send(LDAP* ld, int& message_id) {
  // libldap takes DN and names as C strings: it would silently cut them.
  if (has_nul_) return LDAP_PARAM_ERROR;
  Control assertion;
  if (!assertion_.empty()) {
    LDAPControl* control = nullptr;
    const int code = ldap_create_assertion_control(ld, assertion_.data(), 1, &control);
    if (code != LDAP_SUCCESS) return code;
    assertion.reset(control);
  }
  std::array<LDAPControl*, 2> controls{assertion.get(), nullptr};
  switch (kind_) {
    case Kind::add:
      return ldap_add_ext(ld, dn_.c_str(), list_.data(), controls.data(), nullptr, &message_id);
    case Kind::modify:
      return ldap_modify_ext(ld, dn_.c_str(), list_.data(), controls.data(), nullptr, &message_id);
    case Kind::remove:
      return ldap_delete_ext(ld, dn_.c_str(), controls.data(), nullptr, &message_id);
  }
  return LDAP_PARAM_ERROR;
}

int ChangeRequest::answer_type() const {
  switch (kind_) {
    case Kind::add:
      return LDAP_RES_ADD;
    case Kind::modify:
      return LDAP_RES_MODIFY;
    case Kind::remove:
      return LDAP_RES_DELETE;
  }
  return 0;
}

std::string_view ChangeRequest::name() const {
  switch (kind_) {
    case Kind::add:
      return "add";
    case Kind::modify:
      return "modify";
    case Kind::remove:
      return "delete";
  }
  return "?";
}

}  // namespace entsync::ldap
