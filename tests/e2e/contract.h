// The contract suite: every case runs over both transports in both eras.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {

using Way = std::tuple<Wire, Era>;

inline std::string name_of(const testing::TestParamInfo<Way>& info) {
  return std::string(std::get<0>(info.param) == Wire::kStdio ? "Stdio" : "Http") +
         (std::get<1>(info.param) == Era::kLegacy ? "Legacy" : "Modern");
}

// The running client of one way; all tests of a suite share it, because its cases do not depend on
// each other.
class SharedClients {
 public:
  Client& get(const Way& way, const std::vector<std::string>& arguments) {
    auto& client = clients_[way];
    if (!client) client = std::make_unique<Client>(std::get<0>(way), std::get<1>(way), arguments);
    return *client;
  }
  void clear() { clients_.clear(); }

 private:
  std::map<Way, std::unique_ptr<Client>> clients_;
};

// Over the AI Governance Framework.
class Contract : public testing::TestWithParam<Way> {
 protected:
  static void TearDownTestSuite() { clients.clear(); }
  void SetUp() override {
    if (!has_aigf())
      GTEST_SKIP() << "SKIPPED: " << aigf()
                   << " is absent; starter_test covers the starter catalogue";
    client = &clients.get(GetParam(), serving_aigf());
  }
  void fails(const std::string& tool, const Json& arguments, const std::string& named) {
    const Json result = client->call(tool, arguments);
    EXPECT_TRUE(result.value("isError", false))
        << tool << " " << arguments.dump() << " " << result.dump();
    EXPECT_NE(result["content"][0].value("text", "").find(named), std::string::npos)
        << result.dump();
  }

  inline static SharedClients clients;
  Client* client = nullptr;
};

}  // namespace govhost::test
