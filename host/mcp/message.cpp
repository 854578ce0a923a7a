#include "mcp/message.h"

#include <utility>

namespace govhost::mcp {
namespace {

bool usable_id(const Json& id) { return id.is_string() || id.is_number_integer(); }

MessageKind classify(const Message& m, const char*& fault) {
  const Json& v = m.value;
  const auto invalid = [&](const char* why) {
    fault = why;
    return MessageKind::kInvalid;
  };
  if (!v.is_object()) return invalid("a message must be a JSON object");
  const std::string* const version = text_member(v, "jsonrpc");
  if (!version || *version != "2.0") return invalid("jsonrpc must be \"2.0\"");
  const Json* const id = member(v, "id");
  if (id && !usable_id(*id)) return invalid("id must be a string or an integer");
  const Json* const method = member(v, "method");
  if (!method && (member(v, "result") || member(v, "error"))) return MessageKind::kResponse;
  if (!method || !method->is_string()) return invalid("method must be a string");
  const Json* const params = member(v, "params");
  if (params && !params->is_object()) return invalid("params must be an object");
  return id ? MessageKind::kRequest : MessageKind::kNotification;
}

}  // namespace

const Json Message::kEmpty = Json::object();

Message read_message(Json value) {
  Message m;
  m.value = std::move(value);
  m.kind = classify(m, m.fault);
  const Json* const id = member(m.value, "id");
  // The general dump() costs more than parsing the message for the usual small number.
  if (id && id->is_number_unsigned())
    m.id = std::to_string(id->get<std::uint64_t>());
  else if (id && usable_id(*id))
    m.id = id->dump();
  if (const std::string* const method = text_member(m.value, "method")) m.method = *method;
  const Json* const params = member(m.value, "params");
  if (params && params->is_object()) m.params_ = params;
  const Json* const meta = member(*m.params_, "_meta");
  if (meta && meta->is_object()) m.meta_ = meta;
  return m;
}

}  // namespace govhost::mcp
