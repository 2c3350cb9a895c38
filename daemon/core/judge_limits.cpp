#include "judge_limits.hpp"

namespace entsync {

std::string_view to_string(Surprise surprise) {
  switch (surprise) {
    case Surprise::create:
      return "create";
    case Surprise::modify:
      return "modify";
    case Surprise::absent:
      return "absent";
    case Surprise::suspend:
      return "suspend";
    case Surprise::remove:
      return "remove";
    case Surprise::erase:
      return "delete";
    case Surprise::mail_lost:
      return "mail_lost";
    case Surprise::member_lost:
      return "member_lost";
  }
  return "?";
}

std::optional<Surprise> parse_surprise(std::string_view name) {
  for (const Surprise surprise : all_surprises)
    if (to_string(surprise) == name) return surprise;
  return std::nullopt;
}

JudgeLimits JudgeLimits::defaults() {
  JudgeLimits limits;
  limits.school = {{Surprise::absent, {20.0, 10, {}}},
                   {Surprise::remove, {50.0, 5, {}}},
                   {Surprise::erase, {50.0, 10, {}}},
                   {Surprise::mail_lost, {30.0, 10, {}}},
                   {Surprise::member_lost, {50.0, 60, {}}}};
  limits.school_profil = {{Surprise::absent, {25.0, 5, {}}}, {Surprise::mail_lost, {50.0, 10, {}}}};
  limits.academie = {{Surprise::absent, {8.0, 100, {}}}, {Surprise::erase, {8.0, 100, {}}}};
  limits.profil = {{Surprise::absent, {8.0, 100, {}}}};
  limits.run = {{Surprise::create, {25.0, 500, {}}},
                {Surprise::absent, {8.0, 100, {}}},
                {Surprise::erase, {8.0, 100, {}}},
                {Surprise::modify, {60.0, 5000, {}}},
                {Surprise::mail_lost, {10.0, 100, {}}}};
  return limits;
}

}  // namespace entsync
