#include "ops/conditions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace govhost::ops {
namespace {

std::vector<std::string> names(const std::string& page, double now = 1e9) {
  std::vector<std::string> out;
  const auto series = read_metrics("govhost_content_documents{kind=\"risk\"} 14\n" + page);
  for (const Finding& finding : diagnose(series, now)) out.emplace_back(finding.condition->name);
  return out;
}
using Names = std::vector<std::string>;

TEST(Metrics, AreReadAsTheyAreWritten) {
  const auto series = read_metrics(
      "# HELP a b\n# TYPE a gauge\na 1\nb{x=\"y\",z=\"q \\\"w\\\" \\\\ \\n}\"} 2.5e3\n\nc{} -1\n"
      "broken\nd{x=\"y\n");
  ASSERT_EQ(series.size(), 3u);
  EXPECT_EQ(series[0].name, "a");
  EXPECT_EQ(series[1].labels.at("z"), "q \"w\" \\ \n}");
  EXPECT_EQ(series[1].value, 2500);
  EXPECT_EQ(series[2].value, -1);
}

TEST(Diagnose, NothingIsWrongWithAHealthyServer) {
  EXPECT_EQ(names("govhost_audit_accepts 1\ngovhost_content_stale{source=\"a\"} 0\n"
                  "govhost_content_last_verified_timestamp_seconds{source=\"a\"} 999999000\n"
                  "govhost_source_breaker_state{source=\"a\",state=\"open\"} 0\n"
                  "govhost_source_breaker_state{source=\"a\",state=\"closed\"} 1\n"
                  "govhost_audit_sink_lag_records{sink=\"s\"} 10000\n"
                  "process_open_fds 100\nprocess_max_fds 1024\n"),
            Names{});
}

TEST(Diagnose, EachSignIsSeen) {
  const std::pair<const char*, const char*> cases[] = {
      {"govhost_audit_accepts 0\n", "GovhostAuditFailing"},
      {"process_open_fds 900\nprocess_max_fds 1024\n", "GovhostFilesExhausted"},
      {"govhost_content_stale{source=\"a\"} 1\n", "GovhostContentStale"},
      {"govhost_content_last_verified_timestamp_seconds{source=\"a\"} 999900000\n",
       "GovhostContentOld"},
      {"govhost_source_breaker_state{source=\"a\",state=\"open\"} 1\n", "GovhostSourceUnreachable"},
      {"govhost_audit_sink_lag_records{sink=\"s\"} 10001\n", "GovhostAuditSinkBehind"},
      {"govhost_secret_last_refresh_timestamp_seconds{secret=\"v:x\"} 999990000\n",
       "GovhostSecretStale"}};
  for (const auto& [page, name] : cases) EXPECT_EQ(names(page), Names{name}) << page;
  const auto nothing = read_metrics("up 1\n");
  EXPECT_EQ(diagnose(nothing, 0).front().condition->name, "GovhostNoDocuments");
}

TEST(Diagnose, TheMostUrgentComesFirst) {
  EXPECT_EQ(names("govhost_content_stale{source=\"a\"} 1\ngovhost_audit_accepts 0\n"),
            (Names{"GovhostAuditFailing", "GovhostContentStale"}));
}

TEST(Diagnose, SummariesNameWhatItIs) {
  const auto series = read_metrics(
      "govhost_content_documents{kind=\"risk\"} 1\ngovhost_content_stale{source=\"aigf\"} 1\n");
  EXPECT_EQ(summary_of(diagnose(series, 0).front()), "what is served of aigf may be out of date");
}

}  // namespace
}  // namespace govhost::ops
