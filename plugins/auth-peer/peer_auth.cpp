// Knows callers by what their connection proves: a verified client certificate, or the user of a
// local process.
#include <gov/auth.hpp>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using nlohmann::json;

constexpr const char* kSchema = R"({
  "type": "object",
  "required": ["clients"],
  "properties": {
    "clients": {"type": "array", "minItems": 1, "maxItems": 1000,
      "description": "Who is let in; the first that fits decides.",
      "items": {"type": "object", "properties": {
        "certificate": {"type": "string", "minLength": 1, "maxLength": 512,
          "description": "The subject (\"CN=agent,O=Bank\") or a name (\"URI:spiffe://bank/agent\", \"DNS:agent.example\") of a verified client certificate. A \"*\" at the end stands for the rest of a name."},
        "uid": {"type": "integer", "minimum": 0, "maximum": 4294967294,
          "description": "The user of a local process."},
        "subject": {"type": "string", "minLength": 1, "maxLength": 128,
          "pattern": "^[!#-Z^-~]+$",
          "description": "Whom it stands for in logs and audit; by default what it was known by."},
        "scopes": {"type": "array", "maxItems": 64, "default": [],
          "items": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!#-Z^-~]+$"},
          "description": "What it may be used for."}}}}
  }
})";

struct Client {
  std::string certificate;
  std::optional<std::uint32_t> uid;
  std::string subject;
  std::vector<std::string> scopes;
};

// A subject exactly: with a rest left open a certificate of "CN=agent,O=Other" would fit
// "CN=agent*".
bool fits(const std::string& wanted, std::string_view name, bool is_subject) {
  if (is_subject || !wanted.ends_with('*')) return name == wanted;
  return name.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1));
}

class PeerAuth final : public gov::Auth {
 public:
  static gov::Result<std::unique_ptr<PeerAuth>> create(gov::Host, const gov::Config& config) {
    const json options = json::parse(config.json(), nullptr, /*allow_exceptions=*/false);
    auto auth = std::make_unique<PeerAuth>();
    std::size_t number = 0;
    for (const json& each : options.value("clients", json::array())) {
      const std::string place = "auth.options.clients[" + std::to_string(number++) + "]";
      Client client;
      client.certificate = each.value("certificate", "");
      if (each.contains("uid")) client.uid = each["uid"].get<std::uint32_t>();
      client.subject = each.value("subject", "");
      client.scopes = each.value("scopes", std::vector<std::string>());
      if (client.certificate.empty() == !client.uid)
        return gov::invalid(place + " needs either certificate or uid");
      const bool is_subject = client.certificate.find('=') < client.certificate.find(':');
      if (is_subject && client.certificate.ends_with('*'))
        return gov::invalid(place +
                            ".certificate: a subject is compared as a whole; \"*\" is for names");
      if (client.certificate == "*")
        return gov::invalid(place + ".certificate: begin with DNS:, URI: or email:");
      auth->clients_.push_back(std::move(client));
    }
    return auth;
  }

  gov::Status authenticate(const gov::Call&, const gov::Peer& peer, const Found& found) override {
    for (const Client& client : clients_) {
      const std::optional<std::string> known_by = match(client, peer);
      if (!known_by) continue;
      found({.subject = client.subject.empty() ? *known_by : client.subject,
             .issuer = client.uid ? "system" : "certificate",
             .method = "peer",
             .scopes = client.scopes,
             .credential = *known_by});
      return {};
    }
    return gov::not_mine();
  }

  std::string challenge() override { return {}; }

 private:
  static std::optional<std::string> match(const Client& client, const gov::Peer& peer) {
    if (client.uid)
      return peer.uid() == client.uid ? std::optional("uid:" + std::to_string(*client.uid))
                                      : std::nullopt;
    if (peer.tls_subject().empty()) return std::nullopt;  // none was verified
    if (fits(client.certificate, peer.tls_subject(), true)) return std::string(peer.tls_subject());
    for (const gov_str& name : peer.tls_names())
      if (fits(client.certificate, gov::to_cpp(name), false)) return std::string(gov::to_cpp(name));
    return std::nullopt;
  }

  std::vector<Client> clients_;
};

}  // namespace

GOV_PLUGIN(gov::component<PeerAuth>({.name = "peer",
                                     .version = "1.0.0",
                                     .summary = "Knows clients by their certificate or user id.",
                                     .config_schema = kSchema,
                                     .flags = GOV_NEVER_BLOCKS}));
