#include "postmaster/original_form.h"

#include "common/base64.h"
#include "common/http/message.h"
#include "common/privacy/message_view.h"

namespace postmaster
{

void append_original_form(std::string& json, const mail::Record& record)
{
    using mail::http::append_json_string;
    json += "{\"mail_from\":";
    append_json_string(json, record.envelope.reverse_path);
    json += ",\"rcpt_tos\":[";
    for (std::size_t i = 0; i < record.envelope.recipients.size(); ++i) {
        if (i != 0) json += ',';
        append_json_string(json, record.envelope.recipients[i]);
    }
    json += "],\"subject\":";
    append_json_string(json, record.subject);
    json += ",\"body\":";
    append_json_string(json, mail::privacy::joined_text_parts(record.content));
    json += ",\"data\":";
    const bool as_text = mail::is_utf8(record.content);
    append_json_string(json, as_text ? record.content : mail::base64_encode(record.content));
    if (!as_text) json += R"(,"data_encoding":"base64")";
    json += ",\"timestamp\":";
    append_json_string(json, record.timestamp);
    json += '}';
}

}  // namespace postmaster
