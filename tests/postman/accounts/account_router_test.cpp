#include "postman/accounts/account_router.h"

#include <doctest/doctest.h>

#include "tests/postman/fakes.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace std::chrono_literals;
using mail::OutcomeKind;
using postman::Account;
using postman::AccountRouter;
using postman::AccountTable;
using postman::Broken;
using postman::Verdict;
using postman::test::FakeBackend;
using postman::test::record_of;

namespace
{

/// A way out whose check() says what the test wants.
struct CheckedBackend final : postman::DeliveryBackend {
    explicit CheckedBackend(FakeBackend& fake) : inner(fake) {}
    std::string name() const override { return "fake"; }
    std::optional<Broken> check() override { return *fault; }
    FakeBackend::Answer deliver(const mail::Record& record,
                                const std::vector<std::string>& to) override
    {
        return inner.deliver(record, to);
    }
    FakeBackend::Answer deliver_until(const mail::Record& record,
                                      const std::vector<std::string>& to,
                                      Deadline deadline) override
    {
        deadlines.insert(deadline);
        return inner.deliver(record, to);
    }
    static inline std::set<Deadline> deadlines = {};
    FakeBackend& inner;
    std::shared_ptr<std::optional<Broken>> fault = std::make_shared<std::optional<Broken>>();
};

struct Setting {
    mail::test::MemoryFiles files;
    mail::test::ManualClock clock;
    std::vector<std::unique_ptr<FakeBackend>> fakes;
    std::vector<std::shared_ptr<std::optional<Broken>>> faults;
    AccountTable table;
    std::unique_ptr<AccountRouter> router;
    postman::CountTurns turns = nullptr;
    postman::RouterRules rules = {};

    Setting() { REQUIRE(files.make_dir("/state")); }
    FakeBackend& add(const std::string& name, std::vector<std::string> serves,
                     postman::AccountLimits limits = {})
    {
        Account account{.name = name, .file = "f", .serves = std::move(serves)};
        account.deliver = "maildir:/" + name;
        account.limits = limits;
        REQUIRE(table.add(std::move(account), {}));
        fakes.push_back(std::make_unique<FakeBackend>());
        return *fakes.back();
    }
    void begin()
    {
        std::vector<std::unique_ptr<postman::DeliveryBackend>> ways;
        for (auto& fake : fakes) {
            auto way = std::make_unique<CheckedBackend>(*fake);
            faults.push_back(way->fault);
            ways.push_back(std::move(way));
        }
        router = std::make_unique<AccountRouter>(
            "accounts:f", table, std::move(ways),
            std::make_unique<postman::AccountCounts>("/state", files, clock, turns), clock, rules);
    }
    std::vector<Verdict> deliver(const std::string& sender, std::vector<std::string> to,
                                 unsigned number = 1)
    {
        if (!router) begin();
        auto record = record_of(number, to);
        record.envelope.reverse_path = sender;
        auto answer = router->deliver(record, to);
        REQUIRE(std::holds_alternative<std::vector<Verdict>>(answer));
        return std::get<std::vector<Verdict>>(std::move(answer));
    }
};

}  // namespace

TEST_SUITE("postman/account_router")
{
    TEST_CASE("the sender's address goes before its domain, that before what is under a domain")
    {
        Setting s;
        auto& address = s.add("address", {"web@shop.example"});
        auto& domain = s.add("domain", {"shop.example"});
        auto& under = s.add("under", {".shop.example"});
        auto& deeper = s.add("deeper", {".eu.shop.example"});
        auto& rest = s.add("rest", {});
        REQUIRE(s.table.set_default("rest"));
        s.deliver("Web@Shop.Example", {"a@x.example"});
        s.deliver("ann@shop.example", {"a@x.example"});
        s.deliver("ann@de.shop.example", {"a@x.example"});
        s.deliver("ann@a.eu.shop.example", {"a@x.example"});
        s.deliver("ann@notshop.example", {"a@shop.example"});
        s.deliver("root", {"a@shop.example"});
        CHECK(address.sent.size() == 1);
        CHECK(domain.sent.size() == 1);
        CHECK(under.sent.size() == 1);
        CHECK(deeper.sent.size() == 1);
        CHECK(rest.sent.size() == 2);
    }

    TEST_CASE("the null sender's mail goes by its recipients' domains, by several accounts")
    {
        Setting s;
        auto& shop = s.add("shop", {"shop.example", "boss@shop.example"});
        auto& other = s.add("other", {"other.example"});
        const auto verdicts = s.deliver(
            "", {"a@shop.example", "b@other.example", "boss@shop.example", "c@nobody.example"});
        REQUIRE(verdicts.size() == 4);
        CHECK(shop.sent.size() == 2);
        CHECK(other.sent.size() == 1);
        for (const Verdict& verdict : verdicts)
            CHECK(verdict.kind == (verdict.recipient == "c@nobody.example"
                                       ? OutcomeKind::held
                                       : OutcomeKind::delivered));
    }

    TEST_CASE("all accounts of a mail share one time, and who comes too late was not tried")
    {
        Setting s;
        auto& shop = s.add("shop", {"shop.example"});
        auto& other = s.add("other", {"other.example"});
        CheckedBackend::deadlines.clear();
        s.deliver("", {"a@shop.example", "b@other.example"});
        CHECK(CheckedBackend::deadlines.size() == 1);
        s.rules.timeout = 0s;
        s.router.reset();
        for (const Verdict& verdict : s.deliver("", {"a@shop.example", "b@other.example"}, 2)) {
            CHECK(verdict.kind == OutcomeKind::deferred);
            CHECK(verdict.is_untried);
        }
        CHECK(shop.sent.size() + other.sent.size() == 2);
    }

    TEST_CASE("a limit whose counts cannot be read defers, and the reason says so")
    {
        Setting s;
        auto& shop = s.add("shop", {"shop.example"}, {.per_day = 5});
        auto& other = s.add("other", {"other.example"});
        s.turns = []() -> mail::Result<postman::CountTurn> {
            return mail::Error{mail::ErrorKind::temporary, "open lock /state/account-counts.lock"};
        };
        const auto verdict = s.deliver("w@shop.example", {"a@x.example"})[0];
        CHECK(verdict.kind == OutcomeKind::deferred);
        CHECK(verdict.is_untried);
        CHECK(verdict.retry_after == 60s);
        CHECK(verdict.reason.find("cannot be read") != std::string::npos);
        CHECK(shop.sent.empty());
        s.deliver("w@other.example", {"a@x.example"}, 2);
        CHECK(other.sent.size() == 1);
    }

    TEST_CASE("what the genericstable wrote is looked at before it leaves")
    {
        Setting s;
        auto& rest = s.add("rest", {});
        REQUIRE(s.table.set_default("rest"));
        auto generics =
            postman::GenericsTable::parse("bad leak@web1.internal\ngood ok@shop.example");
        REQUIRE(generics);
        s.table.set_generics(std::move(*generics));
        s.rules.look = [](mail::Record& record) {
            const bool shows = record.envelope.reverse_path.find("internal") != std::string::npos;
            return std::string(shows ? "it shows the origin: web1.internal" : "");
        };
        const auto verdict = s.deliver("bad", {"a@x.example"})[0];
        CHECK(verdict.kind == OutcomeKind::held);
        CHECK(verdict.reason == "after the genericstable it shows the origin: web1.internal");
        CHECK(rest.sent.empty());
        CHECK(s.deliver("good", {"a@x.example"}, 2)[0].kind == OutcomeKind::delivered);
        CHECK(s.deliver("neither", {"a@x.example"}, 3)[0].kind == OutcomeKind::delivered);
    }

    TEST_CASE("mail that no account serves is held and goes nowhere")
    {
        Setting s;
        auto& shop = s.add("shop", {"shop.example"});
        CHECK(s.deliver("eve@else.example", {"a@shop.example"})[0].kind == OutcomeKind::held);
        CHECK(shop.sent.empty());
    }

    TEST_CASE("an account at its limit defers its own mail and no other's, and loses none")
    {
        Setting s;
        auto& shop = s.add("shop", {"shop.example"}, {.per_minute = 2});
        auto& other = s.add("other", {"other.example"});
        for (unsigned i = 1; i <= 3; ++i) {
            const auto verdict = s.deliver("w@shop.example", {"a@x.example"}, i)[0];
            CHECK((verdict.kind == OutcomeKind::delivered) == (i < 3));
            if (i < 3) continue;
            CHECK(verdict.kind == OutcomeKind::deferred);
            CHECK(verdict.retry_after == 61s);
            CHECK(verdict.is_untried);
            CHECK_FALSE(verdict.may_be_accepted);
        }
        CHECK(shop.sent.size() == 2);
        CHECK(s.deliver("w@other.example", {"a@x.example"})[0].kind == OutcomeKind::delivered);
        CHECK(other.sent.size() == 1);
        s.clock.advance(61s);
        CHECK(s.deliver("w@shop.example", {"a@x.example"}, 3)[0].kind == OutcomeKind::delivered);
    }

    TEST_CASE("what the provider did not take does not count; what it may have taken does")
    {
        Setting s;
        auto& shop = s.add("shop", {"shop.example"}, {.per_day = 1});
        shop.answer = [](const auto&, const auto& to) {
            return FakeBackend::all(to, OutcomeKind::deferred, "busy");
        };
        for (int i = 0; i < 3; ++i)
            CHECK(s.deliver("w@shop.example", {"a@x.example"})[0].reason == "busy");
        shop.answer = [](const auto&, const auto& to) {
            auto verdicts = FakeBackend::all(to, OutcomeKind::deferred, "cut");
            verdicts[0].may_be_accepted = true;
            return verdicts;
        };
        CHECK(s.deliver("w@shop.example", {"a@x.example"})[0].reason == "cut");
        CHECK(s.deliver("w@shop.example", {"a@x.example"})[0].is_untried);
    }

    TEST_CASE("a broken account defers its own mail, rests, and is looked at again")
    {
        Setting s;
        auto& shop = s.add("shop", {"shop.example"}, {.per_day = 1});
        auto& other = s.add("other", {"other.example"});
        s.begin();
        shop.answer = [](const auto&, const auto&) { return Broken{"no permission"}; };
        const auto verdict = s.deliver("w@shop.example", {"a@x.example"})[0];
        CHECK(verdict.kind == OutcomeKind::deferred);
        CHECK(verdict.is_untried);
        CHECK(verdict.reason.find("no permission") != std::string::npos);
        CHECK(s.deliver("w@other.example", {"a@x.example"})[0].kind == OutcomeKind::delivered);
        shop.answer = nullptr;
        CHECK(s.deliver("w@shop.example", {"a@x.example"})[0].is_untried);
        CHECK(shop.sent.size() == 1);
        s.clock.advance(300s);
        *s.faults[0] = Broken{"no permission yet"};
        CHECK(s.deliver("w@shop.example", {"a@x.example"})[0].is_untried);
        s.clock.advance(300s);
        *s.faults[0] = std::nullopt;
        CHECK(s.deliver("w@shop.example", {"a@x.example"})[0].kind == OutcomeKind::delivered);
        CHECK(other.sent.size() == 1);
    }

    TEST_CASE("a run stops before it begins only where every account is broken")
    {
        Setting s;
        s.add("shop", {"shop.example"});
        auto& other = s.add("other", {"other.example"});
        s.begin();
        CHECK_FALSE(s.router->check());
        *s.faults[0] = Broken{"no password file"};
        CHECK_FALSE(s.router->check());
        CHECK(s.deliver("w@shop.example", {"a@x.example"})[0].is_untried);
        CHECK(s.deliver("w@other.example", {"a@x.example"})[0].kind == OutcomeKind::delivered);
        CHECK(other.sent.size() == 1);
        *s.faults[1] = Broken{"no CA"};
        CHECK(s.router->check()->reason == "no password file");
    }

    TEST_CASE("a sender that the genericstable maps goes by the account of its new form")
    {
        Setting s;
        auto& gmail = s.add("gmail", {"shop@gmail.example"});
        auto& rest = s.add("rest", {});
        REQUIRE(s.table.set_default("rest"));
        auto table = postman::GenericsTable::parse("root shop@gmail.example\n");
        REQUIRE(table);
        s.table.set_generics(*table);
        s.deliver("root", {"a@x.example"});
        s.deliver("ann", {"a@x.example"});
        CHECK(gmail.sent.size() == 1);
        CHECK(rest.sent.size() == 1);
    }
}

TEST_SUITE("postman/account_table")
{
    TEST_CASE("an account's words must go together, and the message says where they stand")
    {
        const auto fault = [](Account account) {
            AccountTable table;
            account.name = "a";
            account.file = "accounts.conf";
            account.line = 7;
            const auto ok = table.add(std::move(account), {});
            return ok ? std::string() : ok.error().step;
        };
        Account account;
        account.deliver = "smpt://h";
        CHECK(fault(account).starts_with("accounts.conf: line 7: deliver is gmail, smtp://HOST"));
        account.deliver = "maildir:rel";
        CHECK(fault(account) == "accounts.conf: line 7: deliver wants an absolute path");
        account.deliver = "maildir:/var/mail/x";
        CHECK(fault(account) == "");
        account.helo = "x";
        CHECK(fault(account) ==
              "accounts.conf: line 7: helo does not belong to deliver = maildir:/var/mail/x");
        account = {};
        account.deliver = "gmail";
        CHECK(fault(account).find("wants user") != std::string::npos);
        account.user = "web@shop.example";
        CHECK(fault(account) == "");
        account.password_file = "/x";
        CHECK(fault(account) != "");
        account = {};
        account.deliver = "smtp://u@h.example:587";
        CHECK(fault(account) != "");  // a user without a secret
        account.password_file = "/x";
        CHECK(fault(account) == "");
        account.user = "other";
        CHECK(fault(account) != "");
        account.user = "";
        account.timeout = "500s";
        CHECK(fault(account) == "accounts.conf: line 7: timeout is 1s to 400s");
        account.timeout = "";
        account.auth = "PLIAN";
        CHECK(fault(account).find("auth: ") != std::string::npos);
        account.auth = "";
        account.endpoint = "https://h";
        CHECK(fault(account) != "");
    }

    TEST_CASE("authinfo gives a smarthost its user and password by the server's name")
    {
        const auto entries = postman::parse_authinfo(
            "AuthInfo:smtp.gmail.com \"I:web@shop.example\" \"P:secret\" \"M:PLAIN\"\n");
        REQUIRE(entries);
        Account account{.name = "a", .file = "f"};
        account.deliver = "smtp://smtp.gmail.com:587";
        AccountTable table;
        REQUIRE(table.add(account, *entries));
        const auto& host = std::get<postman::SmarthostWay>(table.entries()[0].way).smarthost;
        CHECK(host.user == "web@shop.example");
        CHECK(*host.password({}) == "secret");
        CHECK(host.mechanisms == std::vector{postman::Mechanism::plain});
        CHECK(demands_tls(host));
        // sendmail's M: is no consent to say the password in clear, on loopback either.
        account.name = "near";
        account.deliver = "smtp://localhost:2525";
        const auto near =
            postman::parse_authinfo("AuthInfo:localhost \"I:w\" \"P:x\" \"M:PLAIN\"\n");
        REQUIRE(table.add(account, *near));
        CHECK(demands_tls(std::get<postman::SmarthostWay>(table.entries()[1].way).smarthost));
        account.name = "b";
        account.deliver = "smtp://relay.example";
        REQUIRE(table.add(account, *entries));
        CHECK(std::get<postman::SmarthostWay>(table.entries()[2].way).smarthost.user == "");
    }

    TEST_CASE("a default that is no account is told with the one that was meant")
    {
        AccountTable table;
        Account account{.name = "shop", .file = "f"};
        account.deliver = "sendmail";
        REQUIRE(table.add(account, {}));
        CHECK(table.set_default("shpo").error().step ==
              "default: there is no account shpo (did you mean shop?)");
        CHECK_FALSE(table.find("ann@x.example", "b@y.example"));
        REQUIRE(table.set_default("shop"));
        CHECK(table.find("ann@x.example", "b@y.example") == 0);
    }
}
