#include "postoffice/conversation.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <ostream>

namespace postoffice
{

std::ostream& operator<<(std::ostream& out, Conversation::Need need)
{
    static constexpr const char* kNames[] = {"input", "output", "memory", "commit", "tls", "close"};
    return out << kNames[static_cast<int>(need)];
}

Conversation::Conversation(const SessionOptions& options)
    : options_(options),
      session_(options),
      input_(std::make_unique_for_overwrite<char[]>(kInputBytes))
{
    apply(session_.greet());
}

Conversation::Need Conversation::advance()
{
    for (;;) {
        if (phase_ == Phase::closing) return Need::close;
        if (phase_ == Phase::commit) return Need::commit;
        if (phase_ == Phase::login) return Need::login;
        if (phase_ == Phase::tls) return Need::tls;
        if (output_.size() >= kOutputBytes) return Need::output;
        const Phase before = phase_;
        const Need need = before == Phase::content ? advance_content() : advance_commands();
        if (phase_ == before) return need;
    }
}

// Returns where more input is needed, or where the phase has changed.
Conversation::Need Conversation::advance_commands()
{
    while (phase_ == Phase::commands && output_.size() < kOutputBytes) {
        const std::uint64_t start = received_bytes_ - buffered().size();
        const LineReader::Line line =
            lines_.next(buffered(), session_.is_in_auth() ? kMaxAuthLineBytes : kMaxLineBytes);
        if (line.kind != LineReader::Kind::none) {
            last_start_ = start;
            take_line(line);
        }
        consume(line.consumed);
        if (line.kind == LineReader::Kind::none) return Need::input;
    }
    return Need::output;
}

void Conversation::take_line(const LineReader::Line& line)
{
    const bool is_last = line.consumed == buffered().size();
    const bool was_in_auth = session_.is_in_auth();
    apply(line.kind == LineReader::Kind::line ? session_.on_line(line.text, is_last)
                                              : session_.on_bad_line(line.kind));
    // A password does not stay in the buffer.
    if (was_in_auth || session_.is_in_auth()) OPENSSL_cleanse(input_.get() + begin_, line.consumed);
}

Conversation::Need Conversation::advance_content()
{
    if (buffered().empty()) return Need::input;
    if (content_bytes_needed() > granted_bytes_) return Need::memory;
    last_start_ = received_bytes_ - buffered().size();
    const DataReader::Progress progress = data_->read(buffered());
    content_bytes_received_ += progress.consumed;
    consume(progress.consumed);
    if (!progress.has_ended) return Need::input;
    phase_ = Phase::commands;
    apply(session_.on_content(data_->end(), data_->content().head()));
    if (phase_ != Phase::commit) data_.reset();
    return Need::output;
}

void Conversation::apply(Action action)
{
    if (action.reply) say(*action.reply);
    if (action.last_word) say(*action.last_word);
    switch (action.kind) {
        case Action::Kind::read_line:
            break;
        case Action::Kind::commit:
            phase_ = Phase::commit;
            break;
        case Action::Kind::authenticate:
            phase_ = Phase::login;
            break;
        case Action::Kind::start_tls:
            phase_ = Phase::tls;
            break;
        case Action::Kind::close:
            phase_ = Phase::closing;
            break;
        case Action::Kind::read_content:
            phase_ = Phase::content;
            granted_bytes_ = 0;
            data_.emplace(options_.max_content_bytes);
            break;
    }
}

std::span<char> Conversation::input_space()
{
    if (begin_ > 0) {
        std::memmove(input_.get(), input_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    return {input_.get() + end_, kInputBytes - end_};
}

void Conversation::received(std::size_t bytes)
{
    end_ += bytes;
    received_bytes_ += bytes;
}

void Conversation::consume(std::size_t bytes)
{
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
}

IncomingMail Conversation::take_mail()
{
    IncomingMail mail{session_.take_envelope(), std::move(data_->content())};
    data_.reset();
    return mail;
}

void Conversation::stored(const mail::Result<mail::SpoolId>& result)
{
    phase_ = Phase::commands;
    apply(session_.on_stored(result));
}

void Conversation::logged_in(mail::Users::Verdict verdict)
{
    phase_ = Phase::commands;
    apply(session_.on_login(verdict));
}

void Conversation::tls_started(bool is_identified)
{
    begin_ = end_ = 0;
    lines_ = LineReader();
    session_.on_tls(is_identified);
    if (phase_ == Phase::tls) phase_ = Phase::commands;
}

std::size_t Conversation::content_bytes_needed() const
{
    if (!data_ || !data_->keeps()) return 0;
    // With SIZE= all at once, so that a large mail waits before it holds anything and not half-way.
    return std::max(session_.declared_size(),
                    data_->content().size() + data_->growth_of(buffered().size()));
}

void Conversation::grant_memory(std::size_t content_bytes)
{
    granted_bytes_ = content_bytes;
    data_->content().expect(std::min(session_.declared_size(), content_bytes));
}

void Conversation::refuse_memory()
{
    data_->drop();
}

void Conversation::end_with(const Reply& reply)
{
    if (phase_ == Phase::closing) return;
    say(reply);
    phase_ = Phase::closing;
}

}  // namespace postoffice
