#include "postoffice/content.h"

#include <algorithm>
#include <utility>

namespace postoffice
{
namespace
{

/// From 128 KiB on malloc maps memory for each mail and gives it back: for most mails that costs
/// more than to fill it.
constexpr std::size_t kKeptByMalloc = 120 * 1024;

}  // namespace

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
        if (piece == &first_) make_room_in_first(first_.size() + fits);
        piece->append(octets.substr(0, fits));
        octets.remove_prefix(fits);
    }
}

void Content::expect(std::size_t octets)
{
    make_room_in_first(std::min(octets, kPieceBytes));
}

/// By doubling, but past kKeptByMalloc at once to a whole piece.
void Content::make_room_in_first(std::size_t octets)
{
    if (octets <= first_.capacity()) return;
    if (octets > kKeptByMalloc)
        first_.reserve(kPieceBytes);
    else
        first_.reserve(std::min(std::max(octets, 2 * first_.capacity()), kKeptByMalloc));
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
