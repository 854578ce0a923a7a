// Accepts one shared key: `Authorization: ApiKey <key>`.
#include <gov/auth.hpp>

namespace {

// Takes the same time wherever the texts differ, so that time tells nothing about the key.
bool same(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

class @Class@ final : public gov::Auth {
 public:
  static gov::Result<std::unique_ptr<@Class@>> create(gov::Host host, const gov::Config&) {
    return std::make_unique<@Class@>(host);
  }
  explicit @Class@(gov::Host host) : host_(host) {}

  gov::Status authenticate(const gov::Call&, const gov::Peer& peer, const Found& found) override {
    constexpr std::string_view kScheme = "ApiKey ";
    const auto values = peer.header("authorization");
    if (values.empty() || !values.front().starts_with(kScheme)) return gov::not_mine();
    if (values.size() > 1) return gov::unauthenticated("more than one Authorization header");
    bool good = false;
    const std::string_view presented = values.front().substr(kScheme.size());
    const gov::Status read = host_.secret(
        "key", [&](std::string_view key) { good = !key.empty() && same(presented, key); });
    if (!read.ok()) return read;  // not GOV_OK: the host refuses the request
    if (!good) return gov::unauthenticated("the API key is not the configured one");
    found({.subject = "api-key", .issuer = "@name@", .method = "key"});
    return {};
  }

  std::string challenge() override { return "ApiKey"; }

 private:
  const gov::Host host_;
};

}  // namespace

GOV_PLUGIN(
    gov::component<@Class@>({.name = "@name@",
                            .version = "1.0.0",
                            .summary = "Accepts one shared key.",
                            .config_schema = R"({"required": ["key"], "additionalProperties": false,
       "properties": {"key": {"type": "string", "x-gov-secret": true}}})"}));
