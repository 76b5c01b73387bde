#include "postoffice/unconfirmed_replies.h"

namespace postoffice
{

void UnconfirmedReplies::about_to_write(std::uint64_t stream_end)
{
    for (const Ticket ticket : unwritten_) written_.emplace_back(ticket, stream_end);
    unwritten_.clear();
}

std::vector<UnconfirmedReplies::Ticket> UnconfirmedReplies::confirmed_by(std::uint64_t start)
{
    std::vector<Ticket> confirmed;
    std::erase_if(written_, [&](const auto& written) {
        const bool is_heard = start >= written.second;
        if (is_heard) confirmed.push_back(written.first);
        return is_heard;
    });
    return confirmed;
}

}  // namespace postoffice
