#include "connectors/ldap/search.hpp"

#include <array>

namespace entsync::ldap {

EntryView::EntryView(LDAP* ld, LDAPMessage* message) : ld_(ld), message_(message) {
  BerElement* cursor = nullptr;
  malformed_ = ldap_get_dn_ber(ld_, message_, &cursor, &dn_) != LDAP_SUCCESS;
  cursor_.reset(cursor);
  if (malformed_) dn_ = {0, nullptr};
}

bool EntryView::next() {
  values_ = {};
  owned_.reset();
  if (malformed_ || cursor_ == nullptr) return false;
  berval* values = nullptr;
  const int code = ldap_get_attribute_ber(ld_, message_, cursor_.get(), &attribute_, &values);
  owned_.reset(values);
  malformed_ = code != LDAP_SUCCESS;
  if (malformed_ || attribute_.bv_val == nullptr) return false;
  std::size_t count = 0;
  while (values != nullptr && values[count].bv_val != nullptr) ++count;
  values_ = {values, count};
  return true;
}

int SearchRequest::send(LDAP* ld, int& message_id) {
  std::vector<char*> attributes;
  for (std::string& name : search_.attributes) attributes.push_back(name.data());
  attributes.push_back(nullptr);
  Control page;
  if (search_.page_size > 0) {
    berval cookie{search_.page.size(), search_.page.data()};
    LDAPControl* control = nullptr;
    const int code = ldap_create_page_control(ld, search_.page_size, &cookie, 1, &control);
    if (code != LDAP_SUCCESS) return code;
    page.reset(control);
  }
  std::array<LDAPControl*, 2> controls{page.get(), nullptr};
  return ldap_search_ext(ld, search_.base.c_str(), search_.scope, search_.filter.c_str(),
                         attributes.data(), 0, controls.data(), nullptr, nullptr, 0, &message_id);
}

void SearchRequest::on_entry(LDAP* ld, LDAPMessage* message) {
  EntryView entry(ld, message);
  search_.on_entry(entry);
}

}  // namespace entsync::ldap
