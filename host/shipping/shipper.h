// Sends a copy of the audit trail somewhere, from its files, so that a sink that is down loses
// nothing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "observe/log.h"
#include "plugin/call.h"
#include "shipping/follower.h"
#include "shipping/sink.h"

namespace govhost::shipping {

// How far it has come is in a file of the trail's folder. Has a thread of its own.
class Shipper {
 public:
  // `progress` on its thread: how far it has come. A new sink begins with the first record.
  Shipper(std::string name, std::filesystem::path folder, std::unique_ptr<Sink> sink, Log& log,
          std::function<void()> progress);
  ~Shipper() { stop(); }
  Shipper(const Shipper&) = delete;

  // What is being sent is given up; `progress` is not called once this has returned. Idempotent.
  void stop();

  const std::string& name() const { return name_; }
  std::uint64_t sent() const { return sent_; }  // record; any thread
  bool failing() const { return failing_; }     // any thread

 private:
  void run();
  gov::Status ship();
  gov::Status remember(std::uint64_t seq);
  bool wait(std::chrono::milliseconds time);  // false: it ends

  const std::string name_;
  const std::filesystem::path place_;  // where how far it has come is kept
  const std::unique_ptr<Sink> sink_;
  Log& log_;
  const std::function<void()> progress_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<bool> failing_{false};
  std::unique_ptr<Follower> follower_;
  bool more_ = false;  // there may be more at once

  std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  plugin::CallContext* call_ = nullptr;  // that is being made
  std::thread thread_;
};

}  // namespace govhost::shipping
