#include "net/door/running_door.hpp"

#include "net/door/entrance.hpp"

namespace dhr::door {

running_door::running_door(entrance opened)
    : entrance_{std::make_unique<entrance>(std::move(opened))} {}
running_door::~running_door() = default;

std::uint16_t running_door::port() const noexcept { return entrance_->port(); }

std::size_t running_door::connections() const { return entrance_->connections(); }

void running_door::stop_accepting() { entrance_->stop_accepting(); }

std::future<void> running_door::stop(milliseconds grace) { return entrance_->stop(grace); }

}  // namespace dhr::door
