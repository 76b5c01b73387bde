#include "postoffice/connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/log.h"

namespace postoffice
{

namespace asio = boost::asio;
using boost::system::error_code;
using Need = Conversation::Need;

namespace
{

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kMemoryStep = 64 * 1024;
constexpr std::size_t kLoggedNameBytes = 100;

SessionOptions with_log(SessionOptions options, const Peer& peer, ConnectionCounts& counts)
{
    options.security.is_local = peer.is_local();
    options.on_refusal = [&peer, &counts](Verb verb, const Reply& reply, bool is_of_mail) {
        counts.refusals.add(reply);
        const mail::log::Fields fields = {{"peer", peer.text()},
                                          {"verb", name_of(verb)},
                                          {"code", reply.code},
                                          {"enhanced", reply.enhanced},
                                          {"reason", reply.text}};
        if (is_of_mail)
            mail::log::info("refused", fields);
        else
            mail::log::limited(mail::log::Level::info, "refused", fields);
    };
    return options;
}

std::size_t rounded_up(std::size_t bytes)
{
    return (bytes + kMemoryStep - 1) / kMemoryStep * kMemoryStep;
}

}  // namespace

Connection::Connection(Transport transport, ConnectionServices& services, std::uint64_t number)
    : transport_(std::move(transport)),
      services_(services),
      number_(number),
      session_options_(with_log(services.session, transport_.peer(), services.counts)),
      conversation_(session_options_)
{
}

Connection::~Connection()
{
    release_memory();
}

asio::awaitable<void> Connection::run()
{
    bool may_talk = true;
    if (begins_in_tls_) may_talk = co_await start_tls();
    if (may_talk) co_await converse();
    co_await linger();
}

asio::awaitable<void> Connection::converse()
{
    for (;;) {
        const Need need = conversation_.advance();
        confirm_what_was_heard();
        const bool spoke = !conversation_.output().empty();
        if (!send_at_once() && !co_await send_rest()) break;
        if (need == Need::close) break;
        // The next word is the client's. Where others wait for a turn they go first: mostly it has
        // come then, and a read that finds nothing is spared.
        if (spoke && need == Need::input && !was_alone_since_last_turn())
            co_await asio::post(transport_.executor(), kToken);
        if (need == Need::commit)
            co_await commit();
        else if (need == Need::memory)
            co_await take_memory();
        else if (need == Need::login)
            co_await log_in();
        else if (need == Need::tls && !co_await start_tls())
            break;
        else if (need == Need::input && !co_await read())
            break;
    }
}

// Another certificate may be in force by now: one that begins takes the newest.
asio::awaitable<bool> Connection::start_tls()
{
    begin_wait(Waiting::handshake, services_.clock.boot() + services_.handshake_timeout);
    const bool has_begun = co_await transport_.start_tls(services_.tls->context());
    waiting_ = Waiting::nothing;
    if (has_begun && !end_reply_)
        conversation_.tls_started(transport_.has_client_certificate());
    else if (!end_reply_)
        mail::log::limited(mail::log::Level::info, "tls handshake failed",
                           {{"peer", transport_.peer().text()}, {"reason", transport_.why_not()}});
    co_return has_begun && !end_reply_;
}

asio::awaitable<void> Connection::log_in()
{
    using Verdict = mail::Users::Verdict;
    LoginLane::Job job{conversation_.take_credentials(), {}};
    if (!services_.logins->check_at_once(job)) co_await services_.logins->check(job);
    const mail::Users::Login& login = job.login;
    if (login.verdict != Verdict::welcome)
        mail::log::limited(
            mail::log::Level::warning, "login refused",
            {{"user", login.name.substr(0, kLoggedNameBytes)},
             {"peer", transport_.peer().text()},
             {"reason", login.verdict == Verdict::busy ? "too many at once" : "credentials"}});
    conversation_.logged_in(login.verdict);
}

asio::awaitable<bool> Connection::read()
{
    if (!conversation_.holds_content()) release_memory();
    const bool in_content = conversation_.is_in_content();
    if (in_content && !transfer_) transfer_.emplace(services_.clock.boot());
    if (!in_content) {
        transfer_.reset();
        if (services_.is_stopping) end_reply_ = replies::shutting_down();
    }
    if (!end_reply_) {
        const auto space = conversation_.input_space();
        // A command that comes byte by byte has its five minutes in all, not for each byte.
        if (!conversation_.is_in_command()) read_deadline_ = idle_deadline();
        begin_wait(in_content ? Waiting::content : Waiting::command, read_deadline_);
        const auto [error, bytes] = co_await transport_.read_some(space);
        waiting_ = Waiting::nothing;
        conversation_.received(bytes);
        if (!error) end_reply_.reset();  // it came in the last moment
        if (error && !end_reply_ && in_content) note_cut_off();
        if (error && !end_reply_) co_return false;
    }
    if (end_reply_) conversation_.end_with(*end_reply_);
    co_return true;
}

void Connection::note_cut_off() const
{
    mail::log::info("mail cut off", {{"peer", transport_.peer().text()},
                                     {"received", conversation_.content_bytes_received()}});
}

/// Replies nearly always fit into the socket's buffer: then there is nothing to wait for. False:
/// the rest, or the error, is send_rest()'s.
///
/// A client that pipelines cannot hold the thread with it: there are at most kInputBytes of
/// commands between two reads, and each read gives the others their turn.
bool Connection::send_at_once()
{
    const std::string& output = conversation_.output();
    if (output.empty()) return true;
    note_replies_about_to_be_written();
    if (!transport_.write_at_once(output)) return false;
    conversation_.output_sent();
    return true;
}

bool Connection::was_alone_since_last_turn()
{
    const std::uint64_t others = services_.turns - last_turn_;
    last_turn_ = ++services_.turns;
    return others == 0;
}

asio::awaitable<bool> Connection::send_rest()
{
    begin_wait(Waiting::write, idle_deadline());
    const bool is_sent = co_await transport_.write_rest();
    waiting_ = Waiting::nothing;
    conversation_.output_sent();
    co_return is_sent;
}

asio::awaitable<void> Connection::take_memory()
{
    if (!claim_) claim_ = services_.memory.open();
    const std::size_t wanted = rounded_up(conversation_.content_bytes_needed());
    const auto start = services_.clock.boot();
    const bool is_granted = co_await services_.memory.acquire(*claim_, wanted);
    if (transfer_) transfer_->pause(services_.clock.boot() - start);
    if (is_granted) {
        conversation_.grant_memory(wanted);
        co_return;
    }
    mail::log::limited(mail::log::Level::warning, "no memory for a mail",
                       {{"peer", transport_.peer().text()}, {"wanted", wanted}});
    conversation_.refuse_memory();
    release_memory();
}

asio::awaitable<void> Connection::commit()
{
    StoreLane::Job job{{conversation_.take_mail(), number_}, {}};
    const bool is_small = job.arrival.mail.content.size() <= services_.store.together_up_to();
    StoreLane& lane = is_small ? services_.small_mails : services_.large_mails;
    co_await lane.store(job);
    release_memory();
    transfer_.reset();
    if (job.outcome.ticket != 0) unconfirmed_.add(job.outcome.ticket);
    conversation_.stored(job.outcome.result);
}

// Hangs up so that the last reply arrives: closing with unread input would reset the connection,
// and a reset throws away what the client has not read yet.
asio::awaitable<void> Connection::linger()
{
    transport_.end_writing();
    const auto deadline = services_.clock.boot() + kLingerTime;
    for (error_code error; !error && services_.clock.boot() < deadline;) {
        const auto space = conversation_.discard_space();
        begin_wait(Waiting::goodbye, deadline);
        const auto [read_error, bytes] = co_await transport_.discard(space);
        error = read_error;
    }
    waiting_ = Waiting::nothing;
    transport_.close();
}

mail::BootTime Connection::idle_deadline() const
{
    return services_.clock.boot() + services_.idle_timeout;
}

std::string_view Connection::name_of(Waiting waiting)
{
    switch (waiting) {
        case Waiting::command:
            return "command";
        case Waiting::content:
            return "data";
        case Waiting::write:
            return "reply";
        case Waiting::handshake:
            return "tls handshake";
        case Waiting::nothing:
        case Waiting::goodbye:
            break;
    }
    return "nothing";
}

void Connection::begin_wait(Waiting what, mail::BootTime deadline)
{
    waiting_ = what;
    deadline_ = deadline;
}

void Connection::tick()
{
    if (waiting_ == Waiting::nothing) return;
    const auto now = services_.clock.boot();
    const bool is_late = now > deadline_;
    const bool is_slow = waiting_ == Waiting::content && transfer_ &&
                         !transfer_->check(now, conversation_.content_bytes_received());
    if (!is_late && !is_slow) return;
    if (waiting_ != Waiting::goodbye) {
        services_.counts.refusals.add(replies::timed_out());
        const mail::log::Fields fields = {{"peer", transport_.peer().text()},
                                          {"in", is_slow ? "slow data" : name_of(waiting_)}};
        if (waiting_ == Waiting::content)
            mail::log::info("timed out", fields);
        else
            mail::log::limited(mail::log::Level::info, "timed out", fields);
    }
    end_wait_with(replies::timed_out());
}

void Connection::stop()
{
    if (waiting_ == Waiting::command || waiting_ == Waiting::handshake)
        end_wait_with(replies::shutting_down());
}

void Connection::cut()
{
    end_reply_ = replies::shutting_down();
    if (waiting_ != Waiting::nothing) end_wait_with(replies::shutting_down());
}

void Connection::end_wait_with(Reply reply)
{
    end_reply_ = std::move(reply);
    transport_.cancel();
}

void Connection::release_memory()
{
    if (!claim_) return;
    services_.memory.close(*claim_);
    claim_.reset();
}

void Connection::note_replies_about_to_be_written()
{
    if (!unconfirmed_.has_unwritten()) return;
    unconfirmed_.about_to_write(conversation_.received_bytes() + transport_.unread_bytes());
}

void Connection::confirm_what_was_heard()
{
    for (const ResendGuard::Ticket ticket : unconfirmed_.confirmed_by(conversation_.last_start()))
        services_.store.confirm(ticket);
}

}  // namespace postoffice
