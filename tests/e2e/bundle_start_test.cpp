// What was accepted is on the disk: a start needs no upstream, and damage is named and passed over.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "e2e/living_source.h"

namespace govhost::test {
namespace {

class BundleStart : public LivingSource {
 protected:
  BundleStart()
      : LivingSource(3, "refresh = \"10ms\"\nbreaker = {open = \"10ms\", open_max = \"10ms\"}\n") {}
  // Serves the documents once, so that there is a bundle.
  void serve_once() {
    start();
    wait_for("content.bundle_written");
    kill();
  }
};

TEST_F(BundleStart, WithoutUpstreamTheLastContentIsServedMarkedStale) {
  serve_once();
  go_down();
  start();
  const Json answer = get_risk();
  EXPECT_EQ(answer["structuredContent"]["content"], "## Summary\n\nOf apples.");
  EXPECT_EQ(answer["_meta"]["govhost/stale"], true);
  EXPECT_EQ(client->structured("list_risks")["total_count"], 3);
  EXPECT_NE(wait_for("content.source_failed").find("does not exist"), std::string::npos);
  // The plugin that could not start is started when it can be: nobody need restart the host.
  come_back();
  wait_for("content.source_recovered");
  EXPECT_FALSE(get_risk()["_meta"].contains("govhost/stale"));
  risk(3, "bananas");
  wait_for("content.refreshed");
  EXPECT_EQ(served(), "## Summary\n\nOf bananas.");
}

TEST_F(BundleStart, WhatChangedMeanwhileIsServedAsSoonAsItIsRead) {
  serve_once();
  risk(3, "bananas");
  start();
  wait_for("content.refreshed");
  EXPECT_EQ(served(), "## Summary\n\nOf bananas.");
  EXPECT_EQ(bundles().size(), 2u);
}

TEST_F(BundleStart, ContentOfOtherOptionsIsNotTakenForCurrent) {
  serve_once();
  folder.write("elsewhere/_risks/ri-3_risk.md", "---\ntitle: Other\n---\n\n## Summary\n\nOther.\n");
  std::ifstream in(config);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  text.replace(text.find("\"docs\""), 6, "\"elsewhere\"").replace(text.find("10ms"), 4, "1h");
  folder.write("govhost.toml", text);
  start();
  EXPECT_EQ(served(), "## Summary\n\nOther.");
  EXPECT_EQ(client->structured("list_risks")["total_count"], 1);
}

TEST_F(BundleStart, ADamagedBundleIsNamedAndTheOneBeforeServes) {
  start();
  wait_for("content.bundle_written");
  risk(3, "bananas");
  wait_for("content.refreshed");
  kill();
  go_down();
  const auto files = bundles();
  ASSERT_EQ(files.size(), 2u);
  damage(files[1]);
  start();
  const std::string line = wait_for("content.bundle_broken");
  EXPECT_NE(line.find(files[1].filename().string()), std::string::npos) << line;
  EXPECT_NE(line.find("is damaged"), std::string::npos) << line;
  EXPECT_EQ(served(), "## Summary\n\nOf apples.");
}

TEST_F(BundleStart, WithNoGoodBundleAndNoUpstreamTheStartFailsWithBothReasons) {
  serve_once();
  go_down();
  damage(bundles().at(0));
  Process process(
      {binary(), "serve", "--config", config, "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0"});
  EXPECT_EQ(process.wait(), 2);
  EXPECT_NE(process.error_text().find("content.bundle_broken"), std::string::npos);
  EXPECT_NE(process.error_text().find("does not exist; set source.options.path"), std::string::npos)
      << process.error_text();
}

// As a full disk: the files of the process may not grow.
TEST_F(BundleStart, AFullDiskStopsNoAnswerAndIsMadeUpFor) {
  start({"--set", "audit.enabled=false"});  // the trail's disk is another
  wait_for("content.bundle_written");
  const int pid = client->process().pid();
  const rlimit small{600, RLIM_INFINITY}, all{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, &small, nullptr), 0);
  risk(3, "bananas");
  const std::string line = wait_for("content.bundle_failed");
  EXPECT_NE(line.find(".tar.part: write: "), std::string::npos) << line;
  wait_for("content.refreshed");
  EXPECT_EQ(served(), "## Summary\n\nOf bananas.");
  EXPECT_EQ(bundles().size(), 1u);
  ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, &all, nullptr), 0);
  wait_for("\"sequence\":2");
  kill();
  go_down();
  start();
  EXPECT_EQ(served(), "## Summary\n\nOf bananas.");
}

TEST_F(BundleStart, AKeyThatIsNoneIsNamedBeforeTheStart) {
  folder.write("key.pem", "nonsense");
  const Outcome checked = run({binary(), "config", "check", "--config", config, "--set",
                               "content.signing_key=file:" + (folder.path() / "key.pem").string(),
                               "--set", "content.trusted_keys=[\"key.pem\"]"});
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_NE(checked.err.find("content.signing_key: file:"), std::string::npos) << checked.err;
  EXPECT_NE(checked.err.find("openssl genpkey -algorithm ed25519"), std::string::npos);
  EXPECT_NE(checked.err.find("content.trusted_keys: " + (folder.path() / "key.pem").string()),
            std::string::npos)
      << checked.err;
  EXPECT_EQ(checked.err.find("nonsense"), std::string::npos) << "the key is shown";
}

}  // namespace
}  // namespace govhost::test
