#pragma once
/// What people decided about records and entries of which the program could not tell whether they
/// are one person: `link` gives the entry to the record, `separate` says that it is somebody
/// else's. A decision holds for every following run until another one takes its place.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace entsync {

struct ReviewDecision {
  enum class Kind : std::uint8_t { link, separate };
  Kind kind = Kind::link;
  std::string subject;  ///< key of the record, "AC-X/Eleve/123"
  std::string entry;    ///< normal form of the entry's DN
  bool operator==(const ReviewDecision&) const = default;
};

class ReviewDecisions {
 public:
  ReviewDecisions() = default;
  explicit ReviewDecisions(std::vector<ReviewDecision> list);

  [[nodiscard]] bool empty() const { return list_.empty(); }
  /// In order of subject and entry.
  [[nodiscard]] const std::vector<ReviewDecision>& list() const { return list_; }
  /// `entry` is a normal form.
  [[nodiscard]] bool are_separate(std::string_view subject, std::string_view entry) const;

 private:
  std::vector<ReviewDecision> list_;
};

}  // namespace entsync
