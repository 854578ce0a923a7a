#include "batch.h"

#include <algorithm>
#include <string>

namespace search_common {
namespace {

using gov::to_cpp;

// What is wrong with a view, or an empty text.
std::string fault(gov_str view, const char* name, std::size_t most) {
  if (view.len > most)
    return std::string(name) + " has " + std::to_string(view.len) + " bytes, at most " +
           std::to_string(most) + " are allowed";
  if (!view.ptr && view.len > 0) return std::string(name) + " is null but has a length";
  return {};
}

std::string fault(const gov_index_op& op) {
  if (!GOV_HAS(&op, facet_count)) return "struct_size is smaller than gov_index_op of SDK 1.0";
  if (op.id.len == 0) return "id is empty";
  if (std::string f = fault(op.id, "id", kMaxIdBytes); !f.empty()) return f;
  if (op.erase) return {};
  if (std::string f = fault(op.version, "version", kMaxVersionBytes); !f.empty()) return f;
  if (std::string f = fault(op.title, "title", kMaxNameBytes); !f.empty()) return f;
  if (std::string f = fault(op.heading, "heading", kMaxNameBytes); !f.empty()) return f;
  if (std::string f = fault(op.text, "text", kMaxTextBytes); !f.empty()) return f;
  if (GOV_HAS(&op, attributes))
    if (std::string f = fault(op.attributes, "attributes", kMaxTextBytes); !f.empty()) return f;
  if (GOV_HAS(&op, document))
    if (std::string f = fault(op.document, "document", kMaxIdBytes); !f.empty()) return f;
  if (!op.facets && op.facet_count > 0) return "facets are null but have a count";
  for (std::uint64_t i = 0; i < op.facet_count; ++i) {
    if (std::string f = fault(op.facets[i].name, "a facet's name", kMaxNameBytes); !f.empty())
      return f;
    if (std::string f = fault(op.facets[i].value, "a facet's value", kMaxNameBytes); !f.empty())
      return f;
  }
  return {};
}

}  // namespace

gov::Status check_batch(const gov::IndexBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const gov_index_op* const op = batch.begin()[static_cast<std::ptrdiff_t>(i)];
    const std::string wrong = op ? fault(*op) : "it is null";
    if (wrong.empty()) continue;
    // A wrong id may be unreadable or far too long for a message.
    const bool named = op && GOV_HAS(op, id) && op->id.ptr && op->id.len <= 100;
    return gov::invalid("operation " + std::to_string(i) + " of " + std::to_string(batch.size()) +
                        (named ? " (\"" + std::string(to_cpp(op->id)) + "\")" : "") + ": " + wrong +
                        "; nothing of the batch was applied");
  }
  return {};
}

std::vector<const gov_index_op*> last_of_each_id(const gov::IndexBatch& batch) {
  std::vector<const gov_index_op*> ops(batch.begin(), batch.end());
  std::stable_sort(ops.begin(), ops.end(), [](const gov_index_op* a, const gov_index_op* b) {
    return to_cpp(a->id) < to_cpp(b->id);
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < ops.size(); ++i)
    if (i + 1 == ops.size() || to_cpp(ops[i]->id) != to_cpp(ops[i + 1]->id)) ops[kept++] = ops[i];
  ops.resize(kept);
  return ops;
}

}  // namespace search_common
