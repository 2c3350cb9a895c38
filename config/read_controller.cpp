#include "read_controller.hpp"

namespace entsync::config {

Controller read_controller(TomlTable table) {
  Controller controller;
  controller.name = table.text_or("name", {});
  controller.address = table.text_or("address", {});
  controller.dpo = table.text_or("dpo", {});
  controller.recipients = table.texts("recipients");
  controller.transfers = table.text_or("transfers", {});
  table.finish();
  return controller;
}

}  // namespace entsync::config
