/// What OriginSearch holds and OriginScan uses: the values' literals and addresses, and the rules
/// by which what was found counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/address_reader.h"
#include "common/privacy/address_set.h"
#include "common/privacy/base64_joints.h"
#include "common/privacy/literal_index.h"
#include "common/privacy/origin_forms.h"
#include "common/privacy/origin_search.h"

namespace mail::privacy
{

struct OriginSearch::Engine {
    Engine(OriginValues given, FormSet wanted);

    /// A piece of the stream with enough of it before and after [from, to).
    struct Window {
        std::string_view text;
        const char* folded;
        std::uint64_t origin;  // where text[0] stands in the stream, modulo 2^64
        Region region;
        bool is_binary;  // perhaps
    };
    /// What a scan keeps between windows, and the room it works in.
    struct Scratch {
        AddressReader reader;
        std::vector<LiteralIndex::Match> matches;
        std::vector<AddressReading> readings;
        Base64Joint joint;
        std::string folded_joint;
    };

    /// Appends each hit of [from, to), in no order.
    void search(const Window& window, std::size_t from, std::size_t to, Scratch& scratch,
                std::vector<OriginHit>& hits) const;
    /// So many octets before and after [from, to) are wanted in a window.
    [[nodiscard]] std::size_t context() const { return context_; }

    OriginValues values;
    FormSet forms;

private:
    void search_joint(const Window& window, Scratch& scratch, std::vector<OriginHit>& hits) const;
    void take_literal(const Window& window, const LiteralIndex::Match& match,
                      std::vector<OriginHit>& hits) const;
    void take_address(const Window& window, const AddressReading& reading,
                      std::vector<OriginHit>& hits) const;
    [[nodiscard]] bool counts(const Window& window, const LiteralIndex::Match& match,
                              const Literal& literal) const;
    [[nodiscard]] bool counts_in_base64(std::string_view text, std::size_t begin,
                                        const Literal& literal) const;

    std::vector<Literal> literals_;  // by entry of the index; their texts are there
    LiteralIndex index_;
    AddressSet addresses_;
    std::size_t context_ = 0;
    std::size_t most_joined_ = 0;  // of a line of base64
    bool has_base64_ = false;
};

}  // namespace mail::privacy
