// A snapshot that took over what did not change is the one that reading everything anew would make.
#include <gtest/gtest.h>

#include <string>

#include "content/merkle.h"
#include "content/side_by_side.h"
#include "content/snapshot.h"
#include "support/changing_content.h"

namespace govhost::content {
namespace {

std::string name_of(const Snapshot& snapshot, const Document* document) {
  return document == nullptr
             ? "-"
             : std::to_string(document - snapshot.documents().data()) + " " + document->id;
}

void describe_edges(const Snapshot& snapshot, std::string& out) {
  const Graph& graph = snapshot.graph();
  for (NodeId from = 0; from < graph.size(); ++from)
    for (const EdgeType type : kEdgeTypes)
      for (const NodeId to : graph.out(from, type))
        out += std::to_string(from) + " " + std::string(name_of(type)) + " " + std::to_string(to) +
               "\n";
  for (const DanglingLink& link : graph.dangling())
    out += std::to_string(link.from) + " dangles to " + std::string(link.target) + "\n";
}

void describe_names(const Snapshot& snapshot, const Visibility& visible, std::string& out) {
  for (const char* name : {"1_alpha", "ri-1", "RI-2", "Alpha", "beta", "alpha (ri-1)", "law1",
                           "ri-1_alpha.md", "ri-1_alpha", "open:_risks/ri-1_alpha.md", "note2_beta",
                           "finos://risks/1_alpha", "2", "a1", "_data/law1.yml", "mi-3", ""}) {
    for (const char* kind : {"", kRisk, kMitigation, kFramework, kDocument}) {
      const Resolution found = snapshot.resolve(kind, name, visible);
      out += std::string(kind) + " " + name + ": " + name_of(snapshot, found.document);
      for (const Document* each : found.candidates) out += " or " + name_of(snapshot, each);
      out += "\n";
    }
  }
}

std::string describe(const Snapshot& snapshot) {
  std::string out = "digest " + snapshot.digest() + "\n";
  for (const char* source : {"open", "secret"})
    out += std::string(source) + " " + std::string(snapshot.digest_of_source(source)) + "\n";
  for (const Document& d : snapshot.documents())
    out += d.provenance.source + ":" + d.provenance.key + " " + d.kind + " " + d.id + " " +
           d.title + " " + d.provenance.sha256 + " " + *d.body + "\n";
  for (const std::string_view kind : snapshot.kinds())
    out += std::string(kind) + " " + std::to_string(snapshot.of_kind(kind).size()) + "\n";
  for (const Note& note : snapshot.notes())
    out += "note " + note.source + " " + note.key + " " + std::to_string(note.line) + " " +
           note.message + "\n";
  describe_edges(snapshot, out);
  describe_names(snapshot, {}, out);
  describe_names(snapshot, test::outsider(), out);
  return out;
}

TEST(Carry, MakesWhatReadingAnewMakes) {
  for (unsigned seed = 1; seed <= 25; ++seed) {
    test::ChangingContent content(seed);
    for (int step = 0; step < 12; ++step) {
      content.step();
      ASSERT_EQ(describe(*content.carried()), describe(*content.whole()))
          << "seed " << seed << ", step " << step;
    }
  }
}

TEST(Carry, SharesTextsInsteadOfCopyingThem) {
  test::ChangingContent content(1);
  std::size_t shared = 0;
  for (int step = 0; step < 10; ++step) {
    const auto before = content.carried();
    content.step();
    side_by_side(*before, *content.carried(), [&](auto old, auto now) {
      if (old && now &&
          before->documents()[*old].body.shares(content.carried()->documents()[*now].body))
        ++shared;
    });
  }
  EXPECT_GT(shared, 40u);
}

TEST(SideBySide, PairsEveryDocumentOnce) {
  test::ChangingContent content(7);
  for (int step = 0; step < 20; ++step) {
    const auto before = content.whole();
    content.step();
    const auto after = content.whole();
    std::size_t old_count = 0, new_count = 0;
    side_by_side(*before, *after, [&](auto old, auto now) {
      EXPECT_TRUE(!old || *old == old_count++);
      EXPECT_TRUE(!now || *now == new_count++);
      if (!old || !now) return;
      const Provenance& a = before->documents()[*old].provenance;
      const Provenance& b = after->documents()[*now].provenance;
      EXPECT_EQ(a.source + a.key, b.source + b.key);
    });
    EXPECT_EQ(old_count, before->documents().size());
    EXPECT_EQ(new_count, after->documents().size());
  }
}

// RFC 6962, 2.1.3 has no numbers to compare with; these are of its definition by hand.
TEST(MerkleTree, IsThatOfTheRfc) {
  const auto bytes = [](const Digest& d) {
    return std::string(reinterpret_cast<const char*>(d.data()), d.size());
  };
  const auto node = [&](const Digest& a, const Digest& b) {
    return sha256("\x01" + bytes(a) + bytes(b));
  };
  const Digest a = MerkleTree::leaf("a"), b = MerkleTree::leaf("b"), c = MerkleTree::leaf("c");
  EXPECT_EQ(a, sha256(std::string("\0a", 2)));
  EXPECT_EQ(MerkleTree().root(), sha256(""));
  EXPECT_EQ(MerkleTree({a}, {}).root(), a);
  EXPECT_EQ(MerkleTree({a, b, c}, {}).root(), node(node(a, b), c));
}

TEST(MerkleTree, IsTheSameWhateverWasBefore) {
  std::mt19937 random(1);
  MerkleTree before;
  for (int step = 0; step < 200; ++step) {
    std::vector<Digest> leaves;
    for (std::size_t i = random() % 20; i > 0; --i)
      leaves.push_back(MerkleTree::leaf(std::to_string(random() % 6 == 0 ? random() % 3 : i)));
    MerkleTree after(leaves, before);
    ASSERT_EQ(after.root(), MerkleTree(leaves, {}).root()) << step;
    before = std::move(after);
  }
}

}  // namespace
}  // namespace govhost::content
