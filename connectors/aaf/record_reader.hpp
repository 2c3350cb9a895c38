#pragma once
/// One request of an AAF file – already cut out, its bytes legal – to a RecordDraft, or the reason
/// why this record alone cannot be used. The grammar is aaf-format §2.1; values are decoded only
/// when the Vocabulary wants their attribute, and the text of others is never copied.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/feed.hpp"
#include "request_places.hpp"
#include "request_tree.hpp"
#include "text_builder.hpp"

namespace entsync::aaf {

/// Where a request stands and what its file says of it.
struct RecordContext {
  Category category = Category::eleve;
  DeliveryKind kind = DeliveryKind::complet;
  Charset charset = Charset::utf8;
  std::uint32_t file = 0;
};

class RecordReader {
 public:
  using Required = std::array<std::vector<FeedAttribute>, 4>;

  /// Both must outlive the reader. `required` is checked in addRequests; a modifyRequest may not
  /// empty such an attribute.
  RecordReader(const Vocabulary& vocabulary, const Required& required);

  enum class Outcome : std::uint8_t { usable, rejected, malformed };
  /// May parse in place: the text of `request` is used up.
  Outcome read(const Request& request, const RecordContext& context);

  /// usable: the record.
  [[nodiscard]] const RecordDraft& draft() const { return draft_; }
  /// usable: names of non-empty attributes that nobody wants, one for each occurrence; valid as
  /// long as the bytes of the request. The jointure is not among them: it is the identifier.
  [[nodiscard]] const std::vector<std::string_view>& dropped() const { return dropped_; }
  /// rejected: the reason, once for each object that may be meant – a record that contradicts
  /// itself about its category or identifier leaves two objects unknown.
  [[nodiscard]] std::vector<RejectedRecord> rejected() const;
  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] const Malformed& malformed() const { return *malformed_; }

 private:
  bool reject(std::string code, std::string reason);
  template <class Visit>
  bool each_child(pugi::xml_node parent, const char* name, Visit visit);
  pugi::xml_node only_child(pugi::xml_node parent, const char* name);
  void read_usual(const UsualRequest& request);
  void read_tree(const Request& request);
  void read_parts();
  void take_part(pugi::xml_node part, pugi::xml_node& place);
  void read_category();
  void reject_category();
  void read_identifier();
  void read_attributes();
  bool read_attribute(pugi::xml_node attribute, std::size_t position);
  bool find_name(pugi::xml_node attribute);
  bool check_operation(pugi::xml_node modification);
  void note_named(pugi::xml_node modification, FeedAttribute wanted);
  // What both forms of a request have; a Text is an element of the tree or the text as delivered.
  template <class Text>
  void read_category(std::string_view name, Text value);
  template <class Text>
  void read_identifier(Text id);
  template <class EachValue>
  bool read_named(std::size_t position, EachValue each_value);
  template <class Text>
  bool read_value(Text delivered, FeedAttribute wanted);
  template <class Text>
  bool read_jointure(Text value);
  template <class EachValue>
  bool read_unwanted(EachValue each_value);
  bool read_text(pugi::xml_node element, std::string& out, std::string_view what);
  bool read_text(std::string_view delivered, std::string& out, std::string_view what);
  bool accept(TextFault fault, std::string_view what);
  [[nodiscard]] bool is_jointure(std::string_view name) const;
  [[nodiscard]] bool has_value(FeedAttribute attribute) const;
  void keep_cleared();
  void check_whole();
  RecordDraft::Value& next_value();

  /// What an attribute's name means here.
  struct Known {
    std::string name;
    std::optional<FeedAttribute> wanted;
    bool jointure = false;
  };
  const Known* look_up(std::size_t position);

  /// An attribute that a modifyRequest names, and where it does so first.
  struct Named {
    FeedAttribute attribute = 0;
    std::uint32_t line = 0;
    std::uint32_t offset = 0;
  };

  const Vocabulary& vocabulary_;
  const Required& required_;
  RequestTree tree_;
  RequestPlaces places_;
  TextBuilder text_;
  RecordContext context_;
  pugi::xml_node operational_;
  pugi::xml_node identifier_;
  pugi::xml_node body_;
  std::string_view name_;  ///< of the attribute being read

  RecordDraft draft_;
  std::vector<Known> remembered_;
  std::vector<Named> named_;
  std::vector<std::string_view> dropped_;
  std::optional<Category> claimed_;
  std::string jointure_;
  std::string scratch_;
  std::string code_;
  std::string reason_;
  std::optional<Malformed> malformed_;
};

/// Whether `id` can be the key of an object: 1–32 of [0-9A-Za-z._-]. AAF writes decimal integers.
bool is_usable_id(std::string_view id);

}  // namespace entsync::aaf
