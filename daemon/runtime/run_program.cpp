#include "run_program.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/process.hpp>
#include <memory>
#include <optional>

namespace entsync {
namespace {

namespace bp = boost::process;

constexpr std::chrono::seconds longest{30};

/// What the handler of a child's end writes to; it may come after everybody stopped waiting.
struct Ending {
  explicit Ending(const asio::any_io_executor& executor) : done(executor, longest) {}
  asio::steady_timer done;
  std::optional<int> code;
};

}  // namespace

asio::awaitable<std::string> run_program(std::vector<std::string> words, std::string input) {
  auto executor = co_await asio::this_coro::executor;
  auto& loop = static_cast<asio::io_context&>(executor.context());
  const auto ending = std::make_shared<Ending>(executor);
  std::error_code failed;
  const std::string program = words.front();
  words.erase(words.begin());
  bp::child child(
      bp::exe = program, bp::args = words, bp::std_in<asio::buffer(input), bp::std_out> bp::null,
      bp::std_err > bp::null, failed, loop,
      bp::on_exit = [ending](int code, const std::error_code&) {
        ending->code = code;
        ending->done.cancel();
      });
  if (failed) co_return program + " cannot be started: " + failed.message();
  boost::system::error_code cancelled;
  co_await ending->done.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (!ending->code) {
    child.terminate(failed);
    co_return program + " did not end within " + std::to_string(longest.count()) + " s";
  }
  if (*ending->code != 0) co_return program + " ended with " + std::to_string(*ending->code);
  co_return std::string();
}

}  // namespace entsync
