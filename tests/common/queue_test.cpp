/// The queue as an operator sees and steers it: on a disk that forgets whatever was not synced,
/// with the power cut before every step of what changes it.
#include <doctest/doctest.h>

#include "common/spool/shelf_window.h"
#include "tests/support/spool_desk.h"

using namespace mail;
using namespace mail::test;
using Desk = SpoolDesk;

namespace
{

/// All of it, in pages of so many.
std::vector<QueuedMail> whole_list(HandOut& hand_out, std::size_t page)
{
    std::vector<QueuedMail> all;
    QueuePlace place;
    for (;;) {
        const auto mails = hand_out.list(place, page);
        REQUIRE(mails);
        REQUIRE(mails->size() <= page);
        if (mails->empty()) return all;
        all.insert(all.end(), mails->begin(), mails->end());
        place = mails->back().place;
    }
}

/// A spool with a mail in each state: waiting, leased, deferred, held, failed, corrupt, in the
/// order of their coming.
struct FullDesk : Desk {
    std::vector<SpoolId> ids;

    FullDesk()
    {
        for (int i = 0; i < 6; ++i) ids.push_back(commit());
        open();
        const auto picks = hand_out->next(50);
        REQUIRE(picks.size() == 6);
        REQUIRE(hand_out->hold(picks[3], "web1 in Subject"));
        REQUIRE(hand_out->bury(picks[4], "too old"));
        REQUIRE(hand_out->quarantine(picks[5], "does not parse"));
        hand_out->put_back({picks[0], picks[1], picks[2]});
        const Lease lease = lend_one(2);
        REQUIRE(hand_out->settle(lease.token,
                                 {{ids[2], OutcomeKind::deferred, {}, "451 later", seconds(300)}}));
        lend_one(1);
    }

    /// Lends the mail of that number, and puts the others back.
    Lease lend_one(std::size_t number)
    {
        std::vector<Pick> others;
        std::vector<Loan> loans;
        for (const Pick& pick : hand_out->next(50)) {
            if (pick.id != ids[number]) {
                others.push_back(pick);
                continue;
            }
            const auto record = hand_out->read(pick);
            loans.push_back({pick, hand_out->lendable(pick, record->envelope)});
        }
        REQUIRE(loans.size() == 1);
        const auto lease = hand_out->lease(loans, seconds(900));
        REQUIRE(lease);
        hand_out->put_back(others);
        return *lease;
    }
};

constexpr QueueState kStates[] = {QueueState::waiting, QueueState::leased, QueueState::deferred,
                                  QueueState::held,    QueueState::failed, QueueState::corrupt};

QueueState state_of(Desk& desk, const SpoolId& id)
{
    const auto mail = desk.hand_out->find(id);
    REQUIRE(mail);
    return mail->state;
}

KeptMail kept(const SpoolId& id, Shelf shelf)
{
    return {id, false, shelf, {}, {}, {}};
}

/// Mails that wait, are lent and are deferred, by the census; the list counts the same.
std::string census_is_as_listed(Desk& desk)
{
    std::size_t waiting = 0, leased = 0, deferred = 0;
    for (const QueuedMail& mail : whole_list(*desk.hand_out, 50)) {
        waiting += mail.state == QueueState::waiting ? 1 : 0;
        leased += mail.state == QueueState::leased ? 1 : 0;
        deferred += mail.state == QueueState::deferred ? 1 : 0;
    }
    const Census census = desk.hand_out->census();
    CHECK(census.waiting == waiting);
    CHECK(census.leased == leased);
    CHECK(census.deferred == deferred);
    return std::to_string(census.waiting) + " " + std::to_string(census.leased) + " " +
           std::to_string(census.deferred);
}

}  // namespace

TEST_SUITE("common/spool/queue")
{
    TEST_CASE("a list has every mail once, oldest first, in its state, however it is paged")
    {
        FullDesk desk;
        for (const std::size_t page : {1, 2, 4, 50}) {
            CAPTURE(page);
            const auto mails = whole_list(*desk.hand_out, page);
            REQUIRE(mails.size() == 6);
            for (std::size_t i = 0; i < 6; ++i) {
                CAPTURE(i);
                CHECK(mails[i].place.id == desk.ids[i]);
                CHECK(mails[i].state == kStates[i]);
                CHECK(desk.hand_out->find(desk.ids[i])->state == kStates[i]);
            }
        }
    }

    TEST_CASE("a list tells why, until when, and of whom")
    {
        FullDesk desk;
        const auto mails = whole_list(*desk.hand_out, 50);
        CHECK(mails[0].recipients.empty());
        CHECK(mails[1].leased_until == desk.clock.wall() + seconds(900));
        CHECK(mails[1].recipients.at(0).is_leased);
        CHECK(mails[2].next_try == desk.clock.wall() + seconds(300));
        CHECK(mails[2].reason == "451 later");
        CHECK(mails[2].recipients.at(1).reason == "451 later");
        CHECK(mails[3].reason == "web1 in Subject");
        CHECK(mails[4].reason == "too old");
        CHECK(desk.hand_out->read_queued(mails[0])->envelope.reverse_path == "s@x.example");
        CHECK(desk.hand_out->read_queued(mails[4])->envelope.reverse_path == "s@x.example");
        CHECK(desk.hand_out->stored_octets(mails[3]) > 100);
        CHECK(desk.hand_out->leases() == 1);
    }

    TEST_CASE("partly with a courier is leased; else partly due is waiting; else deferred")
    {
        Desk desk;
        const SpoolId id = desk.commit({"r1@d.example", "r2@d.example", "r3@d.example"});
        desk.open();
        const Lease lease = desk.lend();
        REQUIRE(desk.hand_out->settle(
            lease.token, {{id, OutcomeKind::deferred, {"r1@d.example"}, "later", seconds(100)}}));
        CHECK(state_of(desk, id) == QueueState::leased);
        REQUIRE(desk.hand_out->settle(
            lease.token, {{id, OutcomeKind::deferred, {"r2@d.example"}, "much later", seconds(500)},
                          {id, OutcomeKind::delivered, {"r3@d.example"}, ""}}));
        CHECK(state_of(desk, id) == QueueState::deferred);
        CHECK(desk.hand_out->find(id)->next_try == desk.clock.wall() + seconds(100));
        desk.clock.advance(seconds(100));
        CHECK(state_of(desk, id) == QueueState::waiting);
    }

    TEST_CASE("the census and the list have the same words for mail that is lent in part")
    {
        const Strings three = {"r1@d.example", "r2@d.example", "r3@d.example"};
        Desk desk;
        const SpoolId deferred = desk.commit(three);
        const SpoolId due = desk.commit(three);
        desk.commit();
        desk.open();
        const Lease lease = desk.lend();
        desk.commit();
        desk.open();
        CHECK(census_is_as_listed(desk) == "1 3 0");
        REQUIRE(desk.hand_out->settle(
            lease.token,
            {{deferred, OutcomeKind::deferred, {"r1@d.example"}, "later", seconds(600)},
             {due, OutcomeKind::deferred, {"r1@d.example"}, "soon", seconds(1)}}));
        CHECK(census_is_as_listed(desk) == "1 3 0");
        desk.clock.advance(seconds(1));
        CHECK(census_is_as_listed(desk) == "1 3 0");
        const auto picks = desk.hand_out->next(50);
        CHECK(picks.size() == 2);
        CHECK(census_is_as_listed(desk) == "1 3 0");
        desk.hand_out->put_back(picks);
        desk.open();  // by the journal
        CHECK(census_is_as_listed(desk) == "1 3 0");
        REQUIRE(desk.hand_out->settle(
            lease.token, {{due, OutcomeKind::delivered, {"r2@d.example", "r3@d.example"}, ""}}));
        CHECK(census_is_as_listed(desk) == "2 2 0");
        desk.clock.advance(seconds(900));  // the lease ends
        CHECK(census_is_as_listed(desk) == "4 0 0");
        desk.lend();
        CHECK(census_is_as_listed(desk) == "0 4 0");
    }

    TEST_CASE("a lease that has ended is not in the list")
    {
        FullDesk desk;
        desk.clock.advance(seconds(900));
        CHECK(whole_list(*desk.hand_out, 50).at(1).state == QueueState::waiting);
        CHECK(desk.hand_out->leases() == 0);
    }

    TEST_CASE(
        "a shelf that is larger than a window is told whole, in order, with the window's room")
    {
        Desk desk;
        desk.commit();
        desk.open();
        MessageFiles files(SpoolLayout(desk.directory.path()), desk.files);
        std::vector<SpoolId> ids;
        for (int i = 0; i < 40; ++i) {
            ids.push_back(SpoolId::generate(WallTime(std::chrono::milliseconds(1'000'000 + i))));
            const char* where = i % 3 == 0 ? "/held/" : i % 3 == 1 ? "/failed/" : "/corrupt/";
            REQUIRE(desk.files.create_exclusive(desk.directory.path() + where + ids[i].hex() +
                                                ".json"));
        }
        for (const std::size_t names : {3, 7, 40, 100}) {
            CAPTURE(names);
            ShelfWindow window(files, names);
            std::vector<SpoolId> told;
            QueuePlace place;
            for (;;) {
                const auto entries = window.after(place, 2);
                REQUIRE(entries);
                if (entries->empty()) break;
                for (const auto& entry : *entries) told.push_back(entry.first.id);
                place = entries->back().first;
            }
            CHECK(told == ids);
        }
    }

    TEST_CASE("mails with many recipients make a page shorter, and a list loses none of them")
    {
        Strings many;
        for (int i = 0; i < 2000; ++i) many.push_back("r" + std::to_string(i) + "@d.example");
        Desk desk;
        std::vector<SpoolId> ids;
        for (int i = 0; i < 7; ++i) ids.push_back(desk.commit(many));
        desk.open();
        const auto shelved = desk.hand_out->pick(ids[6]);
        REQUIRE(shelved);
        REQUIRE(desk.hand_out->hold(*shelved, "why"));
        desk.lend();
        const auto page = desk.hand_out->list({}, 500);
        REQUIRE(page);
        CHECK(page->size() == 3);
        const auto mails = whole_list(*desk.hand_out, 500);
        REQUIRE(mails.size() == ids.size());
        for (std::size_t i = 0; i < ids.size(); ++i) CHECK(mails[i].place.id == ids[i]);
    }

    TEST_CASE("a list from the beginning sees what came to a shelf since")
    {
        FullDesk desk;
        CHECK(whole_list(*desk.hand_out, 2).size() == 6);
        const auto pick = desk.hand_out->pick(desk.ids[0]);
        REQUIRE(pick);
        REQUIRE(desk.hand_out->hold(*pick, "why"));
        CHECK(whole_list(*desk.hand_out, 2).at(0).state == QueueState::held);
    }

    TEST_CASE("an operator picks what waits or is deferred, and nothing that somebody has")
    {
        FullDesk desk;
        CHECK(desk.hand_out->pick(desk.ids[1]).error().kind == ErrorKind::refused);
        CHECK(desk.hand_out->pick(desk.ids[3]).error().kind == ErrorKind::missing);
        const auto theirs = desk.hand_out->next(1);
        CHECK(desk.hand_out->pick(theirs.at(0).id).error().kind == ErrorKind::temporary);
        desk.hand_out->put_back(theirs);
        const auto waiting = desk.hand_out->pick(desk.ids[0]);
        const auto deferred = desk.hand_out->pick(desk.ids[2]);
        REQUIRE(waiting);
        REQUIRE(deferred);
        CHECK(desk.hand_out->next(50).empty());
        desk.hand_out->put_back({*waiting, *deferred});
        CHECK(state_of(desk, desk.ids[2]) == QueueState::deferred);
        CHECK(desk.hand_out->next(50).size() == 1);
    }

    TEST_CASE("a mail that was held or buried while deferred comes back for its own recipients")
    {
        for (const bool buries : {false, true}) {
            CAPTURE(buries);
            FullDesk desk;
            const auto pick = desk.hand_out->pick(desk.ids[2]);
            REQUIRE(pick);
            if (buries) {
                REQUIRE(desk.hand_out->bury(*pick, "buried by the operator"));
                CHECK(desk.is_in("failed", desk.ids[2]));
                REQUIRE(desk.hand_out->retry_kept(kept(desk.ids[2], Shelf::failed)));
                CHECK(state_of(desk, desk.ids[2]) == QueueState::waiting);  // due at once
            } else {
                REQUIRE(desk.hand_out->hold(*pick, "held by the operator"));
                CHECK(desk.is_in("held", desk.ids[2]));
                REQUIRE(desk.hand_out->release_kept(kept(desk.ids[2], Shelf::held), false));
                CHECK(desk.hand_out->find(desk.ids[2])->recipients.size() == 2);
            }
            desk.restart();
            CHECK(desk.is_in("messages", desk.ids[2]));
        }
    }

    TEST_CASE("deferred mail that is retried is due now, over a restart; other mail stays as it is")
    {
        FullDesk desk;
        const auto due = desk.hand_out->make_due(desk.ids);
        REQUIRE(due);
        CHECK(*due == 1);
        CHECK(state_of(desk, desk.ids[2]) == QueueState::waiting);
        CHECK(state_of(desk, desk.ids[1]) == QueueState::leased);
        CHECK(*desk.hand_out->make_due(desk.ids) == 0);
        desk.restart();
        CHECK(state_of(desk, desk.ids[2]) == QueueState::waiting);
        CHECK(desk.hand_out->next(50).size() == 2);
    }

    TEST_CASE("a failed mail that is retried goes to those that failed, and to nobody else")
    {
        Desk desk;
        const SpoolId id = desk.partly_held(true);
        REQUIRE(desk.only_kept().shelf == Shelf::failed);
        CHECK(desk.hand_out->retry_kept(kept(id, Shelf::held)).error().kind == ErrorKind::missing);
        REQUIRE(desk.hand_out->retry_kept(desk.only_kept()));
        desk.restart();
        const Lease lease = desk.lend();
        REQUIRE(desk.lent.size() == 1);
        CHECK(desk.lent[0].recipients == Strings{"r3@d.example"});
        REQUIRE(desk.hand_out->settle(lease.token, {{id, OutcomeKind::delivered, {}, ""}}));
        CHECK(desk.is_in("held", id));  // r2 still waits for an operator's word
        CHECK(desk.hand_out->retry_kept(desk.only_kept()).error().kind == ErrorKind::refused);
    }

    TEST_CASE("held mail that is buried is failed for those that it was held for")
    {
        Desk desk;
        const SpoolId id = desk.partly_held();
        REQUIRE(desk.hand_out->bury_kept(desk.only_kept(), "buried by the operator"));
        desk.restart();
        const KeptMail buried = desk.only_kept();
        CHECK(buried.shelf == Shelf::failed);
        CHECK(buried.reason == "buried by the operator");
        CHECK(buried.recipients.at(0).status == RecipientStatus::delivered);
        CHECK(buried.recipients.at(1).status == RecipientStatus::failed);
        CHECK(desk.hand_out->bury_kept(buried, "again").error().kind == ErrorKind::refused);
        CHECK(desk.hand_out->release_kept(buried, false).error().kind == ErrorKind::refused);
        REQUIRE(desk.hand_out->retry_kept(buried));
        desk.lend();
        REQUIRE(desk.lent.size() == 1);
        CHECK(desk.lent[0].pick.id == id);
        CHECK(desk.lent[0].recipients == Strings{"r2@d.example"});
    }

    TEST_CASE("stopped, nothing is handed out, over restarts; what is lent is settled all the same")
    {
        FullDesk desk;
        CHECK_FALSE(desk.hand_out->stopped_since().has_value());
        REQUIRE(desk.hand_out->stop());
        REQUIRE(desk.hand_out->stop());
        CHECK(desk.hand_out->stopped_since().has_value());
        CHECK(desk.hand_out->next(50).empty());
        const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
        CHECK_FALSE(desk.hand_out->wait_for_mail(soon, {}));
        desk.restart();
        CHECK(desk.hand_out->stopped_since().has_value());
        CHECK(desk.hand_out->next(50).empty());
        CHECK(whole_list(*desk.hand_out, 50).size() == 6);
        REQUIRE(desk.hand_out->resume());
        REQUIRE(desk.hand_out->resume());
        CHECK_FALSE(desk.hand_out->next(50).empty());
        desk.restart();
        CHECK_FALSE(desk.hand_out->stopped_since().has_value());
    }

    TEST_CASE("what was picked before a stop is not handed out after it, and waits again")
    {
        for (const bool for_good : {false, true}) {
            CAPTURE(for_good);
            Desk desk;
            const SpoolId id = desk.commit();
            desk.open();
            const auto picks = desk.hand_out->next(50);
            REQUIRE(picks.size() == 1);
            const auto record = desk.hand_out->read(picks[0]);
            REQUIRE(record);
            const std::vector<Loan> loans = {
                {picks[0], desk.hand_out->lendable(picks[0], record->envelope)}};
            REQUIRE(desk.hand_out->stop());
            if (for_good)
                CHECK(desk.hand_out->hand_over(picks).error().kind == ErrorKind::refused);
            else
                CHECK(desk.hand_out->lease(loans, seconds(900)).error().kind == ErrorKind::refused);
            CHECK(desk.hand_out->leases() == 0);
            CHECK(desk.is_in("messages", id));
            CHECK(state_of(desk, id) == QueueState::waiting);
            REQUIRE(desk.hand_out->resume());
            CHECK(desk.hand_out->next(50).size() == 1);
        }
    }

    /// The clock is asked with the spool's mutex held, which is free again when the thread waits: a
    /// resume that comes after the question finds it waiting.
    TEST_CASE("who waits for mail hears of a resume")
    {
        Desk desk;
        desk.commit();
        desk.open();
        REQUIRE(desk.hand_out->stop());
        const auto late = std::chrono::steady_clock::now() + seconds(30);
        std::jthread waits([&] {
            CHECK(desk.hand_out->wait_for_mail(late, {}));
            CHECK(std::chrono::steady_clock::now() < late);
        });
        desk.clock.wait_until_asked_by(waits.get_id());
        REQUIRE(desk.hand_out->resume());
    }

    TEST_CASE("an end before any step of a stop or a resume: stopped or not, and as answered")
    {
        for (const End end : kEnds) {
            for (const bool stops : {true, false}) {
                bool lasted = false;
                for (int steps = 0; !lasted; ++steps) {
                    CAPTURE(static_cast<int>(end));
                    CAPTURE(stops);
                    CAPTURE(steps);
                    REQUIRE(steps < kMoreStepsThanAnyCall);
                    Desk desk;
                    desk.commit();
                    desk.open();
                    if (!stops) REQUIRE(desk.hand_out->stop());
                    lasted = desk.lasts(steps, end, [&] {
                        const auto done = stops ? desk.hand_out->stop() : desk.hand_out->resume();
                        REQUIRE(done);
                    });
                    desk.open();
                    const bool is_stopped = desk.hand_out->stopped_since().has_value();
                    if (lasted) CHECK(is_stopped == stops);
                    CHECK(desk.hand_out->next(1).empty() == is_stopped);
                }
            }
        }
    }

    TEST_CASE(
        "an end before any step of a retry: deferred as before, or due; failed, or waiting; once")
    {
        for (const End end : kEnds) {
            for (const bool failed : {false, true}) {
                bool lasted = false;
                for (int steps = 0; !lasted; ++steps) {
                    CAPTURE(static_cast<int>(end));
                    CAPTURE(failed);
                    CAPTURE(steps);
                    REQUIRE(steps < kMoreStepsThanAnyCall);
                    Desk desk;
                    const SpoolId id = failed ? desk.partly_held(true) : desk.commit();
                    if (!failed) {
                        desk.open();
                        const Lease lease = desk.lend();
                        REQUIRE(desk.hand_out->settle(
                            lease.token,
                            {{id, OutcomeKind::deferred, {}, "later", seconds(3000)}}));
                    }
                    lasted = desk.lasts(steps, end, [&] {
                        const bool ok =
                            failed ? bool(desk.hand_out->retry_kept(kept(id, Shelf::failed)))
                                   : bool(desk.hand_out->make_due({id}));
                        REQUIRE(ok);
                    });
                    desk.open();
                    CHECK(desk.places(id) == 1);
                    const QueueState state = state_of(desk, id);
                    if (lasted) CHECK(state == QueueState::waiting);
                    if (state == QueueState::failed)
                        REQUIRE(desk.hand_out->retry_kept(kept(id, Shelf::failed)));
                    if (state == QueueState::deferred) REQUIRE(desk.hand_out->make_due({id}));
                    desk.lend();
                    REQUIRE(desk.lent.size() == 1);
                    CHECK(desk.lent[0].recipients.size() == (failed ? 1 : 2));
                    CHECK(desk.lent[0].recipients.back() ==
                          (failed ? "r3@d.example" : "r2@d.example"));
                }
            }
        }
    }

    TEST_CASE("an end before any step of a burial: held or waiting, or a dead letter; once")
    {
        for (const End end : kEnds) {
            for (const bool waits : {false, true}) {
                bool lasted = false;
                for (int steps = 0; !lasted; ++steps) {
                    CAPTURE(static_cast<int>(end));
                    CAPTURE(waits);
                    CAPTURE(steps);
                    REQUIRE(steps < kMoreStepsThanAnyCall);
                    Desk desk;
                    const SpoolId id = waits ? desk.commit() : desk.partly_held();
                    desk.open();
                    lasted = desk.lasts(steps, end, [&] {
                        if (!waits) {
                            const auto done =
                                desk.hand_out->bury_kept(kept(id, Shelf::held), "buried");
                            REQUIRE(done);
                            return;
                        }
                        const auto pick = desk.hand_out->pick(id);
                        REQUIRE(pick);
                        const auto done = desk.hand_out->bury(*pick, "buried");
                        REQUIRE(done);
                    });
                    CHECK(desk.places(id) >= 1);
                    desk.open();
                    CHECK(desk.places(id) == 1);
                    if (lasted) {
                        CHECK(desk.is_in("failed", id));
                        CHECK(desk.only_kept().reason == "buried");
                    }
                    if (desk.is_in("failed", id))
                        REQUIRE(desk.hand_out->retry_kept(kept(id, Shelf::failed)));
                    if (desk.is_in("held", id))
                        REQUIRE(desk.hand_out->release_kept(kept(id, Shelf::held), false));
                    desk.lend();
                    REQUIRE(desk.lent.size() == 1);
                    CHECK(desk.lent[0].recipients.size() == (waits ? 2 : 1));
                    CHECK(desk.lent[0].recipients.back() == "r2@d.example");
                }
            }
        }
    }

    TEST_CASE("an end before any step of a drop of waiting mail: it waits, or is gone for good")
    {
        for (const End end : kEnds) {
            bool lasted = false;
            for (int steps = 0; !lasted; ++steps) {
                CAPTURE(static_cast<int>(end));
                CAPTURE(steps);
                REQUIRE(steps < kMoreStepsThanAnyCall);
                Desk desk;
                const SpoolId id = desk.commit();
                desk.open();
                lasted = desk.lasts(steps, end, [&] {
                    const auto pick = desk.hand_out->pick(id);
                    REQUIRE(pick);
                    const auto done = desk.hand_out->drop(*pick);
                    REQUIRE(done);
                });
                desk.open();
                if (lasted) CHECK(desk.places(id) == 0);
                if (end == End::cut) CHECK((desk.places(id) == 0) == lasted);
                CHECK(desk.hand_out->next(50).size() == static_cast<std::size_t>(desk.places(id)));
            }
        }
    }
}
