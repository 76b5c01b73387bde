#include "common/spool/loan_book.h"

#include <doctest/doctest.h>

using namespace mail;
using std::chrono::seconds;

namespace
{

const SpoolId kA = *SpoolId::parse("0199a7c2d1e47b3a9c5d0000000000aa");
const SpoolId kB = *SpoolId::parse("0199a7c2d1e47b3a9c5d0000000000bb");
const Envelope kTwo{"s@x.example", {"r1@d.example", "r2@d.example", "r1@d.example"}};

/// A book, the clock it is asked with, and both mails' envelopes.
struct Desk {
    LoanBook book;
    BootTime now{1000};

    void lend(const std::string& token, std::vector<Loan> loans,
              BootTime length = BootTime{900'000})
    {
        book.apply(book.granted(token, now + length, loans, [](const SpoolId&) { return &kTwo; }));
    }
    LoanBook::Settled settle(const std::string& token, std::vector<Outcome> outcomes)
    {
        auto settled = book.settled(token, outcomes, now);
        book.apply(settled.change);
        for (const auto& [id, fate] : settled.fates)
            if (fate == Fate::deleted) book.forget(id);
        return settled;
    }
    std::vector<std::string> lendable(const SpoolId& id) { return book.lendable(id, kTwo, now); }
};

Loan loan(const SpoolId& id, std::vector<std::string> recipients)
{
    return {{id, false}, std::move(recipients)};
}

}  // namespace

TEST_SUITE("common/spool/loan_book")
{
    TEST_CASE("a fresh mail may be lent to each of its recipients once")
    {
        Desk desk;
        CHECK(desk.lendable(kA) == std::vector<std::string>{"r1@d.example", "r2@d.example"});
        CHECK(desk.book.lendable_from(kA, desk.now) == BootTime{0});
    }

    TEST_CASE("a lent recipient is in nobody else's lease, until the lease ends by itself")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})});
        CHECK(desk.lendable(kA).empty());
        CHECK_FALSE(desk.book.lendable_from(kA, desk.now).has_value());
        CHECK(desk.book.next_expiry() == BootTime{901'000});
        desk.now += BootTime{899'999};
        CHECK(desk.book.end_expired(desk.now).empty());
        desk.now += BootTime{1};
        CHECK(desk.book.end_expired(desk.now) == std::vector{kA});
        CHECK(desk.lendable(kA).size() == 2);
    }

    TEST_CASE("only its own token settles a lease, and a repeat is harmless")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})});
        desk.lend("t2", {loan(kB, {"r1@d.example"})});
        for (const char* token : {"t2", "t3"})  // another's, and nobody's
            CHECK(desk.settle(token, {{kA, OutcomeKind::delivered, {}, ""}}).answer.unknown ==
                  std::vector{kA});
        const auto settled = desk.settle("t1", {{kA, OutcomeKind::delivered, {}, ""}});
        CHECK(settled.answer.settled == std::vector{kA});
        CHECK(settled.fates == std::vector<std::pair<SpoolId, Fate>>{{kA, Fate::deleted}});
        CHECK(desk.settle("t1", {{kA, OutcomeKind::delivered, {}, ""}}).answer.unknown ==
              std::vector{kA});
    }

    TEST_CASE(
        "outcomes are per recipient: one done, one deferred, and only the deferred one comes again")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})});
        const auto settled = desk.settle(
            "t1", {{kA, OutcomeKind::delivered, {"r1@d.example"}, ""},
                   {kA, OutcomeKind::deferred, {"r2@d.example"}, "greylisted", seconds(300)}});
        CHECK(settled.answer.settled == std::vector{kA});
        CHECK(settled.fates.front().second == Fate::stays);
        CHECK(desk.lendable(kA).empty());
        CHECK(desk.book.lendable_from(kA, desk.now) == desk.now + seconds(300));
        desk.now += seconds(300);
        CHECK(desk.lendable(kA) == std::vector<std::string>{"r2@d.example"});
    }

    TEST_CASE("an outcome for one recipient leaves the other in the lease")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})});
        desk.settle("t1", {{kA, OutcomeKind::deferred, {"r1@d.example"}, "", seconds(1)}});
        desk.now += seconds(1);
        CHECK(desk.lendable(kA) == std::vector<std::string>{"r1@d.example"});
        desk.lend("t2", {loan(kA, {"r1@d.example"})});
        CHECK(desk.settle("t2", {{kA, OutcomeKind::delivered, {"r2@d.example"}, ""}})
                  .answer.unknown == std::vector{kA});
        CHECK(desk.settle("t1", {{kA, OutcomeKind::delivered, {}, ""}}).fates.front().second ==
              Fate::stays);
        CHECK(desk.settle("t2", {{kA, OutcomeKind::delivered, {}, ""}}).fates.front().second ==
              Fate::deleted);
    }

    TEST_CASE(
        "a mail goes to failed/ or held/ when nobody is pending any more, with the reasons kept")
    {
        const struct {
            OutcomeKind one, two;
            Fate fate;
        } rows[] = {
            {OutcomeKind::delivered, OutcomeKind::failed, Fate::failed},
            {OutcomeKind::held, OutcomeKind::failed, Fate::failed},
            {OutcomeKind::delivered, OutcomeKind::held, Fate::held},
            {OutcomeKind::delivered, OutcomeKind::delivered, Fate::deleted},
            {OutcomeKind::failed, OutcomeKind::deferred, Fate::stays},
        };
        for (const auto& row : rows) {
            Desk desk;
            desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})});
            const auto settled = desk.settle("t1", {{kA, row.one, {"r1@d.example"}, "why"},
                                                    {kA, row.two, {"r2@d.example"}, "why"}});
            CHECK(settled.fates.front().second == row.fate);
            if (row.fate == Fate::deleted)
                CHECK(desk.book.find(kA) == nullptr);
            else
                CHECK(desk.book.find(kA)->recipients[0].reason == "why");
        }
    }

    TEST_CASE("a retry takes up only what failed or was held")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})});
        desk.settle("t1", {{kA, OutcomeKind::delivered, {"r1@d.example"}, ""},
                           {kA, OutcomeKind::failed, {"r2@d.example"}, "no such user"}});
        desk.book.apply(desk.book.revived(kA));
        CHECK(desk.lendable(kA) == std::vector<std::string>{"r2@d.example"});
        CHECK(desk.book.revived(kA).empty());
    }

    TEST_CASE(
        "what failed stays failed while another recipient is pending, also when the mail is seen "
        "again at a start")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})});
        desk.settle("t1", {{kA, OutcomeKind::deferred, {"r1@d.example"}, "", seconds(4000)},
                           {kA, OutcomeKind::failed, {"r2@d.example"}, "no such user"}});
        CHECK(desk.book.revived(kA).empty());
        CHECK(desk.lendable(kA).empty());
    }

    TEST_CASE("who is deferred or lent comes later; who is due, settled or fresh does not")
    {
        Desk desk;
        CHECK_FALSE(desk.book.has_later_recipients(kA, desk.now));
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})});
        CHECK(desk.book.has_later_recipients(kA, desk.now));
        desk.settle("t1", {{kA, OutcomeKind::deferred, {"r1@d.example"}, "", seconds(10)},
                           {kA, OutcomeKind::failed, {"r2@d.example"}, "no"}});
        CHECK(desk.book.has_later_recipients(kA, desk.now));
        CHECK_FALSE(desk.book.has_later_recipients(kA, desk.now + BootTime{10'000}));
    }

    TEST_CASE("renewal moves the end, release ends it at once, a lease that has ended is not there")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"})}, BootTime{1000});
        desk.book.apply(desk.book.renewed("t1", desk.now + BootTime{5000}));
        CHECK(desk.book.end_expired(desk.now + BootTime{1000}).empty());
        CHECK(desk.book.lent_under("t1") == std::vector{kA});
        desk.book.apply(desk.book.released("t1"));
        CHECK_FALSE(desk.book.has_lease("t1"));
        CHECK(desk.lendable(kA).size() == 2);
    }

    TEST_CASE("another boot ends all leases and makes what was deferred due")
    {
        Desk desk;
        Change boot;
        boot.boot_id = "one";
        desk.book.apply(boot);
        desk.lend("t1", {loan(kA, {"r1@d.example"})});
        desk.settle("t1", {{kA, OutcomeKind::deferred, {}, "", seconds(4000)}});
        desk.lend("t2", {loan(kB, {"r1@d.example", "r2@d.example"})});
        desk.book.apply(boot);
        CHECK(desk.book.has_lease("t2"));
        boot.boot_id = "two";
        desk.book.apply(boot);
        CHECK_FALSE(desk.book.has_lease("t2"));
        CHECK(desk.lendable(kA).size() == 2);
        CHECK(desk.lendable(kB).size() == 2);
    }

    TEST_CASE("a snapshot and its encoding make the same book again")
    {
        Desk desk;
        Change boot;
        boot.boot_id = "one";
        desk.book.apply(boot);
        desk.lend("t1", {loan(kA, {"r1@d.example", "r2@d.example"}), loan(kB, {"r1@d.example"})});
        desk.settle("t1", {{kA, OutcomeKind::failed, {"r1@d.example"}, "\"550\" no\n\xff"}});
        desk.book.apply(desk.book.noted(kB, "held by the operator"));
        desk.book.apply(desk.book.marked_unmoved({kB}, true));
        LoanBook again;
        for (const Change& change : desk.book.snapshot()) {
            const auto decoded = decode_change(encode_change(change));
            REQUIRE(decoded.has_value());
            again.apply(*decoded);
        }
        CHECK(again.lent_under("t1") == desk.book.lent_under("t1"));
        CHECK(*again.find(kB) == *desk.book.find(kB));
        CHECK(again.unmoved() == std::vector{kB});
        CHECK(again.find(kA)->recipients[1] == desk.book.find(kA)->recipients[1]);
        CHECK(again.find(kA)->recipients[0].reason == "\"550\" no\n\xef\xbf\xbd");
    }

    TEST_CASE("a line that is no change of ours is refused, not half taken")
    {
        for (const char* text :
             {"", "1", "[]", "{\"boot\":1}", "{\"leases\":{}}", "{\"leases\":[[\"t\"]]}",
              "{\"leases\":[[1,2]]}", "{\"mails\":[[\"x\",\"\",[]]]}",
              "{\"mails\":[[\"0199a7c2d1e47b3a9c5d0000000000aa\",\"\",[[\"a\",\"lost\",\"\",0,\"\"]"
              "]]]}",
              "{\"mails\":[[\"0199a7c2d1e47b3a9c5d0000000000aa\",\"\",[[\"a\",\"pending\",\"\","
              "\"0\",\"\"]]]]}"}) {
            CAPTURE(text);
            CHECK_FALSE(decode_change(text).has_value());
        }
        CHECK(decode_change("{}")->empty());
    }

    TEST_CASE("a lease is gone with the last of its mails; until then it may be renewed")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example"}), loan(kB, {"r1@d.example", "r2@d.example"})});
        desk.settle("t1", {{kA, OutcomeKind::delivered}});
        CHECK(desk.book.has_lease("t1"));
        desk.settle("t1", {{kB, OutcomeKind::deferred, {"r1@d.example"}}});
        CHECK(desk.book.has_lease("t1"));
        desk.book.apply(desk.book.renewed("t1", desk.now + seconds(1000)));
        CHECK(desk.book.next_expiry() == desk.now + seconds(1000));
        desk.settle("t1", {{kB, OutcomeKind::delivered}});
        CHECK_FALSE(desk.book.has_lease("t1"));
        CHECK_FALSE(desk.book.next_expiry());
        CHECK(desk.settle("t1", {{kB, OutcomeKind::delivered}}).answer.unknown == std::vector{kB});
    }

    TEST_CASE("a mail that is lent again under the same lease keeps it")
    {
        Desk desk;
        desk.lend("t1", {loan(kA, {"r1@d.example"})});
        const Change again =
            desk.book.granted("t1", desk.now + seconds(900), {loan(kA, {"r2@d.example"})},
                              [](const SpoolId&) { return &kTwo; });
        desk.book.apply(again);
        desk.book.apply(again);
        CHECK(desk.book.lent_under("t1") == std::vector{kA});
        CHECK(desk.lendable(kA).empty());
    }
}
