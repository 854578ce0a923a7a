// Turns what a source handed over into a document.
#pragma once

#include "content/document.h"
#include "content/kinds.h"
#include "content/limits.h"

#include <optional>
#include <vector>

namespace govhost::content {

struct DocumentRead {
  std::optional<Document> document;  // nullopt: left out, and a note says why
  std::vector<Note> notes;
};

// Links and references are read but not resolved: that needs the other documents. Any number of
// threads may read at the same time.
DocumentRead read_document(RawDocument raw, const std::vector<KindRule>& rules,
                           const ReadLimits& limits = {});

}  // namespace govhost::content
