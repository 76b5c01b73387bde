/// The signature's field: what is taken has the promised form and means the same when it is written
/// anew. The keys file, too: no key is short, none has a line end in it.
#include <cstdint>
#include <cstdlib>

#include "common/base64.h"
#include "postoffice/http/signature.h"

using namespace postoffice::http;

namespace
{

void look_at_field(std::string_view text)
{
    const auto field = parse_signature_field(text);
    if (!field) return;
    if (field->time < 0 || field->nonce.size() < 22 || field->nonce.size() > 64 ||
        field->mac.size() != 32)
        std::abort();
    const auto again =
        parse_signature_field("hmac-sha256=" + mail::base64_encode(field->mac) +
                              ",nonce=" + field->nonce + ",time=" + std::to_string(field->time));
    if (!again || again->time != field->time || again->nonce != field->nonce ||
        again->mac != field->mac)
        std::abort();
}

void look_at_keys(std::string_view text)
{
    const auto keys = parse_keys(text);
    if (!keys) return;
    if (keys->empty() || keys->size() > kMaxKeys) std::abort();
    for (const std::string& key : *keys)
        if (key.size() < kMinKeyBytes || key.find('\n') != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    look_at_field(text);
    look_at_keys(text);
    return 0;
}
