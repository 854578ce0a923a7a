// What stands for all documents of a snapshot.
#pragma once

#include <string_view>
#include <vector>

#include "core/digest.h"

namespace govhost::content {

// The tree of RFC 6962, 2.1 over leaves that are digests of their own already. Immutable.
class MerkleTree {
 public:
  MerkleTree() = default;
  // Nodes whose children are those of `before` in the same place are not computed again.
  MerkleTree(std::vector<Digest> leaves, const MerkleTree& before);

  // The prefix keeps a leaf from passing for an inner node.
  static Digest leaf(std::string_view bytes);
  Digest root() const;

 private:
  std::vector<std::vector<Digest>> levels_;  // leaves first; the last has one node
};

}  // namespace govhost::content
