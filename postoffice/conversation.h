/// One SMTP conversation without its socket: bytes in, bytes out, and a mail now and then. Splits
/// the stream into lines and content, runs the Session over them, gathers the replies of a
/// pipelined group.
///
/// The shell around it is a loop: advance(), then do what it needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "postoffice/session.h"

namespace postoffice
{

/// A mail that is complete and not yet stored.
struct IncomingMail {
    mail::Envelope envelope;
    Content content;
};

class Conversation
{
public:
    enum class Need {
        input,   // send output(), then read into input_space() and say received()
        output,  // send output(); there is more to do without reading
        memory,  // content_bytes_needed() is over what was granted: grant_memory() or
                 // refuse_memory()
        commit,  // send output(), store take_mail(), then say stored()
        login,   // send output(), check take_credentials(), then say logged_in()
        tls,     // send output(), do the handshake, then say tls_started()
        close,   // send output() and hang up
    };

    static constexpr std::size_t kInputBytes = 32 * 1024;
    static constexpr std::size_t kOutputBytes = 8 * 1024;  // enough to be worth a write

    /// options  must outlive the conversation
    explicit Conversation(const SessionOptions& options);

    /// Works through what has come until it needs something.
    Need advance();

    std::span<char> input_space();
    void received(std::size_t bytes);
    /// Room for bytes that nobody will look at, after Need::close.
    std::span<char> discard_space() { return {input_.get(), kInputBytes}; }

    const std::string& output() const { return output_; }
    void output_sent() { output_.clear(); }

    IncomingMail take_mail();
    void stored(const mail::Result<mail::SpoolId>& result);

    mail::Credentials take_credentials() { return session_.take_credentials(); }
    void logged_in(mail::Users::Verdict verdict);

    /// Whatever had come before the handshake is gone: nothing of it is ever run inside TLS.
    /// is_identified  by a certificate of the client
    void tls_started(bool is_identified);

    /// Content bytes that must be allowed in memory before advance() can go on; 0 outside of
    /// content that is kept.
    std::size_t content_bytes_needed() const;
    void grant_memory(std::size_t content_bytes);
    /// Drops the content, reads it to its end and answers 452.
    void refuse_memory();

    /// Ends it from our side: a 421.
    void end_with(const Reply& reply);

    bool is_in_content() const { return phase_ == Phase::content; }
    /// In content that is kept: what was granted is in use.
    bool holds_content() const { return data_ && data_->keeps(); }
    /// Part of a command has come and its end has not.
    bool is_in_command() const { return phase_ == Phase::commands && begin_ != end_; }
    /// All bytes that received() was told of.
    std::uint64_t received_bytes() const { return received_bytes_; }
    /// Where in the stream the last thing that was taken up began: a command line, or a read's
    /// share of the content.
    std::uint64_t last_start() const { return last_start_; }
    /// Bytes of content that came on this connection, for the least rate.
    std::uint64_t content_bytes_received() const { return content_bytes_received_; }

private:
    enum class Phase { commands, content, commit, login, tls, closing };

    Need advance_commands();
    Need advance_content();
    void take_line(const LineReader::Line& line);
    void apply(Action action);
    void say(const Reply& reply) { reply.append_to(output_); }
    std::string_view buffered() const { return {input_.get() + begin_, end_ - begin_}; }
    void consume(std::size_t bytes);

    const SessionOptions& options_;
    Session session_;
    LineReader lines_;
    std::optional<DataReader> data_;
    Phase phase_ = Phase::commands;
    std::unique_ptr<char[]> input_;
    std::size_t begin_ = 0;  // of what is buffered in input_
    std::size_t end_ = 0;
    std::string output_;
    std::size_t granted_bytes_ = 0;
    std::uint64_t received_bytes_ = 0;
    std::uint64_t last_start_ = 0;
    std::uint64_t content_bytes_received_ = 0;
};
std::ostream& operator<<(std::ostream& out, Conversation::Need need);

}  // namespace postoffice
