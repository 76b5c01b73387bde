#include "postoffice/content.h"

#include <doctest/doctest.h>

using postoffice::Content;

TEST_SUITE("postoffice/content")
{
    TEST_CASE("whatever was expected, what came is what comes out")
    {
        std::string piece;
        for (int i = 0; i < 70'000; ++i) piece += static_cast<char>(i * 7 % 251);
        for (const std::size_t expected : {0UL, 1UL, 100'000UL, 300'000UL, ~0UL})
            for (const int pieces : {0, 1, 2, 4, 9}) {
                CAPTURE(expected);
                CAPTURE(pieces);
                Content content;
                content.expect(expected);
                std::string whole;
                for (int i = 0; i < pieces; ++i) {
                    content.append(piece);
                    whole += piece;
                }
                CHECK(content.size() == whole.size());
                CHECK(content.head() == whole.substr(0, Content::kPieceBytes));
                CHECK(std::move(content).join() == whole);
            }
    }
}
