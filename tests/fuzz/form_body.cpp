/// The old client's form: any bytes give a form or an error, never more octets than came, and what
/// was decoded is found again when it is encoded.
#include "postoffice/http/form_body.h"

#include <cstdint>
#include <cstdlib>

using postoffice::http::parse_form;

namespace
{

std::string encoded(const std::string& octets)
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    for (const char c : octets) {
        const auto byte = static_cast<unsigned char>(c);
        text.append("%") += {kHex[byte >> 4], kHex[byte & 15]};
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static_cast<void>(parse_form("msg=a", bytes));
    const auto form = parse_form(bytes, "");
    if (!form) return 0;
    if (form->msg.size() + form->signature.size() + form->fix_sender.size() > size) std::abort();
    const auto again =
        parse_form("fix_sender=" + encoded(form->fix_sender) + "&msg=" + encoded(form->msg) +
                       "&signature=" + encoded(form->signature),
                   "");
    if (!again || again->msg != form->msg || again->signature != form->signature ||
        again->fix_sender != form->fix_sender)
        std::abort();
    return 0;
}
