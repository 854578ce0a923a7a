// Sources that change, fail, shrink and hang while others go on. Nothing here waits for a time:
// tests wait for what happens.
#include "sync/engine.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>

#include "core/unique_fd.h"
#include "fixtures.h"

namespace govhost::sync {
namespace {

using namespace std::chrono_literals;
using content::Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

// Documents in memory that a test changes while they are read.
class LiveSource : public plugin::Source {
 public:
  void put(const std::string& key, std::string text, std::string version) {
    const std::lock_guard lock(mutex_);
    documents_[key] = {std::move(text), std::move(version)};
  }
  void erase(const std::vector<std::string>& keys) {  // at once
    const std::lock_guard lock(mutex_);
    for (const std::string& key : keys) documents_.erase(key);
  }
  void answer(gov::Status status) {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
  }
  gov::Status list(CallContext& call, const OnHead& on_head) override {
    ++lists;
    while (hangs && !call.cancelled()) std::this_thread::yield();
    if (call.cancelled()) return gov::cancelled();
    const std::lock_guard lock(mutex_);
    for (const auto& [key, document] : documents_)
      if (gov::Status s = on_head(head(key, document)); !s.ok()) return s;
    return status_;
  }
  gov::Status fetch(CallContext&, std::string_view key, const OnHead& on_head,
                    const OnBody& on_body) override {
    ++fetches;
    const std::lock_guard lock(mutex_);
    const auto& document = documents_.at(std::string(key));
    if (gov::Status s = on_head(head(key, document)); !s.ok()) return s;
    return on_body(document.first);
  }

  bool watches() const override { return true; }
  gov::Status watch(CallContext& call, const std::function<void()>& changed) override {
    if (++watched > 1) return gov::unavailable("no watches are left");
    changed();
    while (!touched && !call.cancelled()) std::this_thread::yield();
    if (call.cancelled()) return gov::cancelled();
    changed();
    return gov::unavailable("the folder is gone");
  }

  std::atomic<int> watched{0};
  std::atomic<bool> touched{false};
  std::atomic<int> lists{0}, fetches{0};
  std::atomic<bool> hangs{false};

 private:
  using Text = std::pair<std::string, std::string>;  // and its version
  static SourceHead head(std::string_view key, const Text& document) {
    return {key, document.second, {}, "text/markdown", {}, 0, 0};
  }
  std::mutex mutex_;
  std::map<std::string, Text> documents_;
  gov::Status status_;
};

struct Served {
  std::map<std::string, std::string> texts;  // "source:key" to the body
  explicit Served(const Snapshot& snapshot) {
    for (const content::Document& d : snapshot.documents())
      texts[d.provenance.source + ":" + d.provenance.key] = d.body;
  }
};

class SyncEngine : public testing::Test {
 protected:
  SyncEngine() {
    for (int i = 0; i < 12; ++i) a.put("a" + std::to_string(i) + ".md", "text", "1");
    b.put("b.md", "text of b", "1");
  }
  ~SyncEngine() override { engine.reset(); }

  void start(PaceSettings pace = {.refresh = 1ms, .failures = 3, .open = 1ms, .open_max = 1ms},
             GateSettings gate = {}) {
    EngineSetup setup;
    setup.sources.resize(2);
    SourceSetup &first = setup.sources[0], &second = setup.sources[1];
    first.watch = watch;
    first.name = "a", first.source = &a, first.pace = pace, first.gate = gate;
    second.name = "b", second.source = &b, second.pace = pace;
    make(std::move(setup));
    for (std::size_t i = 0; i < engine->size(); ++i) ASSERT_TRUE(engine->read_first(i, call).ok());
    engine->publish_first();
    engine->start();
  }
  void make(EngineSetup setup) {
    engine = std::make_unique<Engine>(
        std::move(setup), freshness, log,
        EngineHooks{[this](SnapshotPtr next, const Change&) { publish(std::move(next)); }});
  }
  void publish(SnapshotPtr next) {
    const std::lock_guard lock(mutex);
    served = std::move(next);
    ++published;
    changed.notify_all();
  }
  // What is served once it is as wanted.
  template <class Wanted>
  Served wait_for(const Wanted& wanted) {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 60s, [&] { return wanted(Served(*served).texts); }));
    return Served(*served);
  }
  static void wait_until(const std::function<bool()>& true_at_last) {
    const auto limit = std::chrono::steady_clock::now() + 60s;
    while (!true_at_last() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_TRUE(true_at_last());
  }
  static void wait_for_more(const std::atomic<int>& count, int more = 3) {
    const int target = count + more;
    wait_until([&] { return count >= target; });
  }
  bool stale() { return freshness.seen(std::chrono::system_clock::now(), {}).stale; }

  const UniqueFd nowhere{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  LineWriter lines{nowhere.get()};
  Log log{lines, Level::kInfo};
  content::Freshness freshness{{"a", "b"}};
  CallContext call{std::chrono::steady_clock::now() + 1h};
  LiveSource a, b;
  std::mutex mutex;
  std::condition_variable changed;
  SnapshotPtr served;
  int published = 0;
  bool watch = false;
  std::unique_ptr<Engine> engine;
};

TEST_F(SyncEngine, ASourceThatSaysThatItChangedIsReadWithoutWaitingForItsTurn) {
  watch = true;
  start({.refresh = 1h});
  wait_until([&] { return a.lists == 2; });  // what happened before anybody watched
  a.put("a1.md", "new", "2");
  a.touched = true;
  EXPECT_EQ(wait_for([](auto texts) { return texts["a:a1.md"] == "new"; }).texts["b:b.md"],
            "text of b");
  EXPECT_EQ(b.watched, 0) << "not asked for";
  EXPECT_EQ(a.watched, 1) << "and not tried again at once";
}

TEST_F(SyncEngine, OnlyWhatChangedIsFetchedAndNothingNewIsPublishedNot) {
  start();
  EXPECT_EQ(a.fetches, 12);
  wait_for_more(a.lists);
  EXPECT_EQ(a.fetches, 12);
  EXPECT_EQ(published, 1);
  a.put("a3.md", "new text", "2");
  const Served now = wait_for([](const auto& texts) { return texts.at("a:a3.md") == "new text"; });
  EXPECT_EQ(now.texts.size(), 13u);
  EXPECT_EQ(now.texts.at("b:b.md"), "text of b");
  EXPECT_EQ(a.fetches, 13);
  EXPECT_EQ(b.fetches, 1);
}

TEST_F(SyncEngine, DocumentsComeAndGo) {
  start();
  a.erase({"a0.md"});
  a.put("more.md", "more", "1");
  wait_for(
      [](const auto& texts) { return texts.contains("a:more.md") && !texts.contains("a:a0.md"); });
}

TEST_F(SyncEngine, LinksAndNotesAreThoseOfTheNewWhole) {
  a.put("a0.md", "---\nrelated_risks: [ri-99]\n---\ntext", "1");
  start();
  const std::size_t notes = served->notes().size();
  ASSERT_EQ(notes, 1u) << "the link leads nowhere";
  b.put("b.md", "other", "2");
  wait_for([](const auto& texts) { return texts.at("b:b.md") == "other"; });
  const std::lock_guard lock(mutex);
  EXPECT_EQ(served->notes().size(), notes) << "said once, though the document was not read again";
}

TEST_F(SyncEngine, AFailureChangesNothingButTheMark) {
  start();
  EXPECT_FALSE(stale());
  a.answer(gov::unavailable("upstream is down"));
  wait_until([&] { return stale(); });
  b.put("b.md", "b goes on", "2");
  const Served now = wait_for([](const auto& texts) { return texts.at("b:b.md") == "b goes on"; });
  EXPECT_EQ(now.texts.size(), 13u);
  a.answer({});
  wait_until([&] { return !stale(); });
}

TEST_F(SyncEngine, AnOpenBreakerLeavesTheSourceAlone) {
  start({.refresh = 1ms, .failures = 1, .open = 1h, .open_max = 1h});
  a.answer(gov::unavailable("upstream is down"));
  wait_until([&] { return stale(); });
  const int asked = a.lists;
  wait_for_more(b.lists, 20);
  EXPECT_EQ(a.lists, asked);
}

TEST_F(SyncEngine, TheGateKeepsWhatIsServed) {
  start({.refresh = 1ms, .failures = 100, .open = 1ms, .open_max = 1ms});
  a.erase({"a0.md", "a1.md", "a2.md", "a3.md", "a4.md", "a5.md", "a6.md"});
  wait_until([&] { return stale(); });
  b.put("b.md", "b goes on", "2");
  wait_for(
      [](const auto& texts) { return texts.at("b:b.md") == "b goes on" && texts.size() == 13; });
  a.put("a0.md", "back", "2");  // 6 of 12 remain: the half that may go
  wait_for([](const auto& texts) { return texts.size() == 7 && texts.at("a:a0.md") == "back"; });
  wait_until([&] { return !stale(); });
}

TEST_F(SyncEngine, AHangingSourceHoldsUpNeitherTheOthersNorTheEnd) {
  start();
  a.hangs = true;
  wait_for_more(a.lists, 1);
  b.put("b.md", "b goes on", "2");
  wait_for([](const auto& texts) { return texts.at("b:b.md") == "b goes on"; });
  engine->stop();
}

TEST_F(SyncEngine, AtTheStartTheGateWantsItsKinds) {
  EngineSetup setup;
  setup.sources.resize(1);
  setup.sources[0].name = "a", setup.sources[0].source = &a;
  setup.sources[0].gate.require = {{"document", 12}, {"risk", 1}};
  make(std::move(setup));
  const gov::Status read = engine->read_first(0, call);
  EXPECT_TRUE(contains(read.message(), "0 documents of kind risk")) << read.message();
}

TEST_F(SyncEngine, WhatIsAdoptedIsServedMarkedStaleUntilTheSourceConfirmsIt) {
  EngineSetup setup;
  setup.sources.resize(1);
  setup.sources[0].name = "b", setup.sources[0].source = &b;
  setup.sources[0].pace.refresh = 1h;
  make(std::move(setup));
  content::RawDocument kept;
  kept.source = "b", kept.key = "b.md", kept.version = "1", kept.bytes = "text of b";
  const auto then = std::chrono::system_clock::now() - 2h;
  engine->adopt(0, {kept}, then);
  engine->publish_first();
  EXPECT_EQ(Served(*served).texts["b:b.md"], "text of b");
  EXPECT_TRUE(stale());
  EXPECT_GE(freshness.seen(std::chrono::system_clock::now(), {}).age, 2h);
  engine->start();  // it is asked at once, not an hour later
  wait_until([&] { return !stale(); });
  EXPECT_EQ(b.fetches, 0) << "the version is the one that was kept";
  EXPECT_EQ(published, 1);
}

TEST_F(SyncEngine, TextsThatAreWantedAreFetchedAndPublishedThoughNothingIsNew) {
  start();
  engine->fetch_all_next();
  wait_until([&] { return a.fetches == 24; });
  wait_until([&] {
    const std::lock_guard lock(mutex);
    return published >= 3;  // the first, and once for each source
  });
  wait_for_more(a.lists);
  EXPECT_EQ(a.fetches, 24) << "once only";
}

// A folder that was copied anew has other versions and the same texts.
TEST_F(SyncEngine, ANewVersionOfAnEqualTextIsFetchedOnce) {
  start();
  a.put("a3.md", "text", "2");
  wait_until([&] { return a.fetches == 13; });
  wait_for_more(a.lists);
  EXPECT_EQ(a.fetches, 13);
  EXPECT_EQ(published, 1);
}

}  // namespace
}  // namespace govhost::sync
