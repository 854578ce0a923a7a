#include "plugin/host_services.h"

#include <gov/plugin.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/utf8.h"
#include "plugin/secrets.h"

namespace govhost::plugin {
namespace {

constexpr std::uint64_t kRecordsPerSecond = 50;
constexpr std::uint64_t kMaxFields = 16;

Level level_of(std::int32_t level) {
  return static_cast<Level>(
      std::clamp(level, std::int32_t{GOV_LOG_TRACE}, std::int32_t{GOV_LOG_ERROR}));
}

}  // namespace

HostServices::HostServices(Log& log, std::string instance,
                           std::function<std::string(std::string_view)> secret_of, Secrets* secrets)
    : log_(log),
      instance_(std::move(instance)),
      secret_of_(std::move(secret_of)),
      secrets_(secrets) {
  table_ = {sizeof table_, GOV_ABI_MAJOR, GOV_ABI_MINOR, this,
            [](const gov_host* h, std::int32_t level) { return of(h).log_.on(level_of(level)); },
            [](const gov_host* h, std::int32_t level, gov_str text, const gov_pair* fields,
               std::uint64_t n) { of(h).write(level, gov::to_cpp(text), fields, n); },
            // Accepted and not yet collected: plugins may measure before the host exports it.
            [](const gov_host*, std::int32_t, gov_str, double, const gov_pair*, std::uint64_t) {},
            [](const gov_host* h, gov_str name, void* ctx, void (*use)(void*, gov_bytes),
               gov_error* error) { return of(h).secret(gov::to_cpp(name), ctx, use, error); },
            [](const gov_host* h, const char* id) -> const void* {
              const auto found = of(h).services_.find(std::string_view(id));
              return found == of(h).services_.end() ? nullptr : found->second;
            }};
}

void HostServices::grant_http(std::unique_ptr<HttpClient> client) {
  static constexpr gov_http_v1 kTable = {
      sizeof kTable, 0,
      [](const gov_host* h, const gov_call* call, const gov_http_request* request, void* ctx,
         gov_status (*head)(void*, std::uint32_t, const gov_pair*, std::uint64_t),
         gov_status (*body)(void*, const void*, std::uint64_t),
         gov_error* error) { return of(h).send(*call, *request, ctx, head, body, error); }};
  http_ = std::move(client);
  grant(GOV_SERVICE_HTTP, &kTable);
}

gov_status HostServices::send(const gov_call& call, const gov_http_request& request, void* ctx,
                              gov_status (*head)(void*, std::uint32_t, const gov_pair*,
                                                 std::uint64_t),
                              gov_status (*body)(void*, const void*, std::uint64_t),
                              gov_error* error) {
  return gov::detail::guarded(error, [&]() -> gov::Status {
    Secret token;
    if (const std::string_view option = gov::to_cpp(request.bearer_secret); !option.empty()) {
      auto resolved = resolve(option);
      if (!resolved) return resolved.status();
      token = std::move(*resolved);
    }
    return http_->send(
        call, request, token.reveal(),
        [&](unsigned code, std::span<const gov_pair> headers) {
          return gov::Status(head(ctx, code, headers.data(), headers.size()), {});
        },
        [&](std::string_view part) {
          return gov::Status(body(ctx, part.data(), part.size()), {});
        });
  });
}

gov::Result<Secret> HostServices::resolve(std::string_view option) const {
  const std::string reference = secret_of_(option);
  if (reference.empty())
    return gov::not_found("the option " + std::string(option) + " holds no secret reference");
  return secrets_ ? secrets_->resolve(reference) : resolve_secret(reference);
}

bool HostServices::admit(std::uint64_t& suppressed) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    in_second_ = 0;
    suppressed = std::exchange(suppressed_, 0);
  }
  if (++in_second_ <= kRecordsPerSecond) return true;
  ++suppressed_;
  return false;
}

void HostServices::write(std::int32_t level, std::string_view text, const gov_pair* fields,
                         std::uint64_t n) {
  std::uint64_t suppressed = 0;
  if (!admit(suppressed)) return;
  if (suppressed > 0)
    log_.warn("plugin.log_suppressed", "the plugin logged more than 50 records in a second",
              {{"plugin", instance_}, {"count", static_cast<std::int64_t>(suppressed)}});
  std::vector<LogField> all{{"plugin", std::string_view(instance_)}};
  for (std::uint64_t i = 0; i < std::min(n, kMaxFields); ++i)
    all.push_back({gov::to_cpp(fields[i].name), gov::to_cpp(fields[i].value)});
  log_.write(level_of(level), "plugin.log", text, all);
}

gov_status HostServices::secret(std::string_view option, void* ctx, void (*use)(void*, gov_bytes),
                                gov_error* error) {
  const auto value = resolve(option);
  if (!value) return gov::detail::report(value.status(), error);
  use(ctx, gov::to_bytes(value->reveal()));
  return GOV_OK;
}

}  // namespace govhost::plugin
