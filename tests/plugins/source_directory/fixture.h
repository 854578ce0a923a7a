// A directory of documents and the plugin that serves it, opened as the host opens it.
#pragma once

#include <gov/testing.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

namespace fs = std::filesystem;

class DirectoryTest : public ::testing::Test {
 protected:
  using Documents = gov::testing::Documents;

  void SetUp() override {
    std::string name = ::testing::TempDir() + "source-directory-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    base_ = name;
    root_ = base_ / "root";
    fs::create_directory(root_);
    fs::permissions(base_, fs::perms(0755));
    config_.set("path", std::string_view(root_.native()));
  }
  void TearDown() override { fs::remove_all(base_); }

  void write(const fs::path& file, std::string_view text) const {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  void put(const std::string& key, std::string_view text) const { write(root_ / key, text); }

  // The instance, made on first use with the options set so far.
  gov::testing::Loaded& plugin() {
    if (!plugin_)
      plugin_ = std::make_unique<gov::testing::Loaded>(
          gov::testing::Loaded::open(SOURCE_DIRECTORY_SO, "directory", host_, config_));
    return *plugin_;
  }
  // What create() says about the options set so far.
  std::string refusal() {
    try {
      (void)gov::testing::Loaded::open(SOURCE_DIRECTORY_SO, "directory", host_, config_);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "accepted";
  }

  gov_status list(Documents& out) {
    const gov::testing::Call call;
    return plugin().source().list(plugin().instance(), call.raw(), out.sink(), plugin().error());
  }
  gov_status fetch(std::string_view key, Documents& out, std::string_view if_version = "") {
    const gov::testing::Call call;
    return plugin().source().fetch(plugin().instance(), call.raw(), gov::to_c(key),
                                   gov::to_c(if_version), out.sink(), plugin().error());
  }
  std::string keys() {
    Documents out;
    if (const gov_status status = list(out); status != GOV_OK)
      return std::string(gov::name_of(status));
    std::string all;
    for (const auto& d : out.all) all += (all.empty() ? "" : " ") + d.key;
    return all;
  }
  std::string message() { return plugin().error()->message; }

  // Log records about this path.
  std::size_t warnings_about(const std::string& path) const {
    std::size_t n = 0;
    for (const auto& record : host_.records())
      if (record.level == GOV_LOG_WARN && record.fields.count("path") != 0 &&
          record.fields.at("path") == "\"" + path + "\"")
        ++n;
    return n;
  }

  fs::path base_, root_;
  gov::testing::Host host_;
  gov::testing::Config config_;

 private:
  std::unique_ptr<gov::testing::Loaded> plugin_;
};

// The superuser may read everything; permissions are tested as somebody who may not.
class AsNobody {
 public:
  AsNobody() : was_(geteuid()) {
    if (was_ == 0 && seteuid(65534) != 0) throw std::runtime_error("seteuid");
  }
  ~AsNobody() {
    if (was_ == 0 && seteuid(0) != 0) abort();
  }

 private:
  uid_t was_;
};
