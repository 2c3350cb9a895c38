#pragma once
/// Faults that deliveries really have, or that an attacker would make, put into a directory
/// delivery one at a time. Each says where it struck.

#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "delivery_files.hpp"

namespace generator {

struct DefectContext {
  DeliveryFiles files;
  Random random;
  /// UAIs in scope, read from the registry beside the delivery; empty: every school will do.
  std::set<std::string> enrolled;
  std::function<void(const std::string& where, const std::string& what)> report;
};

struct Defect {
  std::string_view name;
  std::string_view description;
  void (*apply)(DefectContext&);
};

std::span<const Defect> defects();
const Defect* find_defect(std::string_view name);
/// UAIs of the registry that are enrolled and not ended.
std::set<std::string> enrolled_uais(const std::filesystem::path& registry);

// The defects themselves, by where they strike. Each throws std::runtime_error when the delivery
// does not offer what it needs.
namespace defect {

// Files and archives
void missing_category(DefectContext&);
void missing_part(DefectContext&);
void truncated_part(DefectContext&);
void empty_category(DefectContext&);
void empty_feed(DefectContext&);
void two_roots(DefectContext&);
void bad_encoding(DefectContext&);
void html_entities(DefectContext&);
void double_encoded(DefectContext&);
void wrong_academie(DefectContext&);
void older_date(DefectContext&);
void path_traversal(DefectContext&);
void zip_damaged(DefectContext&);
// Many records
void lost_school(DefectContext&);
void lost_pupils_30(DefectContext&);
void lost_pupils_school_40(DefectContext&);
void mail_lost(DefectContext&);
void same_uai_two_ids(DefectContext&);
// One record
void unknown_attribute(DefectContext&);
void duplicate_record(DefectContext&);
void contradictory_record(DefectContext&);
void id_mismatch(DefectContext&);
void no_jointure(DefectContext&);
void dangling_responsable(DefectContext&);
void duplicate_link(DefectContext&);
void dangling_structure(DefectContext&);
void duplicate_class(DefectContext&);
void class_two_labels(DefectContext&);
void trailing_empty_part(DefectContext&);
void bad_birth_date(DefectContext&);
void empty_names(DefectContext&);
void missing_civilite(DefectContext&);
void malformed_contact(DefectContext&);
void no_attachment(DefectContext&);
void no_function(DefectContext&);
void function_dash(DefectContext&);
void unknown_function(DefectContext&);
void bad_uai(DefectContext&);

}  // namespace defect
}  // namespace generator
