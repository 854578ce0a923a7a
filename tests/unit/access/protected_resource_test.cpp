// RFC 9728: where the metadata is and what it says.
#include "access/protected_resource.h"

#include <gov/status.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace govhost::access {
namespace {

using nlohmann::json;

struct Peer {
  explicit Peer(std::string_view host, bool tls = false)
      : header{gov::to_c("host"), gov::to_c(host)} {
    raw.struct_size = sizeof raw;
    raw.headers = &header;
    raw.header_count = 1;
    raw.flags = tls ? std::uint32_t{GOV_PEER_TLS} : 0;
  }
  gov_pair header;
  gov_peer raw{};
};

const std::string kBase = "/.well-known/oauth-protected-resource";

TEST(ProtectedResource, IsWhatThePublicUrlSays) {
  const ProtectedResource resource("https://h.example/a/mcp", {"https://as.example"}, {"read"});
  const Peer peer("inner:8080");
  EXPECT_EQ(resource.metadata_url(peer.raw, "/mcp"),
            "https://h.example/.well-known/oauth-protected-resource/a/mcp");
  for (const std::string& path : {kBase, kBase + "/", kBase + "/a/mcp"}) {
    const auto text = resource.metadata(peer.raw, path);
    ASSERT_TRUE(text) << path;
    const json document = json::parse(*text);
    EXPECT_EQ(document["resource"], "https://h.example/a/mcp");
    EXPECT_EQ(document["authorization_servers"], json({"https://as.example"}));
    EXPECT_EQ(document["scopes_supported"], json({"read"}));
    EXPECT_EQ(document["bearer_methods_supported"], json({"header"}));
  }
  for (const std::string& path : {kBase + "/other", kBase + "x", std::string("/.well-known/x")})
    EXPECT_FALSE(resource.metadata(peer.raw, path)) << path;
}

TEST(ProtectedResource, IsElseWhatTheClientAskedFor) {
  const ProtectedResource resource("", {"https://as.example"}, {});
  const Peer peer("localhost:8080");
  EXPECT_EQ(resource.metadata_url(peer.raw, "/mcp"),
            "http://localhost:8080/.well-known/oauth-protected-resource/mcp");
  EXPECT_EQ(json::parse(*resource.metadata(peer.raw, kBase + "/mcp"))["resource"],
            "http://localhost:8080/mcp");
  EXPECT_EQ(json::parse(*resource.metadata(peer.raw, kBase))["resource"], "http://localhost:8080");
  EXPECT_FALSE(json::parse(*resource.metadata(peer.raw, kBase)).contains("scopes_supported"));
  EXPECT_EQ(resource.metadata_url(Peer("h", true).raw, "/mcp"),
            "https://h/.well-known/oauth-protected-resource/mcp");
}

TEST(ProtectedResource, IsSilentWithoutAnAuthorizationServer) {
  const ProtectedResource resource("https://h.example/mcp", {}, {"read"});
  EXPECT_FALSE(resource.known());
  EXPECT_FALSE(resource.metadata(Peer("h").raw, kBase));
}

}  // namespace
}  // namespace govhost::access
