#include "app/starter.h"

#include "app/build_info.h"
#include "app/embedded.h"

namespace govhost::app {
namespace {

class StarterSource final : public plugin::Source {
 public:
  gov::Status list(plugin::CallContext&, const OnHead& on_head) override {
    for (const EmbeddedFile& file : files_)
      if (gov::Status s = on_head(head_of(file)); !s.ok()) return s;
    return {};
  }

  gov::Status fetch(plugin::CallContext&, std::string_view key, const OnHead& on_head,
                    const OnBody& on_body) override {
    for (const EmbeddedFile& file : files_) {
      if (file.key != key) continue;
      if (gov::Status s = on_head(head_of(file)); !s.ok()) return s;
      return on_body(file.text);
    }
    return gov::not_found(std::string(key));
  }

 private:
  static plugin::SourceHead head_of(const EmbeddedFile& file) {
    const bool yaml = file.key.ends_with(".yml");
    return {file.key, kVersion,        {}, yaml ? "application/yaml" : "text/markdown", {},
            0,        file.text.size()};
  }

  const std::vector<EmbeddedFile> files_ = starter_files();
};

class ImportedSource final : public plugin::Source {
 public:
  gov::Status list(plugin::CallContext&, const OnHead&) override {
    return gov::not_found(
        "nothing was imported for this source yet; run `govhost content import FILE`");
  }
  gov::Status fetch(plugin::CallContext&, std::string_view key, const OnHead&,
                    const OnBody&) override {
    return gov::not_found(std::string(key));
  }
};

}  // namespace

std::unique_ptr<plugin::Source> imported_source() { return std::make_unique<ImportedSource>(); }

std::unique_ptr<plugin::Source> starter_source() { return std::make_unique<StarterSource>(); }

}  // namespace govhost::app
