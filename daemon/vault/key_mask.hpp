#pragma once
/// Keys of persons in the details of records: found there and replaced, whoever wrote them.

#include <functional>
#include <string>
#include <string_view>

namespace entsync {

/// The text with every key of a person ("AC-X/Eleve/123") replaced by what `stand_in` gives for it.
std::string mask_keys(std::string_view text,
                      const std::function<std::string(std::string_view key)>& stand_in);

}  // namespace entsync
