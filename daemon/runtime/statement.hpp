#pragma once
/// The yearly statement of the agreements from the live directory, and its JSON: one form for the
/// control API and for `entsync registry statement`. It reads neither names nor contacts, shows
/// counts only, and so leaves no trace.

#include <boost/json/object.hpp>

#include "context.hpp"
#include "core/agreement_statement.hpp"

namespace entsync {

/// Reads the directory whole or not at all: too few accounts would be a wrong statement.
asio::awaitable<Result<AgreementStatement>> make_statement(Context& context, SchoolYear year);

boost::json::object statement_json(const AgreementStatement& statement);

}  // namespace entsync
