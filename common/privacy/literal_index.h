/// Many texts looked for at once. A filter over four characters passes over what can begin none of
/// them, some octets at a step; what it lets through is compared with the texts that begin so.
///
/// Time is linear in the text, whatever the texts: each place costs at most a binary search among
/// those that begin alike, and the length of one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mail::privacy
{

class LiteralIndex
{
public:
    /// How a text is compared.
    enum class Alphabet : std::uint8_t {
        words,   // ASCII without case; a letter or digit at its beginning or end stands at the
                 // border of a word
        base64,  // exactly, but `-_` is `+/`
    };
    struct Entry {
        std::string text;  // words: in lower case. filtered_size() is kShortest or more
        Alphabet alphabet = Alphabet::words;
    };
    struct Match {
        std::uint32_t entry;
        std::size_t begin;
        std::size_t end;
    };

    explicit LiteralIndex(std::vector<Entry> entries);

    static constexpr std::size_t kShortest = 4;
    /// Of the text with the borders it has to have: 4 for `mx`, 3 for `/a`.
    [[nodiscard]] static std::size_t filtered_size(const Entry& entry);

    /// The text as the filter reads it, for find(). Both have the same size; rounded up to
    /// kOctets, both are readable and writable.
    static void fold(const char* text, std::size_t size, char* folded);

    /// Appends every entry that stands in the text; those whose first octet lies in [from, to), up
    /// to kMostSteps before or one behind. Called for one range after another, with `to - from` a
    /// multiple of kStepsUnit in all but the last, each is found once. The borders of words are
    /// left to the caller.
    ///
    /// text    before `from`, kMostSteps octets; after `to`, longest() octets, or the end
    /// folded  after the end, kOctets blanks more
    void find(std::string_view text, const char* folded, std::size_t from, std::size_t to,
              std::vector<Match>& matches) const;

    [[nodiscard]] bool is_empty() const { return entries_.empty(); }
    [[nodiscard]] std::size_t longest() const { return longest_; }

    static constexpr std::size_t kMostSteps = 4;
    static constexpr std::size_t kStepsUnit = 12;  // a multiple of each step there is

private:
    using Gram = std::uint32_t;  // four folded octets
    /// One of the entries that begin alike; they stand together, in order.
    struct Place {
        std::uint32_t entry;
        std::uint32_t prefix;  // the longest of them that this one begins with; kNone
    };
    /// Those with this gram so many octets after their begin (or after the border before it).
    struct Group {
        Gram gram;
        std::uint32_t first;  // of places_
        std::uint32_t count;
        std::int8_t offset;  // of the gram from the text's first octet
        Alphabet alphabet;
    };
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;

    struct Start;
    [[nodiscard]] std::vector<Start> starts() const;
    void make_groups(std::vector<Start> starts);
    void link_prefixes(const Group& group);
    void make_filter();

    template <std::size_t step>
    void scan(std::string_view text, const char* folded, std::size_t from, std::size_t to,
              std::vector<Match>& matches) const;
    void look(std::string_view text, std::size_t at, Gram gram, std::vector<Match>& matches) const;
    void compare(std::string_view text, std::size_t begin, const Group& group,
                 std::vector<Match>& matches) const;
    [[nodiscard]] std::uint32_t slot_of(Gram gram, unsigned shift) const
    {
        return (gram * 0x9E3779B1U) >> shift;
    }

    std::vector<Entry> entries_;
    std::size_t longest_ = 0;
    std::size_t step_ = 1;
    std::vector<Place> places_;
    std::vector<Group> groups_;         // in the order of their slots
    std::vector<std::uint32_t> slots_;  // where in groups_ each slot begins
    unsigned slot_shift_ = 0;
    std::vector<std::uint64_t> filter_;  // a bit for each hash of a gram
    unsigned filter_shift_ = 0;
};

}  // namespace mail::privacy
