// Any bytes as a server's replies: the parser gives sound replies or a fault, in bounded memory,
// and the same ones however the bytes are cut.
#include <cstdlib>

#include "postman/smtp/capabilities.h"
#include "postman/smtp/reply.h"

using postman::smtp::Reply;
using postman::smtp::ReplyParser;

namespace
{

void demand(bool is_so)
{
    if (!is_so) std::abort();
}

std::string take_all(ReplyParser& parser)
{
    std::string seen;
    while (const auto reply = parser.next()) {
        demand(reply->code >= 200 && reply->code < 560);
        demand(!reply->lines.empty() && reply->lines.size() <= ReplyParser::kMaxLines);
        const std::string text = reply->text();
        demand(text.size() <= ReplyParser::kMaxReplyBytes + ReplyParser::kMaxLines + 4);
        demand(text.find('\n') == std::string::npos && text.find('\r') == std::string::npos);
        demand(reply->enhanced().size() <= 9);
        (void)postman::smtp::parse_capabilities(*reply);
        seen += text + "\n";
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ReplyParser whole;
    whole.feed(bytes);
    const std::string at_once = take_all(whole);

    ReplyParser pieces;
    std::string in_pieces;
    const std::size_t step = size == 0 ? 1 : data[0] % 7 + 1;
    for (std::size_t at = 0; at < size; at += step) {
        pieces.feed(bytes.substr(at, step));
        in_pieces += take_all(pieces);
    }
    demand(at_once == in_pieces);
    demand(whole.fault() == pieces.fault());
    return 0;
}
