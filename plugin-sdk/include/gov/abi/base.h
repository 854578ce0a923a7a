/* What every kind of plugin shares: text, errors, calls, the host's offer and the entry point.
 *
 * Six rules explain every line of the contract:
 *  1. Nobody frees what the other side allocated. Results are pushed into sinks the caller owns.
 *  2. A view (gov_str, gov_bytes, any pointer inside an argument) is valid until the call returns.
 *     Whoever keeps it copies it.
 *  3. Structs grow only at the tail; struct_size says how much of one the other side knows. Structs
 *     without it (gov_str, gov_bytes, gov_pair, gov_range) are frozen, because the stride of an
 *     array cannot grow.
 *  4. No exception, longjmp or signal crosses a function pointer. Failures are gov_status values.
 *  5. Enumerations are int32_t plus constants: a value from a newer side must be tolerated.
 *  6. Every function says where it runs:
 *       [worker]   a host thread; may block until the call's deadline; calls of one instance may
 *                  overlap unless the component is GOV_SERIAL
 *       [control]  the host's control thread; never concurrent with another [control] call of the
 *                  same instance; must be quick and must not touch the network
 *       [any]      any thread at any time; must not block */
#ifndef GOV_ABI_BASE_H
#define GOV_ABI_BASE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOV_ABI_MAJOR 1
#define GOV_ABI_MINOR 0
#define GOV_ENTRY_SYMBOL "gov_plugin_entry_v1"
#define GOV_ENTRY_MAGIC "GOVPLUG" /* eight bytes with the terminator */

/* True when the other side's *p is new enough to hold this field. */
#define GOV_HAS(p, field) \
  ((uint64_t)((const char*)(&(p)->field + 1) - (const char*)(p)) <= (uint64_t)(p)->struct_size)

/* UTF-8; may contain NUL; no terminator is promised. ptr is NULL only where "absent" has a meaning.
 */
typedef struct gov_str {
  const char* ptr;
  uint64_t len;
} gov_str;

typedef struct gov_bytes {
  const uint8_t* ptr;
  uint64_t len;
} gov_bytes;

/* An HTTP header, a metric label, a log field, a document attribute. */
typedef struct gov_pair {
  gov_str name;
  gov_str value;
} gov_pair;

/* Half-open byte range of a text. */
typedef struct gov_range {
  uint64_t begin;
  uint64_t end;
} gov_range;

/* Names and meaning follow the canonical codes of gRPC and Abseil. */
typedef int32_t gov_status;
enum {
  GOV_OK = 0,
  GOV_CANCELLED = 1,
  GOV_INVALID_ARGUMENT = 3,
  GOV_DEADLINE_EXCEEDED = 4,
  GOV_NOT_FOUND = 5,
  GOV_PERMISSION_DENIED = 7,
  GOV_RESOURCE_EXHAUSTED = 8,
  GOV_UNIMPLEMENTED = 12,
  GOV_INTERNAL = 13,
  GOV_UNAVAILABLE = 14,
  GOV_UNAUTHENTICATED = 16,
  GOV_NOT_MODIFIED = 100, /* source.fetch only: the version the caller holds is current */
  GOV_NOT_MINE = 101,   /* auth.authenticate only: no credential of my kind, ask the next plugin */
  GOV_WOULD_BLOCK = 102 /* only to a call with GOV_CALL_AT_ONCE: make it again without */
};

/* Why a call failed. Allocated by the caller, filled by the callee; fixed size, so it has no owner.
 * The text is for operators: clients get a generic sentence for the status. */
typedef struct gov_error {
  uint32_t struct_size;
  int32_t retry_after_ms; /* 0: no advice */
  char message[248];      /* NUL-terminated UTF-8, possibly truncated */
} gov_error;

/* Flags of a call. */
enum {
  GOV_CALL_AT_ONCE = 1u << 0 /* on a transport's thread, to a GOV_ANSWERS_AT_ONCE component: answer
                              * from memory or return GOV_WOULD_BLOCK */
};

/* One request as the callee sees it. Owned by the host, valid until the call returns. */
typedef struct gov_call gov_call;
struct gov_call {
  uint32_t struct_size;
  uint32_t flags;
  int64_t deadline_ns;                     /* CLOCK_MONOTONIC; never absent */
  gov_str request_id;                      /* the correlation id of logs and answers */
  gov_str traceparent;                     /* W3C Trace Context, or empty */
  gov_str subject;                         /* who asks; empty for the host's own work */
  bool (*cancelled)(const gov_call* call); /* [any] one atomic load */
  int (*cancel_fd)(const gov_call* call); /* [any] readable once cancelled, for poll(2); -1: none */
};

enum {
  GOV_LOG_TRACE = 0,
  GOV_LOG_DEBUG = 1,
  GOV_LOG_INFO = 2,
  GOV_LOG_WARN = 3,
  GOV_LOG_ERROR = 4
};
enum { GOV_COUNTER = 0, GOV_GAUGE = 1, GOV_HISTOGRAM = 2 };

/* What the host offers one plugin instance; valid from create() until destroy() has returned. */
typedef struct gov_host gov_host;
struct gov_host {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  void* ctx;

  /* [any] Whether a record of this level would be kept: ask before composing an expensive text. */
  bool (*log_on)(const gov_host* host, int32_t level);

  /* [any] One record. The host adds the instance and the request id, escapes control characters,
   * and drops (and counts) records of an instance that floods. */
  void (*log)(const gov_host* host, int32_t level, gov_str text, const gov_pair* fields,
              uint64_t n);

  /* [any] Adds to a counter, sets a gauge or observes a histogram value named `name`. */
  void (*metric)(const gov_host* host, int32_t kind, gov_str name, double value,
                 const gov_pair* labels, uint64_t n);

  /* [worker] Resolves the secret that the option `name` of this instance refers to. The value is a
   * view inside `use` only, resolved anew at each call so that rotation works. */
  gov_status (*secret)(const gov_host* host, gov_str name, void* ctx,
                       void (*use)(void* ctx, gov_bytes value), gov_error* error);

  /* [any] An optional service by id, for example GOV_SERVICE_STDIO. NULL: not granted. */
  const void* (*service)(const gov_host* host, const char* id);
};

/* The options of one instance; valid during create() only. The host has already checked them
 * against the component's JSON Schema and filled in the defaults. */
typedef struct gov_config gov_config;
struct gov_config {
  uint32_t struct_size;
  uint32_t reserved;
  void* ctx;
  gov_str json; /* the options as one JSON object */

  /* A scalar by its dotted name ("limits.body"): strings as they are, numbers and booleans as
   * JSON writes them. ptr is NULL when there is no such scalar. */
  gov_str (*text)(const gov_config* config, gov_str dotted_name);
};

/* One configured plugin. Allocated and released by the plugin. */
typedef struct gov_instance gov_instance;
struct gov_instance {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  const void* vtable; /* its type follows from the component's kind, for example gov_source_v1 */

  /* [any] A further interface by id, or NULL. May itself be NULL. */
  const void* (*extension)(gov_instance* instance, const char* id);

  /* [worker] Called once before any other use; network and threads belong here. May be NULL. */
  gov_status (*start)(gov_instance* instance, const gov_call* call, gov_error* error);

  /* [control] No plugin thread runs once this has returned. May be NULL. */
  void (*stop)(gov_instance* instance);

  /* [control] The last call; releases the instance. Never concurrent with any other call. */
  void (*destroy)(gov_instance* instance);
};

/* Flags of a component. */
enum {
  GOV_SERIAL = 1u << 0,       /* the host must not overlap calls on one instance */
  GOV_NEVER_BLOCKS = 1u << 1, /* [worker] calls touch memory only: no I/O, no waiting. The host may
                               * then make them on a transport's thread and save two thread hops */
  GOV_ANSWERS_AT_ONCE = 1u << 2 /* gov.auth/1: authenticate heeds GOV_CALL_AT_ONCE, so that what is
                                 * known already costs no thread hop */
};

/* A kind of thing the plugin can make. Constant data. */
typedef struct gov_component {
  uint32_t struct_size;
  uint32_t flags;
  const char* kind;          /* "gov.source/1" */
  const char* name;          /* "directory": [a-z][a-z0-9-]{0,31} */
  const char* version;       /* of the plugin: "1.0.0" */
  const char* summary;       /* one sentence for operators */
  const char* config_schema; /* JSON Schema of the options; NULL: takes none */

  /* [control] Makes an instance. Must be quick and offline: option errors only. The host answers
   * calls on `host` from here on. On failure *out stays untouched. */
  gov_status (*create)(const gov_host* host, const gov_config* config, gov_error* error,
                       gov_instance** out);
} gov_component;

/* The one exported symbol, constant data named gov_plugin_entry_v1. The first 24 bytes need no
 * relocation, so the host reads magic and versions from the file before any constructor runs. */
typedef struct gov_plugin_entry {
  char magic[8];      /* GOV_ENTRY_MAGIC */
  uint16_t abi_major; /* of the header it was compiled with; must equal the host's */
  uint16_t abi_minor;
  uint16_t needs_minor; /* oldest minor of the host it can live with */
  uint16_t reserved;
  uint32_t struct_size;
  uint32_t component_count;
  const gov_component* const* components;
} gov_plugin_entry;

#ifdef __cplusplus
}
#endif
#endif
