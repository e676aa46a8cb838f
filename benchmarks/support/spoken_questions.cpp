#include "benchmarks/support/spoken_questions.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>

#include "actors/ears/audio_file_adapter.hpp"
#include "actors/speech/flite_voice.hpp"
#include "actors/speech/piper_voice.hpp"
#include "runtime/base/clock.hpp"

namespace dhr::bench {
namespace {

const std::string recorded_file = DHR_DEPS_DIR "/models/ears/beckett.wav";
const std::string recorded_text =
    "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.";

// Where the sound is louder than 20 dB below its loudest 50 ms: the recording's room is not much
// fainter.
std::pair<std::int64_t, std::int64_t> loud_part(std::span<const std::int16_t> samples) {
  constexpr std::size_t window = speech_sample_rate / 20;
  std::vector<double> power;
  for (std::size_t at = 0; at + window <= samples.size(); at += window) {
    double sum = 0;
    for (const auto sample : samples.subspan(at, window))
      sum += static_cast<double>(sample) * sample;
    power.push_back(sum);
  }
  if (power.empty()) return {0, 0};
  const auto least = *std::max_element(power.begin(), power.end()) / 100;
  const auto is_loud = [&](double one) { return one > least; };
  const auto first = std::find_if(power.begin(), power.end(), is_loud) - power.begin();
  const auto last = std::find_if(power.rbegin(), power.rend(), is_loud).base() - power.begin();
  return {first * static_cast<std::int64_t>(window), last * static_cast<std::int64_t>(window)};
}

bool sounds(const phoneme_span& phoneme) { return !phoneme.ipa.empty(); }

}  // namespace

const std::vector<std::string>& question_texts() {
  static const std::vector<std::string> texts{
      "What is the weather going to be like tomorrow?",
      "Can you explain how compound interest works?",
      "Where did you learn to speak so clearly?",
      "How do I open a savings account for my daughter?",
      "What happened to the stock market this morning?",
      "Should I pay off my mortgage early?",
      "Could you tell me a short story about a dragon?",
      "Why do bond prices fall when interest rates rise?",
      "Who wrote the play about the prince of Denmark?",
      "What is the difference between a fund and a share?",
      "Do you think it will rain on Saturday afternoon?",
      "How much money should I keep for emergencies?",
      "Is it better to rent an apartment or to buy a house?",
      "What time does the museum close on Sunday?",
      "Can you recommend a good book about history?",
      "What does diversification mean for my portfolio?",
      "How can I protect my savings against inflation?",
      "Please show me the performance of my investments.",
      "Which company had the highest profit last quarter?",
      "Would you mind repeating the last sentence?",
      "How long does it take to cook brown rice?",
      "What is a reasonable budget for a family of four?",
      "Tell me more about the risks of this strategy.",
      "When should I start saving for my retirement?",
      "What languages do people speak in Switzerland?",
      "How do I cancel my subscription without paying a fee?",
      "Why is the sky blue in the middle of the day?",
      "Are you able to compare these two companies for me?",
      "What would happen if I sold everything today?",
      "How does a credit score affect the price of a loan?",
      "Can I speak to a real person about my account?",
      "What are the main causes of a recession?",
      "My brother lost his job, what should he do first?",
      "How often does the central bank change its policy?",
      "I am looking for a quiet place to read, any ideas?",
      "Did the price of oil go up or down this year?"};
  return texts;
}

const std::vector<std::string>& held_out_question_texts() {
  static const std::vector<std::string> texts{
      "What should I look for when I choose a pension plan?",
      "Can you tell me how vaccines were discovered?",
      "Is there a train to the airport after midnight?",
      "How many players are there on a football team?",
      "Why did my electricity bill go up so much?",
      "What does it cost to send a parcel to Canada?",
      "Do I have to pay tax on a gift from my parents?",
      "Which planet is the largest one?",
      "I keep forgetting names, can I train my memory?",
      "Where can I see how my money was spent last month?",
      "What was the price of gold ten years ago?",
      "Could we talk about something else for a moment?",
      "How do I get a coffee stain out of a white shirt?",
      "Are dividends paid every month or every year?",
      "Who decides how much a new coin is worth?",
      "What kind of dog is good with small children?",
      "Would it be foolish to borrow money for a holiday?",
      "Please explain the last number that you mentioned.",
      "When is the best time of the year to plant roses?",
      "How safe is the money that I have in the bank?",
      "Can a company decide not to pay back its bonds?",
      "What do you call a group of whales?",
      "My landlord raised the rent, is he allowed to do that?",
      "Does a higher return always mean more risk?",
      "How far away is the moon from here?",
      "Tell me what an index fund is in simple words.",
      "Which of my shares fell the most this week?",
      "What would you do with a thousand dollars?",
      "Is it too late to change the order I placed today?"};
  return texts;
}

const char* to_string(manner how) noexcept {
  switch (how) {
    case manner::piper_slow:
      return "piper_slow";
    case manner::piper:
      return "piper";
    case manner::piper_fast:
      return "piper_fast";
    case manner::flite:
      break;
  }
  return "flite";
}

result<voices> load_voices() {
  piper_options options;
  options.model = DHR_DEPS_DIR "/models/voice/piper-joe.onnx";
  options.tokens = DHR_DEPS_DIR "/models/voice/piper-joe.tokens.txt";
  voices all;
  DHR_TRY(all.piper, make_piper_voice(std::move(options), system_clock()));
  DHR_TRY(all.flite, make_flite_voice({}));
  return all;
}

result<spoken_question> speak(const voices& all, const std::string& text, manner how) {
  auto& voice = how == manner::flite ? *all.flite : *all.piper;
  const double rate = how == manner::piper_slow ? 0.9 : how == manner::piper_fast ? 1.15 : 1.0;
  DHR_TRY(auto sound, voice.synthesize(text, {rate}));
  const auto& phonemes = sound.phonemes;
  const auto first = std::find_if(phonemes.begin(), phonemes.end(), sounds);
  const auto last = std::find_if(phonemes.rbegin(), phonemes.rend(), sounds);
  if (first == phonemes.end()) return fail(errc::failed, "nothing was spoken of: " + text);
  return spoken_question{text, to_string(how), std::move(sound.samples), first->first_sample,
                         last->last_sample};
}

result<spoken_question> recorded_speech() {
  std::ifstream file{recorded_file, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  if (bytes.empty()) return fail(errc::not_found, "cannot read " + recorded_file);
  DHR_TRY(auto samples, read_audio_file(bytes));
  const auto [begin, end] = loud_part(samples);
  return spoken_question{recorded_text, "recorded", std::move(samples), begin, end};
}

// Faded over 5 ms, so that the cut itself makes no sound.
spoken_question trimmed(spoken_question spoken) {
  constexpr std::size_t fade = speech_sample_rate / 200;
  auto& samples = spoken.samples;
  samples.resize(std::min(samples.size(), static_cast<std::size_t>(spoken.speech_end)));
  for (std::size_t i = 0; i < std::min(fade, samples.size()); ++i) {
    auto& sample = samples[samples.size() - 1 - i];
    sample = static_cast<std::int16_t>(sample * static_cast<int>(i) / static_cast<int>(fade));
  }
  return spoken;
}

}  // namespace dhr::bench
