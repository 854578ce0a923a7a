#include "mailbox.h"

#include "response.h"

#include <gov/transport.hpp>

#include <algorithm>
#include <cstring>

namespace transport_http {
namespace {

std::size_t weight(const gov_reply& reply) {
  return static_cast<std::size_t>(body_size(reply)) + gov::event_id(reply).size() + 1;
}

}  // namespace

OwnedReply::OwnedReply(const gov_reply& reply) {
  // An older host's replies end before ours do.
  std::memcpy(&raw_, &reply, std::min<std::size_t>(reply.struct_size, sizeof raw_));
  raw_.struct_size = sizeof raw_;
  const std::uint64_t body = body_size(reply);
  std::size_t size = static_cast<std::size_t>(body + raw_.event_id.len);
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
  part_ = {reinterpret_cast<const std::uint8_t*>(text_.get()), body};
  raw_.part_count = reply.part_count > 0 ? 1 : 0;
  raw_.event_id.ptr = copy(raw_.event_id.ptr, raw_.event_id.len);
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

void Backlog::add(const gov_reply& reply) {
  const std::size_t size = weight(reply);
  const std::size_t before = bytes_.fetch_add(size);
  // One message may be as large as it likes.
  if (before > 0 && before + size > limit_) overflown_ = true;
}

void Backlog::remove(const gov_reply& reply) { bytes_.fetch_sub(weight(reply)); }

void Mailbox::put(std::uint64_t connection, std::uint64_t ticket, const gov_reply& reply) {
  OwnedReply copy(reply);
  const std::lock_guard lock(mutex_);
  letters_.push_back({connection, ticket, std::move(copy)});
  if (letters_.size() == 1) wake_();
}

void Mailbox::take(std::vector<Letter>& letters) {
  const std::lock_guard lock(mutex_);
  letters.swap(letters_);
}

}  // namespace transport_http
