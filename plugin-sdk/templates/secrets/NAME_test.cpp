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

using gov::testing::Loaded;

gov_status resolve(Loaded& plugin, std::string_view name, std::string& value) {
  value.clear();
  const gov::testing::Call call;
  return plugin.secrets().resolve(
      plugin.instance(), call.raw(), gov::to_c(name), &value,
      [](void* ctx, gov_bytes bytes, std::int64_t) {
        static_cast<std::string*>(ctx)->append(gov::to_cpp(bytes));
      },
      plugin.error());
}

void test(const fs::path& base) {
  const fs::path folder = base / "secrets";
  fs::create_directories(folder / "sub");
  std::ofstream(folder / "github") << "canary";
  std::ofstream(folder / "large") << std::string(65'537, 'x');
  std::ofstream(base / "outside") << "canary";

  const gov::testing::Host host;
  gov::testing::Config config;
  config.set("path", std::string_view(folder.native()));
  auto plugin = Loaded::open(PLUGIN_FILE, "@name@", host, config);
  std::string value;
  CHECK(resolve(plugin, "github", value) == GOV_OK);
  CHECK(value == "canary");
  std::ofstream(folder / "github") << "rotated";
  CHECK(resolve(plugin, "github", value) == GOV_OK);
  CHECK(value == "rotated");

  CHECK(resolve(plugin, "missing", value) == GOV_NOT_FOUND);
  CHECK(resolve(plugin, "sub", value) == GOV_NOT_FOUND);
  for (const std::string_view name : {"", ".", "..", "../outside", "sub/x", "large"}) {
    CHECK(resolve(plugin, name, value) == GOV_INVALID_ARGUMENT);
    CHECK(value.empty());
  }
  CHECK(!host.logged("canary"));
}

}  // namespace

int main() {
  std::string base = (fs::temp_directory_path() / "@name@-XXXXXX").string();
  CHECK(mkdtemp(base.data()) != nullptr);
  test(base);
  fs::remove_all(base);
  std::puts("@file@_test: all good");
}
