#include "content/merkle.h"

#include <string>
#include <utility>

namespace govhost::content {
namespace {

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest inner(const Digest& left, const Digest& right) {
  std::string node(1, '\x01');
  node.append(bytes_of(left)).append(bytes_of(right));
  return sha256(node);
}

}  // namespace

Digest MerkleTree::leaf(std::string_view bytes) {
  return sha256(std::string(1, '\0').append(bytes));
}

MerkleTree::MerkleTree(std::vector<Digest> leaves, const MerkleTree& before) {
  if (leaves.empty()) return;
  levels_.push_back(std::move(leaves));
  while (levels_.back().size() > 1) {
    const std::vector<Digest>& below = levels_.back();
    const std::size_t level = levels_.size();
    const bool known = level < before.levels_.size();
    std::vector<Digest> nodes((below.size() + 1) / 2);
    for (std::size_t i = 0; i < below.size(); i += 2) {
      const bool alone = i + 1 == below.size();
      const std::vector<Digest>* const old = known ? &before.levels_[level - 1] : nullptr;
      if (alone)
        nodes[i / 2] = below[i];
      else if (old != nullptr && i + 1 < old->size() && (*old)[i] == below[i] &&
               (*old)[i + 1] == below[i + 1])
        nodes[i / 2] = before.levels_[level][i / 2];
      else
        nodes[i / 2] = inner(below[i], below[i + 1]);
    }
    levels_.push_back(std::move(nodes));
  }
}

Digest MerkleTree::root() const { return levels_.empty() ? sha256({}) : levels_.back().front(); }

}  // namespace govhost::content
