#include "state.hpp"

#include <cstring>
#include <fstream>
#include <stdexcept>

#include "random.hpp"

namespace generator {
namespace {

constexpr std::string_view magic = "entsync-gen state 1\n";

/// Hash of the bytes in order; finds damage, not malice.
class Checksum {
 public:
  void add(const char* data, std::size_t size) {
    for (std::size_t at = 0; at < size; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, data + at, std::min<std::size_t>(8, size - at));
      value_ = mix(value_ ^ word) + size;
    }
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

class Writer {
 public:
  explicit Writer(const std::filesystem::path& file) : out_(file, std::ios::binary) {}

  template <class T>
  requires std::has_unique_object_representations_v<T>
  void put(const T& value) { bytes(reinterpret_cast<const char*>(&value), sizeof value); }
  template <class T>
  void put(const std::vector<T>& table) {
    static_assert(std::has_unique_object_representations_v<T>);
    put(std::uint64_t{table.size()});
    bytes(reinterpret_cast<const char*>(table.data()), table.size() * sizeof(T));
  }
  void bytes(const char* data, std::size_t size) {
    sum_.add(data, size);
    out_.write(data, static_cast<std::streamsize>(size));
  }
  bool finish() {
    const std::uint64_t sum = sum_.value();
    out_.write(reinterpret_cast<const char*>(&sum), sizeof sum);
    out_.close();
    return out_.good();
  }

 private:
  std::ofstream out_;
  Checksum sum_;
};

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : in_(file, std::ios::binary) {
    std::error_code failed;
    left_ = std::filesystem::file_size(file, failed);
    if (!in_ || failed) throw std::runtime_error("cannot open state file " + file.string());
  }

  template <class T>
  requires std::has_unique_object_representations_v<T>
  void get(T& value) { bytes(reinterpret_cast<char*>(&value), sizeof value); }
  template <class T>
  void get(std::vector<T>& table) {
    std::uint64_t size = 0;
    get(size);
    if (size > left_ / sizeof(T))
      throw std::runtime_error("the state file is truncated or damaged");
    table.resize(size);
    bytes(reinterpret_cast<char*>(table.data()), size * sizeof(T));
  }
  void bytes(char* data, std::size_t size) {
    if (size > left_ || !in_.read(data, static_cast<std::streamsize>(size)))
      throw std::runtime_error("the state file is truncated or damaged");
    left_ -= size;
    sum_.add(data, size);
  }
  void finish() {
    const std::uint64_t wanted = sum_.value();
    std::uint64_t found = 0;
    if (!in_.read(reinterpret_cast<char*>(&found), sizeof found) || found != wanted)
      throw std::runtime_error("the state file is damaged (checksum)");
  }

 private:
  std::ifstream in_;
  std::uintmax_t left_ = 0;
  Checksum sum_;
};

/// The fields in file order, for reading and for writing.
template <class WorldType, class Visit>
void visit_header(WorldType& world, Visit visit) {
  visit(world.settings.seed);
  visit(world.settings.persons);
  visit(world.settings.academies);
  visit(world.settings.encoding);
  visit(world.settings.format);
  visit(world.settings.records_per_part);
  visit(world.settings.outside_percent);
  visit(world.date);
  visit(world.night);
}

template <class AcademieType, class Visit>
void visit_academie(AcademieType& academie, Visit visit) {
  visit(academie.number);
  visit(academie.communes);
  visit(academie.ecoles);
  visit(academie.services);
  visit(academie.classes);
  visit(academie.eleves);
  visit(academie.responsables);
  visit(academie.personnels);
  visit(academie.eleve_serial);
  visit(academie.responsable_serial);
  visit(academie.personnel_serial);
  visit(academie.classe_serial);
}

}  // namespace

void save_state(const World& world, const std::filesystem::path& file) {
  const std::filesystem::path draft = file.string() + ".new";
  Writer writer(draft);
  const auto put = [&](const auto& value) { writer.put(value); };
  writer.bytes(magic.data(), magic.size());
  visit_header(world, put);
  for (const Academie& academie : world.academies) visit_academie(academie, put);
  if (!writer.finish()) throw std::runtime_error("cannot write state file " + draft.string());
  std::filesystem::rename(draft, file);
}

World load_state(const std::filesystem::path& file) {
  Reader reader(file);
  std::string head(magic.size(), '\0');
  reader.bytes(head.data(), head.size());
  if (head != magic)
    throw std::runtime_error(file.string() + " is not a state file of this version of entsync-gen");
  World world;
  const auto get = [&](auto& value) { reader.get(value); };
  visit_header(world, get);
  if (world.settings.academies < 1 || world.settings.academies > 2)
    throw std::runtime_error("the state file is truncated or damaged");
  world.academies.resize(world.settings.academies);
  for (Academie& academie : world.academies) visit_academie(academie, get);
  reader.finish();
  return world;
}

}  // namespace generator
