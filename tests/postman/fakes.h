/// A postmaster and a way out without sockets and processes, for tests of the courier.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <new>
#include <set>

#include "common/spool/record.h"
#include "postman/delivery_backend.h"
#include "postman/postmaster.h"

namespace postman::test
{

inline mail::SpoolId id_of(unsigned number)
{
    std::string hex = "01900000000070008000000000000000";
    for (std::size_t at = hex.size(); number > 0; number /= 10)
        hex[--at] = static_cast<char>('0' + number % 10);
    return *mail::SpoolId::parse(hex);
}

inline mail::Record record_of(unsigned number,
                              std::vector<std::string> recipients = {"ann@example.org"})
{
    mail::Record record;
    record.id = id_of(number);
    record.envelope.reverse_path = "web@app.example";
    record.envelope.recipients = std::move(recipients);
    record.content = "Subject: mail " + std::to_string(number) + "\r\n\r\nHello\r\n";
    record.timestamp = "2026-11-20T08:27:27.123456";
    record.sha256 = mail::sha256_hex(record.content);
    return record;
}

/// Lends what waits; settles what it is told.
class FakePostmaster final : public Postmaster
{
public:
    std::string name() const override { return "fake"; }

    mail::Result<Batch> lease(std::size_t most, std::chrono::seconds, std::stop_token) override
    {
        ++leases;
        asked.push_back(most);
        if (on_lease) on_lease();
        if (lease_fails) return mail::Error{mail::ErrorKind::temporary, "nobody answers"};
        Batch batch{"lease" + std::to_string(leases), seconds, {}, 0};
        for (const auto& [id, record] : waiting) {
            if (batch.mails.size() == most) break;
            if (!ignores_deferral && deferred.contains(id)) continue;
            batch.mails.push_back(
                {id, record.content.size(), [record = record]() -> mail::Result<mail::Record> {
                     if (record.sha256 == "huge") throw std::bad_alloc();
                     if (record.sha256 == "bad")
                         return mail::Error{mail::ErrorKind::corrupt, "sha256 differs"};
                     return record;
                 }});
        }
        return batch;
    }
    mail::Result<mail::Settlement> report(const std::string&,
                                          const std::vector<mail::Outcome>& told) override
    {
        const std::scoped_lock lock(mutex_);
        if (on_ask) on_ask();
        ++reports;
        if (report_failures > 0 && report_failures-- > 0)
            return mail::Error{mail::ErrorKind::temporary, "the answer was cut off"};
        mail::Settlement settlement;
        for (const mail::Outcome& outcome : told) {
            outcomes.push_back(outcome);
            const bool is_known = !forgets || waiting.contains(outcome.id);
            (is_known ? settlement.settled : settlement.unknown).push_back(outcome.id);
            if (outcome.kind == mail::OutcomeKind::deferred)
                deferred.insert(outcome.id);
            else if (!keeps_mail)
                waiting.erase(outcome.id);
        }
        if (answers_lost > 0 && answers_lost-- > 0)
            return mail::Error{mail::ErrorKind::temporary, "the answer was cut off"};
        return settlement;
    }
    mail::Result<std::chrono::seconds> renew(const std::string&) override
    {
        if (on_ask) on_ask();
        ++renewals;
        if (renew_fails) return mail::Error{mail::ErrorKind::temporary, "nobody answers"};
        if (lease_is_gone) return mail::Error{mail::ErrorKind::missing, "the lease has ended"};
        return seconds;
    }
    mail::Result<mail::Done> release(const std::string&) override
    {
        ++releases;
        return mail::Done{};
    }

    void put(mail::Record record) { waiting[record.id] = std::move(record); }

    std::map<mail::SpoolId, mail::Record> waiting;
    std::vector<std::size_t> asked;  // how many mails, each time
    std::set<mail::SpoolId> deferred;
    std::vector<mail::Outcome> outcomes;
    std::chrono::seconds seconds{900};
    int leases = 0, reports = 0, renewals = 0, releases = 0;
    int report_failures = 0;
    int answers_lost = 0;  // though taken
    bool forgets = false;  // what is settled is unknown from then on, as a real one has it
    bool lease_fails = false;
    bool lease_is_gone = false;
    bool renew_fails = false;
    std::function<void()> on_lease;
    std::function<void()> on_ask;  // an outcome is told, or the lease renewed
    bool keeps_mail = false;
    bool ignores_deferral = false;

private:
    std::mutex mutex_;
};

/// Notes what it is given, and answers as the test says.
class FakeBackend final : public DeliveryBackend
{
public:
    using Answer = std::variant<std::vector<Verdict>, Broken>;

    std::string name() const override { return "fake"; }
    Answer deliver(const mail::Record& record, const std::vector<std::string>& recipients) override
    {
        const std::scoped_lock lock(mutex_);
        for (const std::string& recipient : recipients) sent.push_back({record.id, recipient});
        contents.push_back(record.content);
        if (answer) return answer(record, recipients);
        return all(recipients, mail::OutcomeKind::delivered, "");
    }
    static std::vector<Verdict> all(const std::vector<std::string>& recipients,
                                    mail::OutcomeKind kind, const std::string& reason)
    {
        std::vector<Verdict> verdicts;
        for (const std::string& recipient : recipients)
            verdicts.push_back({.recipient = recipient, .kind = kind, .reason = reason});
        return verdicts;
    }
    std::size_t times(const mail::SpoolId& id) const
    {
        std::size_t count = 0;
        for (const auto& [sent_id, recipient] : sent) count += sent_id == id;
        return count;
    }

    std::function<Answer(const mail::Record&, const std::vector<std::string>&)> answer;
    std::vector<std::pair<mail::SpoolId, std::string>> sent;
    std::vector<std::string> contents;

private:
    std::mutex mutex_;
};

}  // namespace postman::test
