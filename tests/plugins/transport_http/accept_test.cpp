#include "plugins/transport-http/accept.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

struct Case {
  std::vector<std::string> headers;
  bool json, stream;
};

TEST(Accepts, FollowsTheMostSpecificRange) {
  const Case cases[] = {
      {{}, true, false},
      {{""}, true, false},
      {{"*/*"}, true, false},
      {{"application/*"}, true, false},
      {{"application/json"}, true, false},
      {{"APPLICATION/JSON; charset=utf-8"}, true, false},
      {{"application/json, text/event-stream"}, true, true},
      {{"application/json", "text/event-stream"}, true, true},
      {{"text/event-stream"}, false, true},
      {{"text/*"}, false, true},
      {{"text/html, */*;q=0.8"}, true, false},
      {{"text/html"}, false, false},
      {{"application/json;q=0, text/event-stream"}, false, true},
      {{"application/json;q=0, */*"}, false, false},
      {{"text/event-stream;q=0.0, */*"}, true, false},
      {{"application/json;q=0.001"}, true, false},
      {{"*/*;q=0"}, false, false},
      {{", ,application/json,"}, true, false},
      {{"text/event-stream;q=0, text/*"}, false, false},
  };
  for (const Case& c : cases) {
    transport_http::Accepts accepts;
    std::string shown;
    for (const std::string& header : c.headers) {
      accepts.add(header);
      shown += "[" + header + "]";
    }
    EXPECT_EQ(accepts.json(), c.json) << shown;
    EXPECT_EQ(accepts.stream(), c.stream) << shown;
  }
}

TEST(Accepts, PrefersAStreamWhereTheClientDoes) {
  const std::pair<const char*, bool> cases[] = {
      {"application/json, text/event-stream", false},
      {"text/event-stream, application/json", true},
      {"text/event-stream", true},
      {"application/json;q=0.5, text/event-stream", true},
      {"application/json;q=0.9, text/event-stream;q=0.899", false},
      {"text/event-stream;q=0.5, application/json", false},
      {"text/event-stream;q=0.5, application/json;q=0.50", true},
      {"text/event-stream;q=x, application/json;q=0.9", true},
      {"*/*, text/event-stream", false},
      {"text/event-stream;q=0, application/json", false},
      {"", false},
  };
  for (const auto& [header, stream] : cases) {
    transport_http::Accepts accepts;
    accepts.add(header);
    EXPECT_EQ(accepts.prefers_stream(), stream) << header;
  }
}

}  // namespace
