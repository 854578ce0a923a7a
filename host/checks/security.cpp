// Who can reach the host, who is let in, and what a stranger would find.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "checks/facts.h"
#include "core/time.h"

namespace govhost::checks {
namespace {

using Texts = std::vector<std::string>;

std::string listen_of(const config::Instance& transport) {
  return text_at(options_of(transport), "listen", "127.0.0.1:8080");
}

Outcome tls(const Context& context) {
  Texts wrong;
  for (const config::Instance* each : open_transports(context.config))
    if (text_at(tls_of(*each), "cert").empty())
      wrong.push_back(listen_of(*each) + " is in the clear");
  return none_of(wrong, "every address that others can reach speaks TLS");
}

Outcome tls_version(const Context& context) {
  Texts wrong;
  for (const config::Instance* each : http_transports(context.config))
    if (text_at(tls_of(*each), "min_version", "1.3") != "1.3")
      wrong.push_back(listen_of(*each) + " takes TLS " + text_at(tls_of(*each), "min_version"));
  return none_of(wrong, "TLS 1.3", Status::kWarn);
}

Outcome certificates(const Context& context) {
  Texts wrong;
  Status status = Status::kWarn;
  for (const CertificateInUse& each : certificates_in_use(context.config)) {
    if (!each.end || *each.end < context.now) status = Status::kFail;
    if (!each.end)
      wrong.push_back(each.file + " cannot be read");
    else if (*each.end < context.now + std::chrono::hours(21 * 24))
      wrong.push_back(each.file + " ends on " + to_rfc3339(*each.end).substr(0, 10));
  }
  return none_of(wrong, "no certificate ends within three weeks", status);
}

Outcome auth(const Context& context) {
  if (!context.config.auth.empty())
    return {Status::kPass, std::to_string(context.config.auth.size()) + " auth plugins"};
  if (http_transports(context.config).empty()) return {Status::kPass, "stdio alone"};
  return {Status::kFail, "nobody is asked who he is"};
}

Outcome anonymous(const Context& context) {
  return context.config.policy.allow_anonymous
             ? Outcome{Status::kFail, "policy.allow_anonymous = true"}
             : Outcome{Status::kPass, "nobody is let in without a credential"};
}

Outcome rules(const Context& context) {
  const std::size_t count = context.config.policy.rules.size();
  if (count > 0) return {Status::kPass, std::to_string(count) + " rules, all else is denied"};
  return {Status::kFail, "whoever is let in may use everything"};
}

Outcome scopes_needed(const Context& context) {
  Texts wrong;
  for (const config::PolicyRule& rule : context.config.policy.rules) {
    const bool everything = std::any_of(rule.tools.begin(), rule.tools.end(),
                                        [](const std::string& each) { return each == "*"; });
    if (everything && rule.scopes.empty() && context.config.policy.required_scopes.empty())
      wrong.push_back("the rule at " + rule.origin.text() + " gives everything to everybody");
  }
  return none_of(wrong, "no rule gives everything without a scope");
}

Outcome limits(const Context& context) {
  bool address = false, principal = false;
  for (const config::Limit& limit : context.config.limits)
    (limit.per_address ? address : principal) = true;
  Texts wrong;
  if (!address) wrong.emplace_back("no limit by address");
  if (!principal) wrong.emplace_back("no limit by principal");
  return none_of(wrong, "by address and by principal");
}

Outcome ops_private(const Context& context) {
  const config::Ops& ops = context.config.ops;
  if (!ops.enabled || is_loopback(ops.listen) || !ops.metrics_token.empty())
    return {Status::kPass, ops.enabled ? ops.listen : "off"};
  return {Status::kFail, ops.listen + " can be reached by others, without ops.metrics_token"};
}

Outcome pins(const Context& context) {
  Texts wrong;
  const std::string& packaged = context.config.plugin_directory;
  const auto look = [&](const config::Instance& each) {
    if (!each.ref.path.empty() && !each.ref.path.starts_with(packaged + "/") &&
        each.ref.sha256.empty())
      wrong.push_back(each.ref.path);
  };
  for (const auto& each : context.config.transports) look(each);
  for (const auto& each : context.config.sources) look(each);
  for (const auto& each : context.config.auth) look(each);
  for (const auto& each : context.config.secrets) look(each);
  if (context.config.search) look(*context.config.search);
  return none_of(wrong, "plugins that are not packaged with the host are pinned");
}

Outcome core_dumps(const Context& context) {
  return context.config.host.core_dumps ? Outcome{Status::kFail, "host.core_dumps = true"}
                                        : Outcome{Status::kPass, "off"};
}

Outcome origins(const Context& context) {
  Texts wrong;
  for (const config::Instance* each : http_transports(context.config))
    for (const char* const key : {"allowed_hosts", "allowed_origins"})
      for (const std::string& value : texts_at(options_of(*each), key))
        if (value == "*") wrong.push_back(listen_of(*each) + ": " + key + " holds \"*\"");
  return none_of(wrong, "named ones only");
}

Outcome secrets_in_environment(const Context& context) {
  Texts wrong;
  for (const std::string& each : secret_references(context.config))
    if (each.starts_with("env:")) wrong.push_back(each);
  return none_of(wrong, "none in the environment", Status::kWarn);
}

Outcome secret_files(const Context& context) {
  Texts wrong;
  for (const std::string& each : secret_references(context.config)) {
    struct stat info {};
    if (!each.starts_with("file:")) continue;
    if (::stat(each.c_str() + 5, &info) != 0)
      wrong.push_back(each + " is not there");
    else if ((info.st_mode & 0027u) != 0)
      wrong.push_back(each + " may be read or written by others");
  }
  return none_of(wrong, "only their owner may write, only their group may read");
}

Outcome addresses(const Context& context) {
  Texts wrong;
  for (const config::Instance* each : open_transports(context.config))
    if (is_any_address(listen_of(*each))) wrong.push_back(listen_of(*each));
  return none_of(wrong, "addresses are named", Status::kWarn);
}

bool is_everything(const std::string& network) { return network.ends_with("/0"); }

Outcome egress(const Context& context) {
  Texts wrong;
  for (const std::string& network : context.config.egress.allow_networks)
    if (is_everything(network)) wrong.push_back("egress.allow_networks holds " + network);
  const auto look = [&](const config::Instance& each) {
    for (const std::string& grant : each.grants)
      if (grant.starts_with("http://") && grant.find("//127.") == std::string::npos &&
          grant.find("//localhost") == std::string::npos)
        wrong.push_back(each.name + " fetches in the clear: " + grant);
  };
  for (const auto& each : context.config.sources) look(each);
  for (const auto& each : context.config.auth) look(each);
  for (const auto& each : context.config.secrets) look(each);
  return none_of(wrong, "HTTPS, to what grants name");
}

Outcome proxies(const Context& context) {
  Texts wrong;
  for (const config::Instance* each : http_transports(context.config))
    for (const std::string& network : texts_at(options_of(*each), "trusted_proxies"))
      if (is_everything(network)) wrong.push_back(listen_of(*each) + " trusts " + network);
  return none_of(wrong, "no proxy, or named ones");
}

Outcome revocation(const Context& context) {
  if (context.config.auth.empty()) return {Status::kPass, "there are no credentials"};
  return context.config.policy.revoked_file.empty()
             ? Outcome{Status::kWarn, "a stolen token is good until it ends"}
             : Outcome{Status::kPass, context.config.policy.revoked_file};
}

Outcome user(const Context& context) {
  if (!context.config.host.user.empty()) return {Status::kPass, context.config.host.user};
  return ::geteuid() == 0 ? Outcome{Status::kWarn, "this check is run as root, as the host may be"}
                          : Outcome{Status::kPass, "an ordinary user"};
}

Outcome sinks(const Context& context) {
  const std::size_t count = context.config.audit.sinks.size();
  return count > 0 ? Outcome{Status::kPass, std::to_string(count) + " sinks"}
                   : Outcome{Status::kFail, "the trail is on this machine alone"};
}

constexpr const char* kConfigurations = "All security configurations implemented";
constexpr const char* kSecrets = "Secrets in secure external systems";
constexpr const char* kNetwork = "Network security controls";
constexpr const char* kAccess = "Access controls and authentication";
constexpr const char* kMonitoring = "Security monitoring and alerting";

constexpr std::array kSecurityChecks = {
    Check{"SEC-001", "Addresses that others can reach speak TLS", kConfigurations, "MI-20",
          "transport.options.tls with cert and key", "set transport.options.tls.cert and key",
          "security.md", tls},
    Check{"SEC-002", "Only TLS 1.3 is spoken", kConfigurations, "MI-20", "min_version 1.3",
          "remove transport.options.tls.min_version", "security.md", tls_version},
    Check{"SEC-003", "Callers are asked who they are", kAccess, "MI-20", "at least one [[auth]]",
          "add [[auth]] with plugin = \"jwt\", \"token\" or \"peer\"", "security.md", auth},
    Check{"SEC-004", "Nobody is let in anonymously", kAccess, "MI-20",
          "policy.allow_anonymous = false", "remove policy.allow_anonymous", "security.md",
          anonymous},
    Check{"SEC-005", "What is not allowed is denied", kAccess, "MI-20",
          "at least one [[policy.rule]]", "add [[policy.rule]] with scopes and tools",
          "security.md", rules},
    Check{"SEC-006", "Callers are limited", kConfigurations, "MI-8, MI-9",
          "a [[limit]] by address and one by principal", "add [[limit]] with key and rate",
          "limits.md", limits},
    Check{"SEC-007", "Metrics are not for everybody", kNetwork, "MI-20",
          "ops.listen on this machine, or ops.metrics_token", "set ops.metrics_token", "metrics.md",
          ops_private},
    Check{"SEC-008", "Plugins of others are pinned", kConfigurations, "MI-20",
          "sha256 beside plugin", "add sha256; sha256sum prints it", "security.md", pins},
    Check{"SEC-009", "No memory is written to disk", kConfigurations, "MI-20",
          "host.core_dumps = false", "remove host.core_dumps", "security.md", core_dumps},
    Check{"SEC-010", "Not every web page may ask", kNetwork, "MI-20",
          "no \"*\" in allowed_hosts and allowed_origins", "name hosts and origins", "security.md",
          origins},
    Check{"SEC-013", "No secret is in the environment", kSecrets, "MI-20",
          "file:, cred:, exec: or a store", "use cred: with LoadCredential=, or [[secrets]]",
          "security.md", secrets_in_environment},
    Check{"SEC-014", "Files of secrets are private", kSecrets, "MI-20", "mode 0640 or less",
          "chmod 0640", "security.md", secret_files},
    Check{"SEC-015", "The addresses are meant", kNetwork, "MI-20", "an address of this machine",
          "name the address instead of 0.0.0.0 or [::]", "security.md", addresses},
    Check{"SEC-016", "Plugins reach what they must, encrypted", kNetwork, "MI-20",
          "https:// in grants; no network of everything in egress.allow_networks", "write https://",
          "security.md", egress},
    Check{"SEC-017", "Not every client may say who it is", kNetwork, "MI-20",
          "no network of everything in trusted_proxies", "name the networks of the proxies",
          "limits.md", proxies},
    Check{"SEC-018", "A stolen credential can be revoked", kAccess, "MI-20", "policy.revoked_file",
          "set policy.revoked_file", "security.md", revocation},
    Check{"SEC-019", "The host runs as an ordinary user", kConfigurations, "MI-20",
          "host.user, or User= of the unit", "set host.user", "security.md", user},
    Check{"SEC-020", "Certificates are good for a while", kNetwork, "MI-20", "three weeks or more",
          "renew it; the file is read again while serving", "security.md", certificates},
    Check{"SEC-021", "No rule gives everything to everybody", kAccess, "MI-20",
          "scopes beside tools = [\"*\"]", "add scopes to the rule", "security.md", scopes_needed},
    Check{"SEC-023", "Somebody is told of alerts about security", kMonitoring, "MI-4, MI-9",
          "the rules of `govhost alerts rules` are loaded, and their alerts reach somebody",
          "attest it with a reference to the alert routes", "runbooks/README.md"},
    Check{"SEC-024", "The trail is copied to a SIEM", kMonitoring, "MI-21, MI-4",
          "at least one [[audit.sink]]", "add [[audit.sink]]", "audit.md", sinks},
};

}  // namespace

std::span<const Check> security_checks() { return kSecurityChecks; }

}  // namespace govhost::checks
