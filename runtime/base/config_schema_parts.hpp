#pragma once
// The schema's keys by part, in the order of the file. Internal to the room: others take
// config_schema().

#include <vector>

#include "runtime/base/config_schema.hpp"

namespace dhr {

std::vector<config_key> conversation_keys();
std::vector<config_key> voice_keys();
std::vector<config_key> ears_keys();
std::vector<config_key> face_keys();  // avatar, audio2face, emotions
std::vector<config_key> gpu_keys();
std::vector<config_key> door_keys();     // doors.http, doors.realtime
std::vector<config_key> access_keys();   // doors.tls, doors.access
std::vector<config_key> runtime_keys();  // runtime, store, log

}  // namespace dhr
