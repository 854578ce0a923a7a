// The host's end of a transport, for tests: answers as the first word of a message tells it to.
//
//   later X    "X" from another thread           never      no answer until it is cancelled
//   stream N   N messages, then "end"            quiet      one empty last reply, HTTP 202
//   refuse     refused with status 429           held       "held" once open_gate() was called
//   big N      N bytes                           early N    first of N+2 messages inside submit
//   open       one message inside submit, then silence until it is cancelled
//   the name of a script(): its replies; more by push()
//   anything else is given back at once
#pragma once

#include <gtest/gtest.h>
#include <gov/testing.hpp>
#include <gov/transport.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <thread>

namespace transport_tests {

class FakeHost {
 private:
  template <class F>
  void change(F f) {
    {
      const std::lock_guard lock(mutex_);
      f();
    }
    changed_.notify_all();
  }
  template <class F>
  auto locked(F f) const {
    const std::lock_guard lock(mutex_);
    return f();
  }

 public:
  struct Message {
    std::uint64_t connection = 0;
    std::uint32_t flags = 0, uid = 0;
    std::string body, method, target, transport, address;
    std::vector<std::pair<std::string, std::string>> headers;
  };

  // One reply of a script.
  struct Reply {
    std::string text = {};
    std::uint32_t flags = 0;
    std::uint32_t http_status = 0;
    std::string event_id = {};
    std::uint32_t retry_ms = 0;
    bool later = false;     // this one and those after it come from another thread
    bool old_host = false;  // the struct ends before the fields of event streams
  };

  FakeHost() {
    raw_ = {sizeof raw_,
            0,
            this,
            &FakeHost::submit,
            &FakeHost::cancel,
            &FakeHost::release,
            [](void* ctx, std::uint64_t connection) {
              FakeHost& self = *static_cast<FakeHost*>(ctx);
              self.change([&] {
                self.closed_.push_back(connection);
                self.ended_.insert(connection);
              });
            }};
    for (int i = 0; i < 3; ++i) threads_.emplace_back([this] { work(); });
  }
  FakeHost(const FakeHost&) = delete;
  ~FakeHost() {
    change([&] { stopping_ = true; });
    for (std::thread& thread : threads_) thread.join();
    EXPECT_EQ(open_, 0) << "exchanges that were never released";
  }

  const gov_dispatch_v1* raw() const { return &raw_; }
  void open_gate() {
    change([&] { gate_ = true; });
  }
  // Headers put on every reply.
  void add_header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
  }

  // What messages with that first word are answered with, before anything is sent. A message
  // without a body has its HTTP method as first word. The exchange stays open until a reply is
  // LAST.
  void script(const std::string& name, std::vector<Reply> replies) {
    change([&] { scripts_[name] = std::move(replies); });
  }
  // A further reply for every open exchange of that script; says for how many.
  int push(const std::string& name, const Reply& reply) {
    int reached = 0;
    for (const auto& x : locked([&] { return scripted_[name]; }))
      reached += give(*x, reply) ? 1 : 0;
    return reached;
  }

  std::vector<Message> messages() const {
    return locked([&] { return messages_; });
  }
  std::vector<std::uint64_t> closed() const {
    return locked([&] { return closed_; });
  }
  int cancelled() const {
    return locked([&] { return cancelled_; });
  }
  int open() const {
    return locked([&] { return open_; });
  }
  std::size_t count() const {
    return locked([&] { return messages_.size(); });
  }

  // Waits until the condition holds; false after ten seconds.
  bool eventually(const std::function<bool()>& condition) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::unique_lock lock(mutex_);
    while (std::chrono::steady_clock::now() < end) {
      lock.unlock();
      if (condition()) return true;
      lock.lock();
      changed_.wait_for(lock, std::chrono::milliseconds(20));
    }
    return false;
  }

 private:
  struct Exchange {
    void* reply_ctx;
    void (*reply)(void*, const gov_reply*);
    std::mutex mutex;
    bool cancelled = false;
    std::shared_ptr<Exchange> self;
    bool ended = false;
  };
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // Its text in two parts.
  void give(void* ctx, void (*reply)(void*, const gov_reply*), const Reply& what) const {
    std::vector<gov_pair> pairs;
    for (const auto& [name, value] : headers_) pairs.push_back({gov::to_c(name), gov::to_c(value)});
    const std::string_view text = what.text;
    const gov_bytes parts[] = {gov::to_bytes(text.substr(0, text.size() / 2)),
                               gov::to_bytes(text.substr(text.size() / 2))};
    const gov_reply r{sizeof r,
                      what.flags,
                      GOV_OK,
                      what.http_status,
                      pairs.data(),
                      pairs.size(),
                      parts,
                      text.empty() ? 0u : 2u,
                      gov::to_c(what.event_id),
                      what.retry_ms,
                      0};
    if (!what.old_host) return reply(ctx, &r);
    // On the heap and no longer than it says, so that a sanitizer sees who reads on.
    constexpr std::size_t kOld = offsetof(gov_reply, event_id);
    const auto old = std::make_unique<std::byte[]>(kOld);
    std::memcpy(old.get(), &r, kOld);
    const auto size = static_cast<std::uint32_t>(kOld);
    std::memcpy(old.get(), &size, sizeof size);
    reply(ctx, reinterpret_cast<const gov_reply*>(old.get()));
  }
  void give(void* ctx, void (*reply)(void*, const gov_reply*), std::string_view text, bool last,
            std::uint32_t http_status = 0) const {
    give(ctx, reply, {std::string(text), last ? std::uint32_t{GOV_REPLY_LAST} : 0u, http_status});
  }

  // From a worker: nothing after a cancel or the last reply. False then.
  bool give(Exchange& x, const Reply& what) const {
    const std::lock_guard lock(x.mutex);
    if (x.cancelled || x.ended) return false;
    x.ended = (what.flags & GOV_REPLY_LAST) != 0;
    give(x.reply_ctx, x.reply, what);
    return true;
  }
  bool give(Exchange& x, std::string_view text, bool last) const {
    return give(x, {std::string(text), last ? std::uint32_t{GOV_REPLY_LAST} : 0u});
  }

  static gov_status submit(void* ctx, const gov_inbound* in, void* reply_ctx,
                           void (*reply)(void*, const gov_reply*), gov_exchange** out) {
    return static_cast<FakeHost*>(ctx)->take(*in, reply_ctx, reply, out);
  }

  gov_status take(const gov_inbound& in, void* reply_ctx, void (*reply)(void*, const gov_reply*),
                  gov_exchange** out) {
    Message m{in.connection,
              in.flags,
              in.peer->uid,
              std::string(gov::to_cpp(in.body)),
              std::string(gov::to_cpp(in.method)),
              std::string(gov::to_cpp(in.target)),
              std::string(gov::to_cpp(in.peer->transport)),
              std::string(gov::to_cpp(in.peer->address)),
              {}};
    for (std::uint64_t i = 0; i < in.peer->header_count; ++i) {
      m.headers.emplace_back(gov::to_cpp(in.peer->headers[i].name),
                             gov::to_cpp(in.peer->headers[i].value));
    }
    const std::string body = m.body.empty() ? m.method + " " + m.target : m.body;
    change([&] {
      EXPECT_FALSE(ended_.contains(in.connection)) << "a message of a connection that has ended";
      messages_.push_back(std::move(m));
    });
    const std::string word = body.substr(0, body.find(' '));
    const std::string rest = body.size() > word.size() ? body.substr(word.size() + 1) : "";

    *out = nullptr;
    const auto script = locked([&] {
      const auto found = scripts_.find(word);
      return found == scripts_.end() ? std::vector<Reply>() : found->second;
    });
    if (!script.empty()) return play(word, script, reply_ctx, reply, out);
    if (word == "quiet") return give(reply_ctx, reply, "", true, 202), GOV_OK;
    if (word == "refuse") {
      give(reply_ctx, reply, R"({"error":"busy"})", true, 429);
      return GOV_RESOURCE_EXHAUSTED;
    }
    if (word == "big") {
      give(reply_ctx, reply, std::string(std::stoul(rest), 'x'), true);
      return GOV_OK;
    }
    if (word != "later" && word != "never" && word != "stream" && word != "held" &&
        word != "early" && word != "open") {
      give(reply_ctx, reply, body, true);
      return GOV_OK;
    }
    const std::shared_ptr<Exchange> x = exchange(reply_ctx, reply, out);
    if (word == "early" || word == "open") give(reply_ctx, reply, "first", false);
    change([&] {
      ++open_;
      if (word == "held") held_.push_back(x);
      if (word != "held" && word != "never" && word != "open") jobs_.push_back(job(word, rest, x));
    });
    return GOV_OK;
  }

  static std::shared_ptr<Exchange> exchange(void* reply_ctx, void (*reply)(void*, const gov_reply*),
                                            gov_exchange** out) {
    auto x = std::make_shared<Exchange>();
    x->reply_ctx = reply_ctx;
    x->reply = reply;
    x->self = x;
    *out = reinterpret_cast<gov_exchange*>(x.get());
    return x;
  }

  gov_status play(const std::string& name, const std::vector<Reply>& script, void* reply_ctx,
                  void (*reply)(void*, const gov_reply*), gov_exchange** out) {
    std::vector<Reply> rest;
    bool last = false;
    for (const Reply& r : script) {
      if (!rest.empty() || r.later) {
        rest.push_back(r);
      } else {
        give(reply_ctx, reply, r);
        last = (r.flags & GOV_REPLY_LAST) != 0;
      }
    }
    if (last) return GOV_OK;
    const std::shared_ptr<Exchange> x = exchange(reply_ctx, reply, out);
    change([&] {
      ++open_;
      scripted_[name].push_back(x);
      if (!rest.empty()) {
        jobs_.push_back([this, x, rest] {
          for (const Reply& r : rest) give(*x, r);
        });
      }
    });
    return GOV_OK;
  }

  std::function<void()> job(const std::string& word, const std::string& rest,
                            std::shared_ptr<Exchange> x) const {
    if (word == "later") return [this, rest, x] { give(*x, rest, true); };
    return [this, n = std::stoi(rest), x] {
      for (int i = 0; i < n; ++i)
        if (!give(*x, "message " + std::to_string(i), false)) return;
      give(*x, "end", true);
    };
  }

  static void cancel(void* ctx, gov_exchange* exchange) {
    Exchange& x = *reinterpret_cast<Exchange*>(exchange);
    {
      const std::lock_guard lock(x.mutex);
      x.cancelled = true;
    }
    FakeHost& self = *static_cast<FakeHost*>(ctx);
    self.change([&] { ++self.cancelled_; });
  }
  static void release(void* ctx, gov_exchange* exchange) {
    Exchange& x = *reinterpret_cast<Exchange*>(exchange);
    const std::shared_ptr<Exchange> last = std::move(x.self);
    EXPECT_TRUE(last) << "released twice";
    {
      const std::lock_guard lock(x.mutex);
      x.cancelled = true;
    }
    FakeHost& self = *static_cast<FakeHost*>(ctx);
    self.change([&] { --self.open_; });
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (gate_) {
        for (const auto& x : held_) jobs_.push_back([this, x] { give(*x, "held", true); });
        held_.clear();
      }
      if (!jobs_.empty()) {
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        lock.lock();
      } else if (stopping_) {
        return;
      } else {
        changed_.wait(lock);
      }
    }
  }

  gov_dispatch_v1 raw_{};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Message> messages_;
  std::vector<std::uint64_t> closed_;
  std::set<std::uint64_t> ended_;
  std::map<std::string, std::vector<Reply>> scripts_;
  std::map<std::string, std::vector<std::shared_ptr<Exchange>>> scripted_;
  Headers headers_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::shared_ptr<Exchange>> held_;
  int cancelled_ = 0, open_ = 0;
  bool gate_ = false, stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace transport_tests
