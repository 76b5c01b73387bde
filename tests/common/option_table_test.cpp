#include "common/option_table.h"

#include <doctest/doctest.h>

#include <CLI/CLI.hpp>

#include "common/config.h"

using namespace mail;

namespace
{

struct Declared {
    std::string gate = "enforce", spool = "/spool", secret, hidden, mode;
    std::vector<std::string> origin, files;
    int batch = 50;
    bool json = false;
    Options options{"prog", "does something", "PROG"};
    CommandRow table;

    Declared()
    {
        CLI::App& app = options.app();
        app.add_option("--gate", gate, "what the gate does")
            ->check(CLI::IsMember({"enforce", "report"}))
            ->capture_default_str();
        app.add_option("--spool", spool, "where")->type_name("DIR")->capture_default_str();
        app.add_option("--origin", origin, "what");
        app.add_option("--batch", batch, "how many")
            ->check(CLI::Range(1, 100))
            ->capture_default_str();
        app.add_option("--hidden", hidden, "not told")->group("");
        options.mark_secret(app.add_option("--password", secret, "the secret"));
        CLI::App* queue = app.add_subcommand("queue", "the queue");
        queue->require_subcommand(1)->footer("Exit: 0 done");
        CLI::App* show = queue->add_subcommand("show", "one of it");
        show->add_option("FILE", files, "which")->required();
        show->add_flag("-j,--json", json, "as JSON");
        table = options.table();
    }

    const OptionRow& row(const CommandRow& command, const std::string& stem) const
    {
        for (const OptionRow& option : command.options)
            if (option.stem() == stem) return option;
        FAIL("no such option: " << stem);
        return command.options.front();
    }
};

}  // namespace

TEST_SUITE("common/option_table")
{
    TEST_CASE("an option's row has its names, its value, its choices and its default")
    {
        const Declared declared;
        const OptionRow& gate = declared.row(declared.table, "gate");
        CHECK(gate.names == std::vector<std::string>{"--gate"});
        CHECK(gate.choices == std::vector<std::string>{"enforce", "report"});
        CHECK(gate.default_value == "enforce");
        CHECK(gate.meaning == "what the gate does");
        CHECK(gate.environment == "PROG_GATE");
        CHECK(gate.is_in_file);
        CHECK_FALSE(gate.is_repeatable);
        CHECK(declared.row(declared.table, "spool").value == "DIR");
        CHECK(declared.row(declared.table, "origin").is_repeatable);
        const OptionRow& batch = declared.row(declared.table, "batch");
        CHECK(batch.value == "N");
        CHECK(batch.choices.empty());
    }

    TEST_CASE("a secret is one, and comes from no environment; what no file takes is said")
    {
        const Declared declared;
        const OptionRow& password = declared.row(declared.table, "password");
        CHECK(password.is_secret);
        CHECK(password.environment.empty());
        for (const char* name : {"help", "version", "config", "check-config", "print-config"})
            CHECK_FALSE(declared.row(declared.table, name).is_in_file);
        CHECK(declared.row(declared.table, "log-level").is_in_file);
    }

    TEST_CASE("hidden options are not told")
    {
        const Declared declared;
        for (const OptionRow& option : declared.table.options) CHECK(option.stem() != "hidden");
    }

    TEST_CASE("commands stand below their program, with their own options")
    {
        const Declared declared;
        REQUIRE(declared.table.commands.size() == 1);
        const CommandRow& queue = declared.table.commands.front();
        CHECK(queue.needs_command);
        CHECK(queue.footer == "Exit: 0 done");
        REQUIRE(queue.commands.size() == 1);
        const CommandRow& show = queue.commands.front();
        CHECK(show.name == "show");
        const OptionRow& file = declared.row(show, "FILE");
        CHECK(file.is_positional);
        CHECK(file.is_required);
        CHECK(file.is_repeatable);
        const OptionRow& json = declared.row(show, "json");
        CHECK(json.names == std::vector<std::string>{"-j", "--json"});
        CHECK(json.value.empty());
        CHECK_FALSE(json.is_in_file);
    }
}
