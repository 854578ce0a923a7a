// What the checks look at.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/check.h"

namespace govhost::checks {

// Of ADDR:PORT.
bool is_loopback(std::string_view address);
bool is_any_address(std::string_view address);  // 0.0.0.0, [::]

// The options of an instance as they were written.
const nlohmann::json& options_of(const config::Instance& instance);
// Of an HTTP transport; an empty object: there is none.
const nlohmann::json& tls_of(const config::Instance& transport);
std::string text_at(const nlohmann::json& options, const char* key, const char* otherwise = "");
std::vector<std::string> texts_at(const nlohmann::json& options, const char* key);

// Transports of transport-http, and among them those that other machines can reach.
std::vector<const config::Instance*> http_transports(const config::Config& config);
std::vector<const config::Instance*> open_transports(const config::Config& config);

// Every reference to a secret that the configuration holds.
std::vector<std::string> secret_references(const config::Config& config);

// Of the first certificate of a PEM file. nullopt: it cannot be read.
std::optional<std::chrono::system_clock::time_point> certificate_end(const std::string& file);

// A certificate of a transport's TLS and when it ends; nullopt: it cannot be read.
struct CertificateInUse {
  std::string listen, file;  // the file as it was written
  std::optional<std::chrono::system_clock::time_point> end;
};
std::vector<CertificateInUse> certificates_in_use(const config::Config& config);

// "a, b and 3 more"
std::string listed(const std::vector<std::string>& all);

// Passes when nothing is named, else fails (or warns) with what is.
Outcome none_of(const std::vector<std::string>& wrong, const std::string& good,
                Status otherwise = Status::kFail);

}  // namespace govhost::checks
