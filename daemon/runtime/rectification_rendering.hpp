#pragma once
/// Tickets of rectification as people see them: the dashboard of what schools are waited for, for
/// administrators; the notice to the school and the letter to the family, in plain French. The
/// letter tells no value but the one that the family claimed itself, for what is contested may lead
/// to somebody else.

#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "core/processing_register.hpp"
#include "core/rectification.hpp"
#include "rectifying.hpp"

namespace entsync {

/// The dashboard: a line for each school, and one for each ticket.
struct RectificationLists {
  std::string text;
  std::string json;
  std::string csv;
};
/// `tickets` as they are shown, in the order of schools and ages.
RectificationLists render(std::vector<Rectification> tickets, Date day);

/// One ticket with everything that is known, and who gets the data (GDPR art. 19).
std::string render(const Rectification& ticket, const ProcessingRegister& processing,
                   const config::Controller& controller, Date day);

struct RectificationNotice {
  ContestedValue contested;
  std::optional<std::string> claimed;  ///< nothing: it is not at hand any more
  std::string label;                   ///< of the attribute, as a parent would call it
  config::Controller controller;
  Date made;
};
struct RectificationLetters {
  std::string school;  ///< avis-ecole.txt
  std::string family;  ///< lettre-famille.txt
};
RectificationLetters render(const RectificationNotice& notice);

}  // namespace entsync
