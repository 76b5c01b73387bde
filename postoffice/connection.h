/// The shell around one Conversation: a socket, deadlines, memory, and the wait for the disk.
/// Everything here runs on the one network thread; only MailStore::store runs on the pool.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "postoffice/conversation.h"
#include "postoffice/mail_store.h"
#include "postoffice/memory_gate.h"
#include "postoffice/transfer_watch.h"
#include "postoffice/unconfirmed_replies.h"

namespace postoffice
{

/// What all connections share. Outlives them.
struct ConnectionServices {
    SessionOptions session;
    std::chrono::milliseconds idle_timeout = std::chrono::minutes(5);  // RFC 5321 4.5.3.2.7
    MailStore& store;
    MemoryGate& memory;
    boost::asio::thread_pool& writers;
    const mail::Clock& clock;
    bool is_stopping = false;
};

class Connection
{
public:
    Connection(boost::asio::ip::tcp::socket socket, ConnectionServices& services,
               std::uint64_t number);
    ~Connection();

    /// The whole life of the connection. Does not throw.
    boost::asio::awaitable<void> run();

    /// Called every second: ends waits that have lasted too long.
    void tick();
    /// The server goes down: ends the wait for a command with 421. A mail in transfer goes on.
    void stop();
    /// The time for mails in transfer is over. A mail on its way to the disk still gets its answer.
    void cut();

private:
    enum class Waiting { nothing, command, content, write, goodbye };
    static std::string_view name_of(Waiting waiting);

    boost::asio::awaitable<bool> read();
    boost::asio::awaitable<bool> send();
    boost::asio::awaitable<void> take_memory();
    boost::asio::awaitable<void> commit();
    boost::asio::awaitable<void> linger();

    mail::BootTime idle_deadline() const;
    void begin_wait(Waiting what, mail::BootTime deadline);
    void end_wait_with(Reply reply);
    void release_memory();
    void note_replies_about_to_be_written();
    void confirm_what_was_heard();

    boost::asio::ip::tcp::socket socket_;
    ConnectionServices& services_;
    std::uint64_t number_;
    SessionOptions session_options_;
    Conversation conversation_;

    Waiting waiting_ = Waiting::nothing;
    mail::BootTime deadline_{};
    mail::BootTime read_deadline_{};  // of the command that comes in, or of the next bytes
    std::optional<TransferWatch> transfer_;
    std::optional<Reply> end_reply_;  // why a wait was ended from our side

    std::optional<MemoryBudget::Claim> claim_;

    UnconfirmedReplies unconfirmed_;
};

}  // namespace postoffice
