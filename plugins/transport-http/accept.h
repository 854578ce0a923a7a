// What kinds of answer a client takes (RFC 9110, 12.5.1).
#pragma once

#include <string_view>

namespace transport_http {

// Fed with the values of all Accept headers of a request, in any number.
//
// The protocol wants clients to list both application/json and text/event-stream, and many do not,
// so this is lenient: no header and wildcards stand for JSON. A stream is given only to a client
// that names it, because one that sent */* seldom knows how to read it; to one that asks with GET,
// which has no other answer, unless it excludes it.
class Accepts {
 public:
  void add(std::string_view value);

  bool json() const { return !any_ || json_.quality; }
  bool stream() const { return stream_.quality && stream_.rank > 1; }
  bool stream_by_get() const { return !any_ || stream_.quality; }

 private:
  // The most specific range that covers the type decides.
  struct Match {
    int rank = 0;
    bool quality = false;
  };
  static void consider(Match& match, int rank, bool quality);

  bool any_ = false;
  Match json_, stream_;
};

}  // namespace transport_http
