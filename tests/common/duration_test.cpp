#include "common/duration.h"

#include <doctest/doctest.h>

using std::chrono::seconds;

TEST_SUITE("common/duration")
{
    TEST_CASE("a length is said in its two largest units, and never below zero")
    {
        const std::pair<int, const char*> rows[] = {
            {-5, "0 s"},   {59, "59 s"},         {60, "1 min"},  {61, "1 min 1 s"},
            {3600, "1 h"}, {5400, "1 h 30 min"}, {86400, "1 d"}, {86400 * 3 + 7200, "3 d 2 h"}};
        for (const auto& row : rows) {
            const auto& length = row.first;
            const auto& words = row.second;
            CAPTURE(length);
            CHECK(mail::duration_words(seconds(length)) == words);
        }
    }
}
