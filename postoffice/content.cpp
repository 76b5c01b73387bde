#include "postoffice/content.h"

#include <algorithm>
#include <utility>

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

// Swapped, not assigned: a string that is assigned an empty one keeps its memory.
void Content::clear()
{
    Content nothing;
    std::swap(*this, nothing);
}

std::string Content::join() &&
{
    std::string whole = std::move(first_);
    if (!more_.empty()) whole.reserve(size_);
    for (std::string& piece : more_) {
        whole += piece;
        std::string().swap(piece);
    }
    clear();
    return whole;
}

}  // namespace postoffice
