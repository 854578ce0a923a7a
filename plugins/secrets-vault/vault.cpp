// Secrets from the KV engine, version 2, of HashiCorp Vault or OpenBao, over their HTTP API.
#include <gov/http.hpp>
#include <gov/secrets.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "login.h"
#include "reference.h"

namespace vault {
namespace {

using nlohmann::json;

constexpr const char* kSchema = R"({
  "type": "object",
  "required": ["url"],
  "properties": {
    "url": {"type": "string", "pattern": "^https?://[^/?#]+$", "maxLength": 512,
      "description": "Of the server, without a path: \"https://vault.bank.example:8200\"; `grants` must name it too."},
    "namespace": {"type": "string", "maxLength": 512, "pattern": "^[!-~]*$", "default": "",
      "description": "Of Vault Enterprise and OpenBao."},
    "token": {"type": "string", "x-gov-secret": true, "maxLength": 4096,
      "description": "A token to ask with; it may be renewed by something else, such as the Vault agent."},
    "role_id": {"type": "string", "minLength": 1, "maxLength": 256,
      "description": "To log in with AppRole instead."},
    "secret_id": {"type": "string", "x-gov-secret": true, "maxLength": 4096,
      "description": "Belongs to role_id."},
    "approle_mount": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$",
      "maxLength": 256, "default": "approle", "description": "Where that method is mounted."}
  }
})";

class Vault final : public gov::Secrets {
 public:
  Vault(Options options, gov::Host host, gov::Http http)
      : options_(std::move(options)), http_(http), login_(options_, host, http) {}

  static gov::Result<std::unique_ptr<Vault>> create(gov::Host host, const gov::Config& config) {
    const auto http = gov::Http::of(host);
    Options options{std::string(config.text("url").value_or("")),
                    std::string(config.text("namespace").value_or("")),
                    std::string(config.text("role_id").value_or("")),
                    std::string(config.text("approle_mount").value_or("approle"))};
    if (!http)
      return gov::invalid("it may reach nothing; write grants = [\"" + options.url +
                          "\"] beside plugin");
    const bool token = config.text("token").has_value();
    const bool secret_id = config.text("secret_id").has_value();
    if (token == !options.role_id.empty() || secret_id == options.role_id.empty())
      return gov::invalid("needs either token, or role_id and secret_id");
    return std::make_unique<Vault>(std::move(options), host, *http);
  }

  gov::Status resolve(const gov::Call& call, std::string_view text, const Use& use) override {
    const auto reference = parse_reference(text);
    if (!reference) return reference.status();
    if (options_.role_id.empty()) return ask(call, *reference, {}, use);
    auto token = login_.token(call);
    if (!token) return token.status();
    const Wiped token_too(*token);
    gov::Status asked = ask(call, *reference, *token, use);
    if (asked.code() != GOV_PERMISSION_DENIED) return asked;
    // It may have been revoked before its time.
    auto next = login_.token(call, *token);
    if (!next) return next.status();
    const Wiped next_too(*next);
    return ask(call, *reference, *next, use);
  }

 private:
  // `token`: empty: the host sends that of the option, which the plugin never sees.
  gov::Status ask(const gov::Call& call, const Reference& reference, std::string_view token,
                  const Use& use) const {
    const std::string place = reference.mount + "/" + reference.path;
    const std::string url =
        options_.url + "/v1/" + in_url(reference.mount) + "/data/" + in_url(reference.path);
    gov::HttpRequest request = request_to(options_, url);
    if (token.empty())
      request.bearer_secret = "token";
    else
      request.headers.push_back({"X-Vault-Token", token});
    auto answer = http_.send(call, request);
    if (!answer) return answer.status();
    const Wiped answer_too(answer->body);
    if (answer->code == 404)
      return gov::not_found("Vault holds no secret at " + place +
                            " in a KV engine of version 2, or its last version was deleted");
    if (answer->code == 403)
      return gov::permission_denied("Vault does not let us read " + place +
                                    "; its policy must allow read on " + reference.mount +
                                    "/data/" + reference.path);
    if (gov::Status s = failure_of(*answer, url); !s.ok()) return s;
    return give(*answer, reference, place, use);
  }

  static gov::Status give(const gov::HttpAnswer& answer, const Reference& reference,
                          const std::string& place, const Use& use) {
    json read = json::parse(
        answer.body, [](int depth, json::parse_event_t, json&) { return depth < 16; },
        /*allow_exceptions=*/false);
    json* data = member(read, "data");
    data = data ? member(*data, "data") : nullptr;
    if (!data || !data->is_object())
      return gov::unavailable("Vault's answer for " + place + " is no secret");
    gov::Status given = gov::not_found(
        reference.field.empty()
            ? "the secret at " + place + " has not one field; write " + place + "#FIELD"
            : "the secret at " + place + " has no field " + reference.field);
    for (auto& [name, value] : data->items()) {
      std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      const Wiped text_too(text);
      if (name == reference.field || (reference.field.empty() && data->size() == 1)) {
        use(text);
        given = gov::Status();
      }
      if (value.is_string()) const Wiped value_too(value.get_ref<std::string&>());
    }
    return given;
  }

  static json* member(json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
  }

  const Options options_;
  const gov::Http http_;
  Login login_;
};

}  // namespace
}  // namespace vault

GOV_PLUGIN(gov::component<vault::Vault>({.name = "vault",
                                         .version = "1.0.0",
                                         .summary = "Secrets from HashiCorp Vault or OpenBao.",
                                         .config_schema = vault::kSchema}));
