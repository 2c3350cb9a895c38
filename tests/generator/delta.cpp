#include "delta.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "delivery_files.hpp"

namespace generator {
namespace {

constexpr std::string_view begin_tag = "<addRequest>\n";
constexpr std::string_view attributes_tag = "<attributes>\n";

/// The lines that say whom a request is about.
std::string_view head_of(std::string_view record) {
  return record.substr(begin_tag.size(), record.find(attributes_tag) - begin_tag.size());
}

/// Attributes in the order of their first occurrence, each with its `<value>` elements but the
/// empty ones.
using Attributes = std::vector<std::pair<std::string, std::string>>;

Attributes attributes_of(std::string_view record) {
  constexpr std::string_view open = "<attr name=\"";
  constexpr std::string_view close = "</attr>";
  constexpr std::string_view empty = "<value/>";
  Attributes attributes;
  std::size_t at = record.find(attributes_tag);
  while ((at = record.find(open, at)) != std::string_view::npos) {
    at += open.size();
    const std::size_t quote = record.find('"', at);
    const std::size_t end = record.find(close, quote);
    const std::string name(record.substr(at, quote - at));
    std::string values(record.substr(quote + 2, end - quote - 2));
    for (std::size_t e = 0; (e = values.find(empty, e)) != std::string::npos;)
      values.erase(e, empty.size());
    const auto known =
        std::ranges::find(attributes, name, &std::pair<std::string, std::string>::first);
    if (known == attributes.end())
      attributes.emplace_back(name, std::move(values));
    else
      known->second += values;
    at = end;
  }
  return attributes;
}

std::string modification(const std::string& name, const std::string& values) {
  return "<modification name=\"" + name + "\" operation=\"replace\">" +
         (values.empty() ? "<value/>" : values) + "</modification>\n";
}

std::string modify_request(const std::string& before, const std::string& after) {
  const auto find = [](const Attributes& attributes, const std::string& name) {
    return std::ranges::find(attributes, name, &std::pair<std::string, std::string>::first);
  };
  const Attributes old = attributes_of(before);
  const Attributes now = attributes_of(after);
  std::string modifications;
  for (const auto& [name, values] : now) {
    const auto known = find(old, name);
    if (known == old.end() || known->second != values) modifications += modification(name, values);
  }
  for (const auto& [name, values] : old)
    if (!values.empty() && find(now, name) == now.end()) modifications += modification(name, {});
  if (modifications.empty()) return {};
  return "<modifyRequest>\n" + std::string(head_of(after)) + "<modifications>\n" + modifications +
         "</modifications>\n</modifyRequest>\n";
}

}  // namespace

void Changes::before(std::string record) {
  const std::string id = RecordText(record).id();
  order_.push_back(id);
  known_.emplace(id, Known{std::move(record)});
}

std::string Changes::after(const std::string& record) {
  const auto known = known_.find(RecordText(record).id());
  if (known == known_.end()) return record;
  known->second.is_there = true;
  return known->second.record == record ? std::string{}
                                        : modify_request(known->second.record, record);
}

void Changes::each_gone(const std::function<void(const std::string& request)>& visit) const {
  for (const std::string& id : order_)
    if (const Known& known = known_.at(id); !known.is_there)
      visit("<deleteRequest>\n" + std::string(head_of(known.record)) + "</deleteRequest>\n");
}

}  // namespace generator
