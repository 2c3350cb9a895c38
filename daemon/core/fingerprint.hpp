#pragma once
/// What a plan was computed from, as canonical text to be hashed. The hash function is a parameter:
/// the core has none of its own.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "feed.hpp"
#include "plan.hpp"

namespace entsync {

/// Digest function: bytes → lower-case hexadecimal.
using Digest = std::function<std::string(std::string_view bytes)>;

/// Over académie, name and digest of every file, in order of name.
std::string deliveries_text(std::span<const SourceFile> files);

/// Over what the plan takes the directory to be: DN and revision of every entry it touches; for an
/// entry it creates, that there is none.
std::string directory_text(const Plan& plan);

}  // namespace entsync
