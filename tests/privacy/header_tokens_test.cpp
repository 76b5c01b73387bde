#include "common/privacy/header_tokens.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mail::privacy;

TEST_SUITE("privacy/header_tokens")
{
    TEST_CASE("Tokens of sixteen characters are decoded, base64 and hexadecimal (RFC 4648)")
    {
        struct Row {
            std::string line;
            std::string shown;
            bool is_there;
        };
        const std::vector<Row> rows = {
            {"dXNlcjt1c2VyO3dlYjEuaW50ZXJuYWw=", "user;user;web1.internal", true},
            {"a=\"d2ViMS5pbnRlcm5hbA==\"", "web1.internal", true},
            {"d2ViMS5pbnRlcm5h", "web1.interna", true},  // sixteen
            {"d2ViMS5pbnRlcm5", "web1.intern", false},   // fifteen
            {"id-d2ViMS5pbnRlcm5hbA", "web1.internal", true},
            {"x/y_z+d2ViMS5pbnRlcm5hbA", "web1.internal", true},
            {"Pz8_d2ViMS5pbnRlcm5hbD8_", "web1.internal", true},
            {"776562312E696e7465726e616c", "web1.internal", true},
            {"f776562312E696e7465726e616c", "web1.internal", true},
            {"id_776562312e696e7465726e616c_x", "web1.internal", true},
            {"776562312e696e7", "web1.in", false},
        };
        for (const auto& row : rows) {
            for (const std::size_t before : {0U, 1U, 15U, 16U, 17U}) {
                CAPTURE(row.line);
                CAPTURE(before);
                std::size_t left = 100;
                const auto line = std::string(before, '.') + row.line + " ;";
                const auto found = decoded_tokens(line, left).find(row.shown) != std::string::npos;
                CHECK(found == row.is_there);
            }
        }
    }

    TEST_CASE("No more tokens than allowed")
    {
        std::size_t left = 2;
        std::string line;
        for (int i = 0; i < 5; ++i) line += "d2ViMS5pbnRlcm5hbA ";
        const auto octets = decoded_tokens(line, left);
        CHECK(left == 0);
        CHECK(octets == "web1.internal\nweb1.internal\n");
    }
}
