/// The content of one mail while it comes in. Grows in pieces, so that a mail of any size is in
/// memory once: no doubling, no copy while it grows.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postoffice
{

class Content
{
public:
    static constexpr std::size_t kPieceBytes = 256 * 1024;

    Content() = default;
    /// All of it, in one piece: nothing can be appended to it.
    explicit Content(std::string whole) : first_(std::move(whole)), size_(first_.size()) {}

    void append(std::string_view octets);
    /// So many are to come, or so the client says. Takes room for up to one piece.
    void expect(std::size_t octets);
    std::size_t size() const { return size_; }
    void clear();
    /// The first piece: the header is in it, unless somebody wrote one of over 256 KiB.
    std::string_view head() const { return first_; }
    /// All of it in one string, the pieces given back on the way. Copies what is over one piece, so
    /// call it off the network thread.
    std::string join() &&;

private:
    void make_room_in_first(std::size_t octets);

    std::string first_;
    std::vector<std::string> more_;
    std::size_t size_ = 0;
};

}  // namespace postoffice
