#include "postoffice/submit/sendmail_arguments.h"

#include <ostream>

#include "common/config.h"
#include "postoffice/submit/sendmail_flags.h"

namespace postoffice::submit
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

Error usage(std::string fault)
{
    return Error{ErrorKind::malformed, std::move(fault)};
}

Mode mode_of(std::string_view program)
{
    if (program == "mailq") return Mode::list;
    if (program == "newaliases") return Mode::succeed;
    return program == "mail" ? Mode::mail : Mode::deliver;
}

class Parser
{
public:
    Parser(std::string_view program, std::span<const std::string> words)
        : words_(words), is_mail_(mode_of(program) == Mode::mail)
    {
        found_.mode = mode_of(program);
    }

    Result<SendmailArguments> parse()
    {
        if (words_.size() > kMaxArguments) return usage("over 100,000 arguments");
        while (at_ < words_.size()) {
            const std::string& word = words_[at_++];
            auto ok = options_are_over_ ? take_recipient(word) : take(word);
            if (!ok) return std::move(ok).error();
        }
        return std::move(found_);
    }

private:
    Result<Done> take(const std::string& word)
    {
        if (word == "--") options_are_over_ = true;
        if (word == "--") return Done{};
        if (word.starts_with("--")) return take_long(std::string_view(word).substr(2));
        // A lone dash is nobody's address; sendmail passes over it.
        if (word == "-") return Done{};
        if (word.starts_with('-')) return take_group(std::string_view(word).substr(1));
        return take_recipient(word);
    }

    Result<Done> take_recipient(const std::string& word)
    {
        if (!word.empty()) found_.recipients.push_back(word);
        return Done{};
    }

    Result<Done> take_group(std::string_view group)
    {
        while (!group.empty()) {
            const char letter = group.front();
            group.remove_prefix(1);
            if (is_mail_ && letter == 's') return take_subject(group);
            const Flag* flag = find_flag(letter);
            if (flag == nullptr) return usage(std::string("no flag of a sendmail: -") + letter);
            if (flag->takes == Flag::Takes::glued_value) return take_glued(letter, group);
            if (flag->takes == Flag::Takes::value) return take_valued(letter, group);
            take_switch(letter);
        }
        return Done{};
    }

    /// What is glued to the flag, else the next word.
    Result<std::string> value_of(std::string_view name, std::string_view glued)
    {
        if (!glued.empty()) return std::string(glued);
        if (at_ == words_.size()) return usage("-" + std::string(name) + " wants a value");
        return words_[at_++];
    }

    Result<Done> take_subject(std::string_view glued)
    {
        auto value = value_of("s", glued);
        if (!value) return std::move(value).error();
        found_.subject = std::move(*value);
        return Done{};
    }

    void take_switch(char letter)
    {
        if (letter == 't') found_.takes_header_recipients = true;
        if (letter == 'i') found_.ignores_dots = true;
        if (letter == 'I') found_.mode = Mode::succeed;
    }

    Result<Done> take_valued(char letter, std::string_view glued)
    {
        auto value = value_of(std::string(1, letter), glued);
        if (!value) return std::move(value).error();
        switch (letter) {
            case 'f':
            case 'r':
                found_.sender = *value == "<>" ? "" : std::move(*value);
                break;
            case 'F':
                found_.full_name = std::move(*value);
                break;
            case 'b':
                return take_mode(*value);
            case 'o':
                if (*value == "i") found_.ignores_dots = true;
                break;
            case 'S':
                found_.settings["to"] = std::move(*value);
                break;
            case 'C':
                found_.config_file = std::move(*value);
                break;
            default:  // for other sendmails
                break;
        }
        return Done{};
    }

    Result<Done> take_mode(std::string_view mode)
    {
        if (is_mail_) return usage("-b is for sendmail, not for mail");
        if (mode == "m" || mode == "a")
            found_.mode = Mode::deliver;
        else if (mode == "s")
            found_.mode = Mode::speak;
        else if (mode == "p")
            found_.mode = Mode::list;
        else if (mode == "i")
            found_.mode = Mode::succeed;
        else if (mode == "v")
            found_.mode = Mode::verify;
        else if (mode == "d" || mode == "D")
            return usage("-b" + std::string(mode) + ": the daemon is postoffice itself");
        else
            return usage("no mode of a sendmail: -b" + std::string(mode.substr(0, 40)));
        return Done{};
    }

    Result<Done> take_glued(char letter, std::string_view value)
    {
        if (letter != 'q') return Done{};
        if (value.starts_with('I')) {
            auto name = value_of("qI", value.substr(1));
            if (!name) return std::move(name).error();
            found_.queued_name = std::move(*name);
        }
        // An interval is for a daemon, which we are not.
        const bool is_interval = !value.empty() && value.front() >= '0' && value.front() <= '9';
        found_.mode = is_interval ? Mode::succeed : Mode::run_queue;
        return Done{};
    }

    Result<Done> take_long(std::string_view text)
    {
        const auto equals = text.find('=');
        const std::string name(text.substr(0, equals));
        if (name == "help") {
            found_.mode = Mode::help;
            return Done{};
        }
        if (is_mail_ && name == "fix-sender") return Done{};  // the origin side decides on that
        const LongOption* option = find_long_option(name);
        if (option == nullptr) return usage("no such option: --" + name + suggestion(name));
        if (option->word.empty()) return take_long_switch(name, equals != text.npos);
        if (equals == text.npos && at_ == words_.size())
            return usage("--" + name + " wants a value");
        std::string value =
            equals == text.npos ? words_[at_++] : std::string(text.substr(equals + 1));
        (name == "config" ? found_.config_file : found_.settings[name]) = std::move(value);
        return Done{};
    }

    Result<Done> take_long_switch(const std::string& name, bool has_value)
    {
        if (has_value) return usage("--" + name + " takes no value");
        if (name == "version")
            found_.mode = Mode::version;
        else
            found_.settings[name] = "true";
        return Done{};
    }

    static std::string suggestion(const std::string& name)
    {
        std::vector<std::string> known;
        for (const LongOption& option : long_options()) known.emplace_back(option.name);
        const auto near = mail::nearest_name(name, known);
        return near ? " (did you mean --" + *near + "?)" : "";
    }

    std::span<const std::string> words_;
    std::size_t at_ = 0;
    bool is_mail_;
    bool options_are_over_ = false;
    SendmailArguments found_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, Mode mode)
{
    static constexpr const char* kNames[] = {"deliver",   "speak", "list", "succeed", "verify",
                                             "run_queue", "mail",  "help", "version"};
    return out << kNames[static_cast<int>(mode)];
}

Result<SendmailArguments> parse_sendmail_arguments(std::string_view program,
                                                   std::span<const std::string> arguments)
{
    return Parser(program, arguments).parse();
}

}  // namespace postoffice::submit
