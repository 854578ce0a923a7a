// The order of hits and the options that shape it.
#include "../search/fixture.h"

#include <algorithm>
#include <random>

namespace search_plugin_test {
namespace {

using Ids = std::vector<std::string>;

// Words that make passages differ in length but match nothing.
std::string filler(int words) {
  std::string out;
  for (int i = 0; i < words; ++i) out += "filler" + std::to_string(i) + " ";
  return out;
}

TEST(SearchRanking, TitleBeatsHeadingBeatsText) {
  Index index({{"a", "x", "x", "encryption here", {}},
               {"b", "x", "encryption here", "x x", {}},
               {"c", "encryption here", "x", "x x", {}}});
  EXPECT_EQ(index.ids("encryption"), (Ids{"c", "b", "a"}));
}

TEST(SearchRanking, TheWorkedExampleOfTheReadmeHolds) {
  Index index({{"risk/9#summary",
                "Data Poisoning",
                "Summary",
                "Attackers change the data a model learns from.",
                {}},
               {"risk/8#description",
                "Model Tampering",
                "Description",
                "Data poisoning is one way to tamper with a model.",
                {}},
               {"mitigation/1#purpose",
                "Data Leakage Prevention",
                "Purpose",
                "Keeps customer data inside the company.",
                {}}});
  const auto hits = index.query("data poisoning").all;
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0].id, "risk/9#summary");
  EXPECT_NEAR(hits[0].score, 0.6298, 0.00005);
  EXPECT_EQ(hits[1].id, "risk/8#description");
  EXPECT_NEAR(hits[1].score, 0.2743, 0.00005);
  EXPECT_EQ(hits[2].id, "mitigation/1#purpose");
  EXPECT_NEAR(hits[2].score, 0.0510, 0.00005);
}

TEST(SearchRanking, MoreDistinctWordsBeatManyOfOne) {
  Index index({{"many", "", "", "customer customer customer customer customer", {}},
               {"two", "", "", "customer data and other things that are here", {}},
               {"all", "", "", "customer other data with more things here: privacy", {}},
               {"none", "", "", filler(9), {}}});
  EXPECT_EQ(index.ids("customer data privacy"), (Ids{"all", "two", "many"}));
}

TEST(SearchRanking, ARareWordWeighsMoreThanACommonOne) {
  std::vector<Passage> passages;
  for (int i = 0; i < 20; ++i) passages.push_back({"c" + std::to_string(i), "", "", "common", {}});
  passages.push_back({"rare", "", "", "rare", {}});
  EXPECT_EQ(Index(passages).ids("common rare").front(), "rare");
}

TEST(SearchRanking, ShorterPassagesBeatLongerOnes) {
  Index index(
      {{"long", "", "", "risk " + filler(60), {}}, {"short", "", "", "risk " + filler(6), {}}});
  EXPECT_EQ(index.ids("risk"), (Ids{"short", "long"}));
}

TEST(SearchRanking, NeighboursInTheQueryBeatScatteredWords) {
  const struct {
    const char *query, *together, *scattered;
  } cases[] = {
      {"data poisoning", "x x data poisoning x x", "poisoning x x x x data"},
      {"denial of wallet", "x x denial of wallet x", "wallet x x x denial of"},
      {"model-risk", "x x model risk x x", "risk x x x x model"},
  };
  for (const auto& c : cases) {
    // The ids would order them the other way round.
    Index index(
        {{"1", "", "", c.scattered, {}}, {"2", "", "", c.together, {}}, {"3", "", "", "y", {}}});
    EXPECT_EQ(index.ids(c.query), (Ids{"2", "1"})) << c.query;
    Index titles({{"1", c.scattered, "", "x", {}}, {"2", c.together, "", "x", {}}});
    EXPECT_EQ(titles.ids(c.query), (Ids{"2", "1"})) << c.query << " in the title";
  }
}

TEST(SearchRanking, FieldsAreNotNeighbours) {
  Index index({{"1", "end data", "poisoning x", "x x x x", {}},
               {"2", "end data", "x poisoning", "x x x x", {}}});
  const auto hits = index.query("data poisoning");
  EXPECT_EQ(hits.all.at(0).score, hits.all.at(1).score);
}

TEST(SearchRanking, ThePhraseBonusCanBeTurnedOff) {
  Index index(gov::testing::Config().set("phrase_bonus", "0"));
  index.put(
      {{"1", "", "", "poisoning x x x x data", {}}, {"2", "", "", "x x data poisoning x x", {}}});
  const auto hits = index.query("data poisoning");
  EXPECT_EQ(hits.all.at(0).id, "1");
  EXPECT_EQ(hits.all.at(0).score, hits.all.at(1).score);
}

TEST(SearchRanking, ThePhraseBonusReachesPassagesBelowTheLimit) {
  // Many passages of a higher score without the phrase stand before the one with it.
  std::vector<Passage> passages;
  for (int i = 0; i < 400; ++i)
    passages.push_back({"a" + std::to_string(i), "", "", "poisoning x data", {}});
  passages.push_back({"z", "", "", "x data poisoning", {}});
  const auto hits = Index(passages).query("data poisoning", 1);
  EXPECT_EQ(hits.all.at(0).id, "z");
  EXPECT_EQ(hits.total, 401u);
}

TEST(SearchRanking, FieldWeightsAreOptions) {
  Index index(gov::testing::Config().set("title_weight", "0.1").set("text_weight", "20"));
  index.put({{"a", "encryption", "", "x", {}}, {"b", "x", "", "encryption", {}}});
  EXPECT_EQ(index.ids("encryption"), (Ids{"b", "a"}));
}

TEST(SearchRanking, EqualScoresAreOrderedById) {
  std::vector<Passage> passages;
  for (const char* id : {"b", "a/2", "c", "a", "a/10", "B"})
    passages.push_back({id, "", "", "same text", {}});
  Index index(passages);
  EXPECT_EQ(index.ids("text"), (Ids{"B", "a", "a/10", "a/2", "b", "c"}));
  EXPECT_EQ(index.query("text", 2).all.at(1).id, "a");
}

std::vector<Passage> random_passages() {
  std::mt19937 random(3);
  const char* const words[] = {"data",  "model", "risk", "poisoning", "prompt", "injection", "the",
                               "agent", "ac-1",  "of",   "wallet",    "denial", "control",   "x"};
  std::vector<Passage> passages;
  for (int i = 0; i < 600; ++i) {
    Passage p{"p" + std::to_string(i), "", "", "", {{"kind", i % 3 ? "risk" : "mitigation"}}};
    for (std::string* field : {&p.title, &p.heading, &p.text})
      for (auto n = random() % 20; n > 0; --n)
        *field += std::string(words[random() % std::size(words)]) + " ";
    passages.push_back(std::move(p));
  }
  return passages;
}

using Answer =
    std::vector<std::tuple<std::string, float, std::vector<std::pair<std::size_t, std::size_t>>>>;
Answer answer(Index& index, const char* query, std::uint32_t limit) {
  Answer out;
  for (const auto& hit : index.query(query, limit, {{"kind", "risk"}}).all)
    out.emplace_back(hit.id, hit.score, hit.matches);
  return out;
}

TEST(SearchRanking, DoesNotDependOnHowTheContentCameIn) {
  std::vector<Passage> passages = random_passages();
  Index at_once(passages);

  // One by one, shuffled, with stale texts, strangers and erasures in between.
  std::mt19937 random(5);
  std::shuffle(passages.begin(), passages.end(), random);
  Index step_by_step;
  for (const Passage& p : passages) {
    if (random() % 3 == 0) step_by_step.put({{p.id, "stale", "data", "model risk data", {}}});
    step_by_step.put({p, {"stranger" + p.id, "", "", "data model of risk", {}}});
    if (random() % 2 == 0) step_by_step.put({erased("stranger" + p.id)});
  }
  for (const Passage& p : passages) step_by_step.put({erased("stranger" + p.id)});

  EXPECT_EQ(at_once.held(), step_by_step.held());
  for (const char* query :
       {"data", "prompt injection risk", "denial of wallet", "ac-1 model", "x"}) {
    for (const std::uint32_t limit : {1u, 7u, 1000u}) {
      EXPECT_EQ(answer(at_once, query, limit), answer(step_by_step, query, limit)) << query;
    }
    const Answer all = answer(at_once, query, 1000), some = answer(at_once, query, 7);
    ASSERT_GT(all.size(), 7u);
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << query;
  }
}

TEST(SearchOptions, AreCheckedWithAMessageThatNamesThem) {
  const struct {
    const char *name, *value;
  } cases[] = {{"k1", "0"},         {"k1", "abc"},           {"b", "1.5"},
               {"b", "nan"},        {"b", "0.5x"},           {"title_weight", "-1"},
               {"text_weight", ""}, {"phrase_bonus", "inf"}, {"heading_weight", "1e99"}};
  for (const auto& c : cases) {
    try {
      Index index(gov::testing::Config().set(c.name, c.value));
      ADD_FAILURE() << c.name << " = " << c.value << " was accepted";
    } catch (const std::runtime_error& e) {
      EXPECT_NE(std::string(e.what()).find(c.name), std::string::npos) << e.what();
      EXPECT_NE(std::string(e.what()).find("give a number from"), std::string::npos) << e.what();
    }
  }
}

TEST(SearchOptions, ComponentNeverBlocksAndDescribesItsOptions) {
  const gov_component& component = gov::testing::Loaded::component(SEARCH_SO, "memory");
  EXPECT_STREQ(component.kind, GOV_KIND_SEARCH);
  EXPECT_EQ(component.flags, std::uint32_t{GOV_NEVER_BLOCKS});
  for (const char* name :
       {"k1", "b", "title_weight", "heading_weight", "text_weight", "phrase_bonus"})
    EXPECT_NE(std::string(component.config_schema).find("\"" + std::string(name) + "\""),
              std::string::npos);
}

}  // namespace
}  // namespace search_plugin_test
