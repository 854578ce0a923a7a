// One file for each secret, all in one directory.
#include <gov/secrets.hpp>

#include <filesystem>
#include <fstream>

namespace {

constexpr std::size_t kLongest = 64 << 10;

class @Class@ final : public gov::Secrets {
 public:
  static gov::Result<std::unique_ptr<@Class@>> create(gov::Host, const gov::Config& config) {
    return std::make_unique<@Class@>(config.text_or("path", ""));
  }
  explicit @Class@(std::filesystem::path folder) : folder_(std::move(folder)) {}

  gov::Status resolve(const gov::Call&, std::string_view name, const Use& use) override {
    if (name.empty() || name.front() == '.' || name.find('/') != name.npos)
      return gov::invalid("a secret is named by its file, without a directory");
    std::error_code fault;
    const std::filesystem::path file = folder_ / name;
    if (!std::filesystem::is_regular_file(file, fault))
      return gov::not_found("there is no file of that name");
    std::ifstream in(file, std::ios::binary);
    std::string value(kLongest + 1, '\0');
    in.read(value.data(), static_cast<std::streamsize>(value.size()));
    value.resize(static_cast<std::size_t>(in.gcount()));
    if (!in.eof()) return gov::invalid("the file cannot be read or exceeds 64 KiB");
    use(value);
    value.assign(value.size(), '\0');
    return {};
  }

 private:
  const std::filesystem::path folder_;
};

}  // namespace

GOV_PLUGIN(gov::component<@Class@>(
    {.name = "@name@",
     .version = "1.0.0",
     .summary = "Secrets from the files of one directory.",
     .config_schema = R"({"required": ["path"], "additionalProperties": false,
       "properties": {"path": {"type": "string", "x-gov-path": true}}})"}));
