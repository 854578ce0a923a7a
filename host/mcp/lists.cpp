// Lists, resources and completion.
#include <numeric>

#include "mcp/answering.h"
#include "mcp/completion.h"
#include "mcp/page.h"
#include "mcp/resources.h"

namespace govhost::mcp {
namespace {

constexpr const char* kBadCursor =
    "cursor: not a cursor of this list, or the list has changed; start again without one";

}  // namespace

Reply Answering::list(std::string_view key, std::string_view digest,
                      std::span<const std::string> items, std::int64_t ttl_ms) {
  const auto page =
      page_of(params(), {key, digest, items.size(), server_.page_size_}, server_.keys_);
  if (!page) return bad_params(kBadCursor);
  std::string text = "{\"" + std::string(key) + "\":[";
  for (std::size_t i = page->begin; i < page->end; ++i) {
    if (i > page->begin) text += ',';
    text += items[i];
  }
  text += ']';
  if (!page->next.empty()) text += ",\"nextCursor\":\"" + page->next + '"';
  return result(ResultText::built(std::move(text)), {ttl_ms, !work_.wiring->policy.restricts()});
}

// Who may not use something does not hear of it.
template <class Item>
Reply Answering::list_offered(const char* key, access::Policy::Thing thing,
                              const std::vector<Item>& items,
                              const std::vector<std::string>& texts) {
  if (!work_.wiring->policy.restricts()) return list(key, key, texts, kStaticTtlMs);
  std::vector<std::string> own;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (may_use(thing, items[i].name)) own.push_back(texts[i]);
  return list(key, key, own, kStaticTtlMs);
}

template Reply Answering::list_offered(const char*, access::Policy::Thing, const std::vector<Tool>&,
                                       const std::vector<std::string>&);
template Reply Answering::list_offered(const char*, access::Policy::Thing,
                                       const std::vector<Prompt>&, const std::vector<std::string>&);

// The overviews and documents, then what a server has besides.
Reply Answering::list_resources() {
  const ResourceList own(*generation_, visible_);
  const auto& fixed = server_.offer().features().resources;
  std::vector<std::size_t> shown(own.size() + fixed.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  if (work_.wiring->policy.restricts())
    std::erase_if(shown, [&](std::size_t i) {
      const std::string_view uri =
          i < own.size() ? own.uri(i)
                         : std::string_view(*text_member(fixed[i - own.size()].shown, "uri"));
      return !may_use(access::Policy::Thing::kResource, uri);
    });
  const auto page =
      page_of(params(), {"resources", digest(), shown.size(), server_.page_size_}, server_.keys_);
  if (!page) return bad_params(kBadCursor);
  Json out{{"resources", Json::array()}};
  for (std::size_t at = page->begin; at < page->end; ++at) {
    const std::size_t i = shown[at];
    out["resources"].push_back(i < own.size() ? own.describe(i) : fixed[i - own.size()].shown);
  }
  if (!page->next.empty()) out["nextCursor"] = page->next;
  return result(ResultText::of(out), {kContentTtlMs, false});
}

Reply Answering::list_templates() {
  std::vector<std::string> texts;
  const auto add = [&](const Json& shown) {
    if (may_use(access::Policy::Thing::kResource, *text_member(shown, "uriTemplate")))
      texts.push_back(shown.dump());
  };
  for (const Json& each : resource_templates()) add(each);
  for (const FixedTemplate& each : server_.offer().features().templates) add(each.shown);
  return list("resourceTemplates", "templates", texts, kStaticTtlMs);
}

Reply Answering::read_resource() {
  const std::string* const uri = text_member(params(), "uri");
  if (!uri) return bad_params("uri: must be a string");
  for (const FixedResource& fixed : server_.offer().features().resources)
    if (fixed.shown["uri"] == *uri)
      return result(ResultText::of({{"contents", fixed.contents}}), {kContentTtlMs, false});
  for (const FixedTemplate& fixed : server_.offer().features().templates)
    if (const auto contents = fixed.read(*uri))
      return result(ResultText::of({{"contents", *contents}}), {kContentTtlMs, false});
  const ResourceTarget found = resolve_uri(generation_->snapshot(), *uri, visible_);
  if (found)
    return result(ResultText::built(resource_contents(*generation_, found, *uri, visible_)),
                  {kContentTtlMs, false});
  Fault fault{legacy() ? kResourceNotFound : kInvalidParams,
              200,
              found.ambiguous() ? "Resource name is ambiguous" : "Resource not found",
              {{"uri", *uri}}};
  for (const content::Document* d : found.candidates) fault.data["candidates"].push_back(d->uri);
  return error(fault, GOV_NOT_FOUND);
}

Reply Answering::complete_argument() {
  const Json* const ref = member(params(), "ref");
  const Json* const argument = member(params(), "argument");
  const std::string* const type = ref ? text_member(*ref, "type") : nullptr;
  const std::string* const name = argument ? text_member(*argument, "name") : nullptr;
  const std::string* const value = argument ? text_member(*argument, "value") : nullptr;
  if (!type || !name || !value)
    return bad_params("completion needs ref.type, argument.name and argument.value (strings)");
  const Json* const context = member(params(), "context");
  const Json* const variables = context ? member(*context, "arguments") : nullptr;
  Completes by;
  if (*type == "ref/prompt") {
    const std::string* const prompt = text_member(*ref, "name");
    const Prompt* const found = prompt ? server_.offer().prompt(*prompt) : nullptr;
    if (!found) return bad_params("ref.name: there is no such prompt");
    for (const PromptArgument& a : found->arguments)
      if (a.name == *name) by = a.completes;
  } else if (*type == "ref/resource") {
    const std::string* const uri = text_member(*ref, "uri");
    if (!uri) return bad_params("ref.uri: must be a string");
    by = completes_variable(*uri, *name);
  } else {
    return bad_params("ref.type: must be ref/prompt or ref/resource");
  }
  return result(
      ResultText::of({{"completion", complete(generation_->snapshot(), by, *value,
                                              variables ? *variables : Json(), visible_)}}));
}

}  // namespace govhost::mcp
