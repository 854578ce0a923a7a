#include "audit/checkpoint.h"

#include <nlohmann/json.hpp>

#include <chrono>

#include "core/base64.h"
#include "core/time.h"

namespace govhost::audit {
namespace {

constexpr std::string_view kSig = ",\"sig\":\"";

}  // namespace

std::string make_checkpoint(const Link& last, const SigningKey& key) {
  std::string text = "{\"seq\":" + std::to_string(last.seq) + ",\"hash\":\"" + last.hash +
                     "\",\"ts\":\"" + to_rfc3339(std::chrono::system_clock::now(), true) +
                     "\",\"key\":\"" + key.verify_key().id() + "\"";
  const std::string signature = to_base64(key.sign(text));
  return text.append(kSig).append(signature).append("\"}\n");
}

std::optional<Checkpoint> read_checkpoint(std::string_view line) {
  using nlohmann::json;
  const json parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
  const std::size_t at = line.rfind(kSig);
  if (!parsed.is_object() || at == std::string_view::npos) return std::nullopt;
  const auto text = [&](const char* name) {
    const auto found = parsed.find(name);
    return found != parsed.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto seq = parsed.find("seq");
  const auto signature = from_base64(text("sig"));
  if (seq == parsed.end() || !seq->is_number_unsigned() || !signature) return std::nullopt;
  return Checkpoint{seq->get<std::uint64_t>(), text("hash"), text("ts"),
                    std::string(line.substr(0, at)), *signature};
}

}  // namespace govhost::audit
