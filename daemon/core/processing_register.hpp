#pragma once
/// The register of processing activities (GDPR art. 30) as far as it is data beside the rules: for
/// each directory attribute what it is called by people, of which category it is and what for it is
/// processed; for each category who gets it. What else the register says comes from the
/// configuration at hand.

#include <string>
#include <string_view>
#include <vector>

#include "problem.hpp"
#include "rules.hpp"

namespace entsync {

/// A category of data, and who gets data of it (arrêté of 30 November 2006, art. 4).
struct DataCategory {
  std::string id;
  std::string label;
  std::vector<std::string> recipients;
};

/// What data is processed for.
struct Purpose {
  std::string id;
  std::string text;
};

/// What the register says of one attribute.
struct RegisterLine {
  std::string attribute;
  std::string label;     ///< what a parent would call it
  std::string category;  ///< DataCategory::id
  std::string purpose;   ///< Purpose::id
};

struct ProcessingRegister {
  std::string file;
  std::string legal_basis;
  std::vector<DataCategory> categories;
  std::vector<Purpose> purposes;
  std::vector<RegisterLine> lines;

  /// Names are compared without case; nullptr when the register has no line for the attribute.
  [[nodiscard]] const RegisterLine* line_of(std::string_view attribute) const;
  [[nodiscard]] const DataCategory& category_of(const RegisterLine& line) const;
  [[nodiscard]] const Purpose& purpose_of(const RegisterLine& line) const;
};

/// Attributes that the rules name and the register does not: errors. Lines for attributes that no
/// rule names: warnings.
Problems compare(const ProcessingRegister& processing, const Rules& rules);

}  // namespace entsync
