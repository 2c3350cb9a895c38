/// The floor of reading: walks AAF files record by record with pugixml alone and touches every
/// value. No digest, no positions, no checks, nothing kept.

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <pugixml.hpp>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  constexpr std::string_view open = "<addRequest>";
  constexpr std::string_view close = "</addRequest>";
  std::size_t records = 0;
  std::size_t bytes = 0;
  std::string record;
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::string_view rest = text;
    for (;;) {
      const std::size_t first = rest.find(open);
      if (first == std::string_view::npos) break;
      const std::size_t last = rest.find(close, first);
      if (last == std::string_view::npos) return 1;
      record.assign(rest.substr(first, last + close.size() - first));
      rest = rest.substr(last + close.size());
      pugi::xml_document document;
      if (!document.load_buffer_inplace(record.data(), record.size())) return 1;
      for (const pugi::xml_node attr : document.first_child().child("attributes"))
        for (const pugi::xml_node value : attr) bytes += std::strlen(value.child_value());
      ++records;
    }
  }
  std::printf("records: %zu\nvalue_bytes: %zu\n", records, bytes);
  return 0;
}
