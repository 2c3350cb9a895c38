#pragma once
/// Reads a request file: UTF-8 (a byte order mark is allowed), lines ended by LF or CRLF, fields
/// between `;`, a header that names the sixteen columns in their order, of which the last may
/// be left out, then one request a line. A
/// file whose header, encoding or size is not right is refused whole; a line that is wrong in its
/// form is refused alone. Dates are written 2026-09-01 or, as spreadsheets rewrite them,
/// 01/09/2026.
///
/// What is refused names file, line and column, and the request's id; never what the columns hold
/// of a person.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/demande.hpp"
#include "core/problem.hpp"

namespace entsync::collectivite {

/// A région has some hundred requests a year.
inline constexpr std::size_t max_file_bytes = std::size_t{8} << 20U;
inline constexpr std::size_t max_line_bytes = std::size_t{8} << 10U;
inline constexpr std::size_t max_lines = 50'000;

struct DemandeFile {
  std::vector<Demande> demandes;  ///< in the order of the file
  Problems refused;               ///< a warning for each line that was refused
};
Result<DemandeFile> read_demandes(std::string_view text, const std::string& name);

}  // namespace entsync::collectivite
