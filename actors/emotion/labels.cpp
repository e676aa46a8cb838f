#include "actors/emotion/labels.hpp"

namespace dhr {

const std::array<std::string_view, emotion_label_count> emotion_label_names{
    "admiration",    "amusement",   "anger",    "annoyance",      "approval",    "caring",
    "confusion",     "curiosity",   "desire",   "disappointment", "disapproval", "disgust",
    "embarrassment", "excitement",  "fear",     "gratitude",      "grief",       "joy",
    "love",          "nervousness", "optimism", "pride",          "realization", "relief",
    "remorse",       "sadness",     "surprise", "neutral"};

}  // namespace dhr
