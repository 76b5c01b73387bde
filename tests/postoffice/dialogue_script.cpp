#include "tests/postoffice/dialogue_script.h"

#include <sstream>
#include <stdexcept>

namespace postoffice::test
{
namespace
{

char escaped(std::string_view text, std::size_t& at)
{
    switch (const char c = text.at(at++)) {
        case 'r':
            return '\r';
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case '0':
            return '\0';
        case 'x':
            at += 2;
            return static_cast<char>(std::stoi(std::string(text.substr(at - 2, 2)), nullptr, 16));
        default:
            return c;
    }
}

// \r \n \t \0 \\ \xHH, and {c*N} for N times c.
std::string expanded(std::string_view text)
{
    std::string bytes;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at++];
        if (c == '\\') {
            bytes += escaped(text, at);
        } else if (c == '{' && at + 1 < text.size() && text[at + 1] == '*') {
            const auto end = text.find('}', at);
            bytes.append(std::stoul(std::string(text.substr(at + 2, end - at - 2))), text[at]);
            at = end + 1;
        } else {
            bytes += c;
        }
    }
    return bytes;
}

std::vector<std::string> words(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> list;
    for (std::string word; stream >> word;) list.push_back(word);
    return list;
}

// "C*100" -> "C", 100
int take_repeat(std::string& key)
{
    const auto star = key.find('*');
    if (star == std::string::npos) return 1;
    const int times = std::stoi(key.substr(star + 1));
    key.resize(star);
    return times;
}

void add_steps(Dialogue& dialogue, DialogueStep step, int times)
{
    for (int i = 0; i < times; ++i) dialogue.steps.push_back(step);
}

ExpectedMail& last_mail(Dialogue& dialogue)
{
    if (dialogue.mails.empty()) dialogue.mails.emplace_back();
    return dialogue.mails.back();
}

void add_line(Dialogue& dialogue, std::string key, const std::string& value, int line)
{
    using Kind = DialogueStep::Kind;
    const int times = take_repeat(key);
    if (key == "C")
        return add_steps(dialogue, {Kind::client, expanded(value) + "\r\n", line}, times);
    if (key == "C+") return add_steps(dialogue, {Kind::client, expanded(value), line}, times);
    if (key == "S") return add_steps(dialogue, {Kind::server, value, line}, times);
    if (key == "CLOSED") return add_steps(dialogue, {Kind::closed, {}, line}, 1);
    if (key == "SERVER")
        dialogue.server_options = words(value);
    else if (key == "MAILS")
        dialogue.mail_count = std::stoul(value);
    else if (key == "MAIL")
        dialogue.mails.emplace_back();
    else if (key == "SENDER")
        last_mail(dialogue).sender = value;
    else if (key == "RECIPIENTS")
        last_mail(dialogue).recipients = words(value);
    else if (key == "CONTENT")
        last_mail(dialogue).content = expanded(value);
    else
        throw std::runtime_error("unknown key " + key);
}

}  // namespace

Dialogue parse_dialogue(std::string_view text)
{
    Dialogue dialogue;
    std::istringstream stream{std::string(text)};
    int number = 0;
    for (std::string line; std::getline(stream, line);) {
        ++number;
        if (line.empty() || line.front() == '#') continue;
        const auto colon = line.find(':');
        if (colon == std::string::npos)
            throw std::runtime_error("line " + std::to_string(number) + ": no key");
        const bool has_space = colon + 1 < line.size() && line[colon + 1] == ' ';
        add_line(dialogue, line.substr(0, colon), line.substr(colon + 1 + (has_space ? 1 : 0)),
                 number);
    }
    return dialogue;
}

}  // namespace postoffice::test
