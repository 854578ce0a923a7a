/* gov.source/1: where documents come from. */
#ifndef GOV_ABI_SOURCE_H
#define GOV_ABI_SOURCE_H

#include <gov/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOV_KIND_SOURCE "gov.source/1"

/* One document as its source states it. */
typedef struct gov_document {
  uint32_t struct_size;
  uint32_t reserved;
  gov_str key;        /* stable and unique inside the source: a relative path of printable UTF-8, at
                       * most 1024 bytes, without "." and ".." parts */
  gov_str version;    /* opaque; equal means unchanged: etag, commit, modification time and size */
  gov_str title;      /* may be empty: the host finds one in the text */
  gov_str media_type; /* "text/markdown", "application/yaml" */
  gov_str link;       /* where a reader finds the original, or empty */
  int64_t modified_ms; /* Unix time in milliseconds; 0: unknown */
  uint64_t size;       /* bytes; 0: unknown */
  const gov_pair* attributes;
  uint64_t attribute_count;
} gov_document;

/* Where a source puts what it has. A status other than GOV_OK means "stop and return this". */
typedef struct gov_document_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* ctx;
  gov_status (*head)(void* ctx, const gov_document* document); /* list: each; fetch: once, first */
  gov_status (*body)(void* ctx, const void* data,
                     uint64_t len); /* fetch only, as often as needed */
} gov_document_sink;

typedef struct gov_source_v1 {
  uint32_t struct_size;
  uint32_t reserved;

  /* [worker] All documents, in any order, without bodies. */
  gov_status (*list)(gov_instance* instance, const gov_call* call, const gov_document_sink* sink,
                     gov_error* error);

  /* [worker] One document with its body. GOV_NOT_FOUND for an unknown key; GOV_NOT_MODIFIED, with
   * nothing put into the sink, when if_version is not empty and still current. */
  gov_status (*fetch)(gov_instance* instance, const gov_call* call, gov_str key, gov_str if_version,
                      const gov_document_sink* sink, gov_error* error);
} gov_source_v1;

/* Extension of a source: blocks until cancelled, reporting keys that may have changed (an empty
 * key: any of them may). A hint: the host lists again. Called while the source's other functions
 * run, so never of a GOV_SERIAL component. `changed` is called on the thread of the call only. An
 * error ends it until the host tries again, half a minute later; GOV_UNIMPLEMENTED for good. */
#define GOV_EXT_WATCH "gov.source.watch/1"
typedef struct gov_watch_v1 {
  uint32_t struct_size;
  uint32_t reserved;
  gov_status (*watch)(gov_instance* instance, const gov_call* call, void* ctx,
                      void (*changed)(void* ctx, gov_str key), gov_error* error); /* [worker] */
} gov_watch_v1;

#ifdef __cplusplus
}
#endif
#endif
