// What a reader who may not see a source is told must not depend on what that source holds.
#include "content/compare.h"
#include "content/snapshot.h"
#include "fixtures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace govhost::content {
namespace {

using fixtures::build;
using fixtures::raw;

const Visibility kOutsider = test::outsider();

RawDocument control(std::string source = "open") {
  return raw("_mitigations/mi-1_c.md",
             "---\ntitle: C\nmitigates: [ri-1]\nlaw_references: [a1]\n---\nT", std::move(source));
}

// What its links and references lead to: "source:id".
std::vector<std::string> ends(const Snapshot& snapshot, const Document& from) {
  std::vector<std::string> out;
  for (const EdgeType type : kEdgeTypes)
    for (const NodeId to : snapshot.graph().out(snapshot.graph().id_of(from), type)) {
      const Document& document = snapshot.graph().document(to);
      out.push_back(document.provenance.source + ":" + document.id);
    }
  return out;
}

using Names = std::vector<std::string>;

TEST(Hidden, DigestsTellNothingOfAChange) {
  const RawDocument shown = raw("_risks/ri-1_a.md", "T", "open");
  const auto one = build({shown, raw("_risks/ri-2_b.md", "T", "secret")});
  const auto other = build(
      {shown, raw("_risks/ri-2_b.md", "U", "secret"), raw("_risks/ri-3_c.md", "U", "secret")});
  EXPECT_EQ(one->digest_for(kOutsider), other->digest_for(kOutsider));
  EXPECT_NE(one->digest_for({}), other->digest_for({}));
  EXPECT_EQ(one->digest_for({}), one->digest());
  const auto changed = build({raw("_risks/ri-1_a.md", "U", "open")});
  EXPECT_NE(one->digest_for(kOutsider), changed->digest_for(kOutsider));
  EXPECT_NE(one->digest_for(kOutsider), one->digest());
}

// An end that is ambiguous, or elsewhere, only because of a hidden document would give it away.
TEST(Hidden, DocumentsDoNotDecideWhatANameOfOthersMeans) {
  const RawDocument risk = raw("_risks/ri-1_a.md", "T", "risks");
  const RawDocument law = raw("_data/references/law.yml", "a1:\n  title: L\n", "risks");
  const RawDocument hidden_risk = raw("_risks/ri-1_a.md", "T", "secret");
  const RawDocument hidden_law = raw("_data/references/law.yml", "a1:\n  title: L\n", "secret");
  const auto snapshot = build({control(), risk, law, hidden_risk, hidden_law});
  EXPECT_EQ(ends(*snapshot, snapshot->of_kind(kMitigation)[0]), (Names{"risks:1_a", "risks:law"}));
  EXPECT_TRUE(snapshot->graph().dangling().empty());

  const auto own = build({control("secret"), risk, law, hidden_risk, hidden_law});
  EXPECT_EQ(ends(*own, own->of_kind(kMitigation)[0]), (Names{"secret:1_a", "secret:law"}));
  const auto alone = build({control(), hidden_risk, hidden_law});
  EXPECT_EQ(ends(*alone, alone->of_kind(kMitigation)[0]), (Names{"secret:1_a", "secret:law"}));
}

TEST(Hidden, TitlesDoNotGiveWayToIdsOfHiddenDocuments) {
  const auto snapshot =
      build({raw("_mitigations/mi-1_c.md", "---\nmitigates: [9_z]\n---\nT", "open"),
             raw("_risks/ri-1_a.md", "---\ntitle: 9_z\n---\nT", "risks"),
             raw("_risks/ri-9_z.md", "T", "secret")});
  EXPECT_EQ(ends(*snapshot, snapshot->of_kind(kMitigation)[0]), Names{"risks:1_a"});
}

TEST(Hidden, NotesSayWhichSourcesTheyAreAbout) {
  const auto other_sources = [](const Snapshot& snapshot) {
    Names out;
    for (const Note& note : snapshot.notes()) out.push_back(note.source + " " + note.other_source);
    std::sort(out.begin(), out.end());
    return out;
  };
  const auto risk = [](const char* source) { return raw("_risks/ri-1_a.md", "T", source); };
  EXPECT_EQ(other_sources(*build({risk("secret"), risk("x")})), Names{"x secret"});
  // One that all see is named before the hidden one, though that comes first.
  EXPECT_EQ(other_sources(*build({risk("secret"), risk("x"), risk("y")})),
            (Names{"x secret", "y x"}));
}

// A label that many entries share names none of them.
TEST(Hidden, EntriesDoNotMakeALabelCommon) {
  std::string hidden;
  for (int i = 0; i < 8; ++i) hidden += "k" + std::to_string(i) + ":\n  title: 'AC-4: x'\n";
  const auto snapshot = build({raw("_data/references/law.yml", "k:\n  title: 'AC-4: y'\n", "open"),
                               raw("_data/references/std.yml", hidden, "secret")});
  const EntryIndex& index = snapshot->entry_index();
  ASSERT_EQ(index.find("AC-4", nullptr, kOutsider).entries.size(), 1u);
  EXPECT_EQ(index.find("AC-4", nullptr, kOutsider).by, EntryIndex::By::kKey);
  EXPECT_NE(index.find("AC-4", nullptr, {}).by, EntryIndex::By::kKey);
}

TEST(Hidden, CitationsDoNotOrderEntries) {
  const auto snapshot =
      build({raw("_data/references/law.yml",
                 "a1:\n  title: Human checks\na2:\n  title: Human choice\n", "open"),
             raw("_mitigations/mi-1_c.md", "---\nlaw_references: [a2]\n---\nT", "secret")});
  const auto first = [&](const Visibility& visible) {
    return snapshot->graph().node(
        snapshot->entry_index().find("human", nullptr, visible).entries.at(0));
  };
  EXPECT_EQ(first({}).entry->key, "a2");
  EXPECT_EQ(first(kOutsider).entry->key, "a1");
}

// A link whose end comes, goes, or is written anew in a hidden source.
TEST(Hidden, EndsOfLinksAreNoChange) {
  const RawDocument hidden = raw("_risks/ri-1_a.md", "T", "secret");
  const auto without = build({control()}), with = build({control(), hidden});
  EXPECT_TRUE(compare(*without, *with, kOutsider).empty());
  EXPECT_TRUE(compare(*with, *without, kOutsider).empty());
  EXPECT_EQ(compare(*without, *with, {}).size(), 2u);
}

}  // namespace
}  // namespace govhost::content
