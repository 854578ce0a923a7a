// The configuration as the rest of the host sees it: checked, with defaults filled in and paths
// made absolute. Plain data.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace govhost::config {

// Where a value was written, for errors and for `config show`.
struct Origin {
  std::string where;  // "govhost.toml", "--set", "--content", "default"
  std::size_t line = 0;

  std::string text() const;  // "govhost.toml:12", "--set", "default"
};

enum class Isolation { kInProcess, kProcess };

// Sources that are part of the host: the catalogue inside the binary, and what `govhost content
// import` put into content.bundle_dir.
inline constexpr std::string_view kStarter = "starter", kImported = "imported";

// A file below the plugin directory and what the host needs to know about using it.
struct PluginRef {
  std::string plugin;     // as written: "http", "/opt/x/source-sharepoint.so"
  std::string path;       // of the .so, absolute; empty for a source the host serves itself
  std::string component;  // empty: the file's only one of the kind
  std::string sha256;     // lower-case hex, or empty: not pinned
  Isolation isolation = Isolation::kInProcess;
  Origin origin;  // of the `plugin` key
};

// What every configured plugin has: a name, the file and its options.
struct Instance {
  std::string name;  // unique within its kind; defaults to the plugin's name
  PluginRef ref;
  // The [x.options] table as JSON with relative "x-gov-path" options not yet resolved, unchecked:
  // the schema is known only once the plugin is loaded (see schema.h).
  std::shared_ptr<const nlohmann::json> options;
  std::vector<std::string> grants;  // URL prefixes that the plugin may reach through the host
  // Line of each option by JSON pointer, for errors of the schema check.
  std::vector<std::pair<std::string, Origin>> option_origins;
};

// Where the option was written; for one that was not, where its table was.
Origin origin_of_option(const Instance& instance, std::string_view pointer);

struct KindRuleConfig {
  std::string kind, match, prefix;
};

// What new content of a source must satisfy to replace the old.
struct Gate {
  std::map<std::string, std::size_t> require;  // kind to the least number of documents
  std::map<std::string, std::vector<std::string>> attributes;  // kind to what each must have
  double max_shrink = 0.5, max_faulty = 0.5;                   // shares of its documents
};

struct Breaker {
  std::size_t failures = 5;
  std::chrono::milliseconds open{30'000}, open_max{600'000};
};

struct Source : Instance {
  bool required = true;                             // the host does not start without it
  std::string profile = "aigf";                     // rules of what a file is: "aigf" or "none"
  std::vector<KindRuleConfig> rules;                // tried before the profile's
  std::string licence;                              // of the content, shown in answers
  std::chrono::milliseconds refresh{300'000};       // 0: read at the start only
  bool watch = true;                                // read again when the plugin notices a change
  std::chrono::milliseconds read_timeout{300'000};  // for reading it again
  Gate gate;
  Breaker breaker;
  std::vector<std::string> required_scopes;  // who lacks one does not see the source
};

struct Search : Instance {
  std::string thesaurus;          // absolute path of a file that is added; empty: none
  bool builtin_thesaurus = true;  // whether the host's own vocabulary is used
};

// Outgoing requests of plugins.
struct Egress {
  std::string proxy, no_proxy;
  std::string ca_file;  // absolute; empty: the system's
  std::chrono::milliseconds connect_timeout{10'000}, timeout{60'000};
  std::size_t max_response = std::size_t{64} << 20u;  // bytes, decompressed
  std::vector<std::string> allow_networks;
};

struct Host {
  std::size_t threads = 8;                   // workers for calls that may block
  std::size_t max_in_flight = 256;           // calls being answered or waiting for a worker
  std::size_t max_in_flight_per_caller = 0;  // of them; 0: half
  std::chrono::milliseconds request_timeout{20'000};
  std::chrono::milliseconds start_timeout{30'000};  // of one plugin instance or source
  std::chrono::milliseconds drain_timeout{25'000};
  std::chrono::milliseconds drain_delay{0};  // before it, while clients are still served
  std::size_t max_message = 1u << 20u;       // bytes of one JSON-RPC message
  std::size_t max_document = 2u << 20u;      // bytes of one document
  std::size_t max_documents = 20'000;
  std::size_t page_size = 100;     // items of one page of a list
  std::string log_level = "info";  // trace, debug, info, warn, error
  std::string user;                // that the process becomes; empty: as it was started
  bool core_dumps = false;         // with all of its memory
  bool watch_config = false;       // reload the file when it has been written
  std::string public_url;          // how clients see the MCP endpoint, for metadata
  std::chrono::milliseconds secret_refresh{300'000};  // of those from stores and programs
  // Secret references. The first key signs session ids and cursors, all of them are accepted.
  std::vector<std::string> keys;
};

struct Ops {
  bool enabled = true;
  std::string listen = "127.0.0.1:9464";
  std::string metrics_token;  // a secret reference; empty: /metrics is for this machine alone
  // Absolute path of the Unix socket for `govhost content` and the like; empty: none.
  std::string control;
};

// Where accepted content is kept, so that a start needs no upstream.
struct Content {
  std::string bundle_dir;  // absolute; empty: none
  std::size_t keep_snapshots = 50;
  std::string signing_key;                // secret reference; empty: bundles are not signed
  std::vector<std::string> trusted_keys;  // absolute paths of public keys
};

// Where copies of the trail go: one [[audit.sink]].
struct AuditSink {
  std::string name;
  bool syslog = false;       // else HTTP
  std::string url, address;  // of the one, of the other
  std::string format;        // of HTTP: "hec", "ndjson"
  std::string token;         // secret reference; empty: none
  std::string scheme;        // of Authorization
  std::string ca_file;       // absolute; empty: egress.ca_file or the system's
  std::string cert, key;     // absolute; of TLS, for syslog
};

// Where what happens is recorded.
struct Audit {
  std::string dir;              // absolute; empty: nothing is recorded
  // `dir` is the default: the first of it, it-2, ... that is free; empty: no place is known.
  bool any_folder = false;
  std::string fsync = "batch";  // "each", "batch", "none"
  bool fail_closed = true;      // nothing is answered that cannot be recorded
  bool record_arguments = false;
  std::string signing_key;                                // secret reference; empty: no checkpoints
  std::uint64_t segment_size = std::uint64_t{64} << 20u;  // bytes
  std::uint64_t checkpoint_records = 1000;
  std::chrono::milliseconds checkpoint_interval{60'000};
  std::chrono::milliseconds retention{0};  // 0: files are kept for ever
  std::uint64_t max_size = 0;              // of all files; 0: any
  std::vector<AuditSink> sinks;
};

// How often a caller may ask: one [[limit]].
struct Limit {
  std::string name;
  bool per_address = false;  // else per principal
  double per_second = 1;
  std::uint32_t burst = 1;
  std::map<std::string, std::uint32_t> cost;  // by tool; others cost 1
  Origin origin;
};

// What holders of scopes may use: one [[policy.rule]].
struct PolicyRule {
  std::vector<std::string> scopes;                     // all of them; empty: whoever may call
  std::vector<std::string> tools, prompts, resources;  // patterns with "*"
  Origin origin;
};

// Which documents need scopes: one [[policy.restriction]].
struct Restriction {
  using Values = std::map<std::string, std::vector<std::string>>;  // of attributes
  std::vector<std::string> scopes;                                 // all of them
  std::vector<std::string> sources, kinds;                         // empty: any
  Values when, unless;
};

struct Policy {
  std::vector<std::string> required_scopes;  // every call needs all of them when [[auth]] is set
  std::vector<std::string> local_scopes;     // that a local stdio client holds
  std::string revoked_file;                  // absolute; empty: nobody is revoked
  bool allow_anonymous = false;              // also where others can reach the address
  std::vector<PolicyRule> rules;             // empty: whoever may call may use everything
  std::vector<Restriction> restrictions;
};

struct Config {
  std::string file;       // absolute; empty: the built-in default
  std::string directory;  // that relative paths are relative to
  std::string plugin_directory;
  std::string state_directory;  // for what the host keeps of itself; empty: none is known
  Host host;
  Ops ops;
  Egress egress;
  Content content;
  Audit audit;
  Policy policy;
  std::vector<Limit> limits;
  std::vector<Instance> transports;
  std::vector<Source> sources;
  std::optional<Search> search;
  std::vector<Instance> auth;
  std::vector<Instance> secrets;  // where they are kept
};

}  // namespace govhost::config
