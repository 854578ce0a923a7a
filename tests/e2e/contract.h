// The contract suite: every case runs over both transports in both eras.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {

using Way = std::tuple<Wire, Era>;

inline std::string name_of(const testing::TestParamInfo<Way>& info) {
  return std::string(std::get<0>(info.param) == Wire::kStdio ? "Stdio" : "Http") +
         (std::get<1>(info.param) == Era::kLegacy ? "Legacy" : "Modern");
}

// One server for all cases of one way; cases do not depend on each other.
class Contract : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (!has_aigf())
      GTEST_SKIP() << "SKIPPED: " << aigf() << " is absent; starter_test covers the starter catalogue";
    const auto [wire, era] = GetParam();
    static std::unique_ptr<Client> shared;
    static Way shared_way;
    if (!shared || shared_way != GetParam()) {
      shared.reset();
      shared = std::make_unique<Client>(wire, era, serving_aigf());
      shared_way = GetParam();
    }
    client = shared.get();
  }
  void fails(const std::string& tool, const Json& arguments, const std::string& named) {
    const Json result = client->call(tool, arguments);
    EXPECT_TRUE(result.value("isError", false)) << tool << " " << arguments.dump() << " " << result.dump();
    EXPECT_NE(result["content"][0].value("text", "").find(named), std::string::npos) << result.dump();
  }

  Client* client = nullptr;
};

}  // namespace govhost::test
