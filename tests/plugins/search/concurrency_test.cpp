// Queries while batches are applied.
#include "fixture.h"

#include <atomic>
#include <thread>

namespace search_plugin_test {
namespace {

// Every state has `generation` in all its passages, so an answer that mixes two states shows.
std::vector<Passage> generation(int number) {
  std::vector<Passage> passages;
  for (int i = 0; i < 40; ++i) {
    const std::string version = "g" + std::to_string(number);
    passages.push_back({"p" + std::to_string(i), "", "", "common " + version, {}, version});
  }
  return passages;
}

TEST(SearchConcurrency, QueriesSeeTheOldOrTheNewState) {
  constexpr int kGenerations = 60, kThreads = 4;
  Index index(generation(0));
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0}, rounds{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      while (!done.load() || rounds.load() < 100) {
        gov::testing::Hits hits;
        if (index.try_query("common", hits) != GOV_OK || hits.total != 40 || hits.all.size() != 40)
          ++wrong;
        // A generation is there in whole or not at all.
        const std::string word = "g" + std::to_string(rounds.load() % kGenerations);
        gov::testing::Hits of_one;
        if (index.try_query(word, of_one) != GOV_OK || (of_one.total != 0 && of_one.total != 40))
          ++wrong;
        ++rounds;
      }
    });
  for (int g = 1; g < kGenerations; ++g) index.put(generation(g));
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  const Held held = index.held();
  ASSERT_EQ(held.size(), 40u);
  for (const auto& [id, version] : held) EXPECT_EQ(version, "g59") << id;
}

}  // namespace
}  // namespace search_plugin_test
