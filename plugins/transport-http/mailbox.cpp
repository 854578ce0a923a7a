#include "mailbox.h"

#include "response.h"

#include <cstring>

namespace transport_http {

OwnedReply::OwnedReply(const gov_reply& reply) : raw_(reply) {
  std::size_t size = static_cast<std::size_t>(body_size(reply));
  for (std::uint64_t i = 0; i < reply.header_count; ++i)
    size += static_cast<std::size_t>(reply.headers[i].name.len + reply.headers[i].value.len);
  text_ = std::make_unique_for_overwrite<char[]>(size);

  char* at = text_.get();
  const auto copy = [&at](const void* from, std::uint64_t n) {
    char* const begin = at;
    if (n > 0) std::memcpy(at, from, static_cast<std::size_t>(n));
    at += n;
    return begin;
  };
  for (std::uint64_t i = 0; i < reply.part_count; ++i) copy(reply.parts[i].ptr, reply.parts[i].len);
  part_ = {reinterpret_cast<const std::uint8_t*>(text_.get()), body_size(reply)};
  raw_.part_count = reply.part_count > 0 ? 1 : 0;
  headers_.reserve(static_cast<std::size_t>(reply.header_count));
  for (std::uint64_t i = 0; i < reply.header_count; ++i) {
    const gov_pair& h = reply.headers[i];
    const gov_str name{copy(h.name.ptr, h.name.len), h.name.len};
    headers_.push_back({name, {copy(h.value.ptr, h.value.len), h.value.len}});
  }
}

const gov_reply& OwnedReply::get() {
  raw_.parts = &part_;
  raw_.headers = headers_.data();
  return raw_;
}

void Mailbox::put(std::uint64_t connection, const gov_reply& reply) {
  OwnedReply copy(reply);
  const std::lock_guard lock(mutex_);
  letters_.push_back({connection, std::move(copy)});
  if (letters_.size() == 1) wake_();
}

void Mailbox::take(std::vector<Letter>& letters) {
  const std::lock_guard lock(mutex_);
  letters.swap(letters_);
}

}  // namespace transport_http
