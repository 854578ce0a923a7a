/* gov.transport/1: carries messages between clients and the host. The one kind that calls in.
 *
 * A transport knows framing, sockets and its own limits. It knows nothing of JSON-RPC or MCP: it
 * hands each message to submit() and writes what comes back. */
#ifndef GOV_ABI_TRANSPORT_H
#define GOV_ABI_TRANSPORT_H

#include <gov/abi/auth.h>
#include <gov/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOV_KIND_TRANSPORT "gov.transport/1"

/* Host-owned: one message that came in and the answers it will get. */
typedef struct gov_exchange gov_exchange;

enum {
  GOV_REPLY_LAST = 1u << 0, /* nothing follows; an answer without it is one message of a stream */

  /* From this reply on the exchange stays open for what may come (a subscription, the
   * notifications of a session), until a reply without the flag: it is no work in flight. It counts
   * towards no limit of calls in flight and keeps nobody from ending. Means nothing beside LAST. */
  GOV_REPLY_IDLE = 1u << 1
};

/* One message for the client. Without LAST and without parts it is an event without data when it
 * has an event_id or retry_ms, and otherwise tells the transport only that the exchange goes on,
 * and how. LAST without parts ends a stream without an event. */
typedef struct gov_reply {
  uint32_t struct_size;
  uint32_t flags;
  gov_status outcome;      /* of the exchange as a whole: what a log or a metric wants to know */
  uint32_t http_status;    /* the status to send when this is the first reply; 0: 200 */
  const gov_pair* headers; /* to send when this is the first reply */
  uint64_t header_count;
  const gov_bytes* parts; /* the body is their concatenation: one JSON text without a line break */
  uint64_t part_count;    /* 0: no body (HTTP 202; nothing at all on stdio) */
  gov_str event_id;       /* of event streams: the client can resume after this event; empty: not.
                           * Visible ASCII; any other id is dropped */
  uint32_t retry_ms;      /* of event streams: wait so long before reconnecting; 0: nothing said */
  uint32_t reserved;      /* 0 */
} gov_reply;

enum {
  GOV_INBOUND_SESSION = 1u << 0 /* the connection is one client for its whole life, as on stdio */
};

/* One message from a client. */
typedef struct gov_inbound {
  uint32_t struct_size;
  uint32_t flags;
  uint64_t connection; /* unique within the transport instance and never used again; not 0 */
  gov_bytes body;
  gov_str method; /* of HTTP: "POST", "GET", "DELETE"; empty elsewhere */
  gov_str target; /* of HTTP: the path without the query; empty elsewhere */
  const gov_peer* peer;
} gov_inbound;

/* Host to transport, passed to run() and valid until run() returns. */
typedef struct gov_dispatch_v1 {
  uint32_t struct_size;
  uint32_t reserved;
  void* ctx;

  /* [any] Takes a message; never blocks. Replies of one exchange never overlap and may come from
   * any thread, also from this one before submit() returns.
   *   GOV_OK, *out == NULL   all replies have been given already; nothing to release
   *   GOV_OK, *out != NULL   replies follow until GOV_REPLY_LAST; call release() exactly once
   *   any other status       refused (overload, draining): one LAST reply has been given, *out NULL
   */
  gov_status (*submit)(void* ctx, const gov_inbound* inbound, void* reply_ctx,
                       void (*reply)(void* reply_ctx, const gov_reply* reply), gov_exchange** out);

  /* [any] The peer is gone: no reply is given once this has returned. */
  void (*cancel)(void* ctx, gov_exchange* exchange);

  /* [any] The transport will not use the exchange again. Implies cancel when it is unfinished. */
  void (*release)(void* ctx, gov_exchange* exchange);

  /* [any] The connection ended: forgets what the host keeps for it. */
  void (*closed)(void* ctx, uint64_t connection);
} gov_dispatch_v1;

typedef struct gov_transport_v1 {
  uint32_t struct_size;
  uint32_t reserved;

  /* [worker] On a thread of its own. Returns GOV_OK when the call is cancelled or the peer of a
   * one-client transport is gone and all its answers are written; another status when it cannot
   * serve (address in use). Calls listening() once, when clients can connect, with a text for
   * operators such as "http://127.0.0.1:8080/mcp". */
  gov_status (*run)(gov_instance* instance, const gov_call* call, const gov_dispatch_v1* dispatch,
                    void* listening_ctx, void (*listening)(void* listening_ctx, gov_str endpoint),
                    gov_error* error);

  /* [any] Accept nothing new; close what is idle; finish what is in flight; then return from run().
   * The host ends the exchanges that are GOV_REPLY_IDLE before it calls this where their clients
   * shall be told: a transport may wait for them and need not. */
  void (*drain)(gov_instance* instance);
} gov_transport_v1;

/* Host service, granted to transports only: the process's own standard streams. The host has moved
 * standard output away, so that nothing but the transport can write to it. The descriptors are
 * borrowed; they stay open. */
#define GOV_SERVICE_STDIO "gov.stdio/1"
typedef struct gov_stdio_v1 {
  uint32_t struct_size;
  int32_t input;
  int32_t output;
  uint32_t reserved;
} gov_stdio_v1;

#ifdef __cplusplus
}
#endif
#endif
