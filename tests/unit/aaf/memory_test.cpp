// A file of any size is read within a fixed amount of memory: counted, allocation by allocation.

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <pugixml.hpp>

#include "connectors/aaf/file_reader.hpp"
#include "samples.hpp"

namespace {

std::atomic<std::size_t> in_use{0};
std::atomic<std::size_t> peak{0};

void* count_in(void* block) {
  if (block == nullptr) return nullptr;
  const std::size_t now = in_use += malloc_usable_size(block);
  if (now > peak) peak = now;
  return block;
}
void count_out(void* block) {
  if (block != nullptr) in_use -= malloc_usable_size(block);
  std::free(block);
}
void* counted_malloc(std::size_t size) {
  return count_in(std::malloc(size));
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* block = counted_malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  count_out(block);
}
void operator delete(void* block, std::size_t) noexcept {
  count_out(block);
}

namespace entsync::aaf {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

class Memory : public testing::Test {
 protected:
  Memory() { pugi::set_memory_management_functions(counted_malloc, count_out); }

  /// Reads a file that `record` repeats until it has `total` bytes, in chunks of 256 KiB.
  void read(const std::string& record, std::uint64_t total) {
    const std::string cycle = record + record;
    const std::size_t before = in_use;
    peak = before;
    Feed feed("AC-X", DeliveryKind::delta, Date());
    const std::array<std::vector<FeedAttribute>, 4> required;
    RecordReader records(test::words().vocabulary, required);
    const ReadLimits limits;
    FileReader reader(feed, records, limits, "file.xml", Category::eleve);
    ASSERT_FALSE(reader.feed("<ficAlimMENESR>"));
    constexpr std::size_t chunk = std::size_t{256} << 10U;
    std::uint64_t at = 0;
    while (at < total || at % record.size() != 0) {
      const std::size_t from = at % record.size();
      const std::size_t size = std::min(chunk, record.size() - from);
      ASSERT_FALSE(reader.feed(std::string_view(cycle).substr(from, size)));
      at += size;
    }
    ASSERT_FALSE(reader.feed("</ficAlimMENESR>"));
    ASSERT_FALSE(reader.finish());
    records_ = feed.files().front().records;
    bytes_ = feed.files().front().bytes;
    growth_ = peak - before;
  }

  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::size_t growth_ = 0;  ///< most bytes in use at a time, beyond those before
};

TEST_F(Memory, OfAFileOfTwoGigabytesIsThatOfItsLargestRecord) {
  // Nearly as large as a record may be, so that the Feed itself stays small.
  const std::string record = test::add_request(
      "1", test::attr("ENTPersonNom", {"X"}) +
               test::attr("ENTInconnu", {std::string(4 * mebibyte - 1'000, 'x')}));
  ASSERT_LT(record.size(), 4 * mebibyte);
  read(record, std::uint64_t{2} << 30U);
  EXPECT_GE(bytes_, std::uint64_t{2} << 30U);
  EXPECT_GE(records_, 512);
  EXPECT_LT(growth_, 16 * mebibyte);
}

TEST_F(Memory, DoesNotGrowWithCommentsAndWhiteSpace) {
  read("<!-- " + std::string(100'000, 'x') + " -->" + std::string(100'000, '\n'), 64 * mebibyte);
  EXPECT_LT(growth_, 4 * mebibyte);
}

TEST_F(Memory, OfARecordFullOfTinyElementsIsBounded) {
  std::string values;
  while (values.size() < 3 * mebibyte) values += "<value/>";
  read(test::add_request("1", "<attr name=\"ENTInconnu\">" + values + "</attr>"), 8 * mebibyte);
  // pugixml takes some 64 bytes for an element.
  EXPECT_LT(growth_, 64 * mebibyte);
}

}  // namespace
}  // namespace entsync::aaf
