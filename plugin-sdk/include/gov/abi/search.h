/* gov.search/1: finds passages. The host decides what is indexed and who may see a hit. */
#ifndef GOV_ABI_SEARCH_H
#define GOV_ABI_SEARCH_H

#include <gov/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOV_KIND_SEARCH "gov.search/1"

/* Puts or erases one passage. */
typedef struct gov_index_op {
  uint32_t struct_size;
  uint32_t erase;         /* not 0: only id counts */
  gov_str id;             /* unique in the index */
  gov_str version;        /* opaque; equal means the same text */
  gov_str title;          /* of the document: the most telling field */
  gov_str heading;        /* of the passage */
  gov_str text;           /* match ranges count bytes of this field */
  const gov_pair* facets; /* exact-match attributes: kind, source, type */
  uint64_t facet_count;
  gov_str attributes; /* words about the document: searched with it, never shown */
  gov_str document;   /* equal for all passages of one document; empty: it stands alone */
} gov_index_op;

/* Words that may stand for a part of the query: a synonym, what a term of the field is called.
 * Frozen. */
typedef struct gov_alternative {
  gov_range words; /* the bytes of the query's text that it may stand for */
  gov_str text;    /* one word or several */
  float weight;    /* above 0 to 1: what a match counts beside one of the query's own words */
  uint32_t reserved;
} gov_alternative;

/* Flags of a query. */
enum { GOV_QUERY_EXPLAIN = 1u << 0 /* hits say what their score is made of */ };

/* What to find. Hits must carry every facet that the query names (several values of one name: any
 * of them). When it names values of "source", the searcher may not be allowed to see other sources:
 * what their passages hold must show in nothing, neither in scores (word frequencies, averages) nor
 * in how words are understood. */
typedef struct gov_query {
  uint32_t struct_size;
  uint32_t limit; /* most hits wanted; never 0 */
  gov_str text;   /* the searcher's words: plain text, no query syntax */
  const gov_pair* facets;
  uint64_t facet_count;
  uint32_t per_document; /* most hits of one document; 0: any number, and total counts passages */
  uint32_t flags;        /* GOV_QUERY_EXPLAIN */
  const gov_alternative* alternatives; /* ascending by words.begin */
  uint64_t alternative_count;
} gov_query;

/* A part of a score. Frozen. */
typedef struct gov_score_part {
  gov_str what;
  double value;
} gov_score_part;

typedef struct gov_hit {
  uint32_t struct_size;
  float score; /* higher is better; comparable within one answer only */
  gov_str id;
  const gov_range*
      matches; /* where the query's words stand in `text`, ascending, without overlap */
  uint64_t match_count;
  const gov_score_part* parts; /* with GOV_QUERY_EXPLAIN only */
  uint64_t part_count;
} gov_hit;

/* Where answers go. A status other than GOV_OK means "stop and return this". */
typedef struct gov_hit_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* ctx;
  gov_status (*hit)(void* ctx, const gov_hit* hit); /* best first; equal scores by ascending id */
  /* Once: how many passages match in all; with gov_query.per_document, how many documents. */
  gov_status (*total)(void* ctx, uint64_t count);
} gov_hit_sink;

typedef struct gov_search_v1 {
  uint32_t struct_size;
  uint32_t reserved;

  /* [worker] A batch, all or nothing. The host never overlaps two of them; queries may run
   * meanwhile and see either the old or the new state. */
  gov_status (*apply)(gov_instance* instance, const gov_call* call, const gov_index_op* const* ops,
                      uint64_t n, gov_error* error);

  /* [worker] Linear in the query's length at worst. No word that can match: GOV_OK without hits. */
  gov_status (*query)(gov_instance* instance, const gov_call* call, const gov_query* query,
                      const gov_hit_sink* sink, gov_error* error);

  /* [worker] What the index holds, so that the host applies only differences after a restart. A
   * feed begins with it: what was staged before and never applied is dropped. Never overlaps
   * apply() or stage(). */
  gov_status (*held)(gov_instance* instance, const gov_call* call, void* ctx,
                     gov_status (*one)(void* ctx, gov_str id, gov_str version), gov_error* error);

  /* [worker] Part of a large batch: takes operations that queries see, all at once, when the next
   * apply() succeeds, before the operations of that one. An apply() that fails drops them. May be
   * NULL: the host then passes everything to one apply(). */
  gov_status (*stage)(gov_instance* instance, const gov_call* call, const gov_index_op* const* ops,
                      uint64_t n, gov_error* error);
} gov_search_v1;

#ifdef __cplusplus
}
#endif
#endif
