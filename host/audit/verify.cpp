#include "audit/verify.h"

#include <fstream>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "audit/chain.h"
#include "audit/checkpoint.h"
#include "audit/retention.h"
#include "audit/segments.h"
#include "core/digest.h"

namespace govhost::audit {
namespace {

namespace fs = std::filesystem;

class Verifying {
 public:
  Verifying(const std::optional<VerifyKey>& key, bool part) : key_(key), part_(part) {}

  gov::Status read_checkpoints(const fs::path& file, bool must_exist) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
      if (!must_exist) return {};
      return gov::unavailable(file.native() + " cannot be read");
    }
    std::size_t number = 0;
    for (std::string line; std::getline(stream, line); ++number) {
      auto checkpoint = read_checkpoint(line);
      // A kill or a full disk can leave half of a line; the chain does not depend on it.
      if (!checkpoint && !line.ends_with("\"}")) continue;
      const std::string place = file.filename().native() + ", line " + std::to_string(number + 1);
      if (!checkpoint)
        fail("BROKEN: " + place + " is no checkpoint");
      else if (key_ && !key_->verify(checkpoint->text, checkpoint->signature))
        fail("BAD SIGNATURE: " + place + " (record " + std::to_string(checkpoint->seq) +
             ") was not signed with this key");
      else
        checkpoints_.insert_or_assign(checkpoint->seq, std::move(*checkpoint));
      if (!verdict_.problem.empty()) return {};
    }
    verdict_.checkpoints = checkpoints_.size();
    return {};
  }

  gov::Status read_segment(const fs::path& file, bool last_file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return gov::unavailable(file.native() + " cannot be read");
    if (last_.seq == 0) begin_with(file);
    if (torn_.empty() && file.filename() != segment_name(last_.seq + 1))
      fail("BROKEN at record " + std::to_string(last_.seq + 1) + ": " +
           segment_name(last_.seq + 1) + " is missing, " + file.filename().native() + " follows");
    for (std::string line; verdict_.problem.empty() && std::getline(stream, line);)
      take(line, last_file && stream.eof());
    return {};
  }

  Verdict finish() && {
    if (verdict_.problem.empty() && !torn_.empty())
      fail("BROKEN at record " + std::to_string(last_.seq + 1) + ": " + torn_why_);
    if (verdict_.problem.empty()) check_beginning();
    if (verdict_.problem.empty() && !checkpoints_.empty()) {
      const Checkpoint& newest = checkpoints_.rbegin()->second;
      if (newest.seq > last_.seq)
        fail("TRUNCATED: record " + std::to_string(newest.seq) + " was signed at " + newest.time +
             ", and the trail ends with record " + std::to_string(last_.seq));
    }
    verdict_.good = verdict_.problem.empty();
    verdict_.records = last_.seq;
    verdict_.head = last_.hash;
    return std::move(verdict_);
  }

 private:
  void fail(std::string problem) {
    if (verdict_.problem.empty()) verdict_.problem = std::move(problem);
  }

  // What stands before the first file is known by the first record that is there.
  void begin_with(const fs::path& file) {
    const auto first = first_of(file);
    if (!first || *first <= 1) return;
    last_.seq = *first - 1;
    verdict_.from = *first;
    unknown_ = true;
  }

  void know_beginning(std::string_view prev) {
    last_.hash = prev;
    missing_ = last_;
    unknown_ = false;
    const auto signed_there = checkpoints_.find(missing_.seq);
    if (signed_there != checkpoints_.end() && signed_there->second.hash != missing_.hash)
      fail("BROKEN at record " + std::to_string(missing_.seq + 1) +
           ": it does not follow the record that was signed at " + signed_there->second.time);
  }

  // A beginning that is missing was removed by the host, which recorded that, or by somebody else.
  void check_beginning() {
    if (missing_.seq == 0 || part_) return;
    if (vouched_at_ == 0)
      fail("BROKEN at record 1: " + segment_name(1) + " is missing, " +
           segment_name(missing_.seq + 1) + " follows, and no record tells of its removal");
    else if (key_ && vouched_at_ > verdict_.signed_until)
      fail("BROKEN at record 1: it is missing, and record " + std::to_string(vouched_at_) +
           ", which tells of its removal, is not signed");
  }

  void take(const std::string& line, bool unfinished) {
    const auto opened = open_line(line);
    if (!opened || unfinished) {
      // What a killed process left is no breach when the next record vouches for it, or when
      // nothing follows yet.
      if (unfinished) return;
      if (!torn_.empty()) return fail(at_next() + torn_why_);
      torn_ = line;
      torn_why_ = "its hash is not that of its text";
      return;
    }
    if (!torn_.empty()) {
      const bool vouched =
          opened->members.find("\"action\":\"recovered\"") != std::string_view::npos &&
          opened->members.find(to_hex(sha256(torn_))) != std::string_view::npos;
      if (!vouched) return fail(at_next() + torn_why_);
      torn_.clear();
    }
    if (opened->seq != last_.seq + 1)
      return fail(at_next() + "it is missing, record " + std::to_string(opened->seq) + " follows");
    if (unknown_) know_beginning(opened->prev);
    if (opened->prev != last_.hash) return fail(at_next() + "it does not follow the one before it");
    const auto signed_here = checkpoints_.find(opened->seq);
    if (signed_here != checkpoints_.end()) {
      if (signed_here->second.hash != opened->hash)
        return fail(at_next() + "it is not the record that was signed at " +
                    signed_here->second.time);
      verdict_.signed_until = opened->seq;
    }
    last_ = {opened->seq, std::string(opened->hash)};
    if (missing_.seq == 0 || vouched_at_ > 0) return;
    const auto removed = removal_of(opened->members);
    if (removed && removed->seq == missing_.seq && removed->hash == missing_.hash)
      vouched_at_ = opened->seq;
  }

  std::string at_next() const { return "BROKEN at record " + std::to_string(last_.seq + 1) + ": "; }

  const std::optional<VerifyKey>& key_;
  const bool part_;
  bool unknown_ = false;          // the hash that the first record must follow
  Link missing_;                  // the last record of a beginning that is not there
  std::uint64_t vouched_at_ = 0;  // the record that tells of its removal
  std::map<std::uint64_t, Checkpoint> checkpoints_;
  Link last_;
  std::string torn_, torn_why_;
  Verdict verdict_;
};

}  // namespace

gov::Result<Verdict> verify(const fs::path& folder, const std::optional<VerifyKey>& key,
                            const fs::path& checkpoints, bool part) {
  const auto files = segments_of(folder);
  if (!files) return files.status();
  if (files->empty()) return gov::not_found(folder.native() + " holds no audit trail");
  Verifying verifying(key, part);
  if (gov::Status s = verifying.read_checkpoints(
          checkpoints.empty() ? folder / kCheckpoints : checkpoints, !checkpoints.empty());
      !s.ok())
    return s;
  for (const fs::path& file : *files)
    if (gov::Status s = verifying.read_segment(file, &file == &files->back()); !s.ok()) return s;
  return std::move(verifying).finish();
}

}  // namespace govhost::audit
