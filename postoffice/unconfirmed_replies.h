/// Which 250s of one connection the client has not yet shown to have heard. Pure; positions are
/// offsets in the stream of bytes from the client.
///
/// What was sent before a 250 was written was sent without knowing of it. So a command or content
/// confirms it only if it begins at or behind the place where the stream stood when the write
/// began. A close, or a QUIT that was pipelined, confirms nothing (RFC 1047).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "postoffice/resend_guard.h"

namespace postoffice
{

class UnconfirmedReplies
{
public:
    using Ticket = ResendGuard::Ticket;

    /// Its 250 waits to be written.
    void add(Ticket ticket) { unwritten_.push_back(ticket); }
    bool has_unwritten() const { return !unwritten_.empty(); }
    /// All that were added are about to be written.
    ///
    /// stream_end  where the stream stands: bytes read plus bytes that the kernel holds for us.
    /// Look
    ///             before the write and not after it: too early makes a duplicate at worst, too
    ///             late takes an answer to the 250 for something older, and would lose a mail
    void about_to_write(std::uint64_t stream_end);
    /// Those that a command or content beginning at `start` confirms; they are forgotten.
    std::vector<Ticket> confirmed_by(std::uint64_t start);

private:
    std::vector<Ticket> unwritten_;
    std::vector<std::pair<Ticket, std::uint64_t>>
        written_;  // with the place from where on a word confirms it
};

}  // namespace postoffice
