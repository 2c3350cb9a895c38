#pragma once
/// What a delivery says, record by record, with the place every value came from. A Feed is filled
/// by connectors/aaf and read by everything behind it. Values live in one arena; a record is a
/// header and a run of value headers, so 300 000 persons cost some hundred megabytes less than as
/// maps of strings.
///
/// Only attributes of the Vocabulary (those that the rules name) are kept: default-deny. The others
/// are counted by name and dropped at the reader (CNIL: minimisation).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "arena.hpp"
#include "category.hpp"
#include "date.hpp"
#include "problem.hpp"

namespace entsync {

/// Position of a wanted AAF attribute in the Vocabulary.
using FeedAttribute = std::uint16_t;

/// The AAF attributes that the rules read, numbered. Lookup is by exact name, as the feed writes
/// it.
class Vocabulary {
 public:
  /// The number of `name`, given now if it has none.
  FeedAttribute add(std::string_view name);
  [[nodiscard]] std::optional<FeedAttribute> find(std::string_view name) const;
  [[nodiscard]] const std::string& name(FeedAttribute attribute) const { return names_[attribute]; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  std::vector<std::string> names_;
  std::unordered_map<std::string, FeedAttribute, Hash, std::equal_to<>> by_name_;
};

/// One file of a delivery as it was read.
struct SourceFile {
  std::string academie;
  std::string name;    ///< as in the archive, without directories above the delivery
  std::string sha256;  ///< of the raw bytes, lower-case hexadecimal
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  Category category = Category::eleve;
  bool operator==(const SourceFile&) const = default;
};

/// Where a value stands: `file` indexes Feed::files(); `line` is 1-based; `offset` counts bytes of
/// the file as delivered, before any decoding.
struct SourcePosition {
  static constexpr std::uint32_t no_file = 0xFFFFFFFF;
  std::uint32_t file = no_file;
  std::uint32_t line = 0;
  std::uint64_t offset = 0;
  [[nodiscard]] bool known() const { return file != no_file; }
  bool operator==(const SourcePosition&) const = default;
};

enum class RequestKind : std::uint8_t { add, modify, remove };

/// A value inside a record: text, attribute and place.
struct FeedValue {
  FeedAttribute attribute;
  std::string_view text;  ///< UTF-8, trimmed, never empty
  SourcePosition position;
};

struct RecordDraft;
class FeedValues;

/// A stored record. Cheap to copy; valid as long as its Feed.
class FeedRecord {
 public:
  [[nodiscard]] Category category() const { return header_->category; }
  [[nodiscard]] RequestKind request() const { return header_->request; }
  [[nodiscard]] std::string_view id() const;
  [[nodiscard]] SourcePosition position() const {
    return {header_->file, header_->line, header_->offset};
  }
  [[nodiscard]] std::size_t value_count() const { return header_->values; }
  /// All of them, or those of one attribute, in the order of the file. A pass over them takes one
  /// step for each value; value() takes `index` steps.
  [[nodiscard]] FeedValues values() const;
  [[nodiscard]] FeedValues values(FeedAttribute attribute) const;
  [[nodiscard]] FeedValue value(std::size_t index) const;
  /// First value of the attribute, empty when there is none.
  [[nodiscard]] std::string_view first(FeedAttribute attribute) const;
  /// The same with its place.
  [[nodiscard]] std::optional<FeedValue> first_value(FeedAttribute attribute) const;
  [[nodiscard]] bool has(FeedAttribute attribute) const { return !first(attribute).empty(); }
  /// Attributes that a modifyRequest names without any non-empty value (to be cleared).
  [[nodiscard]] bool clears(FeedAttribute attribute) const;
  /// What add_record() would store as this record.
  [[nodiscard]] RecordDraft draft() const;

  struct Header {
    std::uint64_t offset;
    std::uint32_t file;
    std::uint32_t line;
    std::uint16_t values;
    std::uint16_t id_length;
    std::uint16_t origins;  ///< positions behind this header, see RecordDraft::origins
    Category category;
    RequestKind request;
  };
  struct ValueHeader {
    std::uint32_t offset_delta;  ///< bytes of the file after the first byte of its request
    std::uint16_t length;        ///< texts stand one behind the other, the identifier first
    std::uint16_t line_delta;
    FeedAttribute attribute;
    std::uint16_t origin;  ///< as RecordDraft::Value::origin
  };
  explicit FeedRecord(const Header* header) : header_(header) {}

 private:
  friend class FeedValues;
  [[nodiscard]] const SourcePosition* origins() const;
  [[nodiscard]] const ValueHeader* headers() const;
  [[nodiscard]] const char* texts() const;
  [[nodiscard]] FeedValue value_at(const ValueHeader& value, const char* text) const;
  const Header* header_;
};

/// The values of a record, for a range-based for; see FeedRecord::values().
class FeedValues {
 public:
  class Iterator {
   public:
    FeedValue operator*() const { return record_.value_at(*at_, text_); }
    Iterator& operator++() {
      step();
      skip();
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    friend class FeedValues;
    Iterator(FeedRecord record, const FeedRecord::ValueHeader* at, const char* text,
             std::optional<FeedAttribute> wanted)
        : record_(record),
          at_(at),
          end_(record.headers() + record.value_count()),
          text_(text),
          wanted_(wanted) {
      skip();
    }
    void step() {
      text_ += at_->length;
      ++at_;
    }
    void skip() {
      while (wanted_ && at_ != end_ && at_->attribute != *wanted_) step();
    }

    FeedRecord record_;
    const FeedRecord::ValueHeader* at_;
    const FeedRecord::ValueHeader* end_;
    const char* text_;
    std::optional<FeedAttribute> wanted_;
  };

  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  friend class FeedRecord;
  FeedValues(FeedRecord record, std::optional<FeedAttribute> wanted)
      : record_(record), wanted_(wanted) {}
  FeedRecord record_;
  std::optional<FeedAttribute> wanted_;
};

/// Collects one record while it is read; committed to a Feed when it is whole.
struct RecordDraft {
  struct Value {
    FeedAttribute attribute = 0;
    std::string text;  ///< empty: named in a modifyRequest without value
    std::uint32_t line_delta = 0;
    std::uint32_t offset_delta = 0;
    /// The request that the value stands in: 0 is that of the record's own position, n is
    /// `origins[n - 1]`.
    std::uint16_t origin = 0;
  };
  Category category = Category::eleve;
  RequestKind request = RequestKind::add;
  std::string id;
  SourcePosition position;
  /// Earlier requests that values are left from, when Deltas changed others; see fold_delta().
  std::vector<SourcePosition> origins;
  std::vector<Value> values;
  std::size_t value_count = 0;  ///< live part of `values`, which is reused between records
};

/// A record that could not be used. Its person is unknown, not absent.
struct RejectedRecord {
  std::optional<Category> category;
  std::string id;  ///< empty when not even the identifier could be read
  SourcePosition position;
  std::string code;
  std::string reason;
};

enum class DeliveryKind : std::uint8_t { complet, delta };

/// What requests say of somebody whom no delivery describes.
struct Requested {
  std::string demande;   ///< the request that says it
  std::string valideur;  ///< who approved it; empty when nobody asked for what is said
  Date end;              ///< the day on which the account ends
  bool has_ended = false;
};

/// One académie's delivery as read, not yet judged. See CompletFeed for the form that may be
/// compared with a directory.
class Feed {
 public:
  Feed(std::string academie, DeliveryKind kind, Date date)
      : academie_(std::move(academie)), kind_(kind), date_(date) {}

  std::uint32_t add_file(SourceFile file);
  void add_record(const RecordDraft& draft);
  void add_rejected(RejectedRecord rejected) { rejected_.push_back(std::move(rejected)); }
  void count_dropped(std::string_view attribute) { count(dropped_, attribute); }
  /// Of records with one identifier in one category: keeps the first when all say the same, rejects
  /// all of them as AAF-062 when they contradict each other. The order of attributes does not
  /// matter, that of one attribute's values does. For a Complet; in a Delta requests follow each
  /// other.
  void reject_duplicates();

  [[nodiscard]] const std::string& academie() const { return academie_; }
  [[nodiscard]] DeliveryKind kind() const { return kind_; }
  [[nodiscard]] Date date() const { return date_; }
  [[nodiscard]] const std::vector<SourceFile>& files() const { return files_; }
  [[nodiscard]] std::vector<SourceFile>& files() { return files_; }
  [[nodiscard]] const std::vector<FeedRecord>& records(Category category) const {
    return records_[static_cast<std::size_t>(category)];
  }
  [[nodiscard]] const std::vector<RejectedRecord>& rejected() const { return rejected_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& dropped() const {
    return dropped_;
  }
  /// The deleteRequest because of which an object is described no more; nothing when there was
  /// none, or the object was described again.
  [[nodiscard]] std::optional<SourcePosition> deletion(Category category,
                                                       std::string_view id) const;
  /// Who is described by requests, or was until they ended the account; nullptr for everybody else.
  [[nodiscard]] const Requested* requested(std::string_view id) const;
  /// Whether this are the requests for staff of local authorities instead of a delivery. They are
  /// not of a structure id but of a UAI.
  [[nodiscard]] bool is_of_requests() const { return is_of_requests_; }
  /// Metadata comments after the root element: versionAF, versionSDET, codeAcademieExport…
  std::map<std::string, std::string> metadata;
  /// Bytes of XML read.
  std::uint64_t bytes = 0;

 private:
  friend class DeltaFold;
  friend class AgentFeed;
  static void count(std::map<std::string, std::uint64_t, std::less<>>& counts,
                    std::string_view name);
  FeedRecord store(const RecordDraft& draft);
  void reject_duplicates(Category category);

  std::string academie_;
  DeliveryKind kind_;
  Date date_;
  Arena arena_;
  std::vector<SourceFile> files_;
  std::array<std::vector<FeedRecord>, category_count> records_;
  std::vector<RejectedRecord> rejected_;
  std::map<std::string, std::uint64_t, std::less<>> dropped_;
  std::map<std::pair<Category, std::string>, SourcePosition> deleted_;
  std::map<std::string, Requested, std::less<>> requested_;
  bool is_of_requests_ = false;
};

/// Whether two records hold the same values; the order of attributes does not matter, that of one
/// attribute's values does.
bool say_the_same(const FeedRecord& a, const FeedRecord& b);

/// A delivery of a chain, as a part of the files of its feed.
struct ChainLink {
  Date date;
  std::uint32_t first_file = 0;  ///< in Feed::files()
  std::uint32_t files = 0;
};

/// A whole, verified Complet: every category present, every file closed, right académie, not older
/// than the last one applied, not of a day to come; or what became of one by the Deltas that follow
/// it; or the requests of local-authority staff, which are whole when every file of them was read.
/// Absence can only be inferred from this type; a Delta or a partial Complet alone has no way
/// to become one.
class CompletFeed {
 public:
  struct Expected {
    std::string academie;
    /// Value of ENTServAcAcademie / codeAcademieExport that this académie writes; empty: not
    /// checked.
    std::string label;
    std::optional<Date> last_applied;  ///< date of the last delivery applied for this académie
    /// No delivery is dated after this day. One that was would lock out all that follow.
    std::optional<Date> latest{};
  };
  static Result<CompletFeed> verify(Feed&& feed, const Expected& expected,
                                    std::optional<FeedAttribute> academie_label);

  /// Dated as the last delivery of the chain.
  [[nodiscard]] const Feed& feed() const { return feed_; }
  /// The Complet, and the Deltas that were applied to it, in order.
  [[nodiscard]] const std::vector<ChainLink>& chain() const { return chain_; }

 private:
  friend class DeltaFold;
  friend class AgentFeed;
  explicit CompletFeed(Feed&& feed);
  Feed feed_;
  std::vector<ChainLink> chain_;
};

}  // namespace entsync
