#include "egress/curl.h"

#include <dlfcn.h>

#include <string>

namespace govhost::egress {
namespace {

template <class Function>
bool find(void* library, const char* name, Function& out) {
  out = reinterpret_cast<Function>(::dlsym(library, name));
  return out != nullptr;
}

gov::Result<Curl> load_once() {
  void* const library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  const auto refuse = [] {
    const char* const why = ::dlerror();
    return gov::unavailable(std::string("grants and audit sinks need libcurl: ") +
                            (why ? why : "it lacks a function") + "; install the package libcurl4");
  };
  if (library == nullptr) return refuse();
  Curl curl{};
  const bool whole = find(library, "curl_global_init", curl.global_init) &&
                     find(library, "curl_easy_init", curl.easy_init) &&
                     find(library, "curl_easy_reset", curl.easy_reset) &&
                     find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                     find(library, "curl_easy_setopt", curl.easy_setopt) &&
                     find(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                     find(library, "curl_easy_strerror", curl.easy_strerror) &&
                     find(library, "curl_easy_perform", curl.easy_perform) &&
                     find(library, "curl_easy_send", curl.easy_send) &&
                     find(library, "curl_easy_recv", curl.easy_recv) &&
                     find(library, "curl_multi_init", curl.multi_init) &&
                     find(library, "curl_multi_cleanup", curl.multi_cleanup) &&
                     find(library, "curl_multi_add_handle", curl.multi_add_handle) &&
                     find(library, "curl_multi_remove_handle", curl.multi_remove_handle) &&
                     find(library, "curl_multi_perform", curl.multi_perform) &&
                     find(library, "curl_multi_poll", curl.multi_poll) &&
                     find(library, "curl_multi_info_read", curl.multi_info_read) &&
                     find(library, "curl_slist_append", curl.slist_append) &&
                     find(library, "curl_slist_free_all", curl.slist_free_all);
  if (!whole || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return refuse();
  return curl;
}

}  // namespace

gov::Result<const Curl*> Curl::load() {
  static const gov::Result<Curl> kLoaded = load_once();
  if (!kLoaded) return kLoaded.status();
  return &*kLoaded;
}

}  // namespace govhost::egress
