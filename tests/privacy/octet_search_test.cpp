#include "common/privacy/octet_search.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "common/privacy/text_traits.h"

using mail::privacy::find_octets;
using namespace std::string_view_literals;

TEST_SUITE("privacy/octet search")
{
    TEST_CASE("What is looked for is found at every place, and half of it is not")
    {
        for (std::size_t before = 0; before < 70; ++before) {
            for (std::size_t behind = 0; behind < 20; ++behind) {
                CAPTURE(before);
                CAPTURE(behind);
                const std::string front(before, '8');
                const std::string back(behind, '2');
                CHECK(find_octets(front + "x822" + back, "822") == before + 1);
                CHECK(find_octets(front + "x82", "822") == std::string::npos);
                CHECK(find_octets(front + "x822822", "822", before + 2) == before + 4);
            }
        }
    }

    TEST_CASE("What occurs in a text is told wherever it stands, and however it is cut")
    {
        struct Row {
            std::string_view text;
            bool mail::privacy::TextTraits::*trait;
        };
        using mail::privacy::TextTraits;
        const Row rows[] = {
            {"begin", &TextTraits::has_begin},          {"ustar\0"sv, &TextTraits::has_archive},
            {"PK\3\4", &TextTraits::has_archive},       {"ustar  \0"sv, &TextTraits::has_archive},
            {"\x1F\x8B\x08", &TextTraits::has_archive}, {"%", &TextTraits::has_percent},
            {"&", &TextTraits::has_ampersand},          {"<", &TextTraits::has_less_than},
            {"\x0E", &TextTraits::has_shift},           {"\x1B", &TextTraits::has_shift},
            {"\x80", &TextTraits::has_non_ascii},       {"\xFF", &TextTraits::has_non_ascii}};
        for (const auto& row : rows) {
            CAPTURE(row.text);
            for (std::size_t before = 0; before < 50; ++before) {
                const auto text = std::string(before, 'b') + std::string(row.text) + "PKbi";
                for (std::size_t cut = 0; cut <= text.size(); ++cut) {
                    mail::privacy::TraitsReader reader;
                    reader.feed(std::string_view(text).substr(0, cut));
                    reader.feed(std::string_view(text).substr(cut));
                    CHECK(reader.traits().*row.trait);
                }
            }
            mail::privacy::TraitsReader none;
            none.feed("b.gin PK\3 \x1F-begi plain text with nothing in it, of more than 32 octets");
            CHECK_FALSE(none.traits().*row.trait);
        }
    }
}
