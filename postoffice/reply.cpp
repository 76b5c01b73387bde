#include "postoffice/reply.h"

#include <cerrno>

namespace postoffice
{

void Reply::append_to(std::string& wire) const
{
    std::string_view rest = text;
    for (;;) {
        const auto line_end = rest.find('\n');
        const bool is_last = line_end == std::string_view::npos;
        wire += std::to_string(code);
        wire += is_last ? ' ' : '-';
        if (!enhanced.empty()) wire.append(enhanced).append(" ");
        wire.append(rest.substr(0, line_end)).append("\r\n");
        if (is_last) return;
        rest.remove_prefix(line_end + 1);
    }
}

Reply reply_for(const mail::Error& error)
{
    switch (error.sys_errno) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            return replies::no_room();
        default:
            return replies::try_later();
    }
}

}  // namespace postoffice
