#pragma once
/// The endpoints of the control API by subject, one source each. Each adds its own to the list and
/// keeps the desk alive as long as they live.

#include <functional>
#include <memory>
#include <vector>

#include "control/endpoint.hpp"
#include "runtime/administration/desk.hpp"

namespace entsync {

class Endpoints {
 public:
  using Handle = std::function<asio::awaitable<control::Answer>(control::Request)>;
  using Stream = std::function<asio::awaitable<void>(control::Request, control::EventStream)>;

  /// The endpoint as it was added, until the next one is.
  control::Endpoint& add(const char* method, const char* pattern, control::Role role,
                         Handle handle) {
    return list_.emplace_back(
        control::Endpoint{method, pattern, role, std::move(handle), {}, false});
  }
  /// An answer that is ready at once.
  template <class F>
  control::Endpoint& add_ready(const char* method, const char* pattern, control::Role role,
                               F answer) {
    return add(method, pattern, role,
               [answer](control::Request request) -> asio::awaitable<control::Answer> {
                 co_return answer(request);
               });
  }
  void add_stream(const char* method, const char* pattern, control::Role role, Stream stream) {
    list_.push_back({method, pattern, role, {}, std::move(stream)});
  }

  [[nodiscard]] std::vector<control::Endpoint> take() { return std::move(list_); }

 private:
  std::vector<control::Endpoint> list_;
};

/// State, health, figures, schedule and deliveries of the daemon, and its configuration anew.
void add_state(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
void add_runs(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
void add_holds(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
/// The journal: what it says, and whether it is whole.
void add_audit(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
/// The schools that are enrolled.
void add_registry(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
/// The registers of persons: restrictions, objections, deaths.
void add_rights(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
void add_requests(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
void add_reviews(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
/// The plan of everything.
void add_plan(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);
/// The plan, the synchronisation and the explanation of a part.
void add_on_demand(Endpoints& endpoints, const std::shared_ptr<Desk>& desk);

}  // namespace entsync
