#include "bundle/bundle.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "bundle/tar.h"
#include "core/digest.h"
#include "support/files.h"
#include "unit/bundle/content.h"

namespace govhost::bundle {
namespace {

// A key made for this test.
constexpr const char* kOtherPublic =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";

class BundleFile : public testing::Test {
 protected:
  gov::Status write(const std::optional<SigningKey>& with = {}) {
    return write_bundle(
        path, manifest(raw),
        [&](const Entry& entry) -> gov::Result<std::string> {
          for (const auto& each : raw)
            if (each.key == entry.key) return each.bytes;
          return gov::not_found(entry.key);
        },
        with);
  }
  std::string bytes() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void replace(const std::string& text) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  }
  // Why the bundle is no good; empty: it is.
  std::string fault(const Trust& trust = {}) const {
    const auto bundle = Bundle::open(path, trust);
    return (bundle ? bundle->verify() : bundle.status()).message();
  }

  const test::TempDir folder;
  const std::string path = (folder.path() / "b.tar").string();
  const Raw raw = {document("a.md", "# A\n\nOf apples."), document("b/c.md", "# C\n\nOf cherries."),
                   document("twin.md", "# A\n\nOf apples.")};
  const SigningKey key = *SigningKey::from_pem(kPrivate);
};

TEST_F(BundleFile, GivesBackWhatWasWritten) {
  ASSERT_TRUE(write().ok());
  const auto bundle = Bundle::open(path, {});
  ASSERT_TRUE(bundle.ok()) << bundle.status().message();
  EXPECT_EQ(to_json(bundle->manifest()), to_json(manifest(raw)));
  ASSERT_EQ(bundle->manifest().entries.size(), 3u);
  for (const Entry& entry : bundle->manifest().entries) {
    const auto text = bundle->read(entry);
    ASSERT_TRUE(text.ok()) << text.status().message();
    EXPECT_EQ(to_hex(sha256(*text)), entry.sha256);
    EXPECT_EQ(entry.version, "v" + std::to_string(text->size()));
    EXPECT_EQ(entry.link, "https://example.org/" + entry.key);
    // Milliseconds: what is finer is cut when the manifest is made.
    EXPECT_EQ(entry.fetched_at, std::chrono::floor<std::chrono::milliseconds>(raw[0].fetched_at));
    EXPECT_EQ(entry.modified, raw[0].modified);
  }
  EXPECT_FALSE(bundle->is_signed());
}

// Nothing but tar, sha256sum and openssl, as docs/operations/content.md shows.
TEST_F(BundleFile, AnAuditorNeedsNoGovhost) {
  ASSERT_TRUE(write(key).ok());
  folder.write("key.pem", kPrivate);
  const std::string command =
      "cd '" + folder.path().string() +
      "' && tar xf b.tar && sha256sum --quiet -c manifest.sha256 && cd objects && "
      "for f in *; do echo \"$f  $f\"; done | sha256sum --quiet -c && cd .. && "
      "openssl pkey -in key.pem -pubout -out pub.pem && openssl pkeyutl -verify -pubin -inkey "
      "pub.pem -rawin -in manifest.json -sigfile manifest.sig >/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(BundleFile, EveryFlippedByteIsFound) {
  ASSERT_TRUE(write(key).ok());
  const Trust trust = {key.verify_key()};
  EXPECT_EQ(fault(trust), "");
  const std::string good = bytes();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    replace(bad);
    ASSERT_NE(fault(trust), "") << "byte " << i;
  }
}

TEST_F(BundleFile, EveryCutAndEveryAdditionIsFound) {
  ASSERT_TRUE(write().ok());
  const std::string good = bytes();
  for (std::size_t size = 0; size < good.size(); size += 7) {
    replace(good.substr(0, size));
    ASSERT_NE(fault(), "") << size << " bytes";
  }
  replace(good + std::string(512, '\0'));
  EXPECT_NE(fault(), "");
  replace(good);
  EXPECT_EQ(fault(), "");
}

TEST_F(BundleFile, TheMessageNamesTheDocumentThatIsDamaged) {
  ASSERT_TRUE(write().ok());
  std::string bad = bytes();
  bad[bad.find("Of cherries")] = 'o';
  replace(bad);
  EXPECT_EQ(fault(), "is damaged: the text of policies:b/c.md is not what the manifest says");
}

TEST_F(BundleFile, WithTrustedKeysOnlyTheirsAreTaken) {
  const Trust own = {key.verify_key()};
  const Trust other = {*VerifyKey::from_pem(kOtherPublic)};
  ASSERT_TRUE(write().ok());
  EXPECT_NE(fault(own).find("is not signed"), std::string::npos) << fault(own);
  ASSERT_TRUE(write(key).ok());
  EXPECT_NE(fault(other).find("content.trusted_keys"), std::string::npos) << fault(other);
  EXPECT_EQ(fault({other[0], own[0]}), "");
  EXPECT_EQ(fault(), "") << "without keys a signature is not asked for";
  EXPECT_EQ(Bundle::open(path, own)->key_id(), own[0].id());
}

TEST_F(BundleFile, ANewerFormatIsRefusedWithBothNumbers) {
  std::string json = to_json(manifest(raw));
  const std::string now = "\"format\": 1";
  json.replace(json.find(now), now.size(), "\"format\": 3");
  const auto read = from_json(json);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().code(), GOV_UNIMPLEMENTED);
  EXPECT_EQ(read.status().message(), "is of format 3, this program reads 2; upgrade govhost");
}

TEST(Manifest, WhatIsNoManifestIsNamed) {
  const std::string digest(64, 'a');
  const std::string head = R"({"format":1,"sequence":1,"accepted_at_ms":0,"written_by":"x",)"
                           R"("digest":")" +
                           digest + R"(","sources":[],"documents":[)";
  const auto one = [&](const std::string& more) {
    return head + R"({"source":"s","key":"k","sha256":")" + digest +
           R"(","size":1,"fetched_at_ms":0)" + more + "}]}";
  };
  EXPECT_TRUE(from_json(one("")).ok()) << from_json(one("")).status().message();
  const std::pair<std::string, const char*> cases[] = {
      {"", "no JSON"},
      {"[]", "is no object"},
      {"{}", "format is missing"},
      {std::string(200'000, '['), "no JSON"},
      {R"({"format":1,"a":[[[[[[[[[[]]]]]]]]]]})", "no JSON"},
      {one(R"(,"size":-1)"), "negative"},
      {one(R"(,"key":"../etc/passwd")"), "a source or a key is none"},
      {one(R"(,"key":"a\nb")"), "a source or a key is none"},
      {one(R"(,"sha256":"AA")"), "no SHA-256"},
      {one(R"(,"fetched_at_ms":9223372036854775807)"), "no time"},
      {one(R"(,"title":7)"), "title is no text"},
      {head + R"(7]})", "is no object"},
  };
  for (const auto& [text, message] : cases) {
    const auto read = from_json(text);
    ASSERT_FALSE(read.ok()) << text.substr(0, 100);
    EXPECT_NE(read.status().message().find(message), std::string::npos)
        << text.substr(0, 200) << ": " << read.status().message();
  }
}

}  // namespace
}  // namespace govhost::bundle
