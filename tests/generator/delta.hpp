#pragma once
/// What became of objects between two deliveries, as the requests of a Delta: an addRequest for
/// who is new, a modifyRequest with the attributes that changed, a deleteRequest for who is gone.
/// Works on records as this generator writes them, one attribute a line.

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace generator {

class Changes {
 public:
  /// A record of the earlier delivery.
  void before(std::string record);
  /// The request that a record of the later one needs; empty when nothing changed.
  std::string after(const std::string& record);
  /// Once all later ones are known: the requests for those that are gone, in their old order.
  void each_gone(const std::function<void(const std::string& request)>& visit) const;

 private:
  struct Known {
    std::string record;
    bool is_there = false;
  };
  std::unordered_map<std::string, Known> known_;
  std::vector<std::string> order_;
};

}  // namespace generator
