// What every source promises (gov.source/1), shown by source-directory.
#include <algorithm>
#include <set>
#include <thread>

#include "fixture.h"

namespace {

class DirectoryContract : public DirectoryTest {
 protected:
  void SetUp() override {
    DirectoryTest::SetUp();
    put("docs/_risks/ri-1_prompt-injection.md", "# Prompt injection\n");
    put("docs/_data/references/nist.yml", "a: 1\n");
    put("docs/a-b.md", "one");
    put("docs/a/b.md", "two");
    put("big.md", std::string(200'000, 'x'));
    put("empty.md", "");
  }
};

TEST_F(DirectoryContract, ListsSortedUniqueKeysWithEverythingKnownAboutThem) {
  Documents out;
  ASSERT_EQ(list(out), GOV_OK) << message();
  std::vector<std::string> keys;
  for (const auto& d : out.all) {
    keys.push_back(d.key);
    EXPECT_FALSE(d.version.empty());
    EXPECT_GT(d.modified_ms, 1'600'000'000'000);
    EXPECT_TRUE(d.body.empty());
  }
  EXPECT_EQ(keys, (std::vector<std::string>{"big.md", "docs/_data/references/nist.yml",
                                            "docs/_risks/ri-1_prompt-injection.md", "docs/a-b.md",
                                            "docs/a/b.md", "empty.md"}));
  EXPECT_EQ(out.all[0].media_type, "text/markdown");
  EXPECT_EQ(out.all[1].media_type, "application/yaml");
}

TEST_F(DirectoryContract, ListIsStable) {
  Documents first, second;
  ASSERT_EQ(list(first), GOV_OK);
  ASSERT_EQ(list(second), GOV_OK);
  ASSERT_EQ(first.all.size(), second.all.size());
  for (std::size_t i = 0; i < first.all.size(); ++i) {
    EXPECT_EQ(first.all[i].key, second.all[i].key);
    EXPECT_EQ(first.all[i].version, second.all[i].version);
  }
}

TEST_F(DirectoryContract, EveryListedKeyFetchesWithTheSameHead) {
  Documents listed;
  ASSERT_EQ(list(listed), GOV_OK);
  for (const auto& d : listed.all) {
    Documents got;
    ASSERT_EQ(fetch(d.key, got), GOV_OK) << d.key << ": " << message();
    ASSERT_EQ(got.all.size(), 1u);
    EXPECT_EQ(got.all[0].key, d.key);
    EXPECT_EQ(got.all[0].version, d.version);
    EXPECT_EQ(got.all[0].media_type, d.media_type);
    EXPECT_EQ(got.all[0].modified_ms, d.modified_ms);
    EXPECT_EQ(got.all[0].body.size(), fs::file_size(root_ / d.key));
  }
}

TEST_F(DirectoryContract, BodiesComeInChunksOfAtMost64KiB) {
  struct Seen {
    std::uint64_t size = 0, largest = 0, calls = 0, promised = 0;
  } seen;
  const gov_document_sink sink{sizeof sink, 0, &seen,
                               [](void* ctx, const gov_document* d) {
                                 static_cast<Seen*>(ctx)->promised = d->size;
                                 return gov_status{GOV_OK};
                               },
                               [](void* ctx, const void*, std::uint64_t n) {
                                 auto& s = *static_cast<Seen*>(ctx);
                                 s.size += n;
                                 s.largest = std::max(s.largest, n);
                                 ++s.calls;
                                 return gov_status{GOV_OK};
                               }};
  const gov::testing::Call call;
  ASSERT_EQ(plugin().source().fetch(plugin().instance(), call.raw(), gov::to_c("big.md"),
                                    gov::to_c(""), &sink, plugin().error()),
            GOV_OK);
  EXPECT_EQ(seen.size, 200'000u);
  EXPECT_EQ(seen.promised, 200'000u);
  EXPECT_EQ(seen.largest, 65'536u);
  EXPECT_EQ(seen.calls, 4u);
}

TEST_F(DirectoryContract, UnknownAndHostileKeysAreNotFound) {
  write(base_ / "outside.md", "secret");
  put(".hidden/x.md", "secret");
  put("visible/.x.md", "secret");
  put("note.txt", "not included");
  const std::string keys[] = {"unknown.md",
                              "docs/unknown/a.md",
                              "",
                              ".",
                              "..",
                              "/",
                              "docs",
                              "docs/",
                              "docs/a-b.md/",
                              "docs/a-b.md/x.md",
                              "//big.md",
                              "docs//a-b.md",
                              "./big.md",
                              "docs/../big.md",
                              "../outside.md",
                              "docs/../../outside.md",
                              (base_ / "outside.md").string(),
                              (root_ / "big.md").string(),
                              "/etc/passwd",
                              "/proc/self/environ",
                              ".hidden/x.md",
                              "visible/.x.md",
                              "note.txt",
                              std::string("big.md\0", 7),
                              std::string("big.md\0.md", 10),
                              "\xff\xfe.md",
                              "big.md\n",
                              "C:\\big.md",
                              "%2e%2e/outside.md",
                              std::string(65'536, 'a'),
                              std::string(65'533, '/') + ".md",
                              std::string(300, 'n') + ".md"};
  for (const std::string& key : keys) {
    Documents out;
    EXPECT_EQ(fetch(key, out), GOV_NOT_FOUND) << key.substr(0, 80);
    EXPECT_FALSE(message().empty());
    EXPECT_TRUE(out.all.empty());
  }
}

TEST_F(DirectoryContract, AnUnchangedVersionIsNotSentAgain) {
  Documents first;
  ASSERT_EQ(fetch("docs/a-b.md", first), GOV_OK);
  Documents again;
  EXPECT_EQ(fetch("docs/a-b.md", again, first.all[0].version), GOV_NOT_MODIFIED);
  EXPECT_TRUE(again.all.empty());
  Documents other;
  EXPECT_EQ(fetch("docs/a-b.md", other, "some other version"), GOV_OK);
  EXPECT_EQ(other.all[0].body, "one");
}

TEST_F(DirectoryContract, TheVersionChangesWithSizeTimeAndFile) {
  std::set<std::string> versions;
  const auto look = [&] {
    Documents out;
    ASSERT_EQ(fetch("docs/a-b.md", out), GOV_OK) << message();
    EXPECT_TRUE(versions.insert(out.all[0].version).second) << out.all[0].version;
  };
  const fs::path file = root_ / "docs/a-b.md";
  look();
  put("docs/a-b.md", "one more");
  look();
  const auto time = fs::last_write_time(file) + std::chrono::nanoseconds(1);
  fs::last_write_time(file, time);
  look();
  put("new.md", "one less");  // same size and time, another file
  fs::last_write_time(root_ / "new.md", time);
  fs::rename(root_ / "new.md", file);
  look();
}

TEST_F(DirectoryContract, ARefusingSinkEndsTheCallWithItsStatus) {
  Documents all;
  ASSERT_EQ(list(all), GOV_OK);
  for (std::size_t n = 0; n < all.all.size(); ++n) {
    Documents out;
    out.refuse_after = n;
    out.refusal = GOV_RESOURCE_EXHAUSTED;
    EXPECT_EQ(list(out), GOV_RESOURCE_EXHAUSTED);
    EXPECT_EQ(out.all.size(), n);
  }
  for (std::size_t n = 0; n < 5; ++n) {  // one head and four chunks
    Documents out;
    out.refuse_after = n;
    out.refusal = GOV_CANCELLED;
    EXPECT_EQ(fetch("big.md", out), GOV_CANCELLED);
  }
}

TEST_F(DirectoryContract, CallsThatAreOverReturnAtOnce) {
  gov::testing::Call cancelled;
  cancelled.cancel();
  const gov::testing::Call expired{std::chrono::nanoseconds(-1)};
  const std::pair<const gov_call*, gov_status> cases[] = {{cancelled.raw(), GOV_CANCELLED},
                                                          {expired.raw(), GOV_DEADLINE_EXCEEDED}};
  for (const auto& [call, status] : cases) {
    Documents out;
    EXPECT_EQ(plugin().source().list(plugin().instance(), call, out.sink(), plugin().error()),
              status);
    EXPECT_EQ(plugin().source().fetch(plugin().instance(), call, gov::to_c("big.md"), gov::to_c(""),
                                      out.sink(), plugin().error()),
              status);
    EXPECT_TRUE(out.all.empty());
  }
}

TEST_F(DirectoryContract, ACancelledFetchStopsBetweenChunks) {
  struct State {
    gov::testing::Call call;
    int chunks = 0;
  } state;
  const gov_document_sink sink{sizeof sink, 0, &state,
                               [](void*, const gov_document*) { return gov_status{GOV_OK}; },
                               [](void* ctx, const void*, std::uint64_t) {
                                 ++static_cast<State*>(ctx)->chunks;
                                 static_cast<State*>(ctx)->call.cancel();
                                 return gov_status{GOV_OK};
                               }};
  EXPECT_EQ(plugin().source().fetch(plugin().instance(), state.call.raw(), gov::to_c("big.md"),
                                    gov::to_c(""), &sink, plugin().error()),
            GOV_CANCELLED);
  EXPECT_EQ(state.chunks, 1);
}

TEST_F(DirectoryContract, EightThreadsMayCallAtOnce) {
  auto& loaded = plugin();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const gov::testing::Call call;
      gov_error error{sizeof error, 0, {}};
      for (int i = 0; i < 200; ++i) {
        Documents out;
        if (i % 10 == 0) {
          const auto status =
              loaded.source().list(loaded.instance(), call.raw(), out.sink(), &error);
          if (status != GOV_OK || out.all.size() != 6) ++wrong;
        } else {
          const auto status =
              loaded.source().fetch(loaded.instance(), call.raw(), gov::to_c("docs/a/b.md"),
                                    gov::to_c(""), out.sink(), &error);
          if (status != GOV_OK || out.all[0].body != "two") ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(DirectoryContract, StopsTwiceAndStopsWithoutStart) {
  auto* const instance = plugin().instance();
  instance->stop(instance);
  instance->stop(instance);
  SUCCEED();
}

TEST_F(DirectoryContract, CreatingOftenLeavesNoDescriptorOpen) {
  const auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  (void)keys();
  const auto before = open_files();
  for (int i = 0; i < 200; ++i) {
    auto one = gov::testing::Loaded::open(SOURCE_DIRECTORY_SO, "directory", host_, config_);
    Documents out;
    const gov::testing::Call call;
    ASSERT_EQ(one.start(call), GOV_OK);
    ASSERT_EQ(one.source().list(one.instance(), call.raw(), out.sink(), one.error()), GOV_OK);
  }
  EXPECT_EQ(open_files(), before);
}

}  // namespace
