#include "actors/avatar/expression_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "runtime/base/config_load.hpp"
#include "runtime/base/config_nearest.hpp"
#include "runtime/base/config_yaml_adapter.hpp"

namespace dhr {
namespace {

constexpr std::size_t names_max = 64;
constexpr std::size_t name_length_max = 40;
// Shares are written with two digits; three thirds are a whole.
constexpr float whole_share = 1.005f;

// An expression as it is written; what a designer leaves out has these values.
struct draft {
  float intensity = 1;
  float onset_ms = 400;
  float hold_ms = 1'000;
  float decay_ms = 800;
  float linger = 0.6f;
  float asymmetry = 0;
  mood life;               // angles in degrees
  face_pose both_sides{};  // left and right alike
  face_pose one_side{};    // of shapes that were written by their whole name
  bool has_pose = false;
};

template <class Owner>
struct number_key {
  std::string_view name;
  float min;
  float max;
  float& (*member)(Owner&);
};

#define DHR_FIELD(owner, member) [](owner& x) -> float& { return x.member; }

constexpr number_key<draft> draft_keys[]{
    {"intensity", 0, 2, DHR_FIELD(draft, intensity)},
    {"onset_ms", 20, 5'000, DHR_FIELD(draft, onset_ms)},
    {"hold_ms", 0, 20'000, DHR_FIELD(draft, hold_ms)},
    {"decay_ms", 20, 5'000, DHR_FIELD(draft, decay_ms)},
    {"linger", 0, 1, DHR_FIELD(draft, linger)},
    {"asymmetry", -0.5f, 0.5f, DHR_FIELD(draft, asymmetry)},
};

constexpr number_key<mood> mood_keys[]{
    {"blinks", 0.1f, 4, DHR_FIELD(mood, blinks)},
    {"looks_away", 0, 4, DHR_FIELD(mood, looks_away)},
    {"look_length", 0.2f, 4, DHR_FIELD(mood, look_length)},
    {"gaze_up", -20, 20, DHR_FIELD(mood, gaze_up)},
    {"gaze_aside", 0, 20, DHR_FIELD(mood, gaze_aside)},
    {"head_motion", 0, 3, DHR_FIELD(mood, head_motion)},
    {"head_tempo", 0.2f, 3, DHR_FIELD(mood, head_tempo)},
    {"head_tilt", -15, 15, DHR_FIELD(mood, head.roll)},
    {"head_down", -15, 15, DHR_FIELD(mood, head.pitch)},
    {"head_turn", -15, 15, DHR_FIELD(mood, head.yaw)},
};

#undef DHR_FIELD

float radians(float degrees) { return degrees * std::numbers::pi_v<float> / 180; }

float& at(face_pose& pose, blendshape shape) { return pose[static_cast<std::size_t>(shape)]; }

bool is_gaze(std::string_view shape) { return shape.starts_with("eyeLook"); }

std::optional<std::size_t> shape_of(std::string_view name) {
  const auto found = std::find(blendshape_names.begin(), blendshape_names.end(), name);
  if (found == blendshape_names.end()) return {};
  return static_cast<std::size_t>(found - blendshape_names.begin());
}

// "mouthSmile" is mouthSmileLeft and mouthSmileRight; "mouth" is not mouthLeft and mouthRight,
// which move the whole mouth.
struct sides {
  std::size_t left;
  std::size_t right;
};
std::optional<sides> sides_of(const std::string& name) {
  if (name == "mouth" || name == "jaw") return {};
  const auto left = shape_of(name + "Left");
  const auto right = shape_of(name + "Right");
  if (!left || !right) return {};
  return sides{*left, *right};
}

std::vector<std::string> pose_names() {
  std::vector<std::string> names;
  for (const auto shape : blendshape_names) {
    if (is_gaze(shape)) continue;
    names.emplace_back(shape);
    if (!shape.ends_with("Left")) continue;
    const auto stem = std::string{shape.substr(0, shape.size() - 4)};
    if (sides_of(stem)) names.push_back(stem);
  }
  return names;
}

template <class Key, std::size_t count>
std::vector<std::string> names_of(const Key (&keys)[count]) {
  std::vector<std::string> names;
  for (const auto& key : keys) names.emplace_back(key.name);
  return names;
}

// The shortest text that reads back: 0.5, 20.
std::string text_of(float value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.size() <= name_length_max &&
         std::all_of(text.begin(), text.end(), fits);
}

expression made_of(std::string name, const draft& written) {
  expression made;
  made.name = std::move(name);
  made.onset_s = double(written.onset_ms) / 1'000;
  made.hold_s = double(written.hold_ms) / 1'000;
  made.decay_s = double(written.decay_ms) / 1'000;
  made.linger = written.linger;
  made.life = written.life;
  for (auto* angle : {&made.life.gaze_up, &made.life.gaze_aside, &made.life.head.roll,
                      &made.life.head.pitch, &made.life.head.yaw}) {
    *angle = radians(*angle);
  }
  for (std::size_t i = 0; i < blendshape_count; ++i) {
    const bool left = blendshape_names[i].ends_with("Left");
    const auto lean = 1 + (left ? written.asymmetry : -written.asymmetry);
    const auto weight = std::max(written.both_sides[i] * lean, written.one_side[i]);
    made.pose[i] = std::clamp(weight * written.intensity, 0.0f, 1.0f);
  }
  return made;
}

class reader {
 public:
  reader(const std::string& source, expression_set base) : source_{source}, set_{std::move(base)} {}

  void take(const yaml::reading& reading) {
    for (const auto& found : reading.entries) take(found);
    if (!reading.syntax) return;
    const auto& problem = *reading.syntax;
    complaints_.push_back(
        {config_fault::syntax, source_, problem.line, problem.column, {}, {}, problem.what});
  }

  result<expression_set> finish() && {
    for (auto& [name, written] : drafts_) finish(name, written.second, written.first);
    for (const auto& [blend, place] : blends_) finish(blend, place);
    if (!complaints_.empty()) {
      std::stable_sort(complaints_.begin(), complaints_.end(),
                       [](const auto& a, const auto& b) { return a.line < b.line; });
      auto text = render(complaints_);
      text.pop_back();
      return fail(errc::invalid_argument, std::move(text), source_);
    }
    if (set_.expressions.size() + set_.blends.size() > names_max) {
      return fail(errc::invalid_argument,
                  source_ + ": at most " + std::to_string(names_max) +
                      " names may be given to expressions and blends",
                  source_);
    }
    return std::move(set_);
  }

 private:
  using entry = yaml::entry;

  void take(const entry& found) {
    const auto& path = found.path;
    if (found.duplicate)
      return complain(found, config_fault::duplicate_key, "stands in this place twice");
    if (path.size() == 1) return take_part(found);
    if (path[0] == "expressions") return take_expression(found);
    if (path[0] == "blends") take_blend(found);
  }

  void take_part(const entry& found) {
    const std::vector<std::string> parts{"expressions", "blends"};
    if (std::find(parts.begin(), parts.end(), found.path[0]) == parts.end())
      return unknown(found, parts);
    (void)holds_keys(found);
  }

  void take_expression(const entry& found) {
    const auto& path = found.path;
    if (path.size() == 2) {
      if (is_named(found) && holds_keys(found)) drafts_[path[1]].first = found;
      return;
    }
    const auto known = drafts_.find(path[1]);
    if (known == drafts_.end()) return;  // said once, for the whole of it
    auto& written = known->second.second;
    if (path.size() == 3) {
      if (path[2] == "pose" || path[2] == "mood") {
        written.has_pose |= path[2] == "pose";
        (void)holds_keys(found);
      } else {
        take_number(found, draft_keys, written, {"pose", "mood"});
      }
    } else if (path.size() == 4 && path[2] == "pose") {
      take_shape(found, written);
    } else if (path.size() == 4 && path[2] == "mood") {
      take_number(found, mood_keys, written.life, {});
    }
  }

  void take_shape(const entry& found, draft& written) {
    const auto& name = found.path.back();
    if (is_gaze(name)) {
      return complain(found, config_fault::unknown_key,
                      "is moved by the mood: set gaze_up and gaze_aside there");
    }
    const auto shape = shape_of(name);
    const auto both = sides_of(name);
    if (!shape && !both) return unknown(found, pose_names());
    const auto weight = number(found, 0, 1);
    if (!weight) return;
    if (shape) {
      written.one_side[*shape] = *weight;
    } else {
      written.both_sides[both->left] = written.both_sides[both->right] = *weight;
    }
  }

  template <class Owner, std::size_t count>
  void take_number(const entry& found, const number_key<Owner> (&keys)[count], Owner& owner,
                   std::vector<std::string> others) {
    const auto key = std::find_if(std::begin(keys), std::end(keys),
                                  [&](const auto& x) { return x.name == found.path.back(); });
    if (key == std::end(keys)) {
      for (auto& name : names_of(keys)) others.push_back(std::move(name));
      return unknown(found, others);
    }
    if (const auto value = number(found, key->min, key->max)) key->member(owner) = *value;
  }

  void take_blend(const entry& found) {
    const auto& path = found.path;
    if (path.size() == 2) {
      if (is_named(found) && holds_keys(found)) blends_.push_back({{path[1], {}}, found});
    } else if (path.size() == 3 && !blends_.empty() && blends_.back().first.name == path[1]) {
      if (const auto share = number(found, 0, 1)) {
        blends_.back().first.parts.push_back({path[2], *share});
        parts_.push_back(found);
      }
    }
  }

  void finish(const std::string& name, const draft& written, const entry& place) {
    if (!written.has_pose) {
      return complain(place, config_fault::wrong_type,
                      "needs a pose: ARKit's shapes with their weights");
    }
    auto made = made_of(name, written);
    if (at(made.pose, blendshape::mouthClose) > at(made.pose, blendshape::jawOpen)) {
      return complain(
          place, config_fault::relation,
          "has a mouthClose that is larger than its jawOpen; it only closes what the jaw opened");
    }
    std::erase_if(set_.blends, [&](const expression_blend& x) { return x.name == name; });
    const auto same = std::find_if(set_.expressions.begin(), set_.expressions.end(),
                                   [&](const expression& x) { return x.name == name; });
    if (same != set_.expressions.end()) {
      *same = std::move(made);
    } else {
      set_.expressions.push_back(std::move(made));
    }
  }

  void finish(const expression_blend& blend, const entry& place) {
    std::vector<std::string> names;
    for (const auto& one : set_.expressions) names.push_back(one.name);
    for (const auto& [name, written] : drafts_) names.push_back(name);
    const auto is_known = [&](const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (is_known(blend.name)) {
      return complain(place, config_fault::duplicate_key,
                      "is an expression too; give the blend a name of its own");
    }
    float sum = 0;
    for (const auto& part : blend.parts) sum += part.share;
    if (sum <= 0 || sum > whole_share) {
      return complain(
          place, config_fault::out_of_range,
          "must have shares that sum to more than 0 and to 1 at most; they sum to " + text_of(sum));
    }
    for (const auto& part : parts_) {
      if (part.path[1] == blend.name && !is_known(part.path[2])) unknown(part, names);
    }
    std::erase_if(set_.blends, [&](const expression_blend& x) { return x.name == blend.name; });
    set_.blends.push_back(blend);
  }

  // ---- what an entry must be

  bool is_named(const entry& found) {
    if (is_name(found.path[1])) return true;
    complain(found, config_fault::unknown_key,
             "must have a name of 1 to 40 letters a to z, digits and _");
    return false;
  }

  bool holds_keys(const entry& found) {
    if (found.kind == yaml::entry_kind::map ||
        (found.kind == yaml::entry_kind::nothing && found.path.size() != 2))
      return true;
    complain(found, config_fault::wrong_type, "must hold keys, not a value of its own");
    return false;
  }

  std::optional<float> number(const entry& found, float min, float max) {
    const auto range = "must be a number from " + text_of(min) + " to " + text_of(max);
    float value = 0;
    const auto last = found.text.data() + found.text.size();
    const auto [end, code] = std::from_chars(found.text.data(), last, value);
    if (found.kind != yaml::entry_kind::scalar || found.quoted || end != last ||
        code != std::errc{}) {
      complain(found, config_fault::wrong_type, range);
      return {};
    }
    if (!(value >= min && value <= max)) {
      complain(found, config_fault::out_of_range, range);
      return {};
    }
    return value;
  }

  void unknown(const entry& found, const std::vector<std::string>& names) {
    complain(found, config_fault::unknown_key,
             "is unknown; did you mean " + nearest(found.path.back(), names) + "?");
  }

  void complain(const entry& found, config_fault fault, std::string what) {
    std::string key;
    for (std::size_t i = found.path.size() > 1 ? 1 : 0; i < found.path.size(); ++i) {
      key += (key.empty() ? "" : ".") + found.path[i];
    }
    const bool shows = fault == config_fault::out_of_range || fault == config_fault::wrong_type;
    complaints_.push_back({fault, source_, found.line, found.column, std::move(key),
                           shows ? found.text : "", std::move(what)});
  }

  std::string source_;
  expression_set set_;
  std::map<std::string, std::pair<entry, draft>> drafts_;
  std::vector<std::pair<expression_blend, entry>> blends_;
  std::vector<entry> parts_;
  std::vector<config_complaint> complaints_;
};

}  // namespace

result<expression_set> read_expressions(std::string_view yaml, const std::string& source,
                                        expression_set base) {
  reader reading{source, std::move(base)};
  reading.take(yaml::read(yaml));
  return std::move(reading).finish();
}

}  // namespace dhr
