#include "control/message.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace entsync::control {

Answer Answer::json(const boost::json::value& value, unsigned status) {
  Answer answer;
  answer.status = status;
  answer.body = boost::json::serialize(value) + "\n";
  return answer;
}

Answer Answer::problem(unsigned status, const Problems& problems) {
  const auto error = std::ranges::find(problems.list, Severity::error, &Problem::severity);
  const Problem shown = error != problems.list.end() ? *error
                        : problems.empty()           ? Problem{}
                                                     : problems.list.front();
  boost::json::object fields;
  fields["code"] = shown.code;
  fields["what"] = shown.what;
  fields["remedy"] = shown.remedy;
  boost::json::object body;
  body["problem"] = std::move(fields);
  return json(body, status);
}

}  // namespace entsync::control
