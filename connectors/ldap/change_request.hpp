#pragma once
/// One change of a plan as an LDAP operation. Values are sent byte for byte from the plan's own
/// memory.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/ldap/request.hpp"
#include "core/plan.hpp"

namespace entsync::ldap {

/// An add, modify or delete request that can be sent, with everything libldap wants pointers to.
/// `change`'s own text must live until the operation has ended.
///
/// A create adds all `added` values. A remove deletes the entry. Every other operation is one
/// modify: for each attribute in order, delete of `removed`, then add of `added`, so that a
/// single-valued attribute can change its value (RFC 4511 §4.6: modifications apply in the order
/// listed, all or none); `replace` sends `added` as the whole attribute, for attributes without
/// equality rule.
class ChangeRequest : public Request {
 public:
  /// With `assert_unchanged`, a modify or delete of a change with a CSN carries a critical
  /// assertion (RFC 4528) that the entry's entryCSN still is that one.
  ChangeRequest(const Change& change, bool assert_unchanged);

  int send(LDAP* ld, int& message_id) override;
  [[nodiscard]] int answer_type() const override;
  [[nodiscard]] std::string_view name() const override;

  [[nodiscard]] const std::string& assertion() const { return assertion_; }
  /// The modifications, null-terminated, for an add or a modify.
  [[nodiscard]] LDAPMod** modifications() { return list_.data(); }

 private:
  enum class Kind { add, modify, remove };
  void reserve(const Change& change);
  void append(int operation, std::string_view attribute, std::span<const std::string_view> values);

  Kind kind_;
  std::string dn_;
  std::string assertion_;  ///< filter, empty when nothing is asserted
  bool has_nul_ = false;
  std::vector<std::string> names_;
  std::vector<berval> values_;
  std::vector<berval*> pointers_;
  std::vector<LDAPMod> mods_;
  std::vector<LDAPMod*> list_;
};

}  // namespace entsync::ldap
