// yaml-cpp behind read_yaml. Its parser hands over events, so that limits are checked while reading
// and an alias costs nothing until it is known to fit.
#include "content/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace govhost::content {
namespace {

std::size_t height_of(const Yaml& yaml) {
  std::size_t height = 0;
  for (const Yaml& item : yaml.items) height = std::max(height, height_of(item));
  return height + 1;
}

std::size_t line_of(const YAML::Mark& mark) {
  return mark.line < 0 ? 0 : static_cast<std::size_t>(mark.line) + 1;
}

// Builds the tree. After the first refusal it ignores what follows; the parser cannot be stopped,
// but its work is linear in a text whose size is bounded.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const ReadLimits& limits) : limits_(limits) {}

  YamlRead take() && {
    YamlRead read;
    read.faults = std::move(faults_);
    if (refused_) return read;
    read.root = std::move(root_);
    return read;
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    scalar(mark, anchor, Yaml::Kind::kNull, {}, false);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    scalar(mark, anchor, Yaml::Kind::kScalar, value, tag != "?");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, Yaml::Kind::kSequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, Yaml::Kind::kMapping);
  }
  void OnMapEnd() override { close(); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (refused_) return;
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return refuse(line_of(mark), "an alias names its own parent");
    const Anchored& target = found->second;
    nodes_ += target.nodes;
    bytes_ += target.bytes;
    alias_bytes_ += target.bytes + target.nodes * sizeof(Yaml);
    if (alias_bytes_ > limits_.yaml_alias_bytes || nodes_ > limits_.yaml_nodes) {
      return refuse(line_of(mark), "its aliases expand to more than " +
                                       std::to_string(limits_.yaml_alias_bytes) +
                                       " bytes; write the values out");
    }
    if (frames_.size() + height_of(target.node) > limits_.yaml_depth) return too_deep(mark);
    Yaml copy = target.node;
    copy.line = line_of(mark);
    attach(std::move(copy));
  }

 private:
  struct Frame {
    Yaml node;
    YAML::anchor_t anchor;
    std::size_t nodes, bytes;  // counted when it was opened
    bool has_key = false;
    std::string key;
  };
  struct Anchored {
    Yaml node;
    std::size_t nodes, bytes;
  };

  void refuse(std::size_t line, std::string message) {
    if (!refused_) faults_.push_back({line, std::move(message)});
    refused_ = true;
  }
  void too_deep(const YAML::Mark& mark) {
    refuse(line_of(mark),
           "it is nested deeper than " + std::to_string(limits_.yaml_depth) + " levels");
  }

  void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, Yaml::Kind kind,
              const std::string& text, bool quoted) {
    if (refused_ || !count(mark, text.size())) return;
    Yaml node;
    node.kind = kind;
    node.quoted = quoted;
    node.line = line_of(mark);
    node.text = text;
    if (anchor != YAML::NullAnchor)
      anchors_.insert_or_assign(anchor, Anchored{node, 1, text.size()});
    attach(std::move(node));
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Yaml::Kind kind) {
    if (refused_ || !count(mark, 0)) return;
    if (frames_.size() >= limits_.yaml_depth) return too_deep(mark);
    if (expects_key()) return refuse(line_of(mark), "a list or a mapping is used as a key");
    Frame frame{{}, anchor, nodes_ - 1, bytes_, false, {}};
    frame.node.kind = kind;
    frame.node.line = line_of(mark);
    frames_.push_back(std::move(frame));
  }

  void close() {
    if (refused_) return;
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.node.is_mapping()) drop_repeated_keys(frame.node);
    if (frame.anchor != YAML::NullAnchor) {
      anchors_.insert_or_assign(frame.anchor,
                                Anchored{frame.node, nodes_ - frame.nodes, bytes_ - frame.bytes});
    }
    attach(std::move(frame.node));
  }

  bool count(const YAML::Mark& mark, std::size_t bytes) {
    bytes_ += bytes;
    if (++nodes_ <= limits_.yaml_nodes) return true;
    refuse(line_of(mark), "it has more than " + std::to_string(limits_.yaml_nodes) + " values");
    return false;
  }

  bool expects_key() const {
    return !frames_.empty() && frames_.back().node.is_mapping() && !frames_.back().has_key;
  }

  void attach(Yaml node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (!frame.node.is_mapping()) {
      frame.node.items.push_back(std::move(node));
    } else if (frame.has_key) {
      node.key = std::move(frame.key);
      frame.has_key = false;
      frame.node.items.push_back(std::move(node));
    } else if (!node.items.empty()) {
      refuse(node.line, "a list or a mapping is used as a key");
    } else {
      frame.key = node.kind == Yaml::Kind::kNull ? "null" : std::move(node.text);
      frame.has_key = true;
    }
  }

  // The last one counts, as in the other readers of these files.
  void drop_repeated_keys(Yaml& mapping) {
    std::unordered_set<std::string_view> seen;
    std::vector<bool> repeated(mapping.items.size());
    for (std::size_t i = mapping.items.size(); i-- > 0;) {
      repeated[i] = !seen.insert(mapping.items[i].key).second;
      if (repeated[i] && faults_.size() < kMaxFaults) {
        faults_.push_back({mapping.items[i].line, "the key '" + mapping.items[i].key +
                                                      "' is given twice; the last one counts"});
      }
    }
    std::vector<Yaml> kept;
    kept.reserve(seen.size());
    for (std::size_t i = 0; i < repeated.size(); ++i) {
      if (!repeated[i]) kept.push_back(std::move(mapping.items[i]));
    }
    mapping.items = std::move(kept);
  }

  static constexpr std::size_t kMaxFaults = 20;

  const ReadLimits& limits_;
  std::vector<Frame> frames_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  Yaml root_;
  std::vector<Fault> faults_;
  std::size_t nodes_ = 0, bytes_ = 0, alias_bytes_ = 0;
  bool refused_ = false;
};

}  // namespace

YamlRead read_yaml_with_library(std::string_view text, const ReadLimits& limits) {
  if (text.size() > limits.yaml_library_bytes) {
    return {std::nullopt,
            {{0, "it is larger than " + std::to_string(limits.yaml_library_bytes) +
                     " bytes and not in plain block style"}}};
  }
  std::istringstream stream{std::string(text)};
  Builder builder(limits);
  try {
    YAML::Parser(stream).HandleNextDocument(builder);
  } catch (const YAML::Exception& error) {
    return {std::nullopt, {{line_of(error.mark), "it is not valid YAML: " + error.msg}}};
  }
  return std::move(builder).take();
}

}  // namespace govhost::content
