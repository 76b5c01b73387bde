#include "postoffice/submit/catcher_client.h"

#include "common/smtp/data_writer.h"
#include "postoffice/submit/catcher_connection.h"
#include "postoffice/submit/catcher_dialogue.h"

namespace postoffice::submit
{
namespace
{

using mail::Done;
using mail::Result;

/// A catcher that hangs up may have said why, and that is still to be read.
Result<Done> send_or_hear(CatcherConnection& connection, std::string_view octets)
{
    auto sent = connection.send(octets);
    return !sent && connection.has_input() ? Result<Done>(Done{}) : sent;
}

/// Ends early where the catcher speaks before it has all.
Result<Done> send_content(CatcherConnection& connection, CatcherDialogue& dialogue,
                          std::string_view content)
{
    mail::smtp::DataWriter writer(content);
    std::string piece;
    while (writer.next(piece)) {
        if (connection.has_input()) return Done{};
        if (auto ok = connection.send(piece); !ok)
            return connection.has_input() ? Result<Done>(Done{}) : ok;
    }
    dialogue.on_content_sent();
    return Done{};
}

Result<Done> take_step(CatcherConnection& connection, CatcherDialogue& dialogue,
                       std::string_view content)
{
    if (auto ok = send_or_hear(connection, dialogue.take_output()); !ok) return ok;
    if (dialogue.need() == CatcherDialogue::Need::content)
        if (auto ok = send_content(connection, dialogue, content); !ok) return ok;
    auto reply = connection.receive();
    if (!reply) return std::move(reply).error();
    dialogue.on_reply(*reply);
    return Done{};
}

}  // namespace

Handover hand_to_catcher(const Target& target, const mail::Envelope& envelope,
                         std::string_view content, const CatcherDeadlines& deadlines)
{
    const auto begin = std::chrono::steady_clock::now();
    CatcherDialogue dialogue(target.text(), envelope, content);
    auto connection = CatcherConnection::open(target, begin + deadlines.connect);
    if (!connection) {
        dialogue.on_lost(connection.error().describe());
        return dialogue.handover();
    }
    connection->set_deadline(begin + deadlines.whole);
    while (dialogue.need() != CatcherDialogue::Need::done)
        if (const auto ok = take_step(*connection, dialogue, content); !ok)
            dialogue.on_lost(ok.error().describe());
    // QUIT: it tells the catcher that its 250 was heard. Nobody waits for the answer.
    static_cast<void>(connection->send(dialogue.take_output()));
    return dialogue.handover();
}

}  // namespace postoffice::submit
