#include "postmaster/gate_report.h"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.h"

using namespace postmaster;
using mail::SpoolId;

TEST_SUITE("postmaster/gate_report")
{
    TEST_CASE("an entry reads back as it was written; other lines are none")
    {
        GateReportEntry entry;
        entry.id = *SpoolId::parse(std::string(32, '7'));
        entry.time = "2026-11-20T08:00:00Z";
        entry.is_held = true;
        entry.reason = "web1.internal in \"Subject\"\n";
        entry.addresses = {{"www-data@web1.internal", true}, {"root", false}};
        entry.values = {{"user:www-data", "Subject", false}, {"203.0.113.7", "text", true}};
        const std::string line = encode_entry(entry);
        CHECK(line.find('\n') == line.npos);
        CHECK(decode_entry(line) == entry);
        for (std::size_t i = 0; i < line.size(); ++i) {
            CAPTURE(i);
            CHECK_FALSE(decode_entry(line.substr(0, i)));
        }
        for (const char* bad : {"", "[]", "{}", "null", "{\"id\":1}", "[[[[[["})
            CHECK_FALSE(decode_entry(bad));
    }

    TEST_CASE("bytes that are no UTF-8 do not keep an entry from being written")
    {
        GateReportEntry entry;
        entry.reason = "\xff\xfe";
        CHECK(decode_entry(encode_entry(entry)));
    }

    TEST_CASE("unsound lines are passed over, a missing file has no entry")
    {
        const mail::test::TemporaryDirectory directory;
        const mail::SpoolLayout layout(directory.path());
        REQUIRE(mail::system_files().make_dir(layout.state_dir()));
        CHECK(read_gate_report(layout).value().empty());
        GateReportEntry entry;
        entry.reason = "x";
        REQUIRE((*mail::system_files().create_exclusive(layout.gate_report()))
                    ->write_all("junk\n" + encode_entry(entry) + "\n{\"id\":\"torn"));
        CHECK(read_gate_report(layout).value() == std::vector<GateReportEntry>{entry});
    }
}
