// A process that writes bundles is killed again and again, at any point of its work.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <random>
#include <thread>

#include "bundle/store.h"
#include "core/unique_fd.h"
#include "support/files.h"
#include "unit/bundle/content.h"

namespace govhost::bundle {
namespace {

constexpr int kKills = 200;

Store store_in(const std::string& directory, bool deltas) {
  StoreSettings settings{directory, 5, {}, {}};
  if (deltas) settings.delta_from = 0;
  return Store(std::move(settings));
}

// Writes one bundle after another and says of each that it is done.
[[noreturn]] void write_for_ever(const std::string& directory, bool deltas, int done) {
  Store store = store_in(directory, deltas);
  store.newest([](const std::string&, const gov::Status&) {});
  std::random_device seed;
  for (std::uint64_t i = seed();; ++i) {
    Raw raw;
    for (int d = 0; d < 20; ++d)
      raw.push_back(
          document("d" + std::to_string(d) + ".md",
                   std::string(5000, static_cast<char>('a' + (i + d) % 26)) + std::to_string(i)));
    Manifest next = manifest(raw);
    bool written = false;
    if (!store.add(next, raw, written).ok() || !written) ::_exit(1);
    if (::write(done, &next.sequence, sizeof(next.sequence)) != sizeof(next.sequence)) ::_exit(2);
  }
}

class KilledWriter : public testing::TestWithParam<bool> {};

// Whether the bundles are whole or hold what differs.
INSTANTIATE_TEST_SUITE_P(Deltas, KilledWriter, testing::Bool());

TEST_P(KilledWriter, LeavesEveryFinishedBundleWholeAndNoHalfOne) {
  const test::TempDir folder;
  const std::string directory = (folder.path() / "content").string();
  std::mt19937 random(20260131);  // the points differ anyway: the machine is never equally busy
  std::uint64_t finished = 0;
  for (int i = 0; i < kKills; ++i) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const UniqueFd in(ends[0]);
    UniqueFd out(ends[1]);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_for_ever(directory, GetParam(), out.get());
    out.reset();
    std::uint64_t sequence = 0;
    ASSERT_EQ(::read(in.get(), &sequence, sizeof(sequence)), 8) << "the writer stopped by itself";
    // Not to wait for anything: to hit another point of the work each time.
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 6000));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended with " << status;
    do finished = std::max(finished, sequence);
    while (::read(in.get(), &sequence, sizeof(sequence)) == 8);

    Store store = store_in(directory, GetParam());
    std::string broken;
    const auto newest = store.newest([&](const std::string& path, const gov::Status& why) {
      broken += path + " " + why.message() + "\n";
    });
    ASSERT_EQ(broken, "") << "kill " << i;
    ASSERT_TRUE(newest);
    // One that was whole on the disk, but not yet reported, is as good.
    ASSERT_GE(newest->manifest().sequence, finished) << "kill " << i;
  }
  RecordProperty("bundles", static_cast<int>(finished));
  std::cout << kKills << " kills, " << finished << " bundles written, none lost, none half\n";
}

}  // namespace
}  // namespace govhost::bundle
