#include "postoffice/content.h"

#include <algorithm>

namespace postoffice
{

void Content::append(std::string_view octets)
{
    size_ += octets.size();
    while (!octets.empty()) {
        std::string* piece = more_.empty() ? &first_ : &more_.back();
        if (piece->size() == kPieceBytes) {
            piece = &more_.emplace_back();
            piece->reserve(kPieceBytes);
        }
        const std::size_t fits = std::min(octets.size(), kPieceBytes - piece->size());
        piece->append(octets.substr(0, fits));
        octets.remove_prefix(fits);
    }
}

void Content::clear()
{
    *this = Content();
}

std::string Content::join() &&
{
    std::string whole = std::move(first_);
    if (!more_.empty()) whole.reserve(size_);
    for (std::string& piece : more_) {
        whole += piece;
        piece = std::string();
    }
    *this = Content();
    return whole;
}

}  // namespace postoffice
