/* gov.secrets/1: where secrets are kept. The host asks it for what the references of other plugins'
 * options name, keeps the answers in memory for a while, and takes them out of every text that
 * leaves the process. */
#ifndef GOV_ABI_SECRETS_H
#define GOV_ABI_SECRETS_H

#include <gov/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOV_KIND_SECRETS "gov.secrets/1"

typedef struct gov_secrets_v1 {
  uint32_t struct_size;
  uint32_t reserved;

  /* [worker] The secret of which the operator wrote `NAME:reference` (NAME is that of the
   * instance). GOV_OK after exactly one use(); the value is a view inside it, at most 64 KiB, and
   * the plugin overwrites its own copy afterwards. expires_ms is Unix time in milliseconds: the
   * host asks again at the latest then; 0: when its own time is over. GOV_INVALID_ARGUMENT: no
   * reference of this store; GOV_NOT_FOUND: it holds no such secret; GOV_PERMISSION_DENIED: it does
   * not give it to us; GOV_UNAVAILABLE: not now. Messages never hold a value. */
  gov_status (*resolve)(gov_instance* instance, const gov_call* call, gov_str reference, void* ctx,
                        void (*use)(void* ctx, gov_bytes value, int64_t expires_ms),
                        gov_error* error);
} gov_secrets_v1;

#ifdef __cplusplus
}
#endif
#endif
