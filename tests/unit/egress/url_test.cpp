#include "egress/url.h"

#include <gtest/gtest.h>

namespace govhost::egress {
namespace {

TEST(EgressUrl, IsReadToOneForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"https://api.example.org", "https://api.example.org:443/"},
      {"HTTPS://API.Example.ORG/a/B", "https://api.example.org:443/a/B"},
      {"http://127.0.0.1:8080/x?y=%2F..&z", "http://127.0.0.1:8080/x?y=%2F..&z"},
      {"https://[2001:DB8::1]:444/", "https://[2001:db8::1]:444/"},
      {"https://h/a%20b/", "https://h:443/a%20b/"},
  };
  for (const auto& [text, normal] : cases) {
    const auto url = parse_url(text);
    ASSERT_TRUE(url.ok()) << text << ": " << url.status().message();
    EXPECT_EQ(url->text(), normal);
  }
}

// What one parser may take for another host or path than the next.
TEST(EgressUrl, WhatCouldBeReadInTwoWaysIsRefused) {
  for (const char* const text : {"",
                                 "api.example.org",
                                 "//h/",
                                 "ftp://h/",
                                 "file:///etc/passwd",
                                 "https:h/",
                                 "https:///x",
                                 "https://user@h/",
                                 "https://h@evil/",
                                 "https://h\\@evil/",
                                 "https://h#@evil/",
                                 "https://h:/",
                                 "https://h:0/",
                                 "https://h:65536/",
                                 "https://h:80x/",
                                 "https://[::1/",
                                 "https://[::1]x/",
                                 "https://-h/",
                                 "https://.h/",
                                 "https://h h/",
                                 "https://h\t/",
                                 "https://h/a b",
                                 "https://h/a/../b",
                                 "https://h/..",
                                 "https://h/./a",
                                 "https://h//a",
                                 "https://h/a//b",
                                 "https://h/a/%2e%2e/b",
                                 "https://h/a%2fb",
                                 "https://h/a%5Cb",
                                 "https://h/a\\b",
                                 "https://h/%00",
                                 "https://h/%0d%0aX: y",
                                 "https://h/%25",
                                 "https://h/%2",
                                 "https://h/%zz",
                                 "https://h/\r\nX: y",
                                 "https://h/#f",
                                 "https://h/\xc3\xa4",
                                 "https://\xc3\xa4/"})
    EXPECT_FALSE(parse_url(text).ok()) << text;
}

TEST(EgressGrants, CoverWholePartsOfPathsOnTheSameOrigin) {
  const auto grants =
      Grants::parse({"https://api.example.org/repos/finos", "http://127.0.0.1:81/a/"});
  ASSERT_TRUE(grants.ok());
  const auto covered = [&](const char* text) { return grants->cover(*parse_url(text)); };
  for (const char* const text :
       {"https://api.example.org/repos/finos", "https://api.example.org/repos/finos/",
        "https://api.example.org:443/repos/finos/x?y", "https://API.example.org/repos/finos/x",
        "http://127.0.0.1:81/a/b"})
    EXPECT_TRUE(covered(text)) << text;
  for (const char* const text :
       {"https://api.example.org/", "https://api.example.org/repos/finos2",
        "https://api.example.org/repos/FINOS", "http://api.example.org/repos/finos",
        "https://api.example.org:444/repos/finos", "https://api.example.org.evil/repos/finos",
        "https://evil/?https://api.example.org/repos/finos", "http://127.0.0.1:81/a",
        "http://127.0.0.1:82/a/"})
    EXPECT_FALSE(covered(text)) << text;
}

TEST(EgressGrants, ABadOneIsNamed) {
  const auto grants = Grants::parse({"https://good/", "https://h/a/../b"});
  ASSERT_FALSE(grants.ok());
  EXPECT_NE(grants.status().message().find("\"https://h/a/../b\": the URL has a path"),
            std::string::npos)
      << grants.status().message();
  EXPECT_FALSE(Grants::parse({"https://h/?q"}).ok());
}

}  // namespace
}  // namespace govhost::egress
