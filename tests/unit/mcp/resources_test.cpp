#include "mcp/resources.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fixtures.h"

namespace govhost::mcp {
namespace {

std::shared_ptr<const content::Snapshot> some_documents() {
  return fixtures::snapshot(
      {{"_risks/ri-10_prompt-injection.md", "---\ntitle: Prompt Injection\n---\nText\n"},
       {"_risks/ri-11_a b%c.md", "Odd name\n"},
       {"_mitigations/mi-1_filter.md", "Filter\n"},
       {"_data/references/law.yml", "a1:\n  title: Logging\n  url: https://x/1\n"},
       {"notes/deep/plan.md", "Plan\n"}});
}

std::shared_ptr<const content::Snapshot> content_with_parts() {
  return fixtures::snapshot(
      {{"_risks/ri-1_first.md", "---\ntitle: First\n---\n## Summary\n\nText\n"},
       {"_data/references/law.yml", "a1:\n  title: Logging\n  url: https://x/1\n"}});
}

std::string resolved(const content::Snapshot& snapshot, std::string_view uri) {
  const auto found = resolve_uri(snapshot, uri);
  return found ? found.document->id : found.ambiguous() ? "ambiguous" : "nothing";
}

TEST(ResolveUri, FindsEveryDocumentByTheUriItHas) {
  const auto snapshot = some_documents();
  ASSERT_EQ(snapshot->documents().size(), 5u);
  std::set<std::string> uris;
  for (const content::Document& d : snapshot->documents()) {
    EXPECT_EQ(resolve_uri(*snapshot, d.uri).document, &d) << d.uri;
    EXPECT_EQ(d.uri.find_first_of(" \"<>"), std::string::npos) << d.uri;
    uris.insert(d.uri);
  }
  EXPECT_EQ(uris.size(), 5u);
}

TEST(ResolveUri, DecodesIdsOnce) {
  const auto s = some_documents();
  EXPECT_EQ(resolved(*s, "finos://risks/10_prompt-injection"), "10_prompt-injection");
  EXPECT_EQ(resolved(*s, "finos://risks/10_prompt%2Dinjection"), "10_prompt-injection");
  EXPECT_EQ(resolved(*s, "finos://risks/%31%30_prompt-injection"), "10_prompt-injection");
  EXPECT_EQ(resolved(*s, "finos://risks/11_a%20b%25c"), "11_a b%c");
  EXPECT_EQ(resolved(*s, "finos://risks/11_a%2520b%2525c"), "nothing");
}

TEST(ResolveUri, TakesTheOtherNamesOfADocument) {
  const auto s = some_documents();
  for (const char* uri :
       {"finos://risks/ri-10", "finos://risks/RI-10", "finos://risks/10",
        "finos://risks/Prompt%20Injection", "finos://risks/10_prompt-injection?x=1#y"})
    EXPECT_EQ(resolved(*s, uri), "10_prompt-injection") << uri;
  EXPECT_EQ(resolved(*s, "finos://documents/notes/deep/plan"), "notes/deep/plan");
}

TEST(ResolveUri, RefusesWhatIsNoneOfOurs) {
  const auto s = some_documents();
  for (const std::string uri : {"",
                                "finos",
                                "finos://",
                                "finos://risks",
                                "finos://risks/",
                                "finos://risks/%20",
                                "finos://risk/10_prompt-injection",
                                "finos://mitigations/10_prompt-injection",
                                "finos://unknown/10",
                                "https://risks/10",
                                " finos://risks/10",
                                "file:///etc/passwd",
                                "finos:/risks/10",
                                "finos:///10",
                                "finos://risks/_risks/ri-10_prompt-injection.md",
                                "finos://risks//10_prompt-injection",
                                "finos://risks/x/10_prompt-injection",
                                "finos://risks/../risks/10_prompt-injection",
                                "10_prompt-injection",
                                "finos://?risks/10"})
    EXPECT_EQ(resolved(*s, uri), "nothing") << uri;
}

TEST(ResolveUri, RefusesBadEscapesAndHostileIds) {
  const auto s = some_documents();
  for (const std::string id :
       {"%", "%1", "%zz", "10%", "10_prompt-injection%0", "%00", "%FF", "%C3%28",
        "10_prompt-injection%00", "..%2F..%2Fetc%2Fpasswd", "%252e%252e"})
    EXPECT_EQ(resolved(*s, "finos://risks/" + id), "nothing") << id;
  EXPECT_EQ(resolved(*s, "finos://risks/" + std::string(100'000, 'a')), "nothing");
  EXPECT_EQ(resolved(*s, std::string("finos://risks/10\0", 17)), "nothing");
  // The bound is on the whole text, the ignored part too.
  const std::string uri = "finos://risks/10?";
  EXPECT_EQ(resolved(*s, uri + std::string(2048 - uri.size(), 'x')), "10_prompt-injection");
  EXPECT_EQ(resolved(*s, uri + std::string(2049 - uri.size(), 'x')), "nothing");
}

TEST(Resource, DescribesItsDocument) {
  const auto s = some_documents();
  const content::Document& d = *s->resolve("risk", "ri-10").document;
  const Json json = describe_resource(d);
  EXPECT_EQ(json["uri"], "finos://risks/10_prompt-injection");
  EXPECT_EQ(json["name"], "10_prompt-injection");
  EXPECT_EQ(json["title"], "Prompt Injection (RI-10)");
  EXPECT_EQ(json["mimeType"], "text/markdown");
  EXPECT_EQ(json["size"], 4);
  EXPECT_FALSE(json["annotations"].contains("lastModified"));
  EXPECT_FALSE(json.contains("description"));
}

TEST(Resource, ContentsAnswerWithTheUriThatWasAskedFor) {
  const auto s = some_documents();
  const Generation generation(s);
  const std::string uri = "finos://risks/ri-10?\"x";
  const Json json = Json::parse(resource_contents(generation, resolve_uri(*s, uri), uri, {}) + "}");
  const Json& content = json["contents"][0];
  EXPECT_EQ(content["uri"], "finos://risks/ri-10?\"x");
  EXPECT_EQ(content["text"], "Text");
  EXPECT_EQ(content["_meta"]["govhost/document_id"], "10_prompt-injection");
  EXPECT_EQ(content["_meta"]["govhost/sha256"].get<std::string>().size(), 64u);
}

TEST(ResolveUri, FindsPartsAndOverviews) {
  const auto s = content_with_parts();
  using What = ResourceTarget::What;
  const auto what = [&](std::string_view uri) { return resolve_uri(*s, uri).what; };
  EXPECT_EQ(what("finos://index"), What::kIndex);
  EXPECT_EQ(what("finos://graph.json"), What::kGraph);
  EXPECT_EQ(what("finos://risks/1_first/sections/summary"), What::kSection);
  EXPECT_EQ(what("finos://risks/1_first/sections/nothing"), What::kNothing);
  EXPECT_EQ(what("finos://frameworks/law/entries/a1"), What::kEntry);
  EXPECT_EQ(what("finos://frameworks/law/entries/a2"), What::kNothing);
  EXPECT_EQ(what("finos://risks/1_first/entries/a1"), What::kNothing);
}

TEST(Resource, OfHiddenSourcesNothingIsListedOrFound) {
  const auto s = some_documents();
  const Generation generation(s);
  const content::Visibility nothing(1, {"test"});
  EXPECT_EQ(resolve_uri(*s, "finos://risks/ri-10", nothing).what, ResourceTarget::What::kNothing);
  EXPECT_EQ(ResourceList(generation, {}).size(), 2u + 5u);
  EXPECT_EQ(ResourceList(generation, nothing).size(), 2u);
  for (const std::string uri : {"finos://index", "finos://graph.json"})
    EXPECT_EQ(
        resource_contents(generation, resolve_uri(*s, uri), uri, nothing).find("prompt-injection"),
        std::string::npos)
        << uri;
}

TEST(Resource, TemplatesHaveIconsAndThoseOfTheReferenceContractAreThere) {
  std::set<std::string> uris;
  for (const Json& t : resource_templates()) {
    uris.insert(t["uriTemplate"].get<std::string>());
    EXPECT_TRUE(t["icons"][0]["src"].get<std::string>().starts_with("data:image/")) << t;
  }
  EXPECT_EQ(uris, (std::set<std::string>{"finos://frameworks/{framework_id}",
                                         "finos://frameworks/{framework_id}/entries/{entry_key}",
                                         "finos://mitigations/{mitigation_id}",
                                         "finos://risks/{risk_id}", "finos://usecases/{usecase_id}",
                                         "finos://{collection}/{document_id}/sections/"
                                         "{section_anchor}"}));
  for (const Json& t : resource_templates()) EXPECT_FALSE(t["icons"].empty()) << t;
}

}  // namespace
}  // namespace govhost::mcp
