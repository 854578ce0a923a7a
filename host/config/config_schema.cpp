#include "config/config_schema.h"

namespace govhost::config {
namespace {

constexpr const char* kHost = R"json({
  "type": "object",
  "description": "Limits and behaviour of the process.",
  "properties": {
    "threads": {"type": "integer", "minimum": 1, "maximum": 256, "default": 8,
      "description": "Workers for calls that may block."},
    "max_in_flight": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 256,
      "description": "Calls being answered or waiting for a worker; more are refused."},
    "max_in_flight_per_caller": {"type": "integer", "minimum": 0, "maximum": 100000, "default": 0,
      "description": "Of them, of one principal, or of one address without one. 0: half of them."},
    "request_timeout": {"type": "string", "x-gov-unit": "duration", "default": "20s",
      "minimum": 1, "maximum": 86400000, "description": "For one call."},
    "start_timeout": {"type": "string", "x-gov-unit": "duration", "default": "30s",
      "minimum": 1, "maximum": 86400000, "description": "For the start of one plugin or source."},
    "drain_timeout": {"type": "string", "x-gov-unit": "duration", "default": "25s",
      "minimum": 1, "maximum": 86400000,
      "description": "How long calls in flight may finish when the process is asked to end."},
    "drain_delay": {"type": "string", "x-gov-unit": "duration", "default": "0s",
      "minimum": 0, "maximum": 300000,
      "description": "How long clients are still served then, while /readyz says no already."},
    "max_message": {"type": ["string", "integer"], "x-gov-unit": "bytes", "default": "1MiB",
      "minimum": 1024, "maximum": 67108864, "description": "Bytes of one JSON-RPC message."},
    "max_document": {"type": ["string", "integer"], "x-gov-unit": "bytes", "default": "2MiB",
      "minimum": 1024, "maximum": 268435456, "description": "Bytes of one document."},
    "max_documents": {"type": "integer", "minimum": 1, "maximum": 10000000, "default": 20000,
      "description": "Documents of all sources together."},
    "page_size": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100,
      "description": "Items in one page of a list."},
    "log_level": {"type": "string", "enum": ["trace", "debug", "info", "warn", "error"],
      "default": "info", "description": "The least severe records that are logged."},
    "user": {"type": "string", "minLength": 1, "maxLength": 256,
      "description": "Becomes this user before anything is opened; needs a start as root."},
    "watch_config": {"type": "boolean", "default": false,
      "description": "Put the file in force whenever it has been written, as SIGHUP does."},
    "core_dumps": {"type": "boolean", "default": false,
      "description": "Whether a crash may write the process's memory, with secrets, to disk."},
    "secret_refresh": {"type": "string", "x-gov-unit": "duration", "default": "5m",
      "minimum": 1000, "maximum": 86400000,
      "description": "How long a secret from a store or a program is used before it is asked for again."},
    "public_url": {"type": "string", "maxLength": 2048, "default": "",
      "description": "How clients reach the MCP endpoint, when a proxy stands before it."},
    "keys": {"type": "array", "maxItems": 8, "uniqueItems": true, "default": [],
      "items": {"type": "string", "x-gov-secret": true, "minLength": 1, "maxLength": 4096},
      "description": "Keys for session ids and cursors, the same on every replica; the first signs."}
  }
})json";

constexpr const char* kOps = R"json({
  "type": "object",
  "description": "The listener for probes, metrics and the console.",
  "properties": {
    "enabled": {"type": "boolean", "default": true,
      "description": "Off by default when stdio is the only transport."},
    "listen": {"type": "string", "default": "127.0.0.1:9464", "description": "ADDR:PORT."},
    "metrics_token": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-secret": true,
      "description": "What /metrics and /console ask for, as a bearer token; needed where others reach them."},
    "control": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "Unix socket for `govhost content`; by default in content.bundle_dir."}
  }
})json";

constexpr const char* kEgress = R"json({
  "type": "object",
  "description": "Outgoing requests of plugins, to what their grants name.",
  "properties": {
    "proxy": {"type": "string", "maxLength": 2048, "default": "",
      "description": "URL of the proxy; the environment's are never used."},
    "no_proxy": {"type": "string", "maxLength": 4096, "default": "",
      "description": "Hosts that are reached without it, separated by commas."},
    "ca_file": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "Certificates of a private CA in PEM, instead of the system's."},
    "connect_timeout": {"type": "string", "x-gov-unit": "duration", "default": "10s",
      "minimum": 1, "maximum": 3600000, "description": "For name, connection and TLS."},
    "timeout": {"type": "string", "x-gov-unit": "duration", "default": "60s",
      "minimum": 1, "maximum": 86400000, "description": "For one request."},
    "max_response": {"type": ["string", "integer"], "x-gov-unit": "bytes", "default": "64MiB",
      "minimum": 1024, "maximum": 4294967296, "description": "Bytes of one answer, decompressed."},
    "allow_networks": {"type": "array", "maxItems": 64, "default": [],
      "items": {"type": "string", "minLength": 1, "maxLength": 64},
      "description": "Networks that are not public and may be reached: [\"10.1.0.0/16\"]."}
  }
})json";

constexpr const char* kContent = R"json({
  "type": "object",
  "description": "Where accepted content is kept, so that a start needs no upstream.",
  "properties": {
    "bundle_dir": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "Folder of the bundles, one for each snapshot that was accepted."},
    "keep_snapshots": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 50,
      "description": "How many bundles are kept; the oldest are removed."},
    "signing_key": {"type": "string", "x-gov-secret": true, "minLength": 1, "maxLength": 4096,
      "description": "Ed25519 private key in PEM that signs bundles; its own are trusted."},
    "trusted_keys": {"type": "array", "maxItems": 16, "default": [],
      "items": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true},
      "description": "Ed25519 public keys in PEM; other bundles are refused then."}
  }
})json";

constexpr const char* kAudit = R"json({
  "type": "object",
  "description": "Where what happens is recorded, so that a change of the record shows.",
  "properties": {
    "enabled": {"type": "boolean", "default": true,
      "description": "Off by default when stdio is the only transport."},
    "dir": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "Folder of the trail; one for each host. By default audit in the state directory."},
    "fsync": {"type": "string", "enum": ["each", "batch", "none"], "default": "batch",
      "description": "each: on the disk before the answer; batch: within some 10 ms; none: the system's choice."},
    "on_failure": {"type": "string", "enum": ["fail_closed", "fail_open"], "default": "fail_closed",
      "description": "fail_closed: calls are refused while nothing can be recorded."},
    "record_arguments": {"type": "boolean", "default": false,
      "description": "Arguments of calls up to 4 KiB as they came, beside their digest."},
    "signing_key": {"type": "string", "x-gov-secret": true, "minLength": 1, "maxLength": 4096,
      "description": "Ed25519 private key in PEM that signs checkpoints."},
    "segment_size": {"type": ["string", "integer"], "x-gov-unit": "bytes", "default": "64MiB",
      "minimum": 4096, "maximum": 17179869184, "description": "A new file is begun beyond it."},
    "checkpoint_records": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 1000,
      "description": "At the latest after so many records a checkpoint is signed."},
    "checkpoint_interval": {"type": "string", "x-gov-unit": "duration", "default": "60s",
      "minimum": 10, "maximum": 86400000, "description": "At the latest after so long."},
    "retention": {"type": "string", "x-gov-unit": "duration", "minimum": 60000,
      "maximum": 3153600000000,
      "description": "Files are removed when all of their records are older; else they are kept for ever."},
    "max_size": {"type": ["string", "integer"], "x-gov-unit": "bytes", "minimum": 8192,
      "maximum": 1125899906842624,
      "description": "The oldest files are removed while all together are larger."},
    "sink": {"type": "array", "maxItems": 8, "default": [],
      "description": "Where copies go, such as a SIEM.",
      "items": {"type": "object", "required": ["name", "kind"], "properties": {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,31}$",
          "description": "In logs, metrics and the file that says how far it has come."},
        "kind": {"type": "string", "enum": ["http", "syslog"],
          "description": "http: batches by POST; syslog: RFC 5424 over TLS (RFC 5425)."},
        "url": {"type": "string", "pattern": "^https?://[^ ]+$", "maxLength": 2048,
          "description": "Of kind http."},
        "format": {"type": "string", "enum": ["hec", "ndjson"], "default": "hec",
          "description": "hec: events of Splunk's collector; ndjson: the lines as they are."},
        "token": {"type": "string", "x-gov-secret": true, "minLength": 1, "maxLength": 4096,
          "description": "For Authorization."},
        "scheme": {"type": "string", "pattern": "^[A-Za-z]+$", "maxLength": 32,
          "description": "Of Authorization; by default Splunk with hec, Bearer with ndjson."},
        "address": {"type": "string", "pattern": "^[^ /]+:[0-9]+$", "maxLength": 512,
          "description": "Of kind syslog: NAME:PORT, 6514 as a rule."},
        "ca_file": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
          "description": "Authorities that the other end's certificate is checked by; of kind syslog."},
        "cert": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
          "description": "Certificate that is shown; of kind syslog."},
        "key": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
          "description": "File of its private key."}}}}
  }
})json";

constexpr const char* kPolicy = R"json({
  "type": "object",
  "description": "Who may call, and what.",
  "properties": {
    "required_scopes": {"type": "array", "uniqueItems": true, "maxItems": 64, "default": [],
      "items": {"type": "string", "minLength": 1, "maxLength": 128,
        "pattern": "^[!#-Z^-~]+$"},
      "description": "Every call needs all of them. Needs an [[auth]] plugin."},
    "local_scopes": {"type": "array", "uniqueItems": true, "maxItems": 64, "default": [],
      "items": {"type": "string", "minLength": 1, "maxLength": 128,
        "pattern": "^[!#-Z^-~]+$"},
      "description": "Scopes of a client that started the host itself (stdio)."},
    "revoked_file": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "Lines \"subject NAME\" and \"credential ID\"; read again when it changes."},
    "allow_anonymous": {"type": "boolean", "default": false,
      "description": "Serve callers without a credential on an address that others can reach."},
    "rule": {"type": "array", "maxItems": 64, "default": [],
      "description": "What holders of scopes may use; with rules nothing else is allowed.",
      "items": {"type": "object", "properties": {
        "scopes": {"type": "array", "maxItems": 64, "default": [],
          "items": {"type": "string", "minLength": 1, "maxLength": 128,
            "pattern": "^[!#-Z^-~]+$"},
          "description": "All of them are needed; none: whoever may call."},
        "tools": {"type": "array", "maxItems": 256, "default": [],
          "items": {"type": "string", "minLength": 1, "maxLength": 128},
          "description": "Names; \"*\" stands for any text: [\"get_*\", \"search\"]."},
        "prompts": {"type": "array", "maxItems": 256, "default": [],
          "items": {"type": "string", "minLength": 1, "maxLength": 128},
          "description": "Names, in the same way."},
        "resources": {"type": "array", "maxItems": 256, "default": [],
          "items": {"type": "string", "minLength": 1, "maxLength": 2048},
          "description": "URIs, in the same way: [\"finos://risks/*\"]."}}}},
    "restriction": {"type": "array", "maxItems": 64, "default": [],
      "description": "Documents that only holders of scopes see.",
      "items": {"type": "object", "required": ["scopes"], "properties": {
        "scopes": {"type": "array", "minItems": 1, "maxItems": 64,
          "items": {"type": "string", "minLength": 1, "maxLength": 128,
            "pattern": "^[!#-Z^-~]+$"},
          "description": "All of them are needed."},
        "sources": {"type": "array", "maxItems": 64, "default": [], "items": {"type": "string"},
          "description": "Of these sources; none: of any."},
        "kinds": {"type": "array", "maxItems": 64, "default": [], "items": {"type": "string"},
          "description": "Of these kinds; none: of any."},
        "when": {"type": "object", "additionalProperties": true, "default": {},
          "description": "Whose front matter has one of these values: {classification = [\"secret\"]}."},
        "unless": {"type": "object", "additionalProperties": true, "default": {},
          "description": "Unless it has one of these: {classification = [\"public\"]}."}}}}
  }
})json";

constexpr const char* kLimit = R"json({
  "type": "object",
  "description": "How often callers may ask.",
  "required": ["key", "rate"],
  "properties": {
    "key": {"type": "string", "enum": ["principal", "address"],
      "description": "Who is counted: whom the credential stands for, or the address (of IPv6 the /64)."},
    "rate": {"type": "string", "minLength": 1, "maxLength": 32,
      "description": "Per s, min or h: \"600/min\"."},
    "burst": {"type": "integer", "minimum": 1, "maximum": 1000000,
      "description": "At once, after a rest; by default what the rate allows in ten seconds."},
    "name": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9_-]+$",
      "description": "In answers and metrics; by default the key."},
    "cost": {"type": "object", "additionalProperties": true, "default": {},
      "description": "What a call of a tool counts for: {search = 3}; others count for 1."}
  }
})json";

constexpr const char* kPlugins = R"json({
  "type": "object",
  "description": "Where plugins are.",
  "properties": {
    "directory": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "Holds source-directory.so, transport-http.so and so on."}
  }
})json";

// Host-level keys of every kind of plugin.
constexpr const char* kInstance = R"json(
    "plugin": {"type": "string", "minLength": 1, "maxLength": 4096,
      "description": "The name of a plugin in the plugin directory, or the path of a .so file."},
    "name": {"type": "string",
      "description": "Unique within the kind; by default the plugin's name."},
    "component": {"type": "string", "minLength": 1, "maxLength": 64,
      "description": "Which component of a file that has several of this kind."},
    "isolation": {"type": "string", "enum": ["in-process", "process"],
      "description": "Whether the plugin runs inside the host or in a process of its own."},
    "grants": {"type": "array", "maxItems": 64, "default": [],
      "items": {"type": "string", "minLength": 1, "maxLength": 2048},
      "description": "URL prefixes that the plugin may reach through the host."},
    "sha256": {"type": "string",
      "description": "Digest of the file in hexadecimal; the host refuses any other file."},
    "options": {"type": "object", "additionalProperties": true,
      "description": "The plugin's own keys; see `plugin info`."})json";

constexpr const char* kSource = R"json(,
    "required": {"type": "boolean", "default": true,
      "description": "Whether the host refuses to start without the source."},
    "profile": {"type": "string", "enum": ["aigf", "none"], "default": "aigf",
      "description": "Built-in rules of which file is a document of which kind."},
    "licence": {"type": "string", "maxLength": 256, "default": "",
      "description": "Of the content; shown in answers."},
    "refresh": {"type": "string", "x-gov-unit": "duration", "default": "5m",
      "minimum": 0, "maximum": 604800000,
      "description": "How often the source is read again; 0s: only at the start."},
    "watch": {"type": "boolean",
      "description": "Whether it is read again soon after a change, if the plugin notices changes; by default unless refresh is 0s."},
    "read_timeout": {"type": "string", "x-gov-unit": "duration", "default": "5m",
      "minimum": 1, "maximum": 86400000, "description": "For reading the source again."},
    "gate": {"type": "object", "default": {},
      "description": "What new content must satisfy to replace what is served.",
      "properties": {
        "require": {"type": "object", "additionalProperties": true, "default": {},
          "description": "The least number of documents by kind: {risk = 20, mitigation = 20}."},
        "max_shrink": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5,
          "description": "The share of its documents that a source of ten or more may lose at once."},
        "max_faulty": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5,
          "description": "The share of its documents that may have faults, unless as many had before."},
        "attributes": {"type": "object", "additionalProperties": true, "default": {},
          "description": "What the front matter of each document of a kind must have: {risk = [\"title\"]}."}}},
    "breaker": {"type": "object", "default": {},
      "description": "How a source that fails again and again is left alone.",
      "properties": {
        "failures": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 5,
          "description": "In a row, that open the breaker."},
        "open": {"type": "string", "x-gov-unit": "duration", "default": "30s",
          "minimum": 1, "maximum": 86400000,
          "description": "How long it stays open before one probe; doubled after each that fails."},
        "open_max": {"type": "string", "x-gov-unit": "duration", "default": "10m",
          "minimum": 1, "maximum": 86400000, "description": "The longest that it stays open."}}},
    "required_scopes": {"type": "array", "uniqueItems": true, "maxItems": 64, "default": [],
      "items": {"type": "string", "minLength": 1, "maxLength": 128,
        "pattern": "^[!#-Z^-~]+$"},
      "description": "Only callers who hold all of them see the source. Needs an [[auth]] plugin."},
    "rules": {"type": "array", "maxItems": 64, "default": [],
      "description": "Which file is a document of which kind; tried before the profile's.",
      "items": {"type": "object", "required": ["kind", "match"], "properties": {
        "kind": {"type": "string", "description": "Such as risk, mitigation or policy."},
        "match": {"type": "string", "minLength": 1, "maxLength": 256,
          "description": "Glob over the path in the source: \"policies/*.md\"."},
        "prefix": {"type": "string", "maxLength": 32, "pattern": "^[A-Za-z0-9_.-]*$",
          "default": "", "description": "Of file names; not part of the id."}}}})json";

constexpr const char* kSearch = R"json(,
    "thesaurus": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "A TOML file with further words of the field; see config/thesaurus.toml."},
    "builtin_thesaurus": {"type": "boolean", "default": true,
      "description": "Whether the vocabulary that is built into the host is used."})json";

std::string instance(const char* description, const char* more = "") {
  return std::string(R"({"type": "object", "required": ["plugin"], "description": ")") +
         description + R"(", "properties": {)" + kInstance + more + "}}";
}

std::string list_of(const std::string& items) {
  return R"({"type": "array", "maxItems": 64, "items": )" + items + "}";
}

}  // namespace

std::string config_schema() {
  std::string out = R"({"$schema": "https://json-schema.org/draft/2020-12/schema",)";
  out += R"("title": "govhost configuration", "type": "object", "properties": {)";
  out += std::string("\"host\": ") + kHost + ",\n\"ops\": " + kOps + ",\n\"egress\": " + kEgress +
         ",\n\"content\": " + kContent + ",\n\"audit\": " + kAudit + ",\n\"policy\": " + kPolicy +
         ",\n\"plugins\": " + kPlugins;
  out += ",\n\"limit\": " + list_of(kLimit);
  out += ",\n\"transport\": " + list_of(instance("How clients reach the host."));
  out += ",\n\"source\": " + list_of(instance("Where documents come from.", kSource));
  out += ",\n\"search\": " + instance("What finds documents.", kSearch);
  out += ",\n\"auth\": " + list_of(instance("Who clients are."));
  out += ",\n\"secrets\": " + list_of(instance("Where secrets are kept."));
  return out + "}}";
}

}  // namespace govhost::config
