// What a backend is fed: differences only, document by document, with what documents are about.
#include "search/feed.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "fixtures.h"
#include "search/attributes.h"

namespace govhost::search {
namespace {

using fixtures::FakeBackend;
using fixtures::snapshot;
using Ids = std::vector<std::string>;

// Feeds and remembers, as a backend that keeps its index does.
struct Feeding {
  Fed feed(const std::shared_ptr<const content::Snapshot>& content) {
    plugin::CallContext call(fixtures::soon());
    const Index index{content, Passages(*content)};
    const auto fed = search::feed(backend, call, index, nullptr, progress);
    EXPECT_TRUE(fed) << fed.status().message();
    for (const std::string& id : backend.erased) held.erase(id);
    backend.holds.assign(held.begin(), held.end());
    return fed ? *fed : Fed{};
  }
  Feeding() {
    backend.on_apply = [this](std::span<const plugin::Passage> put) {
      for (const plugin::Passage& p : put) {
        held[std::string(p.id)] = p.version;
        about[std::string(p.id)] = std::string(p.document) + "|" + std::string(p.attributes);
      }
    };
  }

  FakeBackend backend;
  Progress progress;
  std::map<std::string, std::string> held, about;
};

TEST(Feed, GivesWhatIsNewOrChangedAndTakesAwayWhatIsGone) {
  Feeding f;
  EXPECT_EQ(f.feed(snapshot({{"_risks/ri-1_a.md", "One.\n\n## S\n\nTwo.\n"},
                             {"_risks/ri-2_b.md", "Three.\n"}}))
                .put,
            3u);
  const Fed nothing = f.feed(
      snapshot({{"_risks/ri-1_a.md", "One.\n\n## S\n\nTwo.\n"}, {"_risks/ri-2_b.md", "Three.\n"}}));
  EXPECT_EQ(nothing.put, 0u);
  EXPECT_EQ(nothing.erased, 0u);
  const Fed changed = f.feed(snapshot({{"_risks/ri-1_a.md", "One.\n\n## S\n\nOther.\n"}}));
  EXPECT_EQ(f.backend.ids, (Ids{"risk/1_a#s"}));
  EXPECT_EQ(f.backend.erased, (Ids{"risk/2_b#"}));
  EXPECT_EQ(changed.put, 1u);
  EXPECT_EQ(changed.erased, 1u);
}

TEST(Feed, AChangedTitleOrLinkChangesThePassages) {
  Feeding f;
  f.feed(snapshot({{"_risks/ri-1_a.md", "---\ntitle: Old\n---\nOne.\n"},
                   {"_mitigations/mi-1_m.md", "---\ntitle: M\nmitigates: [ri-1]\n---\nTwo.\n"}}));
  EXPECT_EQ(f.feed(snapshot({{"_risks/ri-1_a.md", "---\ntitle: New\n---\nOne.\n"},
                             {"_mitigations/mi-1_m.md",
                              "---\ntitle: M\nmitigates: [ri-1]\n---\nTwo.\n"}}))
                .put,
            2u)
      << "the risk, and the mitigation that is found by its risk's title";
}

TEST(Feed, SaysWhatADocumentIsAboutOnceOnly) {
  Feeding f;
  f.feed(snapshot(
      {{"_risks/ri-1_a.md", "---\ntitle: Leak\n---\nOne.\n\n## S\n\nTwo.\n"},
       {"_mitigations/mi-1_m.md", "---\ntitle: Masking\nmitigates: [ri-1]\n---\nThree.\n"}}));
  EXPECT_EQ(f.about["risk/1_a#"].substr(0, 13), "risk/1_a\ntest");
  EXPECT_NE(f.about["risk/1_a#"].find("Masking"), std::string::npos);
  EXPECT_EQ(f.about["risk/1_a#s"], "risk/1_a\ntest|");
  EXPECT_NE(f.about["mitigation/1_m#"].find("Leak"), std::string::npos);
}

TEST(Feed, LargeContentGoesInPartsThatEndWithDocuments) {
  Feeding f;
  f.backend.stages = true;
  std::vector<std::size_t> told;
  f.progress = [&](std::size_t done, std::size_t all) {
    EXPECT_LE(done, all);
    told.push_back(done);
  };
  const std::string megabyte(std::size_t{1} << 20u, 'x');
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 1; i <= 40; ++i)
    files.emplace_back("_risks/ri-" + std::to_string(i) + "_a.md",
                       megabyte + "\n\n## S\n\nshort\n");
  EXPECT_EQ(f.feed(snapshot(std::move(files))).put, 80u);
  ASSERT_EQ(f.backend.staged.size(), 1u);
  EXPECT_EQ(f.backend.staged[0] % 2, 0u) << "whole documents";
  EXPECT_EQ(f.backend.staged[0] + f.backend.ids.size(), 80u);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told.back(), 80u);
}

TEST(Feed, ABackendsRefusalIsTheAnswer) {
  FakeBackend backend;
  backend.apply_answer = gov::unavailable("no");
  plugin::CallContext call(fixtures::soon());
  const auto content = snapshot({{"_risks/ri-1_a.md", "One.\n"}});
  const auto fed = feed(backend, call, {content, Passages(*content)});
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.status().message(), "no");
}

TEST(Attributes, NameWhatIsLinkedButNotWhatIsStructure) {
  const auto content = snapshot({{"_risks/ri-1_a.md",
                                  "---\ntitle: Leak\ntype: SEC\nowner: [Treasury, Desk]\n"
                                  "permalink: /somewhere\nversion: v9\n---\nOne.\n"}});
  const std::string text = Attributes(*content).text_of(content->documents().front());
  for (const char* there : {"ri-1", "SEC", "Treasury", "Desk"})
    EXPECT_NE(text.find(there), std::string::npos) << there << " in " << text;
  for (const char* absent : {"somewhere", "v9"})
    EXPECT_EQ(text.find(absent), std::string::npos) << absent << " in " << text;
}

// A reader of the risk who may not see the control could find the risk by the control's words.
TEST(Attributes, HoldNoTitleThatSomeReaderMayNotSee) {
  const auto document = [](const char* source, const char* key, const char* bytes) {
    content::RawDocument raw;
    raw.source = source;
    raw.key = key;
    raw.bytes = bytes;
    return raw;
  };
  const auto content = content::Snapshot::build(
      {document("open", "_risks/ri-1_a.md",
                "---\ntitle: Leak\nrelated_risks: [ri-2]\nlaw_references: [a1]\n---\nT"),
       document("secret", "_risks/ri-2_b.md", "---\ntitle: Hidden risk\n---\nT"),
       document("secret", "_mitigations/mi-1_c.md",
                "---\ntitle: Hidden control\nmitigates: [ri-1]\n---\nT"),
       document("secret", "_data/references/law.yml", "a1:\n  title: Hidden law\n")},
      content::aigf_profile(), {}, {}, {"secret"});
  const auto text_of = [&](const char* kind) {
    return Attributes(*content).text_of(content->of_kind(kind).front());
  };
  EXPECT_EQ(text_of(content::kRisk).find("Hidden"), std::string::npos) << text_of(content::kRisk);
  EXPECT_NE(text_of(content::kMitigation).find("Leak"), std::string::npos);
}

TEST(Attributes, AreBounded) {
  std::string front = "---\ntitle: T\nwords: [";
  for (int i = 0; i < 5'000; ++i) front += "word" + std::to_string(i) + ", ";
  const auto content = snapshot({{"_risks/ri-1_a.md", front + "end]\n---\nOne.\n"}});
  EXPECT_LE(Attributes(*content).text_of(content->documents().front()).size(), 16u << 10u);
}

}  // namespace
}  // namespace govhost::search
