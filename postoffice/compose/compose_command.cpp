#include "postoffice/compose/compose_command.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "common/exit_codes.h"
#include "common/random_token.h"
#include "postoffice/compose/composition.h"

namespace postoffice
{
namespace
{

/// Of what is read together; a mail of that size goes nowhere.
constexpr std::size_t kMostOctets = 256 << 20;

int ended(const std::string& reason, int code)
{
    std::cerr << "postoffice compose: " << reason << "\n";
    return code;
}

/// False: it cannot be read, or is larger than `most`, of which it takes its size.
bool read(std::istream& in, std::string& octets, std::size_t& most)
{
    char piece[64 * 1024];
    while (in.read(piece, sizeof piece) || in.gcount() > 0) {
        const auto count = static_cast<std::size_t>(in.gcount());
        if (count > most) return false;
        most -= count;
        octets.append(piece, count);
    }
    return in.eof();
}

bool read_file(const std::string& path, std::string& octets, std::size_t& most)
{
    std::ifstream in(path, std::ios::binary);
    return in && read(in, octets, most);
}

}  // namespace

CLI::App* ComposeCommand::declare(CLI::App& app)
{
    CLI::App* compose = app.add_subcommand("compose", "print a message with attachments");
    compose->add_option("-f,--sender", sender_, "the From: a@b.example or 'Name <a@b.example>'")
        ->required();
    compose->add_option("-s,--subject", subject_, "the subject")->required();
    compose->add_option("-t,--recipient", recipients_, "a recipient; may be repeated")
        ->required()
        ->allow_extra_args(false);
    compose->add_option("-b,--body", body_, "the text; - reads it from standard input")->required();
    compose->add_option("-a,--attach", files_, "a file to attach; may be repeated")
        ->type_name("FILE")
        ->allow_extra_args(false);
    compose->footer("To send it: postoffice compose … | postoffice sendmail -t");
    return compose;
}

int ComposeCommand::run(const ServerOptions&)
{
    std::size_t most = kMostOctets;
    Composition what{sender_, recipients_, subject_, body_};
    if (body_ == "-") {
        what.text.clear();
        if (!read(std::cin, what.text, most))
            return ended("cannot read the text, or it is over 256 MiB", mail::kExitNoInput);
    }
    for (const std::string& path : files_) {
        what.attachments.push_back({path, {}});
        if (!read_file(path, what.attachments.back().octets, most))
            return ended("cannot read " + path + ", or all together is over 256 MiB",
                         mail::kExitNoInput);
    }
    const auto message = compose(
        what, {mail::system_clock().wall(), mail::random_token(), "=_" + mail::random_token()});
    if (!message) return ended(message.error().step, mail::kExitData);
    std::cout << *message << std::flush;
    return std::cout ? 0 : ended("cannot write the message", mail::kExitInput);
}

}  // namespace postoffice
