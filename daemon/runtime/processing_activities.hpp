#pragma once
/// The register of processing activities (GDPR art. 30) as the configuration at hand makes it:
/// which attributes are mapped, of whom, with what purpose and for whom, how long everything is
/// kept, and which measures of security are configured and which are not. What the configuration
/// does not say is said to be missing. In French: it is what a controller shows. Nothing personal
/// is read.

#include <string>
#include <vector>

#include "config/load_settings.hpp"
#include "core/processing_register.hpp"

namespace entsync {

/// One attribute of the directory in one activity.
struct RegisteredDatum {
  std::string attribute;
  std::string label;
  std::string category;
  std::string purpose;
  std::vector<std::string> persons;  ///< whose entries have it; also schools and groups
  std::vector<std::string> recipients;
  std::string retention;
};

/// A measure of security (art. 32).
struct Measure {
  std::string text;
  bool configured = false;
};

struct ProcessingActivity {
  std::string id;
  std::string name;
  std::string legal_basis;
  std::vector<std::string> purposes;
  std::vector<std::string> persons;
  std::vector<std::string> sources;
  std::vector<std::string> recipients;
  std::vector<std::string> retention;
  std::vector<Measure> measures;
  std::vector<RegisteredDatum> data;
};

/// Two: the directory, and the journal of it. The register has a line for every attribute that the
/// rules name (compare() of core/processing_register.hpp).
std::vector<ProcessingActivity> processing_activities(const config::Configuration& configuration,
                                                      const ProcessingRegister& processing);

struct ActivityForms {
  std::string text;
  std::string json;  ///< one object
  std::string csv;   ///< for a spreadsheet in French: semicolons
};
ActivityForms render(const std::vector<ProcessingActivity>& activities,
                     const config::Controller& controller, Date made);

}  // namespace entsync
