// govhost content: what an operator does with the content of a running server, and without one.
#include "e2e/living_source.h"

namespace govhost::test {
namespace {

class ContentCli : public LivingSource {
 protected:
  ContentCli() : LivingSource(12, "refresh = \"1h\"\nbreaker = {failures = 1, open = \"1h\"}\n") {}

  Outcome content(std::vector<std::string> arguments, const std::string& of = {}) const {
    arguments.insert(arguments.begin(), {binary(), "content"});
    arguments.insert(arguments.end(), {"--config", of.empty() ? config : of});
    return run(arguments);
  }
  Json json_of(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Outcome outcome = content(std::move(arguments));
    EXPECT_NE(outcome.out, "") << outcome.err;
    return Json::parse(outcome.out, nullptr, false);
  }
  Json status_of_source() const { return json_of({"status"})["sources"][0]; }
  void serve_bananas() {
    start();
    wait_for("content.bundle_written");
    risk(3, "bananas");
    ASSERT_EQ(content({"sync"}).exit_code, 0);
    ASSERT_EQ(served(), "## Summary\n\nOf bananas.");
  }
  void lose_most() const {
    for (int i = 4; i <= 12; ++i) fs::remove(file_of(i));
  }
  std::string key(const std::string& name) const {
    const std::string base = (folder.path() / name).string();
    EXPECT_EQ(run({"openssl", "genpkey", "-algorithm", "ed25519", "-out", base + ".pem"}).exit_code,
              0);
    EXPECT_EQ(run({"openssl", "pkey", "-in", base + ".pem", "-pubout", "-out", base + ".pub.pem"})
                  .exit_code,
              0);
    return base;
  }
};

TEST_F(ContentCli, SyncReadsTheSourceNow) {
  start();
  risk(3, "bananas");
  Outcome synced = content({"sync"});
  EXPECT_EQ(synced.exit_code, 0) << synced.err;
  EXPECT_NE(synced.out.find("new content is in service"), std::string::npos) << synced.out;
  EXPECT_EQ(served(), "## Summary\n\nOf bananas.");
  synced = content({"sync", "directory"});
  EXPECT_NE(synced.out.find("nothing has changed"), std::string::npos) << synced.out;
  synced = content({"sync", "directori"});
  EXPECT_EQ(synced.exit_code, 1);
  EXPECT_NE(synced.err.find("no source of the configuration is called directori"),
            std::string::npos)
      << synced.err;
}

TEST_F(ContentCli, StatusTellsHowCurrentEachSourceIsAndWhatIsWrong) {
  Outcome status = content({"status"});
  EXPECT_EQ(status.exit_code, 4) << "no server runs";
  EXPECT_NE(status.err.find("control.sock"), std::string::npos) << status.err;
  start();
  status = content({"status"});
  EXPECT_EQ(status.exit_code, 0) << status.err;
  EXPECT_NE(status.out.find("directory  12 documents, confirmed 20"), std::string::npos)
      << status.out;
  go_down();
  EXPECT_EQ(content({"sync"}).exit_code, 1);
  status = content({"status"});
  EXPECT_EQ(status.exit_code, 1);
  EXPECT_NE(status.out.find("STALE, breaker open"), std::string::npos) << status.out;
  EXPECT_NE(status.out.find("failed 1 times: "), std::string::npos) << status.out;
  const Json source = status_of_source();
  EXPECT_EQ(source["stale"], true);
  EXPECT_EQ(source["breaker"], "open");
}

TEST_F(ContentCli, AnOpenBreakerIsRespectedUnlessAProbeIsAskedFor) {
  start();
  go_down();
  EXPECT_EQ(content({"sync"}).exit_code, 1);
  come_back();
  const Outcome refused = content({"sync"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("is open for another"), std::string::npos) << refused.err;
  EXPECT_EQ(status_of_source()["failures"], 1) << "nothing was asked of it";
  EXPECT_EQ(content({"sync", "--probe"}).exit_code, 0);
  EXPECT_EQ(status_of_source()["stale"], false);
}

TEST_F(ContentCli, WhatTheGateRejectedIsLookedAtAndAccepted) {
  start();
  EXPECT_EQ(content({"diff"}).exit_code, 1) << "nothing is rejected yet";
  lose_most();
  EXPECT_EQ(content({"sync"}).exit_code, 1);
  const Json source = status_of_source();
  const std::string digest = source["rejected"].get<std::string>();
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12);

  const Outcome diff = content({"diff"});
  EXPECT_EQ(diff.exit_code, 0) << diff.err;
  EXPECT_NE(diff.out.find("removed  directory:_risks/ri-7_risk.md  Risk 7 (RI-7)"),
            std::string::npos)
      << diff.out;
  EXPECT_NE(diff.out.find("0 added, 9 removed, 0 changed"), std::string::npos) << diff.out;
  EXPECT_NE(diff.out.find("content accept directory " + digest), std::string::npos) << diff.out;

  const Outcome other = content({"accept", "directory", "0123456789ab"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.err.find(digest), std::string::npos) << other.err;
  EXPECT_EQ(content({"accept", "directory", digest}).exit_code, 0);
  EXPECT_EQ(client->structured("list_risks")["total_count"], 3);
  wait_for("content.accepted");
  EXPECT_EQ(status_of_source()["rejected"], nullptr);
}

// What upstream has now is not what the operator has looked at.
TEST_F(ContentCli, OnlyWhatWasLookedAtIsAccepted) {
  start();
  lose_most();
  EXPECT_EQ(content({"sync"}).exit_code, 1);
  const std::string digest = status_of_source()["rejected"].get<std::string>();
  fs::remove(file_of(3));
  EXPECT_NE(content({"accept", "directory", digest}).exit_code, 0);
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12);
}

TEST_F(ContentCli, ARollbackHoldsOverARestartUntilItIsReleased) {
  serve_bananas();
  EXPECT_EQ(content({"rollback"}).exit_code, 64);
  EXPECT_EQ(content({"rollback", "7"}).exit_code, 1);
  EXPECT_EQ(content({"rollback", "1"}).exit_code, 0);
  EXPECT_EQ(served(), "## Summary\n\nOf apples.");
  EXPECT_NE(content({"sync"}).err.find("--release"), std::string::npos);
  EXPECT_EQ(served(), "## Summary\n\nOf apples.");
  kill();
  start();
  EXPECT_EQ(served(), "## Summary\n\nOf apples.");
  EXPECT_EQ(json_of({"status"})["held"], true);
  EXPECT_NE(content({"status"}).out.find("HELD"), std::string::npos);
  EXPECT_EQ(content({"rollback", "--release"}).exit_code, 0);
  EXPECT_EQ(content({"sync"}).exit_code, 0);
  EXPECT_EQ(served(), "## Summary\n\nOf bananas.");
  EXPECT_EQ(content({"rollback", "--release"}).exit_code, 2) << "it is released";
}

TEST_F(ContentCli, ShowPrintsADocumentAsItWasServedThen) {
  serve_bananas();
  kill();  // no server is needed
  EXPECT_EQ(content({"show", "ri-3"}).out, text_of(3, "bananas"));
  EXPECT_EQ(content({"show", "RI-3", "--snapshot", "1"}).out, text_of(3, "apples"));
  const Json now = json_of({"show", "directory:_risks/ri-3_risk.md"});
  EXPECT_EQ(now["text"], text_of(3, "bananas"));
  EXPECT_EQ(now["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(content({"show", "ri-3", "--at", "2200-01-01"}).out, text_of(3, "bananas"));
  const Outcome early = content({"show", "ri-3", "--at", "2001-01-31"});
  EXPECT_EQ(early.exit_code, 1);
  EXPECT_NE(early.err.find("its oldest bundle is of 20"), std::string::npos) << early.err;
  EXPECT_EQ(content({"show", "ri-3", "--at", "yesterday"}).exit_code, 2);
  EXPECT_EQ(content({"show", "ri-99"}).exit_code, 1);
}

TEST_F(ContentCli, VerifyNamesWhatIsDamaged) {
  serve_bananas();
  EXPECT_EQ(content({"verify"}).exit_code, 0);
  damage(bundles()[0]);
  const Outcome verified = content({"verify"});
  EXPECT_EQ(verified.exit_code, 3);
  EXPECT_NE(verified.out.find("BAD   " + bundles()[0].string() + "  is damaged: the text of"),
            std::string::npos)
      << verified.out;
  EXPECT_NE(verified.out.find("good  " + bundles()[1].string()), std::string::npos);
  EXPECT_EQ(content({"verify", bundles()[1].string()}).exit_code, 0);
  EXPECT_EQ(json_of({"verify"})["good"], false);
}

TEST_F(ContentCli, LintSaysWhatIsWrongWithTheDocuments) {
  EXPECT_EQ(content({"lint"}).exit_code, 0);
  folder.write("docs/_risks/ri-13_bad.md",
               "---\ntitle: Bad\nrelated_risks: [ri-99]\n---\n\nText.\n");
  const Outcome linted = content({"lint"});
  EXPECT_EQ(linted.exit_code, 1);
  EXPECT_NE(linted.out.find("_risks/ri-13_bad.md, line 3"), std::string::npos) << linted.out;
  EXPECT_NE(linted.out.find("13 documents, 1 remarks"), std::string::npos) << linted.out;
}

// The site without a network takes what the other has signed, and nothing else.
TEST_F(ContentCli, ASignedBundleIsCarriedToAnotherSite) {
  const std::string own = key("own"), other = key("other");
  start({"--set", "content.signing_key=file:" + own + ".pem"});
  wait_for("content.bundle_written");
  kill();
  const std::string carried = (folder.path() / "carried.tar").string();
  ASSERT_EQ(content({"bundle", "-o", carried}).exit_code, 0);

  const auto site = [&](const std::string& name, const std::string& trusted) {
    return folder
        .write(name + "/govhost.toml",
               "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n[content]\n"
               "bundle_dir = \"content\"\ntrusted_keys = [\"" +
                   trusted +
                   ".pub.pem\"]\n[[source]]\nname = \"directory\"\nplugin = \"imported\"\n")
        .string();
  };
  const std::string wrong = site("wrong", other), right = site("right", own);
  const Outcome refused = content({"import", carried}, wrong);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_NE(refused.err.find("is signed by a key that content.trusted_keys does not name"),
            std::string::npos)
      << refused.err;
  EXPECT_FALSE(fs::exists(folder.path() / "wrong/content")) << "nothing was written";

  Outcome imported = content({"import", carried}, right);
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_NE(imported.out.find("for the next start"), std::string::npos) << imported.out;
  Client there(Wire::kHttp, Era::kLegacy, {"--config", right});
  const Json answer = there.call("get_risk", {{"risk_id", "ri-3"}});
  EXPECT_EQ(answer["structuredContent"]["content"], "## Summary\n\nOf apples.");
  EXPECT_FALSE(answer["_meta"].contains("govhost/stale")) << "nobody else is asked";

  // A newer one, while the server runs.
  risk(3, "bananas");
  start({"--set", "content.signing_key=file:" + own + ".pem"});
  ASSERT_EQ(content({"sync"}).exit_code, 0);
  ASSERT_EQ(content({"bundle", "-o", carried}).exit_code, 0);
  imported = content({"import", carried}, right);
  EXPECT_NE(imported.out.find("they are served"), std::string::npos)
      << imported.out << imported.err;
  EXPECT_EQ(there.structured("get_risk", {{"risk_id", "ri-3"}})["content"],
            "## Summary\n\nOf bananas.");
}

TEST_F(ContentCli, TheSocketIsForItsOwnerAlone) {
  start();
  wait_for("control.listening");
  const fs::path socket = folder.path() / "content/control.sock";
  EXPECT_EQ(fs::status(socket).permissions(), fs::perms(0600));
  Process second(
      {binary(), "serve", "--config", config, "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0"});
  EXPECT_TRUE(second.wait_error_line("another server listens on")) << second.error_text();
  second.signal(SIGTERM);
  EXPECT_EQ(second.wait(), 0);
  EXPECT_EQ(content({"status"}).exit_code, 0) << "the first one still answers";
  client->process().signal(SIGTERM);
  EXPECT_EQ(client->process().wait(), 0);
  EXPECT_FALSE(fs::exists(socket));
}

}  // namespace
}  // namespace govhost::test
