#pragma once
/// The four files that answer a request of access: one for machines, one to be read by a parent,
/// the changes for a spreadsheet, and a text that explains them. In French, for they are for
/// families. What belongs to others was withheld before (core/access_package.hpp); here nothing is
/// added to it but what the configuration and the register of processing say.

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "core/access_package.hpp"
#include "core/processing_register.hpp"
#include "state/ledger.hpp"

namespace entsync {

/// Who asks, as far as the answer tells it.
enum class Asker : std::uint8_t {
  person,       ///< for himself
  responsable,  ///< of the pupil, by the link in the directory
  proven,       ///< somebody whose right was proven by other means
};

struct AccessAnswer {
  AccessPackage package;
  std::vector<RegisterEntry> registers;  ///< lines about the person; told without who and why
  ProcessingRegister processing;
  config::Controller controller;
  Asker asker = Asker::person;
  Date received;
  Date made;
  std::string ticket;
  int values_days = 0;  ///< how long the journal keeps values
};

struct AccessFiles {
  std::string json;    ///< donnees.json
  std::string html;    ///< donnees.html
  std::string csv;     ///< historique.csv
  std::string readme;  ///< LISEZMOI.txt
};

AccessFiles render(const AccessAnswer& answer);

}  // namespace entsync
