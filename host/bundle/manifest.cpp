#include "bundle/manifest.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

#include "content/names.h"

namespace govhost::bundle {
namespace {

using Json = nlohmann::json;

// Milliseconds are what sources give; seconds would make an equal document another one.
std::int64_t to_ms(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Time from_ms(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

// As it will be read again: an entry must not differ from itself.
Time in_ms(Time time) { return from_ms(to_ms(time)); }

auto content_of(const Entry& entry) {
  return std::tie(entry.source, entry.key, entry.sha256, entry.version, entry.title, entry.link,
                  entry.licence, entry.modified);
}

Json json_of(const Entry& entry) {
  Json out = {{"source", entry.source},
              {"key", entry.key},
              {"sha256", entry.sha256},
              {"size", entry.size},
              {"fetched_at_ms", to_ms(entry.fetched_at)}};
  for (const auto& [name, value] :
       {std::pair("version", &entry.version), std::pair("title", &entry.title),
        std::pair("link", &entry.link), std::pair("licence", &entry.licence)})
    if (!value->empty()) out[name] = *value;
  if (entry.modified) out["modified_ms"] = to_ms(*entry.modified);
  return out;
}

// Reads members of an object; the first that is not as it should be is remembered.
class Reader {
 public:
  Reader(const Json& object, std::string place) : object_(object), place_(std::move(place)) {
    if (!object.is_object()) fail("is no object");
  }

  std::string text(const char* name, bool required = true) {
    const Json* value = find(name, required);
    if (value == nullptr) return {};
    if (!value->is_string()) {
      fail(std::string(name) + " is no text");
      return {};
    }
    return value->get<std::string>();
  }
  std::string sha256(const char* name) {
    std::string value = text(name);
    if (value.size() != 64 || value.find_first_not_of("0123456789abcdef") != std::string::npos)
      fail(std::string(name) + " is no SHA-256 in hexadecimal");
    return value;
  }
  std::int64_t integer(const char* name) {
    const Json* value = find(name, true);
    if (value == nullptr) return 0;
    if (!value->is_number_integer()) {
      fail(std::string(name) + " is no integer");
      return 0;
    }
    return value->get<std::int64_t>();
  }
  std::uint64_t natural(const char* name) {
    const std::int64_t value = integer(name);
    if (value < 0) fail(std::string(name) + " is negative");
    return static_cast<std::uint64_t>(value);
  }
  Time time(const char* name) {
    const std::int64_t ms = integer(name);
    // What the clock can hold: 292 years around 1970.
    if (ms < -9'000'000'000'000 || ms > 9'000'000'000'000) {
      fail(std::string(name) + " is no time");
      return {};
    }
    return from_ms(ms);
  }
  bool has(const char* name) const { return object_.is_object() && object_.contains(name); }
  const Json& list(const char* name) {
    static const Json kNone = Json::array();
    const Json* value = find(name, true);
    if (value == nullptr) return kNone;
    if (value->is_array()) return *value;
    fail(std::string(name) + " is no list");
    return kNone;
  }
  const std::string& fault() const { return fault_; }
  void fail(const std::string& what) {
    if (fault_.empty()) fault_ = place_ + what;
  }

 private:
  const Json* find(const char* name, bool required) {
    if (!has(name)) {
      if (required) fail(std::string(name) + " is missing");
      return nullptr;
    }
    return &object_[name];
  }

  const Json& object_;
  const std::string place_;
  std::string fault_;
};

SourceState read_source(const Json& json, std::string& fault) {
  Reader in(json, "sources: ");
  SourceState out{in.text("name"), in.text("options_sha256", false), in.time("confirmed_at_ms")};
  if (fault.empty()) fault = in.fault();
  return out;
}

Entry read_entry(const Json& json, std::string& fault) {
  Reader in(json, "documents: ");
  Entry out;
  out.source = in.text("source");
  out.key = in.text("key");
  out.sha256 = in.sha256("sha256");
  out.size = in.natural("size");
  out.version = in.text("version", false);
  out.title = in.text("title", false);
  out.link = in.text("link", false);
  out.licence = in.text("licence", false);
  out.fetched_at = in.time("fetched_at_ms");
  if (in.has("modified_ms")) out.modified = in.time("modified_ms");
  if (out.source.empty() || !content::is_document_key(out.key))
    in.fail("a source or a key is none");
  if (fault.empty()) fault = in.fault();
  return out;
}

Base read_base(const Json& json, std::string& fault) {
  Reader in(json, "base: ");
  Base out{in.text("file"), in.sha256("manifest_sha256")};
  if (out.file.empty() || out.file.front() == '.' || out.file.find('/') != std::string::npos)
    in.fail("file is no name in the same folder");
  if (fault.empty()) fault = in.fault();
  return out;
}

RemovedEntry read_removed(const Json& json, std::string& fault) {
  Reader in(json, "removed: ");
  RemovedEntry out{in.text("source"), in.text("key")};
  if (fault.empty()) fault = in.fault();
  return out;
}

// The lists are merged with others in one pass.
template <class Placed>
void check_order(const char* list, const std::vector<Placed>& all, std::string& fault) {
  const auto disordered =
      std::adjacent_find(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return place_of(a) >= place_of(b); });
  if (fault.empty() && disordered != all.end())
    fault = std::string(list) + ": " + disordered->key + " is not in its place";
}

}  // namespace

const SourceState* Manifest::source(std::string_view name) const {
  const auto found =
      std::find_if(sources.begin(), sources.end(), [&](const auto& s) { return s.name == name; });
  return found == sources.end() ? nullptr : &*found;
}

Manifest manifest_of(const content::Snapshot& snapshot, std::vector<SourceState> sources,
                     std::string written_by) {
  Manifest out;
  out.written_by = std::move(written_by);
  out.digest = snapshot.digest();
  out.sources = std::move(sources);
  out.entries.reserve(snapshot.documents().size());
  for (const content::Document& document : snapshot.documents()) {
    const content::Provenance& from = document.provenance;
    Entry& entry = out.entries.emplace_back(
        Entry{from.source, from.key, from.sha256, from.size, from.version, document.plain_title,
              from.link, from.licence, in_ms(from.fetched_at), from.modified});
    if (entry.modified) entry.modified = in_ms(*entry.modified);
  }
  std::sort(out.entries.begin(), out.entries.end(),
            [](const Entry& a, const Entry& b) { return place_of(a) < place_of(b); });
  return out;
}

bool same_content(const Manifest& a, const Manifest& b) {
  const auto same_source = [](const SourceState& x, const SourceState& y) {
    return x.name == y.name && x.options_sha256 == y.options_sha256;
  };
  const auto same_entry = [](const Entry& x, const Entry& y) {
    return content_of(x) == content_of(y);
  };
  return std::equal(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(),
                    same_source) &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    same_entry);
}

std::string to_json(const Manifest& manifest) {
  Json sources = Json::array();
  for (const SourceState& source : manifest.sources)
    sources.push_back({{"name", source.name},
                       {"options_sha256", source.options_sha256},
                       {"confirmed_at_ms", to_ms(source.confirmed_at)}});
  Json documents = Json::array();
  for (const Entry& entry : manifest.entries) documents.push_back(json_of(entry));
  Json out = {{"format", manifest.base ? kFormat : kWholeFormat},
              {"sequence", manifest.sequence},
              {"accepted_at_ms", to_ms(manifest.accepted_at)},
              {"written_by", manifest.written_by},
              {"digest", manifest.digest},
              {"sources", std::move(sources)},
              {"documents", std::move(documents)}};
  if (manifest.base) {
    out["base"] = {{"file", manifest.base->file},
                   {"manifest_sha256", manifest.base->manifest_sha256}};
    Json& removed = out["removed"] = Json::array();
    for (const RemovedEntry& entry : manifest.removed)
      removed.push_back({{"source", entry.source}, {"key", entry.key}});
  }
  // A version or a title may come from a source as any bytes.
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

gov::Result<Manifest> from_json(std::string_view text) {
  // The tree is four levels deep; a deeper one is not ours, and would cost stack.
  int deepest = 0;
  const Json json = Json::parse(
      text,
      [&](int depth, Json::parse_event_t, Json&) {
        deepest = std::max(deepest, depth);
        return depth < 8;
      },
      /*allow_exceptions=*/false);
  if (json.is_discarded() || deepest >= 8) return gov::invalid("the manifest is no JSON of ours");
  Reader in(json, "");
  const std::int64_t format = in.integer("format");
  if (in.fault().empty() && format > kFormat)
    return gov::unimplemented("is of format " + std::to_string(format) + ", this program reads " +
                              std::to_string(kFormat) + "; upgrade govhost");
  Manifest out;
  out.sequence = in.natural("sequence");
  out.accepted_at = in.time("accepted_at_ms");
  out.written_by = in.text("written_by");
  out.digest = in.sha256("digest");
  std::string fault;
  for (const Json& each : in.list("sources")) out.sources.push_back(read_source(each, fault));
  for (const Json& each : in.list("documents")) out.entries.push_back(read_entry(each, fault));
  if (in.has("base")) {
    out.base = read_base(json["base"], fault);
    for (const Json& each : in.list("removed")) out.removed.push_back(read_removed(each, fault));
  }
  if (!in.fault().empty()) fault = in.fault();
  check_order("documents", out.entries, fault);
  check_order("removed", out.removed, fault);
  if (!fault.empty()) return gov::invalid("the manifest: " + fault);
  return out;
}

}  // namespace govhost::bundle
