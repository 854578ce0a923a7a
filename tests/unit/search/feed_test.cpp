// What a backend is fed: differences only, document by document, with what documents are about.
#include "search/feed.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fixtures.h"
#include "search/attributes.h"
#include "search/service.h"
#include "support/changing_content.h"

namespace govhost::search {
namespace {

using fixtures::FakeBackend;
using fixtures::snapshot;
using Ids = std::vector<std::string>;

// Feeds and remembers, as a backend that keeps its index does.
struct Feeding {
  Fed feed(const std::shared_ptr<const content::Snapshot>& content) {
    return feed({content, Passages(*content)}, nullptr);
  }
  Fed feed(const Index& index, const Index* last) {
    plugin::CallContext call(fixtures::soon());
    const auto fed = search::feed(backend, call, index, last, progress);
    EXPECT_TRUE(fed) << fed.status().message();
    for (const std::string& id : backend.erased) {
      held.erase(id);
      about.erase(id);
    }
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

// What a service feeds one snapshot after the other, and where its passages are found, is what one
// that sees the last alone would.
TEST(Feed, StepByStepComesToTheSame) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    test::ChangingContent content(seed);
    Feeding f;
    std::optional<Index> last;
    std::size_t fed = 0, all = 0;
    for (int step = 0; step < 12; ++step) {
      const auto now = content.carried();
      Passages passages = last ? Passages(*now, *last->snapshot, last->passages) : Passages(*now);
      Index index{now, std::move(passages)};
      fed += f.feed(index, last ? &*last : nullptr).put;
      all += index.passages.size();
      Feeding fresh;
      fresh.feed(now);
      ASSERT_EQ(f.held, fresh.held) << "seed " << seed << ", step " << step;
      ASSERT_EQ(f.about, fresh.about);
      const Passages alone(*now);
      for (const auto& [id, version] : f.held) {
        const FoundPassage one = index.passages.find(id), other = alone.find(id);
        ASSERT_TRUE(one && other) << id;
        EXPECT_EQ(one.document, other.document);
        EXPECT_EQ(one.text->text, other.text->text);
      }
      last = std::move(index);
      content.step();
    }
    EXPECT_LT(fed, all / 2) << "not all of it again";
  }
}

TEST(Feed, AfterARefusalTheBackendIsAskedWhatItHolds) {
  fixtures::FakeBackend backend;
  Service service(backend);
  plugin::CallContext call(fixtures::soon());
  const auto one = snapshot({{"_risks/ri-1_a.md", "One.\n"}, {"_risks/ri-2_b.md", "Two.\n"}});
  ASSERT_TRUE(service.index(call, one).ok());
  backend.apply_answer = gov::unavailable("no");
  const auto two = snapshot({{"_risks/ri-1_a.md", "Other.\n"}, {"_risks/ri-2_b.md", "Two.\n"}});
  EXPECT_FALSE(service.index(call, two).ok());
  backend.apply_answer = {};
  backend.holds = {{"risk/9_left#", "v"}};  // what a refused batch may leave
  ASSERT_TRUE(service.index(call, two).ok());
  EXPECT_EQ(backend.erased, Ids{"risk/9_left#"});
  EXPECT_EQ(backend.ids.size(), 2u) << "it holds nothing else";
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
      content::aigf_profile(), {}, {}, test::restricting_secret());
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
