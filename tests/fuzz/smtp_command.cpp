// Any line is some command; an address that is taken holds nothing that could do harm later, and is
// taken again when it is said again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "postoffice/command.h"
#include "postoffice/path.h"

using namespace postoffice;

namespace
{

void check_address(const std::string& address)
{
    if (address.size() + 2 > kMaxPathBytes) std::abort();
    for (const unsigned char c : address)
        if (c < 0x20 || c == 0x7f) std::abort();
}

void check_reply(const Reply& reply)
{
    if (reply.code < 500 || reply.code > 559 || reply.enhanced.substr(0, 2) != "5.") std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string line(reinterpret_cast<const char*>(data), size);
    const Command command = parse_command(line);

    const auto sender = parse_mail(command.argument);
    if (const auto* reply = std::get_if<Reply>(&sender)) {
        check_reply(*reply);
    } else {
        const auto& argument = std::get<MailArgument>(sender);
        check_address(argument.reverse_path);
        const auto again = parse_mail("FROM:<" + argument.reverse_path + "> SMTPUTF8");
        if (std::get<MailArgument>(again).reverse_path != argument.reverse_path) std::abort();
    }
    for (const bool smtputf8 : {false, true}) {
        const auto recipient = parse_rcpt(command.argument, smtputf8);
        if (const auto* reply = std::get_if<Reply>(&recipient)) {
            check_reply(*reply);
            continue;
        }
        const auto& address = std::get<std::string>(recipient);
        check_address(address);
        if (address.empty() ||
            std::get<std::string>(parse_rcpt("TO:<" + address + ">", true)) != address)
            std::abort();
    }
    return 0;
}
