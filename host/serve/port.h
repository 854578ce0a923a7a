// The dispatch table of one transport instance.
#pragma once

#include <gov/abi/transport.h>

#include <cstdint>

#include "serve/dispatch.h"

namespace govhost {

// What stands behind a transport's gov_exchange.
struct Handle {
  std::shared_ptr<Exchange> exchange;

  static Handle* of(gov_exchange* exchange) { return reinterpret_cast<Handle*>(exchange); }
  gov_exchange* raw() { return reinterpret_cast<gov_exchange*>(this); }
};

// Connections get numbers that are unique in the process, because every transport counts its own.
class Port {
 public:
  Port(Dispatcher& dispatcher, std::uint64_t index);
  Port(const Port&) = delete;
  const gov_dispatch_v1& table() const { return table_; }

 private:
  Dispatcher& dispatcher_;
  const std::uint64_t base_;
  gov_dispatch_v1 table_{};
};

}  // namespace govhost
