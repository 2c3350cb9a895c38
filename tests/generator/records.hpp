#pragma once
/// Turns the model's rows into records, attribute by attribute in the order of the delivery of
/// 2020.

#include <string>
#include <vector>

#include "record_writer.hpp"
#include "world.hpp"

namespace generator {

class Records {
 public:
  Records(const World& world, const Academie& academie, const Names& names);

  void write(const Ecole& ecole, std::string& out);
  void write(const Service& service, std::string& out);
  void write(const Eleve& eleve, std::string& out);
  void write_responsable(Index responsable, std::string& out);
  void write(const Personnel& personnel, std::string& out);

 private:
  struct StructureText;
  void write_structure(const StructureText& structure, std::string& out);
  void write_names(RecordWriter& record, std::string_view patronyme, std::string_view nom,
                   std::string_view prenom);
  void write_address(RecordWriter& record, const Responsable& r);
  void write_contact(RecordWriter& record, const Responsable& r);
  [[nodiscard]] std::string classe_value(Index classe) const;
  [[nodiscard]] std::string classe_label(const Classe& classe) const;
  void invert_liens();

  const World& world_;
  const Academie& academie_;
  const Names& names_;
  std::string domain_;
  // Pupils of each responsable, as one table and the first place of each.
  std::vector<std::uint32_t> first_pupil_;
  std::vector<std::uint32_t> pupils_;
};

}  // namespace generator
