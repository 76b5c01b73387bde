#include "postoffice/submit/settings.h"

#include <doctest/doctest.h>

using namespace postoffice::submit;
using mail::ErrorKind;
using Map = std::map<std::string, std::string>;

namespace
{

Lookup of(Map map)
{
    return [map = std::move(map)](const std::string& name) -> std::optional<std::string> {
        const auto found = map.find(name);
        return found == map.end() ? std::nullopt : std::optional(found->second);
    };
}

mail::Result<Settings> resolved(Map command_line, Map environment = {}, std::string_view file = "",
                                Map envdir = {})
{
    return resolve_settings({std::move(command_line), of(std::move(environment)),
                             *mail::parse_config(file), of(std::move(envdir))});
}

}  // namespace

TEST_SUITE("postoffice/submit/settings")
{
    TEST_CASE("command line before environment before file")
    {
        const std::string file = "queue = /file\ndomain = file.example\n";
        CHECK(resolved({}, {}, file)->queue == "/file");
        CHECK(resolved({}, {{"POSTOFFICE_SENDMAIL_QUEUE", "/env"}}, file)->queue == "/env");
        const auto all =
            resolved({{"queue", "/line/"}}, {{"POSTOFFICE_SENDMAIL_QUEUE", "/env"}}, file);
        CHECK(all->queue == "/line");
        CHECK(all->domain == "file.example");
    }

    TEST_CASE("appengine-mailer's names, of the environment, then of envdir (AM-09)")
    {
        const Map old = {{"GMAIL_PROXY_URL", "https://old.example"}, {"GMAIL_SECRET_KEY", "k"}};
        CHECK(resolved({}, old)->url == "https://old.example");
        CHECK(resolved({}, old)->key == "k");
        CHECK(resolved({}, {}, "", old)->url == "https://old.example");
        CHECK(resolved({}, {{"GMAIL_PROXY_URL", "https://env.example"}}, "", old)->url ==
              "https://env.example");
        CHECK(resolved({{"url", "https://new.example"}}, old)->url == "https://new.example");
        CHECK(resolved({{"to", "127.0.0.1:25"}}, old)->url == "");
    }

    TEST_CASE("what is said on the command line puts aside the other way of the file")
    {
        CHECK(resolved({{"to", "unix:/s"}}, {}, "url = https://x.example\n")->url == "");
        CHECK_FALSE(resolved({{"url", "https://x.example"}}, {}, "to = unix:/s\n")->to);
    }

    TEST_CASE("so does what the environment says")
    {
        const Map to = {{"POSTOFFICE_SENDMAIL_TO", "unix:/s"}};
        const Map url = {{"POSTOFFICE_SENDMAIL_URL", "https://x.example"}};
        CHECK(resolved({}, to, "url = https://x.example\n")->url == "");
        CHECK(resolved({}, to, "url = https://x.example\n")->to);
        CHECK_FALSE(resolved({}, url, "to = unix:/s\n")->to);
        CHECK(resolved({{"url", "https://y.example"}}, to)->url == "https://y.example");
        CHECK_FALSE(resolved({{"url", "https://y.example"}}, to)->to);
        CHECK(resolved({{"to", "unix:/s"}}, url)->url == "");
    }

    TEST_CASE("a fault says where it stands, and whose it is")
    {
        const auto line = resolved({{"to", "nowhere"}});
        CHECK(line.error().kind == ErrorKind::malformed);
        CHECK(line.error().step == "--to: not HOST:PORT: nowhere");
        const auto file = resolved({}, {}, "queue = relative\n");
        CHECK(file.error().kind == ErrorKind::refused);
        CHECK(file.error().step == "line 1: queue: wants an absolute path");
        CHECK(resolved({}, {}, "\nqeue = /x\n").error().step ==
              "line 2: qeue: unknown (did you mean queue?)");
        CHECK(
            resolved({}, {}, "config = /x\n").error().step.starts_with("line 1: config: unknown"));
        CHECK(resolved({}, {{"POSTOFFICE_SENDMAIL_DOMAIN", "a b"}}).error().step ==
              "environment, POSTOFFICE_SENDMAIL_DOMAIN: not a domain");
    }

    TEST_CASE("targets: a unix socket's path, or host and port")
    {
        CHECK(parse_target("unix:/run/s")->text() == "unix:/run/s");
        CHECK(parse_target("/run/s")->text() == "unix:/run/s");
        CHECK(parse_target("[::1]:25")->text() == "[::1]:25");
        CHECK_FALSE(parse_target("unix:run/s"));
        CHECK_FALSE(parse_target("unix:/" + std::string(108, 's')));
        CHECK_FALSE(parse_target("host"));
    }
}
