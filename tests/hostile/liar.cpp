// An entry that is wrong in one way, chosen by the build.
#include <gov/abi.h>

namespace {

gov_status create(const gov_host*, const gov_config*, gov_error*, gov_instance**) {
  return GOV_INTERNAL;
}

#ifdef BAD_SCHEMA
constexpr const char* kSchema = R"({"type": "object", "properties": {"x": {"type": "nonsense"}}})";
#else
constexpr const char* kSchema = nullptr;
#endif
#ifdef NAMELESS
constexpr const char* kName = nullptr;
#else
constexpr const char* kName = "liar";
#endif

const gov_component kComponent{
    sizeof(gov_component), 0, "gov.source/1", kName, "1.0.0", "Lies.", kSchema, create};
const gov_component* const kComponents[] = {&kComponent};

constexpr uint16_t kMajor =
#if defined NEWER_MAJOR
    GOV_ABI_MAJOR + 1;
#elif defined OLDER_MAJOR
    GOV_ABI_MAJOR - 1;
#else
    GOV_ABI_MAJOR;
#endif
constexpr uint16_t kNeeds =
#ifdef NEEDS_NEWER
    GOV_ABI_MINOR + 7;
#else
    0;
#endif
constexpr uint32_t kSize =
#ifdef SHORT_ENTRY
    4;
#else
    sizeof(gov_plugin_entry);
#endif
constexpr uint32_t kCount =
#ifdef NO_COMPONENTS
    0;
#else
    1;
#endif

}  // namespace

extern "C" __attribute__((visibility("default"))) const gov_plugin_entry gov_plugin_entry_v1 = {
    GOV_ENTRY_MAGIC, kMajor, GOV_ABI_MINOR, kNeeds, 0, kSize, kCount, kComponents};
