// libcurl, loaded when the first plugin is granted something, or something is sent elsewhere: with
// what it needs it would cost every host 8 MiB and 9 ms of its start.
#pragma once

#include <gov/status.hpp>

// Its type checks are macros over the functions' names.
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

namespace govhost::egress {

struct Curl {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_send) easy_send;
  decltype(&::curl_easy_recv) easy_recv;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;

  // Stays loaded for the life of the process. Any thread.
  static gov::Result<const Curl*> load();
};

}  // namespace govhost::egress
