/// The shell around one Conversation: its transport, deadlines, memory, and the wait for the disk.
/// Everything here runs on the one network thread; what stores mails runs on the lanes' threads.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "postoffice/conversation.h"
#include "postoffice/counts.h"
#include "postoffice/login_lane.h"
#include "postoffice/memory_gate.h"
#include "postoffice/store_lane.h"
#include "postoffice/tls_credentials.h"
#include "postoffice/transfer_watch.h"
#include "postoffice/transport.h"
#include "postoffice/unconfirmed_replies.h"

namespace postoffice
{

/// What all connections share. Outlives them.
struct ConnectionServices {
    SessionOptions session;
    std::chrono::milliseconds idle_timeout = std::chrono::minutes(5);  // RFC 5321 4.5.3.2.7
    MailStore& store;
    MemoryGate& memory;
    ConnectionCounts& counts;
    StoreLane& small_mails;  // of up to store.together_up_to() octets
    StoreLane& large_mails;
    const mail::Clock& clock;
    const TlsCredentials* tls = nullptr;  // none: no TLS
    LoginLane* logins = nullptr;          // none: no AUTH
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds(30);
    bool is_stopping = false;
    std::uint64_t turns = 0;  // of all connections, on the network's thread
};

class Connection
{
public:
    Connection(Transport transport, ConnectionServices& services, std::uint64_t number);
    ~Connection();

    /// Before run(): TLS begins with the connection (RFC 8314), not with STARTTLS.
    void begin_in_tls() { begins_in_tls_ = true; }

    /// The whole life of the connection. Does not throw.
    boost::asio::awaitable<void> run();

    /// Called every second: ends waits that have lasted too long.
    void tick();
    /// The server goes down: ends the wait for a command with 421. A mail in transfer goes on.
    void stop();
    /// The time for mails in transfer is over. A mail on its way to the disk still gets its answer.
    void cut();

private:
    enum class Waiting { nothing, command, content, write, handshake, goodbye };
    static std::string_view name_of(Waiting waiting);

    boost::asio::awaitable<void> converse();
    boost::asio::awaitable<bool> read();
    boost::asio::awaitable<bool> start_tls();
    boost::asio::awaitable<void> log_in();
    void note_cut_off() const;
    bool send_at_once();
    bool was_alone_since_last_turn();
    boost::asio::awaitable<bool> send_rest();
    boost::asio::awaitable<void> take_memory();
    boost::asio::awaitable<void> commit();
    boost::asio::awaitable<void> linger();

    mail::BootTime idle_deadline() const;
    void begin_wait(Waiting what, mail::BootTime deadline);
    void end_wait_with(Reply reply);
    void release_memory();
    void note_replies_about_to_be_written();
    void confirm_what_was_heard();

    Transport transport_;
    ConnectionServices& services_;
    std::uint64_t number_;
    SessionOptions session_options_;
    Conversation conversation_;
    bool begins_in_tls_ = false;

    Waiting waiting_ = Waiting::nothing;
    mail::BootTime deadline_{};
    mail::BootTime read_deadline_{};  // of the command that comes in, or of the next bytes
    std::optional<TransferWatch> transfer_;
    std::optional<Reply> end_reply_;  // why a wait was ended from our side
    std::uint64_t last_turn_ = 0;

    std::optional<MemoryBudget::Claim> claim_;

    UnconfirmedReplies unconfirmed_;
};

}  // namespace postoffice
