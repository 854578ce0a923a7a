// Write a store of secrets: derive from gov::Secrets and resolve references.
#pragma once

#include <gov/abi/secrets.h>
#include <gov/plugin.hpp>

namespace gov {

class Secrets : public Plugin {
 public:
  using KindBase = Secrets;
  static constexpr const char* kKind = GOV_KIND_SECRETS;
  static const gov_secrets_v1* table();

  // Takes the value, which needs to live for the call only.
  class Use {
   public:
    Use(void* ctx, void (*use)(void*, gov_bytes, std::int64_t)) : ctx_(ctx), use_(use) {}
    // `expires_ms` in Unix time; 0: the host asks again when its own time is over.
    void operator()(std::string_view value, std::int64_t expires_ms = 0) const {
      use_(ctx_, to_bytes(value), expires_ms);
    }

   private:
    void* ctx_;
    void (*use_)(void*, gov_bytes, std::int64_t);
  };

  // [worker] Success after exactly one use(). `reference` is what follows the instance's name:
  // "kv/gov#token" of "vault:kv/gov#token".
  virtual Status resolve(const Call&, std::string_view reference, const Use& use) = 0;
};

inline const gov_secrets_v1* Secrets::table() {
  static constexpr gov_secrets_v1 kTable{
      sizeof(gov_secrets_v1), 0,
      [](gov_instance* i, const gov_call* call, gov_str reference, void* ctx,
         void (*use)(void*, gov_bytes, std::int64_t), gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          return detail::Instance<Secrets>::of(i).resolve(Call(*call), to_cpp(reference),
                                                          Use(ctx, use));
        });
      }};
  return &kTable;
}

}  // namespace gov
