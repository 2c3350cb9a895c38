#include "journal/checkpoint.hpp"

#include <gtest/gtest.h>

#include "journal/signed_note.hpp"
#include "records.hpp"

namespace entsync {
namespace {

using test::code_of;

// The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note: other programs' keys and notes.
constexpr const char* known_key =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr const char* known_note =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xE2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

TEST(SignedNote, ANoteOfAnotherProgramIsVerified) {
  const auto key = VerifierKey::parse(known_key);
  ASSERT_TRUE(key) << to_string(key.error());
  EXPECT_EQ(key->text(), known_key);
  EXPECT_EQ(key->name(), "PeterNeumann");
  EXPECT_EQ(key->hash(), "c74f20a3");
  const auto note = parse_note(known_note);
  ASSERT_TRUE(note);
  EXPECT_TRUE(note->is_signed_by(*key));
}

TEST(SignedNote, ANoteWithOneOtherByteIsNot) {
  const auto key = VerifierKey::parse(known_key);
  const std::string text = known_note;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string altered = text;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    const auto note = parse_note(altered);
    EXPECT_FALSE(note && note->is_signed_by(*key)) << "byte " << i;
  }
}

TEST(SignedNote, AKeyThatDoesNotFitItsHashIsNone) {
  for (const char* text :
       {"", "a", "a+b", "a+b+c", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpcvQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"})
    EXPECT_EQ(code_of(VerifierKey::parse(text)), "JRN-021") << text;
}

TEST(SignedNote, AKeyComesBackFromItsFile) {
  const SigningKey key = SigningKey::generate("entsync-test");
  const auto again = SigningKey::parse(key.file_text());
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->verifier(), key.verifier());
  const std::string note = "text\n\n" + again->signature_line("text\n");
  EXPECT_TRUE(parse_note(note)->is_signed_by(key.verifier()));
  EXPECT_FALSE(parse_note(note)->is_signed_by(SigningKey::generate("entsync-test").verifier()));
}

TEST(SignedNote, AFileThatHoldsNoKeyIsRefusedWithoutBeingShown) {
  const std::string whole = SigningKey::generate("one").file_text();
  const std::string other = SigningKey::generate("two").file_text();
  const std::string mixed =
      other.substr(0, other.find('\n') + 1) + whole.substr(whole.find('\n') + 1);
  for (const std::string& text :
       {std::string(), std::string("# x\n"), whole.substr(0, whole.size() / 2), mixed,
        whole.substr(whole.find('\n') + 1)}) {
    const auto key = SigningKey::parse(text);
    ASSERT_FALSE(key);
    EXPECT_EQ(to_string(key.error()).find("PRIVATE"), std::string::npos);
  }
}

TEST(SignedNote, NotesInOneFileAreTakenApart) {
  const std::string one = "a\n\n\xE2\x80\x94 k AAAAAAAA\n";
  const std::string two = "b\n\n\xE2\x80\x94 k AAAAAAAA\n\xE2\x80\x94 l AAAAAAAA\n";
  EXPECT_EQ(split_notes(one + "\n" + two + "\n"), (std::vector<std::string>{one, two}));
  EXPECT_EQ(split_notes(one + two), (std::vector<std::string>{one, two}));
  EXPECT_EQ(split_notes(one.substr(0, one.size() - 1)),
            (std::vector<std::string>{one.substr(0, one.size() - 1)}));
  EXPECT_TRUE(split_notes("").empty());
}

Checkpoint example() {
  Checkpoint checkpoint;
  checkpoint.origin = "entsync journal of /var/lib/entsync";
  checkpoint.size = 1842;
  checkpoint.root.fill(7);
  checkpoint.number = 17;
  checkpoint.time = "2026-09-15T02:41:07.120Z";
  checkpoint.run = "20260915T023000Z-1f4c";
  checkpoint.head.fill(9);
  checkpoint.previous.fill(11);
  return checkpoint;
}

TEST(CheckpointText, ComesBackFromItsText) {
  Checkpoint checkpoint = example();
  EXPECT_EQ(parse_checkpoint(to_text(checkpoint)).value(), checkpoint);
  checkpoint.run.clear();
  checkpoint.next_key = known_key;
  EXPECT_EQ(parse_checkpoint(to_text(checkpoint)).value(), checkpoint);
}

TEST(CheckpointText, NothingElseIsOne) {
  const std::string text = to_text(example());
  for (std::size_t i = 0; i <= text.size(); ++i) {
    EXPECT_EQ(code_of(parse_checkpoint(text + text.substr(0, i) + "x")), "JRN-020") << i;
    if (i == text.size()) continue;
    EXPECT_EQ(code_of(parse_checkpoint(text.substr(0, i))), "JRN-020") << i;
  }
  for (const char* other : {"01842", "-1", "18446744073709551616", "0x10", ""}) {
    std::string changed = text;
    changed.replace(changed.find("1842"), 4, other);
    EXPECT_EQ(code_of(parse_checkpoint(changed)), "JRN-020") << other;
  }
}

}  // namespace
}  // namespace entsync
