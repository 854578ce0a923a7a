/* gov.http/1: a service of the host with which a plugin reaches what the operator granted it, and
 * nothing else. The host owns the connections, TLS, the proxy, limits and the secrets. */
#ifndef GOV_ABI_HTTP_H
#define GOV_ABI_HTTP_H

#include <gov/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOV_SERVICE_HTTP "gov.http/1"

typedef struct gov_http_request {
  uint32_t struct_size;
  uint32_t flags;          /* 0 */
  gov_str method;          /* "GET", "HEAD", "POST" */
  gov_str url;             /* absolute, http or https, below one of the instance's grants */
  gov_str bearer_secret;   /* the option that holds the secret reference of a token, or empty: the
                            * host sends it as Authorization: Bearer, the plugin never sees it */
  const gov_pair* headers; /* without Host, Authorization, Cookie and those of the connection */
  uint64_t header_count;
  gov_bytes body;
  uint64_t max_bytes; /* of the answer's body, decompressed; 0: the host's limit, which holds anyway */
  gov_str basic_user; /* whose password the secret is, for Authorization: Basic (RFC 7617), as git
                       * servers want it; empty: Bearer */
} gov_http_request;

typedef struct gov_http_v1 {
  uint32_t struct_size;
  uint32_t reserved;

  /* [worker] Sends the request and gives the answer to `head`, once, and `body`, as often as needed,
   * on the calling thread. Whatever the peer answers is GOV_OK, a 404 or 500 too: the code is the
   * plugin's to judge. A redirect is followed within one origin only, three times at most; another
   * is given to the plugin as it is. A status other than GOV_OK of head or body ends the transfer
   * and is returned. GOV_PERMISSION_DENIED: not granted, or the name leads to an address that is
   * not; GOV_INVALID_ARGUMENT: no request that can be sent; GOV_UNAVAILABLE: no connection, TLS, or
   * it broke off; GOV_DEADLINE_EXCEEDED; GOV_CANCELLED; GOV_RESOURCE_EXHAUSTED: too large. */
  gov_status (*send)(const gov_host* host, const gov_call* call, const gov_http_request* request,
                     void* ctx,
                     gov_status (*head)(void* ctx, uint32_t code, const gov_pair* headers,
                                        uint64_t header_count),
                     gov_status (*body)(void* ctx, const void* data, uint64_t len),
                     gov_error* error);
} gov_http_v1;

#ifdef __cplusplus
}
#endif

#endif
