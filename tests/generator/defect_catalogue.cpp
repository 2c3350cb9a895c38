#include <algorithm>
#include <array>
#include <sstream>

#include "defects.hpp"
#include "sink.hpp"

namespace generator {
namespace {

constexpr std::array catalogue{
    Defect{"missing-category", "no PersRelEleve file at all", defect::missing_category},
    Defect{"missing-part", "one numbered part in the middle of a category is gone",
           defect::missing_part},
    Defect{"truncated-part", "an Eleve file ends in the middle of a record",
           defect::truncated_part},
    Defect{"empty-category", "the Eleve file has a root and no record", defect::empty_category},
    Defect{"empty-feed", "every category has a root and no record", defect::empty_feed},
    Defect{"two-roots", "a file holds two XML documents one after the other", defect::two_roots},
    Defect{"bad-encoding", "bytes that the declared encoding does not have", defect::bad_encoding},
    Defect{"html-entities", "accents written as HTML entities, which the DTD lacks",
           defect::html_entities},
    Defect{"double-encoded", "apostrophes written as &amp;apos;", defect::double_encoded},
    Defect{"wrong-academie", "all structures belong to another académie", defect::wrong_academie},
    Defect{"older-date", "the file names carry a date of thirty days before", defect::older_date},
    Defect{"path-traversal", "packed as .tgz with an entry named ../../…", defect::path_traversal},
    Defect{"zip-damaged", "packed as .zip, bytes in the middle changed", defect::zip_damaged},
    Defect{"lost-school", "all pupils and staff of one école are gone", defect::lost_school},
    Defect{"lost-pupils-30", "30 % of the pupils of the académie are gone", defect::lost_pupils_30},
    Defect{"lost-pupils-school-40", "40 % of the pupils of one école are gone",
           defect::lost_pupils_school_40},
    Defect{"mail-lost", "half the staff of one école has no mail any more", defect::mail_lost},
    Defect{"same-uai-two-ids", "one UAI under two jointures, half the pupils on each",
           defect::same_uai_two_ids},
    Defect{"unknown-attribute", "attributes that no annex names", defect::unknown_attribute},
    Defect{"duplicate-record", "one pupil twice, word for word", defect::duplicate_record},
    Defect{"contradictory-record", "one pupil twice, with different birth dates",
           defect::contradictory_record},
    Defect{"id-mismatch", "identifier and jointure of a record differ", defect::id_mismatch},
    Defect{"no-jointure", "a record without identifier and jointure", defect::no_jointure},
    Defect{"dangling-responsable", "a pupil names a responsable that is in no file",
           defect::dangling_responsable},
    Defect{"duplicate-link", "a pupil names one responsable twice", defect::duplicate_link},
    Defect{"dangling-structure", "a pupil is attached to a structure that is in no file",
           defect::dangling_structure},
    Defect{"duplicate-class", "a pupil is twice in one class", defect::duplicate_class},
    Defect{"class-two-labels", "pupils of one class name it differently", defect::class_two_labels},
    Defect{"trailing-empty-part", "a class value ends with an empty label",
           defect::trailing_empty_part},
    Defect{"bad-birth-date", "a pupil born on 31 February", defect::bad_birth_date},
    Defect{"empty-names", "a responsable without any name", defect::empty_names},
    Defect{"missing-civilite", "a pupil without civilité", defect::missing_civilite},
    Defect{"malformed-contact", "a responsable with malformed mail and phones",
           defect::malformed_contact},
    Defect{"no-attachment", "no member of staff has an attachment", defect::no_attachment},
    Defect{"no-function", "a member of staff without any function or attachment",
           defect::no_function},
    Defect{"function-dash", "a teacher's function becomes '-'", defect::function_dash},
    Defect{"unknown-function", "a teacher's function code is in no table",
           defect::unknown_function},
    Defect{"bad-uai", "an école's UAI has the wrong check letter", defect::bad_uai},
};

}  // namespace

std::span<const Defect> defects() {
  return catalogue;
}

const Defect* find_defect(std::string_view name) {
  const auto* const found = std::ranges::find(catalogue, name, &Defect::name);
  return found == catalogue.end() ? nullptr : found;
}

std::set<std::string> enrolled_uais(const std::filesystem::path& registry) {
  std::set<std::string> result;
  std::istringstream lines(read_file(registry));
  std::string uai;
  const auto quoted = [](const std::string& line) {
    const std::size_t first = line.find('"');
    return line.substr(first + 1, line.rfind('"') - first - 1);
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("uai =")) uai = quoted(line);
    if (!line.starts_with("etat =")) continue;
    const std::string etat = quoted(line);
    if (etat != "resiliee" && etat != "retiree") result.insert(uai);
  }
  return result;
}

}  // namespace generator
