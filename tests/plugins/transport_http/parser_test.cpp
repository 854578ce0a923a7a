#include "plugins/transport-http/request.h"

#include <gtest/gtest.h>

#include <gov/status.hpp>

#include <random>

namespace {

using transport_http::Known;
using transport_http::RequestHead;
using transport_http::RequestParser;
namespace http = boost::beast::http;

struct Parsed {
  boost::beast::error_code error;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string target;
};

// Parses a head and a chunked body that arrive `step` bytes at a time.
Parsed parse(std::string text, std::size_t step) {
  Parsed out;
  RequestHead head;
  head.clear();
  RequestParser parser(head, out.body, 4096, 10, 1000);
  std::size_t used = 0;
  for (std::size_t have = std::min(step, text.size());;) {
    boost::beast::error_code ec;
    const std::size_t n = parser.feed(text.data(), text.data() + used, have - used, ec);
    used += n;
    out.error = ec;
    if (parser.is_header_done() && (!parser.chunked() || parser.is_done())) break;
    if (ec && ec != http::error::need_more) break;
    if (ec == http::error::need_more || used == have) {
      if (have == text.size()) break;
      have = std::min(have + step, text.size());
    }
  }
  std::vector<gov_pair> pairs;
  head.pairs(text.data(), pairs);
  for (const gov_pair& p : pairs)
    out.headers.emplace_back(gov::to_cpp(p.name), gov::to_cpp(p.value));
  out.target = head.target(text.data());
  return out;
}

TEST(RequestParser, ReadsTheSameHowevertheBytesArrive) {
  const std::string text =
      "POST /mcp?x=1 HTTP/1.1\r\nHost: a\r\nX-Mixed-CASE:  value with space \t\r\nEmpty:\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5;ext=\"v\"\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n"
      "0\r\nTrailer: dropped\r\n\r\n";
  for (const std::size_t step : {1, 2, 3, 5, 17, 10000}) {
    const Parsed p = parse(text, step);
    EXPECT_FALSE(p.error) << p.error.message() << " in steps of " << step;
    EXPECT_EQ(p.body, "hello world") << step;
    EXPECT_EQ(p.target, "/mcp?x=1");
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"host", "a"},
        {"x-mixed-case", "value with space"},
        {"empty", ""},
        {"transfer-encoding", "chunked"}};
    EXPECT_EQ(p.headers, expected) << step;
  }
}

TEST(RequestParser, RefusesWhatTwoServersCouldReadDifferently) {
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
  const char* const heads[] = {
      "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
      "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
      "Content-Length: 5, 5\r\n\r\n",
      "Content-Length: +5\r\n\r\n",
      "Content-Length: -1\r\n\r\n",
      "Content-Length: 0x5\r\n\r\n",
      "Content-Length: \r\n\r\n",
      "Content-Length: 99999999999999999999\r\n\r\n",
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      "Transfer-Encoding: gzip, chunked\r\n\r\n",
      "Transfer-Encoding: chunked, identity\r\n\r\n",
      "Transfer-Encoding: identity\r\n\r\n",
      "Transfer-Encoding: xchunked\r\n\r\n",
      "Transfer-Encoding : chunked\r\n\r\n",
      "Transfer-Encoding:\r\n chunked\r\n\r\n",
      "X: a\r\n b\r\n\r\n",
      "X: a\r\n\tb\r\n\r\n",
      "X:\r\n \r\nY: b\r\n\r\n",
      "X: a\nY: b\r\n\r\n",
      "X: a\rb\r\n\r\n",
      "X: a\x01\r\n\r\n",
      "X\x80: a\r\n\r\n",
      ": a\r\n\r\n",
      "no colon\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3e9\r\n",
  };
  for (const char* head : heads) {
    const Parsed p = parse(start + head, 10000);
    EXPECT_TRUE(p.error && p.error != http::error::need_more) << head << ": " << p.error.message();
  }
  for (const char* text :
       {"GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
        "G@T / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n", " GET / HTTP/1.1\r\n\r\n",
        "GET / http/1.1\r\n\r\n", "GET /a\x01 HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\x01\x01"}) {
    const Parsed p = parse(text, 10000);
    EXPECT_TRUE(p.error && p.error != http::error::need_more) << text << ": " << p.error.message();
  }
  EXPECT_TRUE(parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1000).error);
}

TEST(RequestParser, CountsHeaders) {
  std::string text = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 10; ++i) text += "X: y\r\n";
  EXPECT_FALSE(parse(text + "\r\n", 1000).error);
  EXPECT_EQ(parse(text + "X: y\r\n\r\n", 1000).error, http::error::header_limit);
}

// Not a search for meaning: no input may crash it or read outside the buffer.
TEST(RequestParser, SurvivesMutatedInput) {
  const std::string seed =
      "POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n4;a=b\r\nbody\r\n0\r\nT: x\r\n\r\n";
  const std::string alphabet = "\r\n\t :;=\"\\0159afx,";
  std::mt19937 random(7);
  for (int round = 0; round < 60'000; ++round) {
    std::string text = seed;
    const std::size_t changes = 1 + random() % 4;
    for (std::size_t i = 0; i < changes; ++i) {
      const std::size_t at = random() % text.size();
      const char c =
          random() % 4 ? alphabet[random() % alphabet.size()] : static_cast<char>(random() % 256);
      switch (random() % 3) {
        case 0: text[at] = c; break;
        case 1: text.insert(at, 1, c); break;
        default: text.erase(at, 1 + random() % 3);
      }
      if (text.empty()) text = seed;
    }
    const Parsed p = parse(text, 1 + random() % 40);
    EXPECT_LE(p.body.size(), 1000u);
  }
}

}  // namespace
