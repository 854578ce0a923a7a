#include "mcp/notes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace govhost::mcp {
namespace {

struct Recorder : Stream {
  bool send(std::string_view message) override {
    sent.emplace_back(message);
    return true;
  }
  void end(std::string_view) override {}
  std::vector<std::string> sent;
};

TEST(Notes, ProgressGrowsOrIsLeftOut) {
  Recorder stream;
  const Json token = "t";
  Notes notes(&stream, &token, std::nullopt);
  for (const double done : {0.0, 0.0, 1.5, 1.0, std::nan(""), 2.0}) notes.progress(done);
  ASSERT_EQ(stream.sent.size(), 3u);
  notes.progress(3, 4, "text");
  const Json last = Json::parse(stream.sent.back());
  EXPECT_EQ(last["params"],
            (Json{{"progressToken", "t"}, {"progress", 3.0}, {"total", 4.0}, {"message", "text"}}));
}

TEST(Notes, TheTokenComesBackExactly) {
  for (const Json& token :
       {Json(0), Json(""), Json("\"x\n"), Json(9007199254740993), Json(-9223372036854775807)}) {
    Recorder stream;
    Notes(&stream, &token, std::nullopt).progress(1);
    ASSERT_EQ(stream.sent.size(), 1u);
    EXPECT_NE(stream.sent[0].find("\"progressToken\":" + token.dump() + "}"), std::string::npos)
        << stream.sent[0];
    EXPECT_TRUE(Json::accept(stream.sent[0]));
  }
}

TEST(Notes, NothingIsSentThatNobodyAskedFor) {
  Recorder stream;
  Notes quiet(&stream, nullptr, std::nullopt);
  quiet.progress(1);
  quiet.log(Severity::kEmergency, "x");
  EXPECT_TRUE(stream.sent.empty());
  Notes nobody;
  nobody.progress(1);
  nobody.log(Severity::kEmergency, "x");
  nobody.hang_up();
  EXPECT_FALSE(nobody.wants_log(Severity::kEmergency));
}

TEST(Notes, LogMessagesHaveALevelThatIsAtLeastTheOneAskedFor) {
  const char* const names[] = {"debug", "info",     "notice", "warning",
                               "error", "critical", "alert",  "emergency"};
  for (std::size_t least = 0; least < 8; ++least) {
    const auto severity = severity_of(names[least]);
    ASSERT_TRUE(severity);
    EXPECT_EQ(name_of(*severity), names[least]);
    Recorder stream;
    Notes notes(&stream, nullptr, severity);
    for (const char* name : names) notes.log(*severity_of(name), {{"x", 1}});
    ASSERT_EQ(stream.sent.size(), 8 - least);
    EXPECT_EQ(Json::parse(stream.sent[0])["params"]["level"], names[least]);
  }
  for (const char* bad : {"", "Debug", "warn", "emergency "}) EXPECT_FALSE(severity_of(bad)) << bad;
}

}  // namespace
}  // namespace govhost::mcp
