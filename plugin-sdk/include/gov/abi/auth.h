/* gov.auth/1: says who is asking. What they may do is the host's decision. */
#ifndef GOV_ABI_AUTH_H
#define GOV_ABI_AUTH_H

#include <gov/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOV_KIND_AUTH "gov.auth/1"

#define GOV_NO_UID 0xffffffffu

/* The other end of a connection, as the transport saw it. */
typedef struct gov_peer {
  uint32_t struct_size;
  uint32_t uid;            /* of a local peer, else GOV_NO_UID */
  gov_str transport;       /* "http", "stdio" */
  gov_str address;         /* "192.0.2.1:4711", or empty */
  gov_str tls_subject;     /* of a verified client certificate, or empty */
  const gov_pair* headers; /* names in lower case, in the order received */
  uint64_t header_count;
  const gov_str* tls_names; /* subject alternative names of that certificate: "DNS:a.example",
                             * "URI:spiffe://bank/agent", "email:a@b.example", "IP:192.0.2.1" */
  uint64_t tls_name_count;
  uint32_t flags; /* GOV_PEER_TLS */
  uint32_t reserved;
} gov_peer;

enum {
  GOV_PEER_TLS = 1u << 0 /* the transport itself speaks TLS with the peer */
};

/* Who it is. */
typedef struct gov_principal {
  uint32_t struct_size;
  uint32_t reserved;
  gov_str subject; /* never a secret: it appears in logs and audit */
  gov_str issuer;
  gov_str method; /* "token", "jwt" */
  const gov_str* scopes;
  uint64_t scope_count;
  int64_t expires_ms; /* Unix time in milliseconds; 0: does not */
  gov_str credential; /* which one it was, for revocation and audit: the jti of a JWT, the id of a
                       * key; never the credential itself; may be empty */
} gov_principal;

typedef struct gov_auth_v1 {
  uint32_t struct_size;
  uint32_t reserved;

  /* [worker] Three outcomes: GOV_OK after exactly one found(); GOV_NOT_MINE when the request holds
   * no credential of this plugin's kind; GOV_UNAUTHENTICATED when it holds one that is not good.
   * Any other status refuses the request too: the host fails closed. */
  gov_status (*authenticate)(gov_instance* instance, const gov_call* call, const gov_peer* peer,
                             void* ctx, void (*found)(void* ctx, const gov_principal* principal),
                             gov_error* error);

  /* [any] The WWW-Authenticate scheme and parameters that this plugin can accept (RFC
   * 9110, 11.6.1), for example `Bearer`, without the parameters the host adds. */
  gov_status (*challenge)(gov_instance* instance, void* ctx,
                          void (*scheme)(void* ctx, gov_str value), gov_error* error);

  /* [any] The issuers of the credentials it accepts that clients can get one from: OAuth
   * authorization servers, for the metadata of RFC 9728. May be NULL: there is none. */
  gov_status (*issuers)(gov_instance* instance, void* ctx, void (*issuer)(void* ctx, gov_str url),
                        gov_error* error);
} gov_auth_v1;

#ifdef __cplusplus
}
#endif
#endif
