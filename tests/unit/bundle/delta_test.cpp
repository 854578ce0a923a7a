// Bundles that hold what differs from the one before.
#include "bundle/delta.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "bundle/store.h"
#include "support/files.h"
#include "unit/bundle/content.h"

namespace govhost::bundle {
namespace {

namespace fs = std::filesystem;

class DeltaBundles : public testing::Test {
 protected:
  void open(std::size_t keep = 50, std::optional<SigningKey> key = {}) {
    Trust trust;
    if (key) trust.push_back(key->verify_key());
    StoreSettings settings{directory, keep, std::move(key), std::move(trust)};
    settings.delta_from = 0;
    store = std::make_unique<Store>(std::move(settings));
    newest();
  }
  // Serves these texts, by key; only those that changed are handed over.
  void serve(const std::map<std::string, std::string>& texts) {
    Raw all, fresh;
    for (const auto& [key, text] : texts) {
      all.push_back(document(key, text));
      if (const auto old = served.find(key); old == served.end() || old->second != text)
        fresh.push_back(all.back());
    }
    served = texts;
    Manifest next = manifest(all);
    bool written = false;
    const gov::Status added = store->add(next, fresh, written);
    ASSERT_TRUE(added.ok()) << added.message();
    EXPECT_TRUE(written);
  }
  std::shared_ptr<const Bundle> newest() {
    broken.clear();
    return store->newest([&](const std::string& path, const gov::Status& why) {
      broken.push_back(fs::path(path).filename().string() + " " + why.message());
    });
  }
  std::map<std::string, std::string> texts_of(const Bundle& bundle) const {
    std::map<std::string, std::string> out;
    for (const Entry& entry : bundle.manifest().entries) {
      const auto text = bundle.read(entry);
      EXPECT_TRUE(text) << text.status().message();
      out[entry.key] = text ? *text : "";
    }
    return out;
  }
  // Newest first; a letter for each: w(hole) or d(elta).
  std::string kinds() const {
    std::string out;
    for (const Listed& each : store->list()) out += each.path.ends_with(".delta.tar") ? 'd' : 'w';
    return out;
  }
  std::string path_of(std::size_t index) const { return store->list().at(index).path; }

  const test::TempDir folder;
  const std::string directory = (folder.path() / "content").string();
  std::unique_ptr<Store> store;
  std::map<std::string, std::string> served;
  std::vector<std::string> broken;
};

TEST_F(DeltaBundles, HoldOnlyWhatIsNew) {
  open();
  const std::string large(200'000, 'x');
  serve({{"a.md", large}, {"b.md", "two"}, {"c.md", "three"}});
  serve({{"a.md", large}, {"b.md", "other"}, {"d.md", "four"}});
  EXPECT_EQ(kinds(), "dw");
  EXPECT_LT(fs::file_size(path_of(0)), 20'000u);
  open();
  const auto bundle = newest();
  ASSERT_TRUE(bundle);
  EXPECT_EQ(texts_of(*bundle), served);
  EXPECT_EQ(bundle->bases(), 1u);
  EXPECT_TRUE(bundle->verify().ok());
  EXPECT_EQ(Bundle::peek(path_of(0), {})->entries.size(), 2u);
}

TEST_F(DeltaBundles, ComeToTheSameWhateverChanges) {
  std::mt19937 random(3);
  open();
  std::map<std::string, std::string> texts;
  std::vector<std::map<std::string, std::string>> history;
  for (int step = 0; step < 60; ++step) {
    for (std::size_t i = random() % 4 + 1; i > 0; --i) {
      const std::string key = "k" + std::to_string(random() % 9) + ".md";
      if (random() % 3 == 0 && texts.size() > 1)
        texts.erase(key);
      else
        texts[key] = std::to_string(random() % 4) + key;
    }
    if (texts.empty() || texts == served) continue;
    serve(texts);
    history.push_back(texts);
    if (step % 7 == 0) open();  // a restart
  }
  const auto listed = store->list();
  ASSERT_EQ(listed.size(), std::min<std::size_t>(history.size(), 50 + kMostBases));
  for (std::size_t i = 0; i < 50 && i < history.size(); ++i) {
    const auto bundle = store->find(std::to_string(listed[i].sequence));
    ASSERT_TRUE(bundle) << bundle.status().message();
    EXPECT_EQ(texts_of(**bundle), history[history.size() - 1 - i]) << i;
  }
  EXPECT_NE(kinds().find("dw"), std::string::npos);
}

TEST_F(DeltaBundles, NeedAtMostSoManyOthers) {
  open();
  for (std::size_t i = 0; i < kMostBases + 3; ++i)
    serve({{"a.md", std::to_string(i)}, {"b.md", "b"}});
  EXPECT_EQ(kinds(), "dw" + std::string(kMostBases, 'd') + "w");
}

TEST_F(DeltaBundles, WhatThoseThatAreKeptNeedIsKept) {
  open(/*keep=*/2);
  for (int i = 0; i < 5; ++i) serve({{"a.md", std::to_string(i)}, {"b.md", "b"}});
  EXPECT_EQ(kinds(), "ddddw");
  fs::remove(path_of(0));  // an operator's mistake: the next one is whole again
  for (int i = 5; i < 8; ++i) serve({{"a.md", std::to_string(i)}, {"b.md", "b"}});
  EXPECT_EQ(kinds(), "ddw");
  EXPECT_EQ(texts_of(*newest()), served);
}

TEST_F(DeltaBundles, WithoutTheirBaseAreNamedAndPassedOver) {
  open();
  serve({{"a.md", "one"}, {"b.md", "b"}});
  serve({{"a.md", "two"}, {"b.md", "b"}});
  const auto base = path_of(1);
  const std::string file = fs::path(base).filename().string();
  fs::rename(base, base + ".aside");
  EXPECT_EQ(newest(), nullptr);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_NE(broken[0].find("cannot be used without its base " + file), std::string::npos)
      << broken[0];
  fs::rename(base + ".aside", base);
  ASSERT_TRUE(newest());
  // Another one under its name.
  fs::copy_file(path_of(0), base, fs::copy_options::overwrite_existing);
  EXPECT_EQ(newest(), nullptr);
  EXPECT_EQ(broken.size(), 2u);
}

TEST_F(DeltaBundles, ADamagedTextOfTheBaseIsFound) {
  open();
  serve({{"a.md", "one"}, {"b.md", "Of bananas"}});
  serve({{"a.md", "two"}, {"b.md", "Of bananas"}});
  std::string bytes;
  {
    std::ifstream in(path_of(1), std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  bytes[bytes.find("Of bananas")] = 'o';
  std::ofstream(path_of(1), std::ios::binary | std::ios::trunc) << bytes;
  EXPECT_EQ(newest(), nullptr);
  ASSERT_EQ(broken.size(), 2u);
  for (const std::string& each : broken)
    EXPECT_NE(each.find("the text of policies:b.md"), std::string::npos) << each;
}

TEST_F(DeltaBundles, AreOneWholeFileElsewhere) {
  auto key = SigningKey::from_pem(kPrivate);
  ASSERT_TRUE(key);
  const Trust trust = {key->verify_key()};
  open(50, std::move(*key));
  serve({{"a.md", "one"}, {"b.md", "b"}});
  serve({{"a.md", "two"}, {"b.md", "b"}});
  const auto bundle = newest();
  ASSERT_TRUE(bundle);
  EXPECT_FALSE(bundle->key_id().empty());
  const std::string copy = (folder.path() / "copy.tar").string();
  ASSERT_TRUE(bundle->copy_to(copy, store->settings().key).ok());
  fs::remove_all(directory);
  const auto read = Bundle::open(copy, trust);
  ASSERT_TRUE(read) << read.status().message();
  EXPECT_EQ(read->bases(), 0u);
  EXPECT_EQ(texts_of(*read), served);
  EXPECT_EQ(read->manifest().digest, bundle->manifest().digest);
}

TEST(Delta, ThatDoesNotFitIsRefused) {
  const Manifest one = manifest({document("a.md", "a"), document("b.md", "b")});
  Manifest delta = delta_of(manifest({document("b.md", "b")}), one, {"file", std::string(64, '0')});
  ASSERT_EQ(delta.removed.size(), 1u);
  EXPECT_TRUE(delta.entries.empty());
  const auto good = apply(delta, one);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->entries.size(), 1u);
  EXPECT_FALSE(apply(delta, *good)) << "a.md is not there to be taken away";
}

TEST(Delta, ManifestsAreCheckedWhenTheyAreRead) {
  const Manifest one =
      manifest({document("a.md", "a"), document("b.md", "b"), document("c.md", "c")});
  const Manifest delta =
      delta_of(manifest({document("c.md", "c")}), one, {"bundle-1.tar", std::string(64, '0')});
  const std::string good = to_json(delta);
  const auto read = from_json(good);
  ASSERT_TRUE(read) << read.status().message();
  EXPECT_EQ(to_json(*read), good);
  const auto fault = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    text.replace(text.find(what), what.size(), by);
    const auto bad = from_json(text);
    return bad ? std::string() : bad.status().message();
  };
  EXPECT_EQ(fault("bundle-1.tar", "../x.tar"),
            "the manifest: base: file is no name in the same folder");
  EXPECT_EQ(fault("bundle-1.tar", ""), "the manifest: base: file is no name in the same folder");
  EXPECT_EQ(fault("\"key\": \"a.md\"", "\"key\": \"z.md\""),
            "the manifest: removed: z.md is not in its place");
  EXPECT_EQ(fault("\"removed\"", "\"moved\""), "the manifest: removed is missing");
}

}  // namespace
}  // namespace govhost::bundle
