#pragma once
/// A search operation, and a view of one entry of its answer that copies nothing: values are spans
/// into the message (ldap_get_attribute_ber is four times faster than ldap_get_values_len, which
/// looks through the whole entry again for each attribute).

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/ldap/request.hpp"

namespace entsync::ldap {

inline std::string_view view(const berval& value) {
  return {value.bv_val, value.bv_len};
}

/// Walks the attributes of one search entry, first to last, once.
class EntryView {
 public:
  EntryView(LDAP* ld, LDAPMessage* message);

  [[nodiscard]] std::string_view dn() const { return view(dn_); }
  /// The next attribute with its values; false at the end. Views live until the next call.
  bool next();
  [[nodiscard]] std::string_view attribute() const { return view(attribute_); }
  [[nodiscard]] std::span<const berval> values() const { return values_; }
  /// The entry does not decode. Known for certain only once next() returned false.
  [[nodiscard]] bool is_malformed() const { return malformed_; }

 private:
  LDAP* ld_;
  LDAPMessage* message_;
  Cursor cursor_;
  berval dn_{0, nullptr};
  berval attribute_{0, nullptr};
  Owned<berval> owned_;
  std::span<const berval> values_;
  bool malformed_ = false;
};

/// What to search, and who is given the entries.
struct Search {
  std::string base;
  int scope = LDAP_SCOPE_BASE;
  std::vector<std::string> attributes{};
  std::string filter = "(objectClass=*)";
  int page_size = 0;   ///< 0: no paging
  std::string page{};  ///< where the page starts (RFC 2696), empty for the first
  std::function<void(EntryView&)> on_entry{};
};

class SearchRequest : public Request {
 public:
  explicit SearchRequest(Search search) : search_(std::move(search)) {}
  int send(LDAP* ld, int& message_id) override;
  [[nodiscard]] int answer_type() const override { return LDAP_RES_SEARCH_RESULT; }
  [[nodiscard]] std::string_view name() const override { return "search"; }
  void on_entry(LDAP* ld, LDAPMessage* message) override;
  void on_reference() override { ++*references_; }

  /// Number of search references (RFC 4511 §4.5.3) received: parts of the tree that live elsewhere.
  /// May be asked after the request is gone.
  [[nodiscard]] std::shared_ptr<const std::size_t> references() const { return references_; }

 private:
  Search search_;
  std::shared_ptr<std::size_t> references_ = std::make_shared<std::size_t>(0);
};

}  // namespace entsync::ldap
