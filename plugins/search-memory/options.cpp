#include "options.h"

#include <charconv>
#include <string>
#include <string_view>

namespace memory_search {
namespace {

struct Bounds {
  const char* name;
  float Options::*member;
  float least, most;
};

// The same numbers as in the schema: a plugin does not rely on its host for them.
constexpr Bounds kBounds[] = {
    {"k1", &Options::k1, 0.1f, 10.0f},
    {"b", &Options::b, 0.0f, 1.0f},
    {"title_weight", &Options::title_weight, 0.1f, 100.0f},
    {"heading_weight", &Options::heading_weight, 0.1f, 100.0f},
    {"attributes_weight", &Options::attributes_weight, 0.05f, 100.0f},
    {"text_weight", &Options::text_weight, 0.1f, 100.0f},
    {"phrase_bonus", &Options::phrase_bonus, 0.0f, 10.0f},
    {"coordination", &Options::coordination, 0.0f, 4.0f},
    {"spread", &Options::spread, 0.0f, 1.0f},
    {"document_weight", &Options::document_weight, 0.0f, 10.0f},
};

std::string shown(float number) {
  char text[32];
  const auto [end, fault] = std::to_chars(text, text + sizeof text, number);
  return fault == std::errc{} ? std::string(text, end) : "?";
}

}  // namespace

gov::Result<Options> read_options(const gov::Config& config) {
  Options options;
  for (const auto& [name, member, least, most] : kBounds) {
    const auto text = config.text(name);
    if (!text) continue;
    float number = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, fault] = std::from_chars(text->data(), end, number);
    // Written so that NaN fails too.
    if (fault != std::errc{} || stop != end || !(number >= least && number <= most))
      return gov::invalid("option \"" + std::string(name) + "\" is \"" +
                          std::string(text->substr(0, 40)) + "\": give a number from " +
                          shown(least) + " to " + shown(most));
    options.*member = number;
  }
  return options;
}

}  // namespace memory_search
