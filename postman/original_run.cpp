#include "postman/original_run.h"

#include "common/log.h"
#include "common/random_token.h"
#include "common/spool/directory_hand_out.h"
#include "common/spool/message_id_key.h"
#include "common/spool/spool_directory.h"
#include "postman/local_postmaster.h"
#include "postman/noted_leases.h"
#include "postman/original_intake.h"
#include "postman/postmaster_client.h"

namespace postman
{
namespace
{

namespace log = mail::log;

constexpr std::chrono::seconds kAnswerDeadline{1800};
/// What is handed out is gone at the origin: only with room for it is it asked for.
constexpr std::uint64_t kWantedRoom = std::uint64_t{1} << 30;

class OriginalRun
{
public:
    OriginalRun(const std::string& state, WayOut& way_out, std::stop_token stop)
        : layout_(state),
          way_out_(way_out),
          stop_(std::move(stop)),
          intake_(layout_, mail::system_files())
    {
    }

    mail::Result<mail::Done> serve(const std::vector<OriginalEndpoint>& endpoints)
    {
        const auto lock =
            mail::prepare_spool(layout_, layout_.postoffice_lock(), false, mail::system_files());
        if (!lock) return lock.error();
        // The original scrubs nothing, so the whole scrub is ours.
        auto key = mail::message_id_key(layout_, mail::system_files());
        if (!key) return std::move(key).error();
        way_out_.rules.scrub.message_id_key = std::move(*key);
        // First what an earlier run has left.
        if (auto ok = take_in(); !ok) return std::move(ok).error();
        if (auto ok = work_off(); !ok) return ok;
        for (const OriginalEndpoint& endpoint : endpoints)
            if (auto ok = drain(endpoint); !ok) return ok;
        return mail::Done{};
    }
    const Round& round() const { return round_; }

private:
    bool is_over() const
    {
        return stop_.stop_requested() || way_out_.is_broken() || way_out_.pace.is_used_up();
    }

    mail::Result<mail::Done> drain(const OriginalEndpoint& endpoint)
    {
        while (!is_over()) {
            const auto room = mail::room_at(layout_.root());
            if (!room) return room.error();
            if (room->free_bytes < kWantedRoom)
                return mail::Error{
                    mail::ErrorKind::temporary,
                    "less than 1 GiB is free in " + layout_.root() + ": nothing is fetched"};
            const auto fetched = fetch(endpoint);
            if (!fetched) {
                log::warning("endpoint-failed",
                             {{"endpoint", endpoint.name}, {"reason", fetched.error().describe()}});
                round_.endpoint_failed = true;
            }
            const auto taken = take_in();
            if (!taken) return taken.error();
            if (*taken == 0) break;
            if (auto ok = work_off(); !ok) return ok;
            if (!fetched) break;
        }
        return mail::Done{};
    }

    /// One GET. Not ended by a stop: what is under way is gone at the origin already.
    mail::Result<mail::Done> fetch(const OriginalEndpoint& endpoint)
    {
        if (auto ok = intake_.begin_answer(mail::random_token()); !ok) return std::move(ok).error();
        std::string begin;
        const auto head = endpoint.exchange.ask({.method = "GET",
                                                 .target = "/",
                                                 .body = "",
                                                 .deadline = kAnswerDeadline,
                                                 .max_bytes = kMaxOriginalAnswerBytes},
                                                [&](std::string_view piece) {
                                                    if (begin.size() < 16)
                                                        begin.append(piece.substr(0, 16));
                                                    return intake_.add(piece);
                                                },
                                                {});
        const std::size_t first = begin.find_first_not_of(" \t\r\n");
        const bool is_answer = first != std::string::npos && begin[first] == '[';
        if (!is_answer) {
            intake_.drop_answer();
            if (!head) return head.error();
            return unexpected_answer(*head);
        }
        if (auto ok = intake_.keep_answer(); !ok) return std::move(ok).error();
        if (!head) return head.error();
        return mail::Done{};
    }

    /// returns  the records that lay in answers
    mail::Result<std::size_t> take_in()
    {
        const auto taken = intake_.take_in();
        if (!taken) return taken.error();
        round_.has_unreadable = round_.has_unreadable || taken->unsound > 0;
        return taken->mails + taken->unsound;
    }

    mail::Result<mail::Done> work_off()
    {
        if (is_over()) return mail::Done{};
        // Opened anew for each answer, so that it knows all of its mails.
        const auto hand_out = mail::DirectoryHandOut::open({.root = layout_.root()});
        if (!hand_out) return hand_out.error();
        LocalPostmaster local("file:" + layout_.root(), **hand_out);
        NotedLeases postmaster(local, layout_.root() + "/lease", mail::system_files());
        const Round done = Courier(postmaster, way_out_).run(std::chrono::seconds(0), stop_);
        round_.counts.add(done.counts);
        round_.endpoint_failed = round_.endpoint_failed || done.endpoint_failed;
        return mail::Done{};
    }

    const mail::SpoolLayout layout_;
    WayOut& way_out_;
    const std::stop_token stop_;
    OriginalIntake intake_;
    Round round_;
};

}  // namespace

mail::Result<Round> run_original(const std::string& state,
                                 const std::vector<OriginalEndpoint>& endpoints, WayOut& way_out,
                                 std::stop_token stop)
{
    OriginalRun run(state, way_out, std::move(stop));
    if (auto ok = run.serve(endpoints); !ok) return std::move(ok).error();
    return run.round();
}

}  // namespace postman
