/// entsync-verify: proves to somebody who trusts neither the administrator nor the daemon that a
/// journal is what was written. It needs a journal (a copy will do), the verifier key, and the
/// checkpoints that were kept elsewhere; it writes nothing.

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "journal/journal.hpp"

namespace entsync {
namespace {

constexpr int exit_whole = 0;
constexpr int exit_not_whole = 1;
constexpr int exit_usage = 2;

constexpr const char* footer =
    "Without --key nothing is known of who wrote the journal: whoever may write the file can make\n"
    "one that is whole in itself. Without --checkpoints nothing is known of an end that was cut "
    "off\n"
    "together with its checkpoints. Keep both where the administrator of the daemon cannot write.\n"
    "\n"
    "What is found is named: altered, removed, inserted, swapped, cut, rewritten,\n"
    "checkpoint-missing, checkpoint-forged, re-signed, clock, pairing, index, vault, file.\n"
    "\n"
    "Exit codes: 0 whole; 1 not whole, or it cannot be read; 2 usage.";

struct Arguments {
  std::string directory;
  std::string key_file;
  std::vector<std::string> checkpoint_files;
};

/// Shows how far it is, on a terminal, from the third second on.
class ProgressLine {
 public:
  void show(std::uint64_t records) {
    using namespace std::chrono_literals;
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || now - begun_ < 2s || now - shown_ < 500ms) return;
    shown_ = now;
    std::fprintf(
        stderr, "\r%llu records, %.0f a second ", static_cast<unsigned long long>(records),
        static_cast<double>(records) / std::chrono::duration<double>(now - begun_).count());
  }
  ~ProgressLine() {
    if (shown_ != std::chrono::steady_clock::time_point{}) std::fputs("\r\033[K", stderr);
  }
  ProgressLine() = default;
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point shown_{};
};

Result<std::string> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file && text << file.rdbuf()) return text.str();
  return Problem{Severity::error,
                 "VER-001",
                 {path, 0, {}},
                 "this file cannot be read, or is empty",
                 "check the path and the rights"};
}

/// One verifier key a line; lines that begin with # are comments, but for the first of a key file.
Result<std::vector<VerifierKey>> read_keys(const std::string& path) {
  auto text = read(path);
  if (!text) return text.error();
  std::vector<VerifierKey> keys;
  std::istringstream lines(*text);
  std::string line;
  for (std::uint64_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.starts_with('#')) continue;
    auto key = VerifierKey::parse(line);
    if (!key) {
      Problems problems = key.error();
      for (Problem& problem : problems.list) problem.where = {path, number, {}};
      return problems;
    }
    keys.push_back(std::move(*key));
  }
  if (!keys.empty()) return keys;
  return Problem{Severity::error,
                 "VER-002",
                 {path, 0, {}},
                 "this file holds no verifier key",
                 "one a line, as `entsync audit key` prints it"};
}

Result<VerifyOptions> read_options(const Arguments& arguments) {
  VerifyOptions options;
  if (!arguments.key_file.empty()) {
    auto keys = read_keys(arguments.key_file);
    if (!keys) return keys.error();
    options.keys = std::move(*keys);
  }
  for (const std::string& path : arguments.checkpoint_files) {
    auto text = read(path);
    if (!text) return text.error();
    for (std::string& note : split_notes(*text)) options.external.push_back(std::move(note));
  }
  return options;
}

void print(const ChainReport& report, const VerifyOptions& options) {
  for (const Fault& fault : report.faults)
    std::printf("NOT WHOLE: %s: %s\n", std::string(to_string(fault.kind)).c_str(),
                fault.what.c_str());
  std::printf("%s: %llu records, head %s\n", report.good ? "whole" : "in order up to here",
              static_cast<unsigned long long>(report.records - report.removed),
              report.head.empty() ? "none" : report.head.c_str());
  if (report.removed != 0)
    std::printf("records 1 to %llu were removed at their term; a record certifies it\n",
                static_cast<unsigned long long>(report.removed));
  std::printf("%llu checkpoints, the last attests %llu records; %s; %zu kept elsewhere\n",
              static_cast<unsigned long long>(report.checkpoints),
              static_cast<unsigned long long>(report.attested),
              options.keys.empty() ? "signatures NOT verified (give --key)" : "signatures verified",
              options.external.size());
}

int verify(const Arguments& arguments) {
  const auto fail = [](const Problems& problems, int code) {
    std::fputs(to_string(problems).c_str(), stderr);
    return code;
  };
  auto options = read_options(arguments);
  if (!options) return fail(options.error(), exit_usage);
  auto journal = Journal::open(arguments.directory, Journal::Mode::read);
  if (!journal) return fail(journal.error(), exit_not_whole);
  Result<ChainReport> report = [&] {
    ProgressLine progress;
    options->progress = [&](std::uint64_t records) { progress.show(records); };
    return (*journal)->verify(*options);
  }();
  if (!report) return fail(report.error(), exit_not_whole);
  print(*report, *options);
  return report->good ? exit_whole : exit_not_whole;
}

}  // namespace
}  // namespace entsync

int main(int argc, char** argv) {
  ::umask(0077);
  const rlimit no_core{0, 0};  // a crash leaves no image of personal data behind
  ::setrlimit(RLIMIT_CORE, &no_core);
  CLI::App app(
      "Verifies the journal of an entsync daemon, independently of it: every record, the chain of\n"
      "their hashes, the Merkle tree over them, the signed checkpoints, and what was kept "
      "elsewhere.",
      "entsync-verify");
  entsync::Arguments arguments;
  app.set_version_flag("--version", "entsync-verify " ENTSYNC_VERSION);
  app.add_option("DIRECTORY", arguments.directory,
                 "Folder that holds journal.db; a copy will do, and reading it is enough")
      ->required();
  app.add_option("--key", arguments.key_file,
                 "File of verifier keys, one a line; the first is the one that signed first")
      ->type_name("FILE");
  app.add_option("--checkpoints", arguments.checkpoint_files,
                 "File of checkpoints that were kept elsewhere; may be given several times")
      ->type_name("FILE");
  app.footer(entsync::footer);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? entsync::exit_whole : entsync::exit_usage;
  }
  try {
    return entsync::verify(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "entsync-verify: defect or lack of resources: %s\n", error.what());
    return entsync::exit_not_whole;
  }
}
