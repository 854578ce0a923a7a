// Signatures with Ed25519 (RFC 8032) through OpenSSL.
#pragma once

#include <gov/status.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace govhost {

// Checks signatures. Copies share the key; thread-safe.
class VerifyKey {
 public:
  // A PEM public key as `openssl pkey -pubout` writes it. The message does not name the file.
  static gov::Result<VerifyKey> from_pem(std::string_view pem);

  // As from_pem() reads it.
  std::string to_pem() const;

  bool verify(std::string_view message, std::string_view signature) const;
  // Tells keys apart in logs and files: the first 16 hexadecimal digits of the SHA-256 of the 32
  // bytes of the key.
  const std::string& id() const { return id_; }

 private:
  friend class SigningKey;
  explicit VerifyKey(std::shared_ptr<void> key);

  std::shared_ptr<void> key_;  // EVP_PKEY
  std::string id_;
};

// Makes signatures of 64 bytes. Thread-safe.
class SigningKey {
 public:
  // A PEM private key as `openssl genpkey -algorithm ed25519` writes it, without a passphrase.
  static gov::Result<SigningKey> from_pem(std::string_view pem);

  std::string sign(std::string_view message) const;
  VerifyKey verify_key() const { return VerifyKey(key_); }

 private:
  explicit SigningKey(std::shared_ptr<void> key) : key_(std::move(key)) {}

  std::shared_ptr<void> key_;  // EVP_PKEY
};

}  // namespace govhost
