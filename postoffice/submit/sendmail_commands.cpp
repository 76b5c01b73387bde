#include "postoffice/submit/sendmail_commands.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "common/exit_codes.h"
#include "postoffice/submit/sendmail_flags.h"

namespace postoffice::submit
{
namespace
{

/// Told, and never read here.
class ToldCommand : public Subcommand
{
public:
    ToldCommand(const char* name, const char* meaning) : name_(name), meaning_(meaning) {}

    CLI::App* declare(CLI::App& app) override
    {
        CLI::App* command = app.add_subcommand(name_, meaning_);
        tell(*command);
        return command;
    }

    int run(const ServerOptions&) override
    {
        std::cerr << "postoffice: the command goes first: postoffice " << name_ << " ...\n";
        return mail::kExitUsage;
    }

protected:
    virtual void tell(CLI::App& command) = 0;

    void tell_long_options(CLI::App& command)
    {
        for (const LongOption& option : long_options()) {
            if (option.name == "version") continue;  // the program's own
            tell_one(command, "--" + std::string(option.name), option.word, option.meaning);
        }
    }

    void tell_one(CLI::App& command, const std::string& name, std::string_view word,
                  std::string_view meaning)
    {
        if (word.empty())
            command.add_flag(name, flag_, std::string(meaning));
        else
            command.add_option(name, value_, std::string(meaning))->type_name(std::string(word));
    }

    void tell_recipients(CLI::App& command, const char* meaning)
    {
        command.add_option("RCPT", values_, meaning);
    }

private:
    const char* name_;
    const char* meaning_;
    bool flag_ = false;
    std::string value_;
    std::vector<std::string> values_;
};

class ToldSendmail final : public ToldCommand
{
public:
    ToldSendmail() : ToldCommand("sendmail", "send the message on the standard input") {}

private:
    void tell(CLI::App& command) override
    {
        tell_recipients(command, "whom to");
        for (const Flag& flag : sendmail_flags()) {
            if (flag.letter == 'h') continue;  // here it asks for this text
            tell_one(command, std::string("-") + flag.letter, flag.word, flag.meaning);
        }
        tell_long_options(command);
        command.footer(
            "Flags as sendmail(1) has them, postoffice-sendmail(8) tells all of them; the long\n"
            "options also stand in /etc/postoffice/sendmail.conf.\n"
            "Exit: 0 taken (or kept in --queue), 64 the call, 65 the message, 67 a recipient,\n"
            "68 its domain, 69 refused otherwise, 75 not now and kept nowhere, 77 not allowed,\n"
            "78 the configuration.");
    }
};

class ToldMailq final : public ToldCommand
{
public:
    ToldMailq() : ToldCommand("mailq", "list the waiting mails, as nullmailer's mailq") {}

private:
    void tell(CLI::App& command) override { tell_long_options(command); }
};

class ToldNewaliases final : public ToldCommand
{
public:
    ToldNewaliases() : ToldCommand("newaliases", "do nothing, with success: there are no aliases")
    {
    }

private:
    void tell(CLI::App&) override {}
};

class ToldMail final : public ToldCommand
{
public:
    ToldMail() : ToldCommand("mail", "send the text on the standard input, as mail(1) does") {}

private:
    void tell(CLI::App& command) override
    {
        tell_recipients(command, "whom to; without any: the whole message is on the input");
        tell_one(command, "-s", "SUBJECT", "the subject");
        tell_one(command, "-f", "SENDER", "whom from; default: $USER at --domain");
        tell_one(command, "--fix-sender", "", "ignored: the origin side decides on senders");
        tell_long_options(command);
        command.footer(
            "Without addresses the environment's RECIPIENT (as Exim's pipe sets it) goes before\n"
            "the header's. Where --url and --key-file are not given, GMAIL_PROXY_URL and\n"
            "GMAIL_SECRET_KEY count, of the environment or of /etc/envdir.\n"
            "Exit: as sendmail's; 66 nothing came in.");
    }
};

}  // namespace

void add_sendmail_commands(Subcommands& subcommands)
{
    subcommands.push_back(std::make_unique<ToldSendmail>());
    subcommands.push_back(std::make_unique<ToldMailq>());
    subcommands.push_back(std::make_unique<ToldNewaliases>());
    subcommands.push_back(std::make_unique<ToldMail>());
}

}  // namespace postoffice::submit
