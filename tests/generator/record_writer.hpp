#pragma once
/// Writes records of the ficAlimMENESR grammar into a text. Only what the grammar needs: no
/// indentation of the operational part, one attribute a line, so that line numbers in messages are
/// of use.

#include <initializer_list>
#include <string>
#include <string_view>

namespace generator {

class RecordWriter {
 public:
  explicit RecordWriter(std::string& out) : out_(out) {}

  /// `kind` is "categoriePersonne" or "categorieStructure".
  void begin(std::string_view kind, std::string_view category, std::string_view id) {
    out_ += "<addRequest>\n<operationalAttributes><attr name=\"";
    out_ += kind;
    out_ += "\"><value>";
    out_ += category;
    out_ += "</value></attr></operationalAttributes>\n<identifier><id>";
    out_ += id;
    out_ += "</id></identifier>\n<attributes>\n";
  }
  void end() { out_ += "</attributes>\n</addRequest>\n"; }

  /// One attribute; an empty text gives the empty value, which the feed writes rather than omit it.
  void attribute(std::string_view name, std::string_view text) {
    open(name);
    value(text);
    close();
  }
  /// An attribute of several values: open, value…, close.
  void open(std::string_view name) {
    out_ += "<attr name=\"";
    out_ += name;
    out_ += "\">";
    values_ = 0;
  }
  void value(std::string_view text) {
    ++values_;
    if (text.empty()) {
      out_ += "<value/>";
      return;
    }
    out_ += "<value>";
    escape(text);
    out_ += "</value>";
  }
  void close() {
    if (values_ == 0) out_ += "<value/>";
    out_ += "</attr>\n";
  }

 private:
  void escape(std::string_view text) {
    for (const char c : text) {
      switch (c) {
        case '&':
          out_ += "&amp;";
          break;
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        default:
          out_ += c;
      }
    }
  }

  std::string& out_;
  unsigned values_ = 0;
};

}  // namespace generator
