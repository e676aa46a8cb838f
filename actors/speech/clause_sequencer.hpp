#pragma once
// What a voice does with the clauses of a turn: keeps their order, lets only a few wait at the
// worker, and takes another voice when one fails. Pure: events in, effects out.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/speech/messages.hpp"

namespace dhr {

struct voice_options {
  std::vector<std::string> fall_backs;  // voices to try, in this order, when the asked one fails
  std::size_t in_flight_max = 4;        // clauses at the worker at once
  std::size_t clauses_max = 64;         // of one turn that are not delivered yet
};

// To the worker: speak, cancel_speech. To the session: speech_ready, speech_failed, voice_changed.
using voice_effect = std::variant<speak, cancel_speech, speech_ready, speech_failed, voice_changed>;
using voice_effects = std::vector<voice_effect>;

// Lives on: the voice's thread. Owned by: voice_state.
class clause_sequencer {
 public:
  explicit clause_sequencer(voice_options options = {}) : options_{std::move(options)} {}

  // A clause of a new turn ends what is left of the one before; a clause of an old or cancelled
  // turn is dropped. The first clause that is seen of a turn is the first to be delivered, so that
  // a voice that was restarted in mid-turn goes on.
  [[nodiscard]] voice_effects on(const speak& request);
  [[nodiscard]] voice_effects on(const cancel_speech& request);
  // The worker's answers. Those of clauses that nobody waits for any more are dropped. A voice that
  // is unavailable or has failed is replaced for the rest of the turn, which is announced once.
  [[nodiscard]] voice_effects on(speech_ready answer);
  [[nodiscard]] voice_effects on(speech_failed answer);
  // The worker is gone: all clauses fail with this reason, also those that come yet.
  [[nodiscard]] voice_effects worker_lost(error reason);

 private:
  enum class stage : std::uint8_t { waiting, in_flight, answered };
  struct clause {
    speak request;
    stage at = stage::waiting;
    std::string voice;  // that speaks it now
    std::vector<std::string> tried;
    std::optional<std::variant<speech_ready, speech_failed>> answer;
  };

  clause* find(const turn_id& turn, std::uint32_t index);
  [[nodiscard]] std::string voice_for(const std::string& asked) const;
  [[nodiscard]] std::optional<std::string> next_voice(const clause& failed) const;
  void answer(clause& one, speech_failed failure);
  // Delivers what is next and sends to the worker what may go.
  void advance(voice_effects& effects);

  const voice_options options_;
  std::optional<turn_id> turn_;  // the current or last one
  bool cancelled_ = false;       // that turn
  std::optional<error> worker_lost_;
  std::uint32_t next_index_ = 0;  // to be delivered
  std::map<std::uint32_t, clause> clauses_;
  std::map<std::string, std::string> replaced_;  // in this turn: a voice -> who speaks instead
};

}  // namespace dhr
