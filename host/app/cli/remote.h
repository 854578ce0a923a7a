// Requests to a running server, for the command line.
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace govhost::app {

// Posts a request of the modern era to http://HOST:PORT/PATH and returns the JSON-RPC answer.
// `token` is a secret reference or empty. Plain HTTP only; waits at most 30 seconds. An
// error is GOV_INVALID_ARGUMENT when the URL or the reference is at fault.
gov::Result<nlohmann::json> post_message(const std::string& url, const nlohmann::json& request,
                                         const std::string& token);

// The body of a page of the ops listener, whatever its code: GET http://HOST:PORT/PATH. Errors as
// above, and when the page is refused.
gov::Result<std::string> get_page(const std::string& url, const std::string& token);

}  // namespace govhost::app
