#include "manuals/forms.h"

#include <doctest/doctest.h>

using namespace manuals;
using mail::CommandRow;
using mail::OptionRow;

namespace
{

OptionRow option(std::vector<std::string> names, std::string value, std::string meaning)
{
    OptionRow row;
    row.names = std::move(names);
    row.value = std::move(value);
    row.meaning = std::move(meaning);
    row.is_in_file = true;
    return row;
}

/// postbox: --gate, --spool, --quiet, and `queue show ID --json`.
CommandRow postbox()
{
    OptionRow gate = option({"--gate"}, "TEXT", "what the gate does");
    gate.choices = {"enforce", "report"};
    gate.default_value = "enforce";
    OptionRow id = option({"ID"}, "", "of a mail");
    id.is_positional = id.is_required = id.is_repeatable = true;
    const CommandRow show{
        "show", "one mail", "Exit: 0 done", false, {id, option({"-j", "--json"}, "", "as JSON")},
        {}};
    const CommandRow queue{"queue", "the queue", "", true, {}, {show}};
    OptionRow password = option({"--password"}, "TEXT", "the password");
    password.is_secret = true;
    password.is_in_file = false;
    return {"postbox",
            "keeps mail",
            "",
            false,
            {gate, password, option({"--spool"}, "DIR", "it's `here`: [$HOME]"),
             option({"--quiet"}, "", "say less")},
            {queue}};
}

bool holds(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("manuals/forms")
{
    TEST_CASE("what means something to roff is escaped, what is not ASCII has its code")
    {
        CHECK(roff("a-b") == "a\\-b");
        CHECK(roff("a\\b") == "a\\eb");
        CHECK(roff(".TH") == "\\&.TH");
        CHECK(roff("it's") == "it\\(aqs");
        CHECK(roff("\u2026 \u00e4") == "\\[u2026] \\[u00E4]");
        CHECK(ascii_roff(".TH a-b \u2026") == ".TH a-b \\[u2026]");
    }

    TEST_CASE("a page has its marks replaced by the table, commands below commands too")
    {
        const std::string page =
            manual_page(postbox(), ".TH @UPPER_NAME@ 8\n@SYNOPSIS@\n@OPTIONS@\n@COMMANDS@\n");
        CHECK(holds(page, ".TH POSTBOX 8\n"));
        CHECK(holds(page, "\\fB\\-\\-gate\\fR \\fITEXT\\fR\n"));
        CHECK(holds(page, "\nWhat the gate does.\n"));
        CHECK(holds(page, "One of \\fBenforce, report\\fR.\nDefault: \\fBenforce\\fR."));
        CHECK(holds(page, ".SS \"postbox queue show\""));
        CHECK(holds(page, "\\fBpostbox queue show\\fR [\\fIoption\\fR]... \\fIID\\fR..."));
        CHECK(holds(page, "\\fB\\-j\\fR, \\fB\\-\\-json\\fR"));
        CHECK(holds(page, "The password.\nA secret: not taken"));
        CHECK_FALSE(holds(page, "@"));
    }

    TEST_CASE("settings that the written example lacks come at its end, with their defaults")
    {
        const std::string written = "# Where. --spool = no\n#spool = /var\n";
        CHECK(example(postbox(), written) ==
              written + "\n# what the gate does (enforce, report)\n#gate = enforce\n" +
                  "\n# say less\n#quiet = false\n");
        const std::string all = written + "gate = report\nquiet = true\n";
        CHECK(example(postbox(), all) == all);
    }

    TEST_CASE("no shell takes a meaning's marks for its own")
    {
        CHECK(quoted("it's") == "'it'\\''s'");
        CHECK(holds(zsh_completion(postbox()), "[it'\\''s \\`here\\`\\: \\[\\$HOME\\]]"));
        CHECK(holds(fish_completion(postbox()), "-d 'it\\'s `here`: [$HOME]'"));
        CHECK_FALSE(holds(bash_completion(postbox()), "here"));
    }

    TEST_CASE("a command offers its own options and the program's, but not another's")
    {
        const CommandRow program = postbox();
        const auto paths = command_paths(program);
        REQUIRE(paths.size() == 3);
        CHECK(paths[2].words == std::vector<std::string>{"queue", "show"});
        std::vector<std::string> names;
        for (const OptionRow* row : options_at(paths[2], program)) names.push_back(row->stem());
        CHECK(names ==
              std::vector<std::string>{"ID", "json", "gate", "password", "spool", "quiet"});
        CHECK(options_at(paths[0], program).size() == 4);
    }

    TEST_CASE("files, directories and words are told apart by what the table says")
    {
        CHECK(kind_of(option({"--a"}, "FILE", "")) == Kind::file);
        CHECK(kind_of(option({"--a"}, "DIR", "")) == Kind::directory);
        CHECK(kind_of(option({"--a"}, "N", "")) == Kind::text);
        CHECK(kind_of(option({"--a"}, "", "")) == Kind::none);
        OptionRow file = option({"FILE"}, "", "");
        file.is_positional = true;
        CHECK(kind_of(file) == Kind::file);
        CHECK(kind_of(postbox().options.front()) == Kind::words);
    }
}
