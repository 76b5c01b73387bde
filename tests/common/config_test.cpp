#include "common/config.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_directory.h"

using namespace mail;

namespace
{

/// Runs a small program's options over arguments, and keeps what it wrote.
struct Run {
    std::string listen = "127.0.0.1:1";
    int number = 7;
    std::vector<std::string> allow;
    std::string password;
    std::optional<int> code;
    std::string out, err;

    explicit Run(std::vector<std::string> arguments)
    {
        Options options("prog", "a program", "PROG");
        options.app().add_option("--listen", listen)->capture_default_str();
        options.app().add_option("--number", number)->capture_default_str();
        options.app().add_option("--allow", allow);
        options.mark_secret(options.app().add_option("--password", password));
        CLI::App* queue = options.app().add_subcommand("queue", "a command");
        queue->add_flag("--as-is");
        queue->add_subcommand("held", "a command below");
        options.app()
            .add_subcommand("box", "with commands only")
            ->require_subcommand(1)
            ->add_subcommand("open", "one of them");
        options.add_check([this] {
            return number == 13 ? std::optional<std::string>("--number: 13 is not for us")
                                : std::nullopt;
        });
        arguments.insert(arguments.begin(), "prog");
        std::vector<char*> argv;
        for (auto& argument : arguments) argv.push_back(argument.data());
        std::ostringstream cout, cerr;
        auto* old_out = std::cout.rdbuf(cout.rdbuf());
        auto* old_err = std::cerr.rdbuf(cerr.rdbuf());
        code = options.parse(static_cast<int>(argv.size()), argv.data());
        std::cout.rdbuf(old_out);
        std::cerr.rdbuf(old_err);
        out = cout.str();
        err = cerr.str();
    }
};

struct Environment {
    Environment(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~Environment() { ::unsetenv(name_); }
    const char* name_;
};

}  // namespace

TEST_SUITE("common/config")
{
    TEST_CASE("command line goes before environment, environment before file, file before default")
    {
        const test::TemporaryDirectory directory;
        const std::string file = directory.path() + "/prog.conf";
        std::ofstream(file) << "# ours\nlisten = file:1   # why\nnumber = 1\nallow = "
                               "10.0.0.0/8\nallow = \"192.168.0.0/16\"\n";
        CHECK(Run({}).listen == "127.0.0.1:1");
        CHECK(Run({"--config", file}).listen == "file:1");
        CHECK(Run({"--config", file}).allow ==
              std::vector<std::string>{"10.0.0.0/8", "192.168.0.0/16"});
        const Environment variable("PROG_LISTEN", "env:1");
        CHECK(Run({"--config", file}).listen == "env:1");
        CHECK(Run({"--config", file}).number == 1);
        CHECK(Run({"--config", file, "--listen", "line:1"}).listen == "line:1");
    }

    TEST_CASE("a file's faults are said with file, line and a suggestion, and exit 78")
    {
        const test::TemporaryDirectory directory;
        const std::string file = directory.path() + "/prog.conf";
        const struct {
            const char* text;
            const char* words;
        } rows[] = {
            {"\nlisen = x\n", "line 2: unknown name lisen (did you mean listen?)"},
            {"listen\n", "line 1: not `name = value`"},
            {"number = many\n", "line 1"},
            {"number = 1\nnumber = 2\n", "line 2: number is given twice"},
            {"listen = \"x\n", "line 1: a quote is not closed"},
            {"version = 1\n", "unknown name version"},
            {"\nnumber = 13\n", "line 2: --number: 13 is not for us"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.text);
            std::ofstream(file) << row.text;
            const Run run({"--config", file});
            CHECK(run.code == kExitConfiguration);
            CHECK_MESSAGE(run.err.find(row.words) != std::string::npos, run.err);
            CHECK(run.err.find(file) != std::string::npos);
        }
        CHECK(Run({"--config", directory.path() + "/none"}).code == kExitConfiguration);
    }

    TEST_CASE("an unknown option exits 64 with a suggestion")
    {
        const Run run({"--lisen", "x"});
        CHECK(run.code == kExitUsage);
        CHECK_MESSAGE(run.err.find("did you mean --listen?") != std::string::npos, run.err);
        CHECK(Run({"--number", "many"}).code == kExitUsage);
        CHECK(Run({"--number", "13"}).err == "prog: --number: 13 is not for us\n");
    }

    TEST_CASE("a mistyped command, and a mistyped option of a command, are told what is near")
    {
        const Run command({"qeue"});
        CHECK(command.code == kExitUsage);
        CHECK_MESSAGE(command.err.find("did you mean queue?") != std::string::npos, command.err);
        const Run below({"box", "opn"});
        CHECK_MESSAGE(below.err.find("did you mean open?") != std::string::npos, below.err);
        const Run option({"queue", "--as-si"});
        CHECK_MESSAGE(option.err.find("did you mean --as-is?") != std::string::npos, option.err);
    }

    TEST_CASE("a fault of the environment is said with the variable's name, not with a file's line")
    {
        const test::TemporaryDirectory directory;
        const std::string file = directory.path() + "/prog.conf";
        std::ofstream(file) << "number = 1\n";
        const Environment variable("PROG_NUMBER", "13");
        const Run run({"--config", file});
        CHECK(run.code == kExitConfiguration);
        CHECK(run.err == "prog: environment, PROG_NUMBER: --number: 13 is not for us\n");
        const Run over({"--config", file, "--number=13"});
        CHECK(over.code == kExitUsage);
        CHECK(over.err == "prog: --number: 13 is not for us\n");
    }

    TEST_CASE(
        "--help and --version exit 0; --print-config masks secrets; --check-config says it is "
        "sound")
    {
        CHECK(Run({"--version"}).out == "prog " + std::string(version()) + "\n");
        CHECK(Run({"--help"}).code == 0);
        const Run printed({"--password", "hunter2", "--number", "9", "--print-config"});
        CHECK(printed.code == 0);
        CHECK(printed.out.find("hunter2") == std::string::npos);
        CHECK(printed.out.find("password = ********") != std::string::npos);
        CHECK(printed.out.find("number = \"9\"") != std::string::npos);
        CHECK(printed.out.find("listen = \"127.0.0.1:1\"") != std::string::npos);
        CHECK(Run({"--check-config"}).out == "prog: the configuration is sound\n");
        const Environment variable("PROG_PASSWORD", "x");
        CHECK(Run({}).password.empty());
    }

    TEST_CASE("HOST:PORT is read strictly")
    {
        CHECK(parse_host_port("localhost:12345")->port == 12345);
        CHECK(parse_host_port("[::1]:25")->host == "::1");
        for (const char* bad : {"", "x", ":1", "x:", "x:0", "x:65536", "x:1a", "::1:25", "x:-1",
                                "x:99999999999999999999"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_host_port(bad));
        }
    }

    TEST_CASE("a secret file that everyone can read is refused")
    {
        const test::TemporaryDirectory directory;
        const std::string file = directory.path() + "/secret";
        std::ofstream(file) << "s3cret\n";
        ::chmod(file.c_str(), 0600);
        CHECK(*read_secret(file) == "s3cret");
        ::chmod(file.c_str(), 0644);
        CHECK(read_secret(file).error().kind == ErrorKind::refused);
        CHECK_FALSE(read_secret(directory.path() + "/none"));
    }

    TEST_CASE("a secret is a file's first line and never empty; a file of several is read whole")
    {
        const test::TemporaryDirectory directory;
        const std::string file = directory.path() + "/secret";
        const auto write = [&file](const std::string& text) {
            std::ofstream(file) << text;
            ::chmod(file.c_str(), 0600);
        };
        write("one\r\ntwo\n");
        CHECK(*read_secret(file) == "one");
        CHECK(*read_secret_file(file) == "one\r\ntwo\n");
        for (const char* nothing : {"", "\n", "\r\n", "\nsecond\n"}) {
            write(nothing);
            CHECK_FALSE(read_secret(file));
        }
        write(std::string(64 * 1024, 'x'));
        CHECK(read_secret_file(file)->size() == 64 * 1024);
        write(std::string(64 * 1024 + 1, 'x'));
        CHECK_FALSE(read_secret_file(file));
        ::chmod(file.c_str(), 0644);
        CHECK(read_secret_file(file).error().kind == ErrorKind::refused);
    }
}
