#include "checkpoints.hpp"

#include <unistd.h>

#include <array>

#include "files.hpp"
#include "instant.hpp"
#include "journal/journal.hpp"
#include "run_program.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

/// Keys are named by the host, so that a reader of several journals can tell them apart.
std::string key_name() {
  std::array<char, 256> host{};
  std::string name = "entsync-";
  if (::gethostname(host.data(), host.size() - 1) != 0) return name + "journal";
  for (const char c : std::string_view(host.data()))
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
        c == '.')
      name += c;
  return name;
}

/// A key that others may read proves nothing.
bool others_may_read(const fs::path& path) {
  std::error_code error;
  const fs::perms perms = fs::status(path, error).permissions();
  return !error && (perms & fs::perms::others_read) != fs::perms::none;
}

Result<SigningKey> read_key(const fs::path& path) {
  if (others_may_read(path))
    return Problem{Severity::error,
                   "RUN-056",
                   {path.string(), 0, {}},
                   "everybody may read the key that signs the journal; nothing is signed",
                   "make it readable by the service account alone, and change it if somebody did"};
  auto text = read_file(path);
  if (!text) return text.error();
  auto key = SigningKey::parse(*text);
  if (key) return key;
  Problems problems = key.error();
  for (Problem& problem : problems.list) problem.where.file = path.string();
  return problems;
}

Result<SigningKey> make_key(const fs::path& path, const fs::path& verifier) {
  SigningKey key = SigningKey::generate(key_name());
  if (auto written = write_file_atomically(verifier, key.verifier().text() + "\n"); !written)
    return written.error();
  if (auto written = write_file_atomically(path, key.file_text()); !written) return written.error();
  return key;
}

}  // namespace

Result<SigningKey> open_signing_key(const config::Settings& settings) {
  if (!settings.journal.signing_key_file.empty())
    return read_key(settings.journal.signing_key_file);
  const fs::path own = settings.state_directory / "journal.key";
  std::error_code error;
  if (fs::exists(own, error) || error) return read_key(own);
  return make_key(own, settings.state_directory / "journal.pub");
}

Result<std::optional<std::string>> seal_journal(Context& context, Journal& journal,
                                                const std::string& run) {
  const config::Settings& settings = context.config.settings;
  auto key = open_signing_key(settings);
  if (!key) return key.error();
  std::optional<SigningKey> previous;
  if (!settings.journal.previous_key_file.empty()) {
    auto read = read_key(settings.journal.previous_key_file);
    if (!read) return read.error();
    previous.emplace(std::move(*read));
  }
  return journal.seal({*key, previous ? &*previous : nullptr,
                       "entsync journal of " + settings.state_directory.string(), now_rfc3339(),
                       run});
}

asio::awaitable<void> hand_out_checkpoint(Context& context, std::string checkpoint) {
  const config::JournalSettings settings = context.config.settings.journal;
  if (!settings.checkpoint_file.empty())
    if (auto kept = append_to_file(settings.checkpoint_file, checkpoint + "\n"); !kept)
      context.log.problems(kept.error());
  if (settings.checkpoint_command.empty()) co_return;
  std::vector<std::string> command = settings.checkpoint_command;
  const std::string failure = co_await run_program(std::move(command), std::move(checkpoint));
  if (!failure.empty())
    context.log.warning("RUN-055", "a checkpoint could not be handed out: " + failure);
}

}  // namespace entsync
