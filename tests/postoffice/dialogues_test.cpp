// Runs every tests/dialogues/*.smtp against the bare conversation, no socket anywhere. The scenario
// dialogues-live runs the same files against the daemon.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/postoffice/dialogue_script.h"
#include "tests/postoffice/driven_conversation.h"

using namespace postoffice;
using namespace postoffice::test;

namespace
{

SessionOptions session_options(const std::vector<std::string>& words)
{
    SessionOptions options;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        if (words[i] == "--max-message-size")
            options.max_content_bytes = std::stoul(words[i + 1]);
        else if (words[i] == "--hostname")
            options.hostname = words[i + 1];
        else if (words[i] == "--users")
            options.security.offers_auth = true;
        else
            FAIL("a bare conversation has no option " << words[i]);
    }
    return options;
}

// The server's words, taken line by line.
class Heard
{
public:
    explicit Heard(const std::string& output) : output_(output) {}
    std::string next()
    {
        const auto end = output_.find("\r\n", at_);
        if (end == std::string::npos) return "(nothing)";
        const std::string line = output_.substr(at_, end - at_);
        at_ = end + 2;
        return line;
    }
    bool is_empty() const { return at_ == output_.size(); }

private:
    const std::string& output_;
    std::size_t at_ = 0;
};

void check_mail(const mail::Message& got, const ExpectedMail& wanted)
{
    if (wanted.sender) CHECK(got.envelope.reverse_path == *wanted.sender);
    if (wanted.recipients) CHECK(got.envelope.recipients == *wanted.recipients);
    if (wanted.content) CHECK(got.content == *wanted.content);
}

// Client lines without a server line between them go out in one piece, as a pipelining client sends
// them.
void run_dialogue(const Dialogue& dialogue)
{
    DrivenConversation server(session_options(dialogue.server_options));
    Heard heard(server.output);
    std::string group;
    for (const DialogueStep& step : dialogue.steps) {
        if (step.kind == DialogueStep::Kind::client) {
            group += step.text;
            continue;
        }
        server.send(std::exchange(group, {}));
        CAPTURE(step.line);
        if (step.kind == DialogueStep::Kind::closed) {
            CHECK(server.is_closed);
            continue;
        }
        const std::string line = heard.next();
        INFO("said: " << line);
        REQUIRE(line.substr(0, step.text.size()) == step.text);
    }
    server.send(group);
    CHECK_MESSAGE(heard.is_empty(), "the server said more: " << heard.next());
    REQUIRE(server.mails.size() == dialogue.mail_count);
    for (std::size_t i = 0; i < dialogue.mails.size(); ++i)
        check_mail(server.mails.at(i), dialogue.mails[i]);
}

}  // namespace

TEST_CASE("every dialogue script holds against the bare session")
{
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(DIALOGUES)) {
        if (entry.path().extension() != ".smtp") continue;
        ++count;
        const std::string name = entry.path().filename();
        CAPTURE(name);
        std::ifstream file(entry.path());
        const std::string text(std::istreambuf_iterator<char>(file), {});
        CHECK_NOTHROW(run_dialogue(parse_dialogue(text)));
    }
    CHECK(count >= 60);
}
