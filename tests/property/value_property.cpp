#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "core/date.hpp"
#include "core/dn.hpp"
#include "core/identity.hpp"
#include "core/matching.hpp"
#include "core/text.hpp"
#include "core/uai.hpp"

namespace entsync {
namespace {

/// Text of the characters that matter to DNs and folding.
std::string tricky() {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{"a",
                                                                 "B",
                                                                 "é",
                                                                 "É",
                                                                 "e\u0301",
                                                                 " ",
                                                                 ",",
                                                                 "+",
                                                                 "\"",
                                                                 "\\",
                                                                 "<",
                                                                 ">",
                                                                 ";",
                                                                 "=",
                                                                 "#",
                                                                 "$",
                                                                 "0",
                                                                 "ß",
                                                                 "İ",
                                                                 "\u00a0",
                                                                 "\uFB01",
                                                                 "Œ",
                                                                 "\n",
                                                                 "\t",
                                                                 "-",
                                                                 "\x01",
                                                                 "\u2028",
                                                                 "\u0085",
                                                                 std::string("\0", 1)});
  std::string text;
  for (const std::string& p : *rc::gen::container<std::vector<std::string>>(piece)) text += p;
  return text;
}

std::string any_dn() {
  std::string out;
  for (int n = *rc::gen::inRange(1, 4); n > 0; --n) {
    if (!out.empty()) out += *rc::gen::element<std::string>(",", ", ", " ,", ";");
    out += *rc::gen::element<std::string>("uid", "UID", "ou", "1.2.3", "x-y") +
           *rc::gen::element<std::string>("=", " =", "= ") + dn::escape(tricky());
    if (*rc::gen::inRange(0, 5) == 0) out += "+cn=" + dn::escape(tricky());
  }
  return out;
}

RC_GTEST_PROP(Dn, WhatIsEscapedIsReadAsItWas, ()) {
  const std::string value = tricky();
  const auto rdns = dn::parse("cn=" + dn::escape(value) + ",dc=b");
  RC_ASSERT(rdns.has_value());
  RC_ASSERT(rdns->front().front().value == value);
  RC_ASSERT(rdns->size() == 2U);
}

RC_GTEST_PROP(Dn, ANormalFormIsItsOwn, ()) {
  const std::string normal = dn::normalise(any_dn());
  RC_ASSERT(dn::normalise(normal) == normal);
}

RC_GTEST_PROP(Dn, TheNormalFormOfAnyTextIsItsOwn, ()) {
  const std::string normal = dn::normalise(tricky());
  RC_ASSERT(dn::normalise(normal) == normal);
}

RC_GTEST_PROP(Dn, CaseAndOptionalSpacesMakeNoOtherEntry, ()) {
  const std::string value =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("abc1,+ ")));
  const std::string a = "uid=" + dn::escape(value) + ",ou=people,dc=test";
  const std::string b = "UID = " + dn::escape(to_upper(value)) + " , OU=People ;dc=TEST";
  RC_ASSERT(dn::normalise(a) == dn::normalise(b));
}

RC_GTEST_PROP(Dn, AnEntryIsUnderItsParents, ()) {
  const std::string base = "ou=" + dn::escape(tricky()) + ",dc=b";
  const std::string entry = "uid=" + dn::escape(tricky()) + "," + base;
  RC_ASSERT(dn::is_under(entry, base));
  RC_ASSERT(dn::is_under(entry, "dc=b"));
  RC_ASSERT(!dn::is_under(base, entry));
  RC_ASSERT(dn::normalise(dn::parent(entry)) == dn::normalise(base));
}

RC_GTEST_PROP(Matching, NormalFormsAreTheirOwn, ()) {
  const std::string value = tricky();
  for (const Matching matching : {Matching::case_ignore, Matching::case_exact, Matching::octets,
                                  Matching::dn, Matching::telephone, Matching::numeric,
                                  Matching::boolean, Matching::time, Matching::none}) {
    const std::string normal = normalise(matching, value);
    RC_ASSERT(normalise(matching, normal) == normal);
    RC_ASSERT(equal(matching, value, normal));
  }
}

RC_GTEST_PROP(Text, CompositesAreSplitAndJoined, ()) {
  const std::string value = tricky();
  const std::size_t limit = *rc::gen::inRange<std::size_t>(0, 6);
  std::vector<std::string_view> parts;
  split_composite(value, parts, limit);
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i)
    joined += (i != 0 ? "$" : "") + std::string(parts[i]);
  RC_ASSERT(joined == value);
  RC_ASSERT(limit == 0 || parts.size() <= limit);
}

RC_GTEST_PROP(Text, Utf8OfAnyBytesIsDecidedWithoutReadingBeyond, (std::string bytes)) {
  const std::size_t bad = find_invalid_utf8(bytes);
  RC_ASSERT(is_valid_utf8(bytes) == (bad == std::string::npos));
  if (bad != std::string::npos) RC_ASSERT(is_valid_utf8(std::string_view(bytes).substr(0, bad)));
}

RC_GTEST_PROP(Text, WhatIsPrintableIsOneLine, ()) {
  const std::string out = printable(tricky());
  for (const char c : out) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
  RC_ASSERT(printable(out) == out);
  RC_ASSERT(is_valid_utf8(out));
}

RC_GTEST_PROP(Login, IsAsciiAndShort, ()) {
  const std::size_t length = *rc::gen::inRange<std::size_t>(8, 65);
  const std::string login = login_base(tricky(), tricky(), length);
  RC_ASSERT(!login.empty());
  RC_ASSERT(login.size() <= length);
  for (const char c : login)
    RC_ASSERT((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.');
}

RC_GTEST_PROP(Date, EveryDayGoesThroughItsThreeForms, ()) {
  const std::chrono::sys_days day{std::chrono::days{*rc::gen::inRange(-20'000, 80'000)}};
  const Date date{std::chrono::year_month_day{day}};
  RC_ASSERT(Date::from_aaf(date.aaf()) == date);
  RC_ASSERT(Date::from_compact(date.compact()) == date);
  RC_ASSERT(Date::from_iso(date.iso()) == date);
}

RC_GTEST_PROP(Uai, HasOneLetterForEachNumber, ()) {
  const std::string digits =
      std::to_string(10'000'000 + *rc::gen::inRange(0, 10'000'000)).substr(1);
  int valid = 0;
  for (char c = 'A'; c <= 'Z'; ++c) valid += Uai::parse(digits + c) ? 1 : 0;
  RC_ASSERT(valid == 1);
}

}  // namespace
}  // namespace entsync
