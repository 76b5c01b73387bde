/// Base64 that the end of a line cuts: what stands before and after, on one line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail::privacy
{

struct Base64Joint {
    std::string text;        // of either line
    std::size_t at = 0;      // where the second line begins in it
    std::size_t first = 0;   // where its first octet stands in what was given
    std::size_t second = 0;  // where the second line's does
};

/// Makes the joint at a line feed, of at most `most` octets before and after. false, quickly, where
/// no base64 ends before it and goes on after it. White space and `>` at the front of the second
/// line are passed over.
bool join_base64(std::string_view text, std::size_t line_feed, std::size_t most,
                 Base64Joint& joint);

}  // namespace mail::privacy
