#include "postoffice/submit/sendmail_arguments.h"

#include <doctest/doctest.h>

#include <sstream>

using namespace postoffice::submit;

namespace
{

std::vector<std::string> words(const std::string& line)
{
    std::vector<std::string> list;
    std::istringstream stream(line);
    for (std::string word; stream >> word;) list.push_back(word == "''" ? "" : word);
    return list;
}

SendmailArguments parsed(const std::string& line, std::string_view program = "sendmail")
{
    const auto arguments = parse_sendmail_arguments(program, words(line));
    CAPTURE(line);
    REQUIRE(arguments);
    return *arguments;
}

std::string fault(const std::string& line, std::string_view program = "sendmail")
{
    const auto arguments = parse_sendmail_arguments(program, words(line));
    return arguments ? "" : arguments.error().step;
}

using List = std::vector<std::string>;

}  // namespace

TEST_SUITE("postoffice/submit/sendmail_arguments")
{
    TEST_CASE("the lines of those who call a sendmail")
    {
        const struct {
            const char* caller;
            const char* line;
            SendmailArguments wanted;
        } rows[] = {
            {"PHP",
             "-t -i -fweb@app.example",
             {.takes_header_recipients = true, .ignores_dots = true, .sender = "web@app.example"}},
            {"PHPMailer",
             "-oi -fweb@app.example -t",
             {.takes_header_recipients = true, .ignores_dots = true, .sender = "web@app.example"}},
            {"Symfony", "-bs -i", {.mode = Mode::speak, .ignores_dots = true}},
            {"cron",
             "-i -FCronDaemon -B8BITMIME -oem root",
             {.recipients = {"root"}, .ignores_dots = true, .full_name = "CronDaemon"}},
            {"cronie",
             "-FCronDaemon -i -odi -oem -oi -t -f root",
             {.takes_header_recipients = true,
              .ignores_dots = true,
              .sender = "root",
              .full_name = "CronDaemon"}},
            {"git",
             "-i -f git@app.example ann@d.example bob@d.example",
             {.recipients = {"ann@d.example", "bob@d.example"},
              .ignores_dots = true,
              .sender = "git@app.example"}},
            {"mailx",
             "-i -oem -f web@app.example -- ann@d.example",
             {.recipients = {"ann@d.example"}, .ignores_dots = true, .sender = "web@app.example"}},
            {"mutt",
             "-oem -oi -f web@app.example -N failure,delay -R hdrs -- ann@d.example",
             {.recipients = {"ann@d.example"}, .ignores_dots = true, .sender = "web@app.example"}},
            {"Mailpit's",
             "-S 127.0.0.1:1025 -t",
             {.takes_header_recipients = true, .settings = {{"to", "127.0.0.1:1025"}}}},
            {"msmtp's",
             "-C /etc/msmtprc -a default -t",
             {.takes_header_recipients = true, .config_file = "/etc/msmtprc"}},
        };
        for (const auto& row : rows) {
            CAPTURE(row.caller);
            CHECK(parsed(row.line) == row.wanted);
        }
    }

    TEST_CASE("flags stand in groups, values glued or separate, recipients anywhere")
    {
        CHECK(parsed("-ti").takes_header_recipients);
        CHECK(parsed("-it").ignores_dots);
        CHECK(parsed("-tifann@d.example").sender == "ann@d.example");
        CHECK(parsed("-r ann@d.example").sender == "ann@d.example");
        CHECK(parsed("a@d.example -f b@d.example c@d.example").recipients ==
              List{"a@d.example", "c@d.example"});
        CHECK(parsed("-f a@d.example -f b@d.example").sender == "b@d.example");
        CHECK(parsed("-oQ/tmp -O Timeout=5 -X log -h 17 -L tag -p SMTP -d0.1 -v -m -n -U -G -Am "
                     "-Ac x@d.example")
                  .recipients == List{"x@d.example"});
    }

    TEST_CASE("the null sender is written in two ways, and differs from none")
    {
        CHECK(parsed("-f <>").sender == "");
        CHECK(parsed("-f ''").sender == "");
        CHECK(parsed("-f<>").sender == "");
        CHECK_FALSE(parsed("-t").sender);
    }

    TEST_CASE("behind -- everything is a recipient")
    {
        CHECK(parsed("-t -- -f --to").recipients == List{"-f", "--to"});
        CHECK_FALSE(parsed("-- -t").takes_header_recipients);
        CHECK(parsed("- a@d.example").recipients == List{"a@d.example"});
    }

    TEST_CASE("a mode by flag and by name")
    {
        const struct {
            const char* line;
            Mode mode;
        } rows[] = {
            {"-bm", Mode::deliver},      {"-ba", Mode::deliver},      {"-bs", Mode::speak},
            {"-b s", Mode::speak},       {"-bp", Mode::list},         {"-bi", Mode::succeed},
            {"-I", Mode::succeed},       {"-bv", Mode::verify},       {"-q", Mode::run_queue},
            {"-q30m", Mode::succeed},    {"-qI1.2", Mode::run_queue}, {"--help", Mode::help},
            {"--version", Mode::version}};
        for (const auto& row : rows) {
            CAPTURE(row.line);
            CHECK(parsed(row.line).mode == row.mode);
        }
        CHECK(parsed("", "mailq").mode == Mode::list);
        CHECK(parsed("", "newaliases").mode == Mode::succeed);
        CHECK(parsed("-qI 17.4711").queued_name == "17.4711");
        CHECK(parsed("-qI17.4711").queued_name == "17.4711");
    }

    TEST_CASE("long options with = or the next word; what is no option is said, with the nearest")
    {
        CHECK(parsed("--queue /q --to=unix:/s").settings ==
              std::map<std::string, std::string>{{"queue", "/q"}, {"to", "unix:/s"}});
        CHECK(parsed("--syslog a@d.example").settings.at("syslog") == "true");
        CHECK(parsed("--config /c").config_file == "/c");
        CHECK(fault("--qeue /q") == "no such option: --qeue (did you mean --queue?)");
        CHECK(fault("--queue") == "--queue wants a value");
        CHECK(fault("--syslog=yes") == "--syslog takes no value");
    }

    TEST_CASE("what no sendmail has is refused, and a value that is missing")
    {
        CHECK(fault("-tz") == "no flag of a sendmail: -z");
        CHECK(fault("-f") == "-f wants a value");
        CHECK(fault("-qI") == "-qI wants a value");
        CHECK(fault("-bz") == "no mode of a sendmail: -bz");
        CHECK(fault("-bd").find("the daemon is postoffice itself") != std::string::npos);
    }

    TEST_CASE("mail has a subject and a word of appengine-mailer's, and no modes")
    {
        const auto got = parsed("-s Hello --fix-sender ann@d.example", "mail");
        CHECK(got.mode == Mode::mail);
        CHECK(got.subject == "Hello");
        CHECK(got.recipients == List{"ann@d.example"});
        CHECK(parsed("-sGlued", "mail").subject == "Glued");
        CHECK(fault("-bs", "mail") == "-b is for sendmail, not for mail");
        CHECK(fault("-s Subject") == "no flag of a sendmail: -s");
        CHECK(fault("--fix-sender") != "");
    }
}
