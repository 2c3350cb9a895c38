#pragma once
/// Which operations wait to be sent and which wait for their answer, without a socket, a clock or
/// libldap: the session tells what happened and asks what follows. Owns the rules on numbers: a
/// limit of unanswered operations, first come first sent, a deadline of silence for each, and that
/// an answer nobody waits for (late after an abandon, or invented) means nothing.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace entsync::ldap {

class InFlight {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;
  /// Our own number of an operation; message ids exist only once an operation is sent.
  using Serial = std::uint64_t;

  struct Limits {
    /// slapd cuts a connection with more than 100 pending requests before authentication, 1000
    /// after (conn_max_pending, conn_max_pending_auth in slapd.conf(5)): all answers are then lost.
    std::size_t unanswered = 96;
    Duration silence = std::chrono::seconds(60);
  };

  explicit InFlight(Limits limits) : limits_(limits) {}

  /// A new operation, behind those that wait to be sent.
  Serial accept();
  /// The operation to send now: the first that waits, unless the limit is reached.
  [[nodiscard]] std::optional<Serial> next() const;
  /// The operation of next() went to the server (perhaps only its first half) under this message
  /// id.
  void sent(int message_id, Time now);
  /// The operation of next() cannot be sent at all.
  void refuse_next();

  struct Arrival {
    Serial serial;
    Duration silence;  ///< how long nothing had been heard of the operation
    bool slow;         ///< that was more than 80 % of what is allowed: an early warning
  };
  /// Something that is not the end of the operation; nothing when nobody waits for it.
  std::optional<Arrival> progressed(int message_id, Time now);
  /// The end of the operation; nothing when nobody waits for it.
  std::optional<Arrival> answered(int message_id, Time now);

  struct Forgotten {
    bool known = false;
    std::optional<int> message_id;  ///< when it had been sent
  };
  /// Nobody waits for the operation any more. Its late answer will be met with nothing.
  Forgotten forget(Serial serial);

  /// When the first operation will have been silent for too long.
  [[nodiscard]] std::optional<Time> deadline() const;
  [[nodiscard]] bool has_overdue(Time now) const;

  /// Every operation, in the order accepted; the table is empty afterwards.
  std::vector<Serial> take_all();

  [[nodiscard]] std::size_t unanswered() const { return sent_.size(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Sent {
    Serial serial;
    Time heard;
  };
  [[nodiscard]] Arrival arrival(const Sent& sent, Time now) const;

  Limits limits_;
  Serial last_ = 0;
  std::deque<Serial> waiting_;
  std::unordered_map<int, Sent> sent_;
};

}  // namespace entsync::ldap
