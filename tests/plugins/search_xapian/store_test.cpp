// What stays on disk, and what becomes of it when things go wrong.
#include "../search/fixture.h"

#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <optional>

namespace search_plugin_test {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::string>;

Passage of_source(const char* source, const char* id, const char* text) {
  return {id, "", "", text, {{"source", source}}};
}

class SearchStore : public testing::Test {
 protected:
  gov::testing::Config config() const {
    gov::testing::Config config;
    config.set("path", folder.path());
    return config;
  }
  // What the start says; empty: it started.
  std::string refusal() {
    gov::testing::Host host;
    gov::testing::Config with = config();
    auto loaded = gov::testing::Loaded::open(SEARCH_SO, SEARCH_NAME, host, with);
    const gov::testing::Call call;
    return loaded.start(call) == GOV_OK ? std::string() : loaded.error()->message;
  }
  std::vector<fs::path> databases() const {
    std::vector<fs::path> out;
    for (const auto& each : fs::directory_iterator(folder.path())) out.push_back(each.path());
    return out;
  }
  gov_status stage(Index& index, const Batch& batch) {
    gov_error error{sizeof error, 0, {}};
    const gov::testing::Call call;
    return index.search().stage(index.instance(), call.raw(), batch.data(), batch.size(), &error);
  }

  const Folder folder;
};

TEST_F(SearchStore, IsThereAfterARestart) {
  {
    Index index(config());
    index.put({of_source("a", "1", "model drift"), of_source("b", "2", "model theft")});
    index.put({of_source("a", "3", "late drift"), erased("1")});
  }
  Index again(config());
  EXPECT_EQ(again.held(), (Held{{"2", "1"}, {"3", "1"}}));
  EXPECT_EQ(again.ids("drift"), Ids{"3"});
  EXPECT_EQ(again.ids("model", {{"source", "b"}}), Ids{"2"});
  EXPECT_EQ(again.ids("modle"), Ids{"2"}) << "spellings are kept too";
}

TEST_F(SearchStore, APassageMayMoveToAnotherSource) {
  Index index(config());
  index.put({of_source("a", "1", "model drift"), of_source("a", "2", "model theft")});
  index.put({of_source("b", "1", "model drift")});
  EXPECT_EQ(index.ids("drift"), Ids{"1"});
  EXPECT_EQ(index.ids("drift", {{"source", "a"}}), Ids{});
  EXPECT_EQ(index.ids("drift", {{"source", "b"}}), Ids{"1"});
}

TEST_F(SearchStore, StagedPassagesAreSeenWithTheNextApplyOnly) {
  Index index(config());
  EXPECT_EQ(stage(index, Batch({of_source("a", "1", "model drift")})), GOV_OK);
  EXPECT_EQ(stage(index, Batch({of_source("a", "2", "model theft")})), GOV_OK);
  EXPECT_EQ(index.query("model").total, 0u);
  index.put({of_source("b", "3", "model"), erased("2")});
  EXPECT_EQ(index.ids("model"), (Ids{"3", "1"}));
  EXPECT_EQ(stage(index, Batch({of_source("a", "4", "x")})), GOV_UNIMPLEMENTED)
      << "what is in service changes in one transaction";
}

TEST_F(SearchStore, WhatWasStagedAndNotAppliedIsDropped) {
  {
    Index index(config());
    EXPECT_EQ(stage(index, Batch({of_source("a", "1", "model drift")})), GOV_OK);
    EXPECT_EQ(index.held(), Held{}) << "a new feed begins";
    index.put({of_source("a", "2", "model theft")});
    EXPECT_EQ(index.ids("model"), Ids{"2"});
  }
  fs::rename(databases().at(0), databases().at(0).string() + ".new");
  Index again(config());
  EXPECT_EQ(again.held(), Held{}) << "an interrupted filling";
  EXPECT_TRUE(databases().empty());
}

TEST_F(SearchStore, AFailedBatchAfterStagingLeavesNothing) {
  Index index(config());
  EXPECT_EQ(stage(index, Batch({of_source("a", "1", "model drift")})), GOV_OK);
  EXPECT_EQ(index.try_apply(Batch({of_source("a", "", "no id")})), GOV_INVALID_ARGUMENT);
  index.put({of_source("a", "2", "model theft")});
  EXPECT_EQ(index.ids("model"), Ids{"2"});
}

TEST_F(SearchStore, AnErrorAfterStagingLeavesNothingToo) {
  std::string in_the_way;
  {
    Index index(config());
    index.put({of_source("b", "1", "model drift")});
    in_the_way = databases().at(0).string() + ".new";
    fs::remove_all(databases().at(0));
  }
  Index index(config());
  EXPECT_EQ(stage(index, Batch({of_source("a", "1", "model drift")})), GOV_OK);
  std::ofstream(in_the_way) << "no folder";
  EXPECT_EQ(index.try_apply(Batch({of_source("b", "2", "model drift")})), GOV_UNAVAILABLE);
  fs::remove(in_the_way);
  index.put({of_source("a", "3", "model theft")});
  EXPECT_EQ(index.ids("model"), Ids{"3"});
}

// Files may not grow while one is there, as on a full disk.
class FullDisk {
 public:
  FullDisk() : before_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit none{0, limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  rlimit limit_{};
  void (*before_)(int);
};

TEST_F(SearchStore, GoesOnAfterTheDiskWasFull) {
  Index index(config());
  index.put({of_source("a", "1", "model drift"), of_source("b", "2", "model drift")});
  const std::vector<Passage> change = {of_source("a", "3", "model theft"),
                                       of_source("b", "4", "model theft")};
  {
    const FullDisk full;
    EXPECT_EQ(index.try_apply(Batch(change)), GOV_UNAVAILABLE);
    EXPECT_EQ(index.ids("drift"), (Ids{"1", "2"}));
  }
  index.put(change);
  EXPECT_EQ(index.ids("theft"), (Ids{"3", "4"}));
}

TEST_F(SearchStore, IsForItsOwnerAlone) {
  gov::testing::Config below;
  const std::string path = folder.path() + "/deep/index";
  below.set("path", path);
  Index index(below);
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
}

TEST_F(SearchStore, OneProcessAtATimeUsesIt) {
  Index index(config());
  index.put({of_source("a", "1", "model drift")});
  const std::string message = refusal();
  EXPECT_NE(message.find(folder.path()), std::string::npos) << message;
  EXPECT_NE(message.find("another process"), std::string::npos) << message;
}

TEST_F(SearchStore, ADamagedOneIsNamedWithWhatToDo) {
  {
    Index index(config());
    index.put({of_source("a", "1", "model drift")});
  }
  for (const auto& each : fs::recursive_directory_iterator(folder.path()))
    if (each.path().filename() == "iamglass") std::ofstream(each.path()) << "garbage";
  const std::string message = refusal();
  EXPECT_NE(message.find(folder.path()), std::string::npos) << message;
  EXPECT_NE(message.find("delete the folder"), std::string::npos) << message;
}

TEST_F(SearchStore, LongIdsDifferInAllTheirBytes) {
  Index index(config());
  std::vector<Passage> passages;
  for (const char last : {'a', 'b', '\0'})
    passages.push_back(of_source("s", "", "model")),
        passages.back().id = std::string(1023, 'i') + last;
  index.put(passages);
  EXPECT_EQ(index.query("model").total, 3u);
  index.put({erased(passages[1].id)});
  EXPECT_EQ(index.query("model").total, 2u);
}

TEST_F(SearchStore, NeedsAFolder) {
  gov::testing::Host host;
  gov::testing::Config none, file;
  EXPECT_THROW(gov::testing::Loaded::open(SEARCH_SO, SEARCH_NAME, host, none), std::runtime_error);
  std::ofstream(folder.path() + "/file") << "x";
  file.set("path", folder.path() + "/file");
  auto loaded = gov::testing::Loaded::open(SEARCH_SO, SEARCH_NAME, host, file);
  const gov::testing::Call call;
  EXPECT_EQ(loaded.start(call), GOV_UNAVAILABLE);
  EXPECT_NE(std::string(loaded.error()->message).find("/file"), std::string::npos);
}

}  // namespace
}  // namespace search_plugin_test
