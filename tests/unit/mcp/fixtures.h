// Content and a search that finds nothing, for tests of the protocol around them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mcp/server.h"

namespace govhost::mcp::fixtures {

inline std::shared_ptr<const content::Snapshot> snapshot(
    std::vector<std::pair<std::string, std::string>> files) {
  std::vector<content::RawDocument> raw;
  for (auto& [key, bytes] : files) {
    content::RawDocument document;
    document.source = "test";
    document.key = std::move(key);
    document.bytes = std::move(bytes);
    raw.push_back(std::move(document));
  }
  // A reader who is not free of the first restriction sees none of them.
  const content::Restricting restricting{
      [](const content::Document&) { return std::uint64_t{1}; }, {}, 1};
  return content::Snapshot::build(std::move(raw), content::aigf_profile(), {}, {}, restricting);
}

struct NoSearch : plugin::SearchBackend {
  gov::Status apply(plugin::CallContext&, std::span<const plugin::Passage>,
                    std::span<const std::string_view>) override {
    return {};
  }
  gov::Status query(plugin::CallContext&, const plugin::SearchQuery&, const OnHit&,
                    std::uint64_t&) override {
    return {};
  }
  bool never_blocks() const override { return true; }
};

// A server over two risks and a framework, and what it answers.
struct Serving {
  Serving() {
    const auto content =
        snapshot({{"_risks/ri-1_first.md", "---\ntitle: First\n---\nOne\n"},
                  {"_risks/ri-2_second.md", "---\ntitle: Second\n---\nTwo\n"},
                  {"_data/references/law.yml", "a1:\n  title: Logging\n  url: https://x/1\n"}});
    published.set(std::make_shared<Generation>(content));
    (void)search->index(call, content);
  }

  // Over stdio unless there are headers.
  Received receive(std::string_view body, std::uint64_t connection = 1) {
    return server.receive({body, {}, {}, nullptr, connection, true, "cid", principal});
  }
  Received post(std::string_view body,
                std::vector<std::pair<std::string_view, std::string_view>> headers,
                std::string_view method = "POST", std::string_view target = "/mcp") {
    std::vector<gov_pair> pairs;
    for (const auto& [name, value] : headers) pairs.push_back({gov::to_c(name), gov::to_c(value)});
    gov_peer peer{};
    peer.struct_size = sizeof peer;
    peer.headers = pairs.data();
    peer.header_count = pairs.size();
    return server.receive({body, method, target, &peer, 1, false, "cid", principal});
  }
  // The whole answer, worked on where it is work; null for a notification.
  Reply reply_to(Received received) {
    if (const auto* const work = std::get_if<Work>(&received))
      return std::get<Reply>(server.answer(*work, {principal, call}));
    if (auto* const notice = std::get_if<Notice>(&received)) return std::move(notice->reply);
    if (auto* const answer = std::get_if<ClientAnswer>(&received)) return std::move(answer->reply);
    return std::move(std::get<Reply>(received));
  }
  Reply ask(const Json& message) { return reply_to(receive(message.dump())); }

  Published published;
  NoSearch backend;
  std::shared_ptr<search::Service> search = std::make_shared<search::Service>(backend);
  plugin::Principal principal;
  plugin::CallContext call{std::chrono::steady_clock::now() + std::chrono::hours(1)};
  Server server{
      published,
      std::make_shared<const Wiring>(Wiring{search, {}, ServerStatus{"1.2.3", "built-in", {}, {}}}),
      ServerSettings{2, KeyRing(), offer(product_features)}};
};

inline std::string text_of(const Reply& reply) {
  std::string text;
  for (const std::string_view part : reply.parts()) text += part;
  return text;
}

// The JSON of a reply; parsing also checks that it is valid UTF-8. Null when it has none.
inline Json json_of(const Reply& reply) { return Json::parse(text_of(reply), nullptr, false); }

inline Json request(const std::string& method, Json params = Json::object(), Json id = 1) {
  return {
      {"jsonrpc", "2.0"}, {"id", std::move(id)}, {"method", method}, {"params", std::move(params)}};
}

}  // namespace govhost::mcp::fixtures
