#include "checks/facts.h"

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <memory>

#include "config/secret_reference.h"

namespace govhost::checks {
namespace {

using nlohmann::json;

std::string host_of(std::string_view address) {
  std::string_view host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

void collect(const json& value, const std::vector<std::string>& stores,
             std::vector<std::string>& out) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (config::is_secret_reference(text, stores)) out.push_back(text);
  } else if (value.is_structured()) {
    for (const json& member : value) collect(member, stores, out);
  }
}

}  // namespace

bool is_loopback(std::string_view address) {
  const std::string host = host_of(address);
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool is_any_address(std::string_view address) {
  const std::string host = host_of(address);
  return host == "0.0.0.0" || host == "::";
}

const json& options_of(const config::Instance& instance) {
  static const json kNone = json::object();
  return instance.options && instance.options->is_object() ? *instance.options : kNone;
}

std::string text_at(const json& options, const char* key, const char* otherwise) {
  const auto found = options.find(key);
  return found != options.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

std::vector<std::string> texts_at(const json& options, const char* key) {
  std::vector<std::string> out;
  const auto found = options.find(key);
  if (found == options.end() || !found->is_array()) return out;
  for (const json& each : *found)
    if (each.is_string()) out.push_back(each.get<std::string>());
  return out;
}

std::vector<const config::Instance*> http_transports(const config::Config& config) {
  std::vector<const config::Instance*> out;
  for (const config::Instance& each : config.transports)
    if (std::filesystem::path(each.ref.path).filename() == "transport-http.so")
      out.push_back(&each);
  return out;
}

std::vector<const config::Instance*> open_transports(const config::Config& config) {
  std::vector<const config::Instance*> out;
  for (const config::Instance* each : http_transports(config))
    if (!is_loopback(text_at(options_of(*each), "listen", "127.0.0.1:8080"))) out.push_back(each);
  return out;
}

std::vector<std::string> secret_references(const config::Config& config) {
  std::vector<std::string> stores, out = config.host.keys;
  for (const config::Instance& each : config.secrets) stores.push_back(each.name);
  for (const std::string* each :
       {&config.ops.metrics_token, &config.content.signing_key, &config.audit.signing_key})
    if (!each->empty()) out.push_back(*each);
  for (const config::AuditSink& sink : config.audit.sinks)
    if (!sink.token.empty()) out.push_back(sink.token);
  const auto take = [&](const auto& instances) {
    for (const auto& each : instances) collect(options_of(each), stores, out);
  };
  take(config.transports);
  take(config.sources);
  take(config.auth);
  take(config.secrets);
  if (config.search) collect(options_of(*config.search), stores, out);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::optional<std::chrono::system_clock::time_point> certificate_end(const std::string& file) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_file(file.c_str(), "r"), &BIO_free);
  if (!bio) return std::nullopt;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  std::tm time{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1)
    return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&time));
}

const nlohmann::json& tls_of(const config::Instance& transport) {
  static const nlohmann::json kNone = nlohmann::json::object();
  const auto found = options_of(transport).find("tls");
  return found != options_of(transport).end() && found->is_object() ? *found : kNone;
}

std::vector<CertificateInUse> certificates_in_use(const config::Config& config) {
  std::vector<CertificateInUse> out;
  for (const config::Instance* each : http_transports(config)) {
    const std::string file = text_at(tls_of(*each), "cert");
    if (file.empty()) continue;
    out.push_back({text_at(options_of(*each), "listen", "127.0.0.1:8080"), file,
                   certificate_end(file.front() == '/' ? file : config.directory + "/" + file)});
  }
  return out;
}

std::string listed(const std::vector<std::string>& all) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 5); ++i)
    out += (i == 0 ? "" : ", ") + all[i];
  return all.size() > 5 ? out + " and " + std::to_string(all.size() - 5) + " more" : out;
}

Outcome none_of(const std::vector<std::string>& wrong, const std::string& good, Status otherwise) {
  return wrong.empty() ? Outcome{Status::kPass, good} : Outcome{otherwise, listed(wrong)};
}

}  // namespace govhost::checks
