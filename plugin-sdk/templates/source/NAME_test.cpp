// Loads the built plugin as the host does and asks it as the host would.
#include <gov/testing.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

namespace {

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "FAILED: %s\n", what);
  std::exit(1);
}
#define CHECK(condition) check(condition, #condition)

void write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

void test(const fs::path& base) {
  const fs::path root = base / "policies";
  write(root / "policy.md", "# Policy\n");
  write(root / "sub" / "other.md", std::string(100'000, 'x'));
  write(root / "ignored.txt", "not served");
  write(base / "secret.md", "outside");
  fs::create_symlink(base / "secret.md", root / "link.md");

  gov::testing::Host host;
  gov::testing::Config config;
  config.set("path", std::string_view(root.native()));
  auto plugin = gov::testing::Loaded::open(PLUGIN_FILE, "@name@", host, config);
  gov::testing::Call call;
  CHECK(plugin.start(call) == GOV_OK);

  const auto fetch = [&](std::string_view key, gov::testing::Documents& out,
                         std::string_view if_version = "") {
    return plugin.source().fetch(plugin.instance(), call.raw(), gov::to_c(key),
                                 gov::to_c(if_version), out.sink(), plugin.error());
  };

  gov::testing::Documents all;
  CHECK(plugin.source().list(plugin.instance(), call.raw(), all.sink(), plugin.error()) == GOV_OK);
  CHECK(all.all.size() == 2);
  for (const auto& document : all.all) {
    gov::testing::Documents got;
    CHECK(fetch(document.key, got) == GOV_OK);
    CHECK(got.all.size() == 1 && got.all[0].version == document.version);
    CHECK(got.all[0].body.size() == fs::file_size(root / document.key));
    gov::testing::Documents again;
    CHECK(fetch(document.key, again, document.version) == GOV_NOT_MODIFIED);
    CHECK(again.all.empty());
  }

  for (const std::string& key :
       {std::string("unknown.md"), std::string("../secret.md"), std::string("sub/../policy.md"),
        (base / "secret.md").string(), std::string("link.md"), std::string("sub"), std::string(),
        std::string("policy.md\0", 10), std::string("sub//other.md"), std::string(65'536, 'a')}) {
    gov::testing::Documents got;
    CHECK(fetch(key, got) == GOV_NOT_FOUND);
    CHECK(got.all.empty());
  }

  gov::testing::Documents refusing;
  refusing.refuse_after = 2;  // the head and one chunk
  refusing.refusal = GOV_RESOURCE_EXHAUSTED;
  CHECK(fetch("sub/other.md", refusing) == GOV_RESOURCE_EXHAUSTED);
  CHECK(refusing.all[0].body.size() == 65'536);

  call.cancel();
  gov::testing::Documents late;
  CHECK(plugin.source().list(plugin.instance(), call.raw(), late.sink(), plugin.error()) ==
        GOV_CANCELLED);
  CHECK(fetch("policy.md", late) == GOV_CANCELLED);

  config.set("path", "/nonexistent/policies");
  std::string refusal;
  try {
    (void)gov::testing::Loaded::open(PLUGIN_FILE, "@name@", host, config);
  } catch (const std::runtime_error& e) {
    refusal = e.what();
  }
  CHECK(refusal.find("/nonexistent/policies is not a directory") != std::string::npos);
}

}  // namespace

int main() {
  std::string base = (fs::temp_directory_path() / "@name@-XXXXXX").string();
  CHECK(mkdtemp(base.data()) != nullptr);
  test(fs::canonical(base));
  fs::remove_all(base);
  std::puts("@file@_test: all good");
}
