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

  bool json() const { return !any_ || json_.quality > 0; }
  bool stream() const { return stream_.quality > 0 && stream_.rank > 1; }
  bool stream_by_get() const { return !any_ || stream_.quality > 0; }
  // The client wants a stream more than JSON; of two that it wants equally it named it first.
  bool prefers_stream() const {
    return stream() && (!json() || stream_.quality > json_.quality ||
                        (stream_.quality == json_.quality && stream_.order < json_.order));
  }

 private:
  // The most specific range that covers the type decides.
  struct Match {
    int rank = 0;
    int quality = 0;  // in thousandths
    int order = 0;    // of the range in the list
  };
  void consider(Match& match, int rank, int quality) const;

  bool any_ = false;
  int ranges_ = 0;
  Match json_, stream_;
};

}  // namespace transport_http
