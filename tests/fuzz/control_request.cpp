// A request of the control API of any bytes, in any pieces: read, or refused with an answer that
// has a status, a code and a text; never a crash, and never more kept than the limits allow. The
// first byte chooses the pieces.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "control/request_reader.hpp"

namespace {

using entsync::control::Limits;
using entsync::control::RequestReader;

constexpr Limits limits{.header = 512, .body = 256};

void must(bool holds) {
  if (!holds) std::abort();
}

void check_refusal(const RequestReader::Failure& failure) {
  must(failure.status >= 400 && failure.status < 600);
  must(!failure.problems.empty());
  for (const entsync::Problem& problem : failure.problems.list)
    must(!problem.code.empty() && !problem.what.empty());
}

void check(const RequestReader& reader) {
  if (reader.state() == RequestReader::State::failed) return check_refusal(reader.failure());
  if (reader.state() == RequestReader::State::header) return;
  must(!reader.method().empty());
  must(!reader.target().segments.empty());
  for (const std::string& segment : reader.target().segments) must(segment != "..");
  if (const auto refused = reader.body_refusal()) check_refusal(*refused);
  if (reader.state() != RequestReader::State::complete) return;
  if (const auto body = reader.json(); !body) must(!body.error().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  // One request after the other, as on a connection.
  while (!rest.empty()) {
    RequestReader reader(limits);
    for (std::size_t at = 0; at < rest.size(); at += piece) {
      reader.feed(std::string_view(rest).substr(at, piece));
      if (reader.state() == RequestReader::State::body) reader.read_body();
    }
    check(reader);
    if (reader.state() != RequestReader::State::complete) break;
    std::string next = reader.take_rest();
    must(next.size() < rest.size());
    rest = std::move(next);
  }
  return 0;
}
