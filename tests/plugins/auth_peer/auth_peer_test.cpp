#include <gov/testing.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

class PeerAuthTest : public testing::Test {
 protected:
  std::string create(const std::string& clients) {
    config_.set_json("clients", clients);
    try {
      loaded_.emplace_back(gov::testing::Loaded::open(AUTH_PEER_SO, "peer", host_, config_));
      return "";
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  }
  // "subject scope,scope", or the status.
  std::string ask(const std::string& subject, const std::vector<std::string>& names = {},
                  std::uint32_t uid = GOV_NO_UID) {
    std::vector<gov_str> views;
    for (const std::string& name : names) views.push_back(gov::to_c(name));
    gov_peer peer{};
    peer.struct_size = sizeof peer;
    peer.uid = uid;
    peer.transport = gov::to_c("http");
    peer.tls_subject = gov::to_c(subject);
    peer.tls_names = views.data();
    peer.tls_name_count = views.size();
    std::string out;
    gov_error error{sizeof error, 0, {}};
    const gov::testing::Call call;
    const gov_status status = loaded_.back().auth().authenticate(
        loaded_.back().instance(), call.raw(), &peer, &out,
        [](void* ctx, const gov_principal* p) {
          auto& text = *static_cast<std::string*>(ctx);
          text = std::string(gov::to_cpp(p->subject));
          for (std::uint64_t i = 0; i < p->scope_count; ++i)
            text += (i == 0 ? " " : ",") + std::string(gov::to_cpp(p->scopes[i]));
        },
        &error);
    return status == GOV_OK ? out : std::string(gov::name_of(status));
  }

  gov::testing::Host host_;
  gov::testing::Config config_;
  std::vector<gov::testing::Loaded> loaded_;
};

TEST_F(PeerAuthTest, KnowsClientsBySubjectNameAndUser) {
  ASSERT_EQ(create(R"([{"certificate":"CN=agent,O=Bank","subject":"agent","scopes":["a","b"]},
                       {"certificate":"URI:spiffe://bank/*","scopes":["c"]},
                       {"certificate":"DNS:ci.example"},
                       {"uid":1000,"subject":"operator"}])"),
            "");
  EXPECT_EQ(ask("CN=agent,O=Bank"), "agent a,b");
  EXPECT_EQ(ask("CN=x", {"DNS:y", "URI:spiffe://bank/team/1"}), "URI:spiffe://bank/team/1 c");
  EXPECT_EQ(ask("CN=x", {"DNS:ci.example"}), "DNS:ci.example");
  EXPECT_EQ(ask("", {}, 1000), "operator");
}

TEST_F(PeerAuthTest, LeavesEverybodyElseToOthers) {
  ASSERT_EQ(create(R"([{"certificate":"CN=agent,O=Bank"},{"certificate":"URI:spiffe://bank/*"},
                       {"uid":0}])"),
            "");
  EXPECT_EQ(ask(""), "NOT_MINE");
  EXPECT_EQ(ask("CN=agent,O=Other"), "NOT_MINE");
  EXPECT_EQ(ask("CN=agent,O=Bank,OU=x"), "NOT_MINE");
  EXPECT_EQ(ask("CN=x", {"URI:spiffe://bank"}), "NOT_MINE");
  EXPECT_EQ(ask("CN=x", {"URI:spiffe://bank.evil/a"}), "NOT_MINE");
  EXPECT_EQ(ask("", {"URI:spiffe://bank/a"}), "NOT_MINE") << "no certificate was verified";
  EXPECT_EQ(ask("", {}, 1000), "NOT_MINE");
  EXPECT_EQ(ask("", {}, GOV_NO_UID), "NOT_MINE") << "a peer without a user is not root";
}

TEST_F(PeerAuthTest, RefusesWhatCouldFitTooMuch) {
  EXPECT_NE(create(R"([{"scopes":["a"]}])").find("either certificate or uid"), std::string::npos);
  EXPECT_NE(create(R"([{"certificate":"CN=a","uid":1}])").find("either"), std::string::npos);
  EXPECT_NE(create(R"([{"certificate":"CN=agent*"}])").find("as a whole"), std::string::npos);
  EXPECT_NE(create(R"([{"certificate":"*"}])").find("begin with"), std::string::npos);
}

}  // namespace
