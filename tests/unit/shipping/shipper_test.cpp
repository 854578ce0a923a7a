// A sink that is down loses nothing, and what it has it is not sent again.
#include "shipping/shipper.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <vector>

#include "support/files.h"

namespace govhost::shipping {
namespace {

using namespace std::chrono_literals;

// What arrived, shared by the sinks of several shippers.
struct Arrived {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> lines;
  int refusals = 0;  // still to come

  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 20s, [&] { return lines.size() >= count; });
  }
};

class FakeSink final : public Sink {
 public:
  explicit FakeSink(Arrived& arrived) : arrived_(arrived) {}
  gov::Status send(std::span<const std::string> lines, plugin::CallContext&) override {
    const std::lock_guard lock(arrived_.mutex);
    if (arrived_.refusals > 0) {
      --arrived_.refusals;
      return gov::unavailable("it is down");
    }
    arrived_.lines.insert(arrived_.lines.end(), lines.begin(), lines.end());
    arrived_.changed.notify_all();
    return {};
  }

 private:
  Arrived& arrived_;
};

class ShipperTest : public testing::Test {
 protected:
  void add(int from, int to) const {
    std::ofstream out(folder.path() / "audit-000000000001.jsonl", std::ios::app);
    for (int i = from; i <= to; ++i) out << "{\"seq\":" << i << ",\"x\":\"y\"}\n";
  }
  std::unique_ptr<Shipper> start() {
    return std::make_unique<Shipper>("siem", folder.path(), std::make_unique<FakeSink>(arrived),
                                     log, [] {});
  }

  const test::TempDir folder;
  Arrived arrived;
  const UniqueFd nowhere{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  LineWriter lines{nowhere.get()};
  Log log{lines, Level::kDebug};
};

TEST_F(ShipperTest, EverythingArrivesInOrderAndOnce) {
  add(1, 1200);
  {
    const auto shipper = start();
    ASSERT_TRUE(arrived.wait_for(1200));
    add(1201, 1210);
    ASSERT_TRUE(arrived.wait_for(1210));
  }
  add(1211, 1220);
  const auto shipper = start();
  ASSERT_TRUE(arrived.wait_for(1220));
  const std::lock_guard lock(arrived.mutex);
  ASSERT_EQ(arrived.lines.size(), 1220u) << "what has arrived is not sent again after a restart";
  for (std::size_t i = 0; i < arrived.lines.size(); ++i)
    EXPECT_TRUE(arrived.lines[i].starts_with("{\"seq\":" + std::to_string(i + 1) + ","));
}

TEST_F(ShipperTest, AnOutageLosesNothing) {
  arrived.refusals = 2;
  add(1, 10);
  const auto shipper = start();
  ASSERT_TRUE(arrived.wait_for(10));
  const std::lock_guard lock(arrived.mutex);
  EXPECT_EQ(arrived.lines.size(), 10u);
}

// Has taken everything when the shipper is told to end, and says so only then.
class LastMomentSink final : public Sink {
 public:
  explicit LastMomentSink(Arrived& arrived) : arrived_(arrived) {}
  gov::Status send(std::span<const std::string> lines, plugin::CallContext& call) override {
    {
      const std::lock_guard lock(arrived_.mutex);
      arrived_.lines.insert(arrived_.lines.end(), lines.begin(), lines.end());
      arrived_.changed.notify_all();
    }
    pollfd ended{call.raw()->cancel_fd(call.raw()), POLLIN, 0};
    ::poll(&ended, 1, 20'000);
    return {};
  }

 private:
  Arrived& arrived_;
};

// Whoever is told of progress may go away after stop(), and what arrived is not sent again.
TEST_F(ShipperTest, NothingHappensAfterTheStop) {
  add(1, 10);
  std::atomic<int> progress{0};
  Shipper shipper("siem", folder.path(), std::make_unique<LastMomentSink>(arrived), log,
                  [&] { ++progress; });
  ASSERT_TRUE(arrived.wait_for(10));
  EXPECT_EQ(progress, 0);
  shipper.stop();
  EXPECT_EQ(progress, 1);
  EXPECT_EQ(shipper.sent(), 10u);
  shipper.stop();
}

}  // namespace
}  // namespace govhost::shipping
